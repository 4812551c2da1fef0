#include "hub/pipeline/view.hpp"

#include <algorithm>
#include <set>

namespace concord::pipeline {
namespace {

template <class Item>
std::vector<Item> pick(const std::vector<Item>& all,
                       const std::map<model::ChildRef, std::vector<size_t>>& places,
                       const View::Known& known) {
  std::set<size_t> found;  // in the order of the evidence, each once
  for (const model::ChildRef& child : known)
    if (const auto at = places.find(child); at != places.end())
      found.insert(at->second.begin(), at->second.end());
  std::vector<Item> out;
  out.reserve(found.size());
  for (const size_t at : found) out.push_back(all[at]);
  return out;
}

}  // namespace

View::View(std::shared_ptr<const Setup> setup, model::Evidence evidence)
    : setup_(std::move(setup)), evidence_(std::move(evidence)) {
  for (size_t i = 0; i < evidence_.consents.size(); ++i)
    consents_[evidence_.consents[i].child].push_back(i);
  for (size_t i = 0; i < evidence_.orders.size(); ++i)
    orders_[evidence_.orders[i].child].push_back(i);
  for (size_t i = 0; i < evidence_.facts.size(); ++i) facts_[evidence_.facts[i].child].push_back(i);
  for (size_t i = 0; i < evidence_.assignments.size(); ++i)
    assignments_[evidence_.assignments[i].child].push_back(i);
}

const model::Job* View::job(const model::JobId& id) const {
  const auto& jobs = coalition().jobs;
  const auto found =
      std::find_if(jobs.begin(), jobs.end(), [&](const auto& j) { return j.id == id; });
  return found == jobs.end() ? nullptr : &*found;
}

const model::Flow* View::flow(const model::FlowId& id) const {
  const auto& flows = coalition().flows;
  const auto found =
      std::find_if(flows.begin(), flows.end(), [&](const auto& f) { return f.id == id; });
  return found == flows.end() ? nullptr : &*found;
}

unsigned View::read_batch(const model::SystemId& system) const {
  const model::System* found = coalition().system(system);
  return found == nullptr ? 1 : found->read_batch;
}
unsigned View::write_batch(const model::SystemId& system) const {
  const model::System* found = coalition().system(system);
  return found == nullptr ? 1 : found->write_batch;
}

const Library* View::library(const model::System& system) const {
  const auto found = setup_->libraries.find(system.connector);
  return found == setup_->libraries.end() ? nullptr : &found->second;
}

std::vector<model::Consent> View::consents(const Known& known) const {
  return pick(evidence_.consents, consents_, known);
}
std::vector<model::Order> View::orders(const Known& known) const {
  return pick(evidence_.orders, orders_, known);
}
std::vector<model::Fact> View::facts(const Known& known) const {
  return pick(evidence_.facts, facts_, known);
}

std::vector<const model::Assignment*> View::assignments(const Known& known) const {
  std::vector<const model::Assignment*> found;
  for (const model::ChildRef& child : known)
    if (const auto at = assignments_.find(child); at != assignments_.end())
      for (const size_t i : at->second) found.push_back(&evidence_.assignments[i]);
  return found;
}

Views::Views(Shared first) : view_(std::move(first)) {}

Views::Shared Views::view() const {
  const std::scoped_lock lock(mutex_);
  return view_;
}

std::unique_ptr<Views::Holding> Views::hold() {
  const std::scoped_lock lock(mutex_);
  ++held_[epoch_];
  return std::make_unique<Holding>(*this, view_, epoch_);
}

Views::Holding::Holding(Views& views, Shared view, uint64_t epoch)
    : views_(views), view_(std::move(view)), epoch_(epoch) {}

Views::Holding::~Holding() {
  {
    const std::scoped_lock lock(views_.mutex_);
    const auto at = views_.held_.find(epoch_);
    if (--at->second == 0) views_.held_.erase(at);
  }
  views_.ended_.notify_all();
}

uint64_t Views::replace(Shared next) {
  const std::scoped_lock lock(mutex_);
  view_ = std::move(next);
  return ++epoch_;
}

bool Views::older_ended(uint64_t epoch, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(
      lock, patience, [&] { return held_.empty() || held_.begin()->first >= epoch; });
}

}  // namespace concord::pipeline
