#include "hub/pipeline/given.hpp"

#include <algorithm>

#include "hub/base/crypto.hpp"
#include "hub/pipeline/evidence_json.hpp"

namespace concord::pipeline {
namespace {

// "case coordinator" becomes case_coordinator.
std::string word_of(const std::string& role) {
  std::string word;
  for (const char c : role) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool upper = c >= 'A' && c <= 'Z';
    if (kept || upper) {
      word += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!word.empty() && word.back() != '_') {
      word += '_';
    }
  }
  return word.substr(0, 40);
}

std::string own_id(const model::Consent& consent) {
  return consent.id.value;
}
std::string own_id(const model::Order& order) {
  return order.id;
}
std::string own_id(const model::RosterEntry& seat) {
  return seat.id.empty() ? seat.agency.value + "." + word_of(seat.role) : seat.id;
}
std::string own_id(const model::Assignment& a) {
  if (!a.id.empty()) return a.id;
  const std::string start = a.start ? base::to_text(*a.start) : "";
  const std::string all =
      a.agency.value + "\n" + a.child.system.value + "\n" + a.child.key + "\n" + start;
  return "A-" + base::sha256_hex(all).substr(0, 12);
}

void name(model::Consent&, const std::string&) {}
void name(model::Order&, const std::string&) {}
void name(model::RosterEntry& seat, const std::string& id) {
  seat.id = id;
}
void name(model::Assignment& assignment, const std::string& id) {
  assignment.id = id;
}

template <class T>
base::Result<Piece> in_piece(base::Result<T> made) {
  if (!made) return std::move(made).error();
  return Piece(std::move(*made));
}

using Kept = std::map<std::pair<std::string, std::string>, Given::Kept>;

// The files' pieces, but for those that stand above them; then all that stand above.
template <class T>
std::vector<T> merged(const std::vector<T>& of_files, const Kept& kept, const std::string& kind) {
  std::vector<T> all;
  for (const T& piece : of_files) {
    const std::string id = own_id(piece);
    if (kept.contains({kind, id})) continue;
    all.push_back(piece);
    name(all.back(), id);
  }
  for (const auto& [key, given] : kept)
    if (const T* mine = std::get_if<T>(&given.piece)) all.push_back(*mine);
  return all;
}

}  // namespace

std::string kind_of(const Piece& piece) {
  constexpr const char* kinds[] = {"consent", "order", "seat", "assignment"};
  return kinds[piece.index()];
}

std::string id_of(const Piece& piece) {
  return std::visit([](const auto& one) { return own_id(one); }, piece);
}

base::Result<Piece> piece_of(const std::string& kind, const base::JsonValue& json) {
  if (kind == "consent") return in_piece(consent_of(json));
  if (kind == "order") return in_piece(order_of(json));
  if (kind == "seat") return in_piece(seat_of(json));
  if (kind == "assignment") return in_piece(assignment_of(json));
  return base::fatal_error(
      "EVIDENCE_KIND", "store", "evidence of kind \"" + kind + "\"", "start a newer hub");
}

const model::ChildRef* child_of(const Piece& piece) {
  if (const auto* consent = std::get_if<model::Consent>(&piece)) return &consent->child;
  if (const auto* order = std::get_if<model::Order>(&piece)) return &order->child;
  if (const auto* assignment = std::get_if<model::Assignment>(&piece)) return &assignment->child;
  return nullptr;
}

bool takes_away(const Piece& piece) {
  const auto* order = std::get_if<model::Order>(&piece);
  return order != nullptr && (order->kind == "seal" || order->kind == "expunge");
}

base::Status Given::load(const std::vector<store::EvidenceRow>& rows) {
  for (const auto& row : rows) {
    if (row.kind == "mandate" || row.kind == "identity") continue;  // mandates, identities.hpp
    auto json = base::read_json(row.json, row.kind);
    if (!json) return std::move(json).error();
    auto piece = piece_of(row.kind, *json);
    if (!piece) return std::move(piece).error();
    const base::JsonValue* ended = base::member(*json, "ended");
    put({std::move(*piece), ended != nullptr && ended->IsTrue()});
  }
  return base::Done{};
}

void Given::put(Kept kept) {
  const std::string id = id_of(kept.piece);
  std::visit([&](auto& one) { name(one, id); }, kept.piece);
  const auto key = std::make_pair(kind_of(kept.piece), id);
  kept_.insert_or_assign(key, std::move(kept));
}

std::vector<Given::Kept> Given::take_out(const std::vector<model::ChildRef>& known) {
  std::vector<Kept> theirs;
  std::erase_if(kept_, [&](auto& one) {
    const model::ChildRef* child = child_of(one.second.piece);
    if (child == nullptr || std::find(known.begin(), known.end(), *child) == known.end())
      return false;
    theirs.push_back(std::move(one.second));
    return true;
  });
  return theirs;
}

store::EvidenceRow Given::row_of(const Kept& kept) {
  std::string json = std::visit([](const auto& one) { return to_json(one); }, kept.piece);
  if (kept.ended) json.insert(json.size() - 1, ",\"ended\":true");
  return {kind_of(kept.piece), id_of(kept.piece), std::move(json)};
}

model::Evidence Given::over(const Setup& setup) const {
  model::Evidence all;
  all.consents = merged(setup.evidence.consents, kept_, "consent");
  all.orders = merged(setup.evidence.orders, kept_, "order");
  all.facts = setup.evidence.facts;
  all.roster = merged(setup.coalition->roster, kept_, "seat");
  all.assignments = merged(setup.coalition->assignments, kept_, "assignment");
  return all;
}

std::vector<Piece> Given::taken_away() const {
  std::vector<Piece> found;
  for (const auto& [key, kept] : kept_)
    if (kept.ended || takes_away(kept.piece)) found.push_back(kept.piece);
  return found;
}

}  // namespace concord::pipeline
