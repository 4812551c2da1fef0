#include "hub/api/apply.hpp"

#include "hub/api/views.hpp"
#include "hub/base/crypto.hpp"

namespace concord::api {
namespace {

Answer refused(const base::Errors& faults) {
  return {200, difference_json({.changes = {}, .notes = {}, .faults = faults}, "", false, {})};
}

bool says_true(const base::JsonValue& body, const char* name) {
  const base::JsonValue* value = base::member(body, name);
  return value != nullptr && value->IsTrue();
}

}  // namespace

base::Result<Apply::Proposal, base::Errors> Apply::take(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  Proposal proposal = std::move(proposal_);
  proposal_ = {};
  const bool stands = proposal.setup && proposal.id == id &&
                      proposal.seen_from->shared_setup() == hub_.view()->shared_setup();
  if (stands) return proposal;
  return base::Errors{base::retry_error("PROPOSAL_GONE",
                                        "proposal",
                                        "something else was read or applied since this was shown",
                                        "look again: concord apply")};
}

Answer Apply::answer(const base::JsonValue& body) {
  const std::string id(base::text_of(body, "proposal"));
  Proposal proposal;
  if (id.empty()) {
    auto read = read_(std::string(base::text_of(body, "folder")));
    if (!read) return refused(read.error());
    proposal = {base::uuid(), std::move(*read), hub_.view()};
  } else {
    auto taken = take(id);
    if (!taken) return refused(taken.error());
    proposal = std::move(*taken);
  }
  const pipeline::Difference difference = hub_.difference(proposal.setup);
  if (!difference.faults.empty()) return refused(difference.faults);
  if (says_true(body, "dry_run")) {
    Answer shown{200, difference_json(difference, proposal.id, false, {})};
    const std::scoped_lock lock(mutex_);
    proposal_ = std::move(proposal);
    return shown;
  }
  auto applied = hub_.apply(proposal.setup);
  if (!applied) return refused(applied.error());
  return {200, difference_json(difference, "", true, applied->to_look_at)};
}

}  // namespace concord::api
