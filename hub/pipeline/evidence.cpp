// What people put in force and end by command: consents, orders, seats and assignments.
//
// Kept first, then a view with it replaces the one before, then everything that began under an
// older view ends: only then is it acknowledged. What was given under what has ended is asked back;
// what was withheld for want of what is new is looked at again.
#include <algorithm>
#include <set>

#include "hub/base/log.hpp"
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"

namespace concord::pipeline {
namespace {

template <class T>
std::optional<Piece> find(const std::vector<T>& all, const std::string& id) {
  for (const T& one : all)
    if (id_of(one) == id) return Piece(one);
  return std::nullopt;
}

std::optional<Piece> find(const model::Evidence& all,
                          const std::string& kind,
                          const std::string& id) {
  if (kind == "consent") return find(all.consents, id);
  if (kind == "order") return find(all.orders, id);
  if (kind == "seat") return find(all.roster, id);
  if (kind == "assignment") return find(all.assignments, id);
  return std::nullopt;
}

// The first end counts: ended again, it ended when it did.
void end_at(std::optional<base::Instant>& end, base::Instant now) {
  if (!end || now < *end) end = now;
}

struct End {
  base::Instant now;
  void operator()(model::Consent& consent) const {
    if (!consent.revoked_at) consent.revoked_at = now;
  }
  void operator()(model::Order& order) const { end_at(order.end, now); }
  void operator()(model::RosterEntry& seat) const {
    seat.status = "ended";
    end_at(seat.end, now);
  }
  void operator()(model::Assignment& assignment) const { end_at(assignment.end, now); }
};

}  // namespace

base::Status Hub::put_in_force(const std::vector<Given::Kept>& kept) {
  uint64_t epoch = 0;
  {
    const std::scoped_lock one(swap_mutex_);
    std::vector<store::EvidenceRow> rows;
    std::vector<audit::Entry> entries;
    for (const Given::Kept& piece : kept) {
      rows.push_back(Given::row_of(piece));
      const model::ChildRef* child = child_of(piece.piece);
      entries.push_back(entry_of(piece.ended ? audit::Kind::revoked : audit::Kind::granted,
                                 id_of(piece.piece),
                                 child == nullptr ? std::nullopt : people_.find(*child),
                                 clock_()));
    }
    if (auto stored = store_->put_evidence(rows, entries); !stored) return stored;
    {
      auto given = given_.lock();
      for (const Given::Kept& piece : kept) given->put(piece);
    }
    epoch = views_->replace(view_of(view()->shared_setup()));
  }
  return older_ended(epoch);
}

base::Status Hub::grant(const std::vector<Piece>& pieces) {
  std::vector<Given::Kept> kept;
  for (const Piece& piece : pieces) kept.push_back({piece, false});
  if (auto in_force = put_in_force(kept); !in_force) return in_force;
  std::set<model::PersonId> people;
  bool everyone = false;
  for (const Piece& piece : pieces) {
    if (takes_away(piece))
      if (auto asked = ask_back(piece); !asked) return asked;
    const model::ChildRef* child = child_of(piece);
    everyone |= child == nullptr;
    if (child == nullptr) continue;
    if (const auto person = people_.find(*child)) people.insert(*person);
  }
  if (everyone) want_a_look();
  for (const model::PersonId& person : people) {
    if (auto looked = second_look_->look(person); !looked) return looked;
  }
  return base::Done{};
}

base::Status Hub::end(const std::string& kind, const std::string& id) {
  const auto now = view();
  auto piece = find(now->evidence(), kind, id);
  if (!piece)
    return base::config_error(
        "UNKNOWN",
        kind,
        "there is no " + kind + " \"" + id + "\"",
        "see the ids: concord " + std::string(kind == "seat" ? "roster" : kind) + " list");
  if (takes_away(*piece))
    return base::config_error(
        "ORDER_BINDS",
        "order " + id,
        "an order to seal or expunge holds until a court opens what it sealed",
        "grant the court's order of kind unseal");
  std::visit(End{clock_()}, *piece);
  if (auto in_force = put_in_force({{*piece, true}}); !in_force) return in_force;
  return ask_back(*piece);
}

base::Status Hub::revoke(const model::ConsentId& id) {
  return end("consent", id.value);
}

void Hub::want_a_look() {
  {
    const std::scoped_lock lock(mutex_);
    look_wanted_ = true;
  }
  changed_.notify_all();
}

}  // namespace concord::pipeline
