#include "hub/pipeline/evidence_book.hpp"

#include <set>

namespace concord::pipeline {
namespace {

template <class Item>
std::vector<Item> pick(const std::vector<Item>& all,
                       const std::map<model::ChildRef, std::vector<size_t>>& places,
                       const EvidenceView::Known& known) {
  std::set<size_t> found;  // in the order of the evidence, each once
  for (const model::ChildRef& child : known)
    if (const auto at = places.find(child); at != places.end())
      found.insert(at->second.begin(), at->second.end());
  std::vector<Item> out;
  for (const size_t at : found) out.push_back(all[at]);
  return out;
}

}  // namespace

EvidenceView::EvidenceView(std::shared_ptr<const model::Coalition> coalition,
                           model::Evidence evidence)
    : coalition_(std::move(coalition)), evidence_(std::move(evidence)) {
  for (size_t i = 0; i < evidence_.consents.size(); ++i)
    consents_[evidence_.consents[i].child].push_back(i);
  for (size_t i = 0; i < evidence_.orders.size(); ++i)
    orders_[evidence_.orders[i].child].push_back(i);
  for (size_t i = 0; i < evidence_.facts.size(); ++i) facts_[evidence_.facts[i].child].push_back(i);
  for (size_t i = 0; i < coalition_->assignments.size(); ++i)
    assignments_[coalition_->assignments[i].child].push_back(i);
}

std::vector<model::Consent> EvidenceView::consents(const Known& known) const {
  return pick(evidence_.consents, consents_, known);
}
std::vector<model::Order> EvidenceView::orders(const Known& known) const {
  return pick(evidence_.orders, orders_, known);
}
std::vector<model::Fact> EvidenceView::facts(const Known& known) const {
  return pick(evidence_.facts, facts_, known);
}

std::vector<const model::Assignment*> EvidenceView::assignments(const Known& known) const {
  std::vector<const model::Assignment*> found;
  for (const model::ChildRef& child : known)
    if (const auto at = assignments_.find(child); at != assignments_.end())
      for (const size_t i : at->second) found.push_back(&coalition_->assignments[i]);
  return found;
}

EvidenceBook::EvidenceBook(std::shared_ptr<const EvidenceView> first) : view_(std::move(first)) {}

std::shared_ptr<const EvidenceView> EvidenceBook::view() const {
  const std::scoped_lock lock(mutex_);
  return view_;
}

std::unique_ptr<EvidenceBook::Holding> EvidenceBook::hold() {
  const std::scoped_lock lock(mutex_);
  ++held_[epoch_];
  return std::make_unique<Holding>(*this, view_, epoch_);
}

EvidenceBook::Holding::Holding(EvidenceBook& book,
                               std::shared_ptr<const EvidenceView> view,
                               uint64_t epoch)
    : book_(book), view_(std::move(view)), epoch_(epoch) {}

EvidenceBook::Holding::~Holding() {
  {
    const std::scoped_lock lock(book_.mutex_);
    const auto at = book_.held_.find(epoch_);
    if (--at->second == 0) book_.held_.erase(at);
  }
  book_.ended_.notify_all();
}

bool EvidenceBook::replace(std::shared_ptr<const EvidenceView> next,
                           std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  view_ = std::move(next);
  const uint64_t mine = ++epoch_;
  return ended_.wait_for(
      lock, patience, [&] { return held_.empty() || held_.begin()->first >= mine; });
}

}  // namespace concord::pipeline
