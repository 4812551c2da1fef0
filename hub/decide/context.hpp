// One request while it is being decided. Internal to this room: each step reads it, and only the
// consents are judged once and kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/decide/compiled.hpp"
#include "hub/model/decision.hpp"

namespace concord::decide {

// What a consent is worth for this request, before any field is looked at.
struct JudgedConsent {
  const model::Consent* consent = nullptr;
  const Form* form = nullptr;
  // Bits of Reason: what is wrong with it. [0] for ordinary fields, [1] where the minor consented
  // to the service alone.
  uint64_t faults[2] = {0, 0};
  // A refusal in force; a superseded consent of either kind is gone.
  bool refuses[2] = {false, false};
  bool superseded[2] = {false, false};
  bool for_recipient = false;
};

struct Context {
  const Compiled& compiled;
  const Book& book;
  const model::DecisionInput& input;
  std::vector<JudgedConsent> consents;
  uint32_t agreed = 0;     // obligations that the recipient's agency says it honours
  uint32_t supported = 0;  // and that its connector writes along
  bool adult = false, minor = false;
  bool own_service = false;    // the minor consented to the service alone
  bool alone_service = false;  // or may lawfully receive it alone
  // What rules that look at no field gave, once asked: kUnasked, kNo, kYes.
  std::vector<signed char> remembered;
};

struct FieldView {
  const model::DecisionField& field;
  model::LabelSet labels;
  bool own_consent = false;                     // the minor consented to this alone
  model::Label regime = model::Label::unknown;  // for which a basis is sought; unknown: for none
};

// What a satisfied condition rests on.
struct Rest {
  const model::Consent* consent = nullptr;
  const model::Order* order = nullptr;
};

struct Answer {
  bool holds = false;
  bool silent = true;  // where it does not hold: nothing there that came near
  std::optional<Reason> reason;
  uint64_t also = 0;  // bits of Reason
};

inline uint64_t bit(Reason reason) {
  return uint64_t{1} << static_cast<unsigned>(reason);
}

// integrity.cpp
Context make_context(const Compiled& compiled, const model::DecisionInput& input);
std::optional<Reason> integrity_fault(const Context& context);
std::optional<Reason> identity_fault(const Context& context);

// consents.cpp
void judge_consents(Context& context);
// When its revocation takes effect: on some forms not before a date that the form itself gives
// (42 CFR 2.35(c)).
std::optional<base::Instant> revoked_from(const model::Consent& consent, const Form& form);
enum class ConsentTest { allows, names, purposes };
Answer ask_consents(const Context& context,
                    const FieldView& field,
                    const std::vector<std::string>& forms,
                    ConsentTest test,
                    Rest& rest);
bool is_refused(const Context& context, const FieldView& field);

// conditions.cpp
Answer ask(const Context& context, const Condition& condition, const FieldView& field, Rest& rest);
bool all_hold(const Context& context,
              const std::vector<Condition>& conditions,
              const FieldView& field);
bool fits(std::string_view text, std::string_view pattern);
bool is_true(std::string_view json);
bool in_force(const Rule& rule, base::Instant at);

// bases.cpp
struct Chosen {
  model::Label regime;
  size_t rule;
  Rest rest;
  std::string_view transform;
};
struct Miss {
  size_t rule;
  const Condition* lacking;  // nullptr: an obligation
  Reason reason;
};
struct FieldOutcome {
  const model::DecisionField* field = nullptr;
  std::optional<Reason> withheld;
  std::string_view transform;  // empty: released as it is
  std::vector<Chosen> chosen;
  std::vector<size_t> obliged_by;  // rules that oblige, whatever the basis
  uint32_t obligations = 0;
  uint64_t also = 0;  // bits of Reason that came near besides
  std::optional<Miss> miss;
  std::optional<size_t> forbidden_by;
};
FieldOutcome decide_field(Context& context, const model::DecisionField& field);

// carried.cpp
std::vector<model::Obligation> carried_by(const Context& context,
                                          const std::vector<FieldOutcome>& outcomes);

// outcome.cpp
model::Decision deny_all(const Context& context, Reason reason);
model::Decision sum_up(const Context& context, const std::vector<FieldOutcome>& outcomes);

}  // namespace concord::decide
