// Consents, orders, seats and assignments by command: what people give, end and look at. What is
// missing is said before anything is saved. Each returns an exit code.
#pragma once

#include <string>
#include <vector>

#include "hub/model/coalition.hpp"

namespace concord::app {

// Which of them: what it is called in paths and files, what one is, its command.
struct PieceKind {
  const char *path, *one, *many, *command;
};
inline constexpr PieceKind kConsents{"consents", "consent", "consents", "consent"};
inline constexpr PieceKind kOrders{"orders", "order", "orders", "order"};
inline constexpr PieceKind kSeats{"roster", "seat", "seats", "roster"};
inline constexpr PieceKind kAssignments{"assignments", "assignment", "assignments", "assignment"};

// as_is: save although something is missing. dry_run: save nothing.
struct Saving {
  bool as_is = false, dry_run = false, json = false;
};
// One, from options: key and value as in the files; "child" stands for system and key.
struct PieceWords {
  std::string id = {}, agency = {}, role = {}, system = {}, child = {}, recipient = {}, kind = {},
              status = {}, start = {}, end = {};
  std::vector<std::string> fields = {};
  bool parent_party = false;
};

int add_piece(const std::string& folder,
              const PieceKind& kind,
              const PieceWords& words,
              const Saving& how);
// A file of many, in the form of the coalition's own: all of it or nothing.
int import_pieces(const std::string& folder,
                  const PieceKind& kind,
                  const std::string& file,
                  const Saving& how);
// FHIR R4 Consent. system: whose patients' ids they name.
int import_fhir(const std::string& folder,
                const std::string& file,
                const std::string& system,
                const Saving& how);
int list_pieces(const model::Coalition& coalition, const PieceKind& kind, bool json);
int end_piece(const model::Coalition& coalition,
              const PieceKind& kind,
              const std::string& id,
              bool json);

}  // namespace concord::app
