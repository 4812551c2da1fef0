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

#include <mutex>
#include <set>
#include <vector>

#include "hub/pipeline/works.hpp"

namespace concord::pipeline {

class SecondLook {
 public:
  explicit SecondLook(const Works& works) : works_(works) {}

  // What is owed anew of this person, durable, for the senders. Each is decided once more when it
  // is sent.
  base::Result<std::vector<model::Delivery>> look(const model::PersonId& person);
  // From its return until reopen(), nothing is owed anew of this person.
  void close(const model::PersonId& person);
  void reopen(const model::PersonId& person);

  // Asks back what a recipient holds of this person and would not be given now. What only ran out
  // stays: an end that was agreed on reaches nobody's past (45 CFR 164.508(b)(5) for revocation).
  base::Result<std::vector<model::Delivery>> ask_back(const model::PersonId& person,
                                                      model::Recall recall);

  // Asks everything back that recipients hold of this person.
  base::Result<std::vector<model::Delivery>> ask_everything_back(const model::PersonId& person);

 private:
  [[nodiscard]] bool permitted_now(const model::Delivery& withheld) const;
  // Does any flow to this system still give it the document, or has it only run out?
  [[nodiscard]] bool may_keep(const model::Delivery& held) const;
  base::Result<std::vector<model::Delivery>> owe(std::vector<model::Delivery> deliveries,
                                                 model::Recall recall);

  Works works_;
  std::mutex mutex_;
  std::set<model::PersonId> closed_;
};

}  // namespace concord::pipeline
