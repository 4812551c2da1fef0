// Evidence that people put in force by command while a hub runs, above what the coalition's files
// say of the same id. Kept in the store, and read when a hub starts.
// Threads: a value; whoever shares it guards it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/model/evidence.hpp"
#include "hub/pipeline/setup.hpp"
#include "hub/store/store.hpp"

namespace concord::pipeline {

using Piece = std::variant<model::Consent, model::Order, model::RosterEntry, model::Assignment>;

// "consent", "order", "seat", "assignment": as the store and people name them.
std::string kind_of(const Piece& piece);
// Its own, or one made of what it says, so that the same said twice is the same.
std::string id_of(const Piece& piece);
base::Result<Piece> piece_of(const std::string& kind, const base::JsonValue& json);

// Whom it is about; nullptr for a seat.
const model::ChildRef* child_of(const Piece& piece);

// A sealing or expunging court order takes away; all else that is granted gives.
bool takes_away(const Piece& piece);

class Given {
 public:
  struct Kept {
    Piece piece;
    bool ended = false;  // by command, and not by its own date
  };
  base::Status load(const std::vector<store::EvidenceRow>& rows);
  void put(Kept kept);
  // What speaks of a child that any of these names, taken out of here.
  std::vector<Kept> take_out(const std::vector<model::ChildRef>& known);
  // As the store keeps it.
  static store::EvidenceRow row_of(const Kept& kept);

  // All that is in force: of the setup's files, and what stands here above them. Every piece has
  // an id.
  [[nodiscard]] model::Evidence over(const Setup& setup) const;
  // What was revoked or ended by command, or takes away.
  [[nodiscard]] std::vector<Piece> taken_away() const;

 private:
  std::map<std::pair<std::string, std::string>, Kept> kept_;  // by kind and id
};

}  // namespace concord::pipeline
