// What was withheld may be due once more is known: of the person, or by new evidence. Then it is
// owed anew. And what was delivered may have to be asked back.
//
// A document is decided with what the hub knows of its person at that moment. When a system is the
// first to say which key it has for the person, or when a birth date comes, evidence that was filed
// under that key begins to count, and a recipient can place what it could not. So whoever learns
// looks again after the commit, and whoever commits a withholding looks again when something was
// learnt since it was decided. A hub that starts looks at everyone: the last one may have been
// killed before it did, and the coalition may have changed.
//
// Threads: any; one look at a time, so that nothing is owed twice.
// Errors:  where the store fails, nothing more is owed.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "hub/pipeline/works.hpp"

namespace concord::pipeline {

// The same document by the same flow once more: not begun, without a number yet.
model::Delivery owed_anew(const Works& works, const model::Delivery& like, model::Recall recall);
// What would become of a document by a flow, were the subject so known. unfit: it may go, and what
// stands in the way is for somebody to mend.
enum class Fate { goes, denied, unknown_there, unfit };
Fate fate_of(const Works& works,
             const View& view,
             const model::Entity& entity,
             const model::Flow& flow,
             const store::Profile& subject);
// Why this system may not keep what it has of the document, were the subject so known; nothing
// where a flow still gives it the document, or has only run out.
std::optional<std::string> not_to_be_kept(const Works& works,
                                          const View& view,
                                          const model::Entity& entity,
                                          const model::SystemId& system,
                                          const store::Profile& subject);

class SecondLook {
 public:
  // handed: is told what is owed anew, durable, for the senders, before the call returns.
  using Handed = std::function<void(const std::vector<model::Delivery>&)>;
  SecondLook(const Works& works, Handed handed) : works_(works), handed_(std::move(handed)) {}

  // Owes anew what is due of this person now. Each is decided once more when it is sent.
  base::Status look(const model::PersonId& person);
  // From its return until reopen(), nothing is owed anew of this person, and all that was has been
  // handed on.
  void close(const model::PersonId& person);
  void reopen(const model::PersonId& person);

  // Asks back what a recipient holds of this person and would not be given now. What only ran out
  // stays: an end that was agreed on reaches nobody's past (45 CFR 164.508(b)(5) for revocation).
  base::Status ask_back(const model::PersonId& person, model::Recall recall);

  // Asks everything back that recipients hold of this person.
  base::Status ask_everything_back(const model::PersonId& person);

 private:
  [[nodiscard]] bool permitted_now(const model::Delivery& withheld) const;
  // Does any flow to this system still give it the document, or has it only run out?
  [[nodiscard]] bool may_keep(const model::Delivery& held) const;
  base::Status owe(std::vector<model::Delivery> deliveries, model::Recall recall);

  Works works_;
  Handed handed_;
  std::mutex mutex_;
  std::set<model::PersonId> closed_;
};

}  // namespace concord::pipeline
