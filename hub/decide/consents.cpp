// Step 7: what the consents on file are worth for this request.
//
// A consent counts only if somebody with authority signed it, it has all elements, speaks of this
// recipient, and is in force. A newer one replaces an older only if it names it. Otherwise they
// intersect: what any refusal in force denies is denied, whatever another consent permits. A
// refusal does not lapse by its end date: time alone never turns a deny into a permit; a
// revocation, a consent that supersedes it, or a permit given after that date does. Permits add to
// each other: signing a second one for the school plan takes nothing from the first, and taking a
// permit away never enlarges what is released.
#include <algorithm>
#include <bit>
#include <cctype>

#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

using model::Consent;

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// "My treating providers" → "treating_provider"
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text)
    out +=
        c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (out.starts_with("my_")) out.erase(0, 3);
  if (out.ends_with("s")) out.pop_back();
  return out;
}

bool class_means(const Context& context, const Form& form, const std::string& words) {
  const std::string name = plain(words);
  const auto& capacities = context.input.recipient.capacities;
  const bool treats =
      name.find("treating_provider") != std::string::npos && has(capacities, "treating_provider");
  switch (form.recipient_class) {
    case Form::Class::none:
      return false;
    case Form::Class::capacity:
      return std::any_of(capacities.begin(), capacities.end(), [&](const std::string& capacity) {
        return plain(capacity) == name;
      });
    case Form::Class::tpo:
      // Through an intermediary a class means those who treat; others must be named (42 CFR
      // 2.31(a)(4)(ii)(B)).
      if (form.names_hub && context.input.hub_is_intermediary) return treats;
      if (name.find("health_plan") != std::string::npos && has(capacities, "health_plan"))
        return true;
      if (name.find("payer") != std::string::npos &&
          (has(capacities, "health_plan") || has(capacities, "medicaid_agency")))
        return true;
      if (name.find("operate_this_program") != std::string::npos &&
          (has(capacities, "business_associate") ||
           has(capacities, "qualified_service_organization")))
        return true;
      return treats;
    case Form::Class::treating:
      return treats;
  }
  return false;
}

bool tells_abuser(std::string_view signer) {
  const std::string name = plain(signer);
  for (const char* word : {"perpetrator", "offender", "trafficker"})
    if (name.find(word) != std::string::npos) return true;
  return name.find("abus") != std::string::npos && name.find("nonabus") == std::string::npos &&
         name.find("non_abus") == std::string::npos;
}

enum Group : unsigned { kSubject = 1, kMinor = 2, kParent = 4, kUnsaid = 8 };

// As whom somebody signed. A subject who is a minor signs as a minor.
unsigned group_of(const Context& context, const std::string& signer) {
  static const std::vector<std::string> subject = {
      "subject", "adult", "patient", "client", "victim", "student", "self"};
  static const std::vector<std::string> parent = {"parent",
                                                  "parent_nonabusive",
                                                  "mother",
                                                  "father",
                                                  "guardian",
                                                  "guardian_nonabusive",
                                                  "legal_guardian",
                                                  "legal_custodian",
                                                  "representative",
                                                  "personal_representative",
                                                  "court"};
  if (signer == "subject_or_representative") return kUnsaid;
  if (signer == "minor") return context.adult ? kSubject : kMinor;
  if (has(subject, signer)) return context.adult ? kSubject : kMinor;
  if (has(parent, signer)) return kParent;
  return 0;
}

// Does a fact on file say that this signer is the alleged abuser?
bool flagged_abuser(const Context& context, const std::string& signer) {
  for (const auto& [name, value] : context.input.facts) {
    if (name.find("abuser") == std::string::npos || !is_true(value)) continue;
    if (name.starts_with(signer)) return true;  // parent_is_abuser, parent_alleged_abuser
    if (value.find('"' + signer + '"') != std::string::npos) return true;
    // "There is an alleged abuser", and not who: whoever signed as the parent may be that one,
    // unless the form says that this parent is not.
    const bool names_nobody = value == "true" && (name == "alleged_abuser" || name == "abuser" ||
                                                  name.starts_with("signer"));
    if (names_nobody && group_of(context, signer) == kParent &&
        signer.find("nonabusive") == std::string::npos)
      return true;
  }
  return false;
}

bool signed_with_authority(const Context& context, const Form& form, unsigned groups, bool own) {
  using Authority = Form::Authority;
  for (const Authority& authority : form.authorities) {
    if (authority.who == Authority::Who::adult && !context.adult) continue;
    if (authority.who == Authority::Who::minor && !context.minor) continue;
    const bool alone = own || context.alone_service;
    if (authority.service == Authority::Service::own && !alone) continue;
    if (authority.service == Authority::Service::not_own && own) continue;
    unsigned wanted = 0;
    for (const std::string& word : authority.signers)
      wanted |= word == "subject"  ? kSubject
                : word == "minor"  ? kMinor
                : word == "parent" ? kParent
                                   : kUnsaid;
    if (wanted != 0 && (groups & wanted) == wanted) return true;
  }
  return false;
}

bool lacks_element(const Context& context, const Consent& consent, const Form& form) {
  if (!consent.missing.empty()) return true;
  if (!form.end_required) return false;
  if (form.end_free_in_exchange && context.input.exchange_policy == "opt_in") return false;
  return !consent.end_given || (consent.end_none && !form.end_none_good);
}

bool started(const Consent& consent, base::Instant at) {
  return !(consent.start && at < *consent.start) && !(consent.signed_at && at < *consent.signed_at);
}

uint64_t faults_of(const Context& context, const JudgedConsent& judged) {
  const Consent& consent = *judged.consent;
  const base::Instant at = context.input.at;
  uint64_t faults = 0;
  if (lacks_element(context, consent, *judged.form)) faults |= bit(Reason::CONSENT_ELEMENT_MISSING);
  if (!judged.for_recipient) faults |= bit(Reason::CONSENT_RECIPIENT_NOT_NAMED);
  if (judged.form->names_hub && context.input.hub_is_intermediary &&
      !consent.names_hub.value_or(false))
    faults |= bit(Reason::CONSENT_INTERMEDIARY_NOT_NAMED);
  if (const auto revoked = revoked_from(consent, *judged.form); revoked && *revoked <= at)
    faults |= bit(Reason::CONSENT_REVOKED);
  if (consent.end && at >= *consent.end) faults |= bit(Reason::CONSENT_EXPIRED);
  if (!started(consent, at)) faults |= bit(Reason::CONSENT_NOT_YET);
  if (!consent.purposes.empty() && !has(consent.purposes, context.input.purpose))
    faults |= bit(Reason::PURPOSE_MISMATCH);
  return faults;
}

// Whether it was validly given, at any time up to now: only then can it replace the older one. What
// the alleged abuser signed still ends a permit, but never a refusal: the flag only narrows.
bool replaces(const JudgedConsent& judged, const Consent& older, int own, base::Instant at) {
  uint64_t voids = bit(Reason::CONSENT_SIGNER_NO_AUTHORITY);
  if (older.decision != "permit") voids |= bit(Reason::CONSENT_SIGNER_IS_ABUSER);
  if (judged.consent->decision == "permit") voids |= bit(Reason::CONSENT_ELEMENT_MISSING);
  return (judged.faults[own] & voids) == 0 && started(*judged.consent, at);
}

// By path, or by the label whose regime is asked for: "PART2" covers what part 2 asks of a field
// and nothing else, so that one more label never brings a field under a consent.
bool covers(const std::vector<std::string>& scope, const FieldView& field) {
  return std::any_of(scope.begin(), scope.end(), [&](const std::string& entry) {
    return fits(field.field.path, entry) ||
           (field.regime != model::Label::unknown && entry == model::name_of(field.regime));
  });
}

// A refusal speaks of all that bears its label.
bool speaks_of(const std::vector<std::string>& scope, const FieldView& field) {
  return std::any_of(scope.begin(), scope.end(), [&](const std::string& entry) {
    const model::Label label = model::label_of(entry);
    return fits(field.field.path, entry) ||
           (label != model::Label::unknown && field.labels.has(label));
  });
}

bool refuses(const JudgedConsent& judged, const FieldView& field) {
  const int own = field.own_consent ? 1 : 0;
  const Consent& consent = *judged.consent;
  if (!judged.refuses[own] || judged.superseded[own]) return false;
  if (judged.form != nullptr && !judged.form->refuses.any_of(field.labels)) return false;
  if (!consent.scope.empty() && !speaks_of(consent.scope, field)) return false;
  // What it excepts it leaves alone, but only if nothing else is on the field: one more label must
  // not bring a field out from under a refusal.
  return !consent.except_labels.all_of(regimes_of(field.labels));
}

// Time alone permits nothing: a refusal outlives its end date. But a permit that began after it had
// ended was given by somebody who knew of it, and is not touched.
bool refused_before(const Consent& refusal, const Consent& permit) {
  if (!refusal.end) return false;
  const auto began = std::max(permit.start, permit.signed_at);
  return began && *refusal.end <= *began;
}

// permit: of that one; nullptr: at all.
bool any_refuses(const Context& context, const FieldView& field, const Consent* permit) {
  return std::any_of(context.consents.begin(), context.consents.end(), [&](const auto& judged) {
    return refuses(judged, field) &&
           !(permit != nullptr && refused_before(*judged.consent, *permit));
  });
}

// Of two good ones the longer; then by id, so that their order in the request does not matter.
bool better(const Consent& a, const Consent& b) {
  if (a.end.has_value() != b.end.has_value()) return !a.end;
  if (a.end && *a.end != *b.end) return *a.end > *b.end;
  if (a.revoked_at != b.revoked_at)
    return !a.revoked_at || (b.revoked_at && *a.revoked_at > *b.revoked_at);
  return a.id < b.id;
}

bool speaks_to_recipient(const Context& context, const JudgedConsent& judged) {
  const Consent& consent = *judged.consent;
  const bool permit = consent.decision == "permit";
  if (has(consent.recipients, context.input.recipient.agency)) return true;
  if (judged.form != nullptr && !consent.recipient_class.empty() &&
      class_means(context, *judged.form, consent.recipient_class))
    return true;
  // Who received it under such a consent may pass it on (42 CFR 2.33(b)(1)).
  if (permit && judged.form != nullptr && !judged.form->passes_on.empty()) {
    const model::Party& source = context.input.source;
    return has(consent.recipients, source.agency) &&
           std::any_of(source.capacities.begin(),
                       source.capacities.end(),
                       [&](const auto& capacity) { return has(judged.form->passes_on, capacity); });
  }
  // A refusal that names nobody is one towards everybody.
  return !permit && consent.recipients.empty() && consent.recipient_class.empty();
}

JudgedConsent judge(const Context& context, const Consent& consent) {
  JudgedConsent judged{.consent = &consent, .form = context.compiled.form(consent.form)};
  judged.for_recipient = speaks_to_recipient(context, judged);
  unsigned groups = 0;
  bool abuser = false;
  for (const std::string& signer : consent.signers) {
    abuser = abuser || tells_abuser(signer) || flagged_abuser(context, signer);
    groups |= group_of(context, signer);
  }
  const uint64_t common = judged.form != nullptr ? faults_of(context, judged) : 0;
  for (int own = 0; own < 2; ++own) {
    uint64_t faults = common;
    if (abuser) faults |= bit(Reason::CONSENT_SIGNER_IS_ABUSER);
    if (judged.form != nullptr &&
        !signed_with_authority(context, *judged.form, groups, own == 1 || context.own_service))
      faults |= bit(Reason::CONSENT_SIGNER_NO_AUTHORITY);
    judged.faults[own] = faults;
    // The alleged abuser's refusal stands: a flag that forbids must not open anything.
    const uint64_t void_refusal = bit(Reason::CONSENT_SIGNER_NO_AUTHORITY) |
                                  bit(Reason::CONSENT_REVOKED) | bit(Reason::CONSENT_NOT_YET);
    judged.refuses[own] =
        consent.decision != "permit" && judged.for_recipient && (faults & void_refusal) == 0;
  }
  return judged;
}

void mark_superseded(JudgedConsent& older, const JudgedConsent& newer, base::Instant at) {
  if (&older == &newer || newer.consent->supersedes.empty()) return;
  if (newer.consent->supersedes != older.consent->id.value) return;
  const auto& then = older.consent->signed_at;
  const auto& later = newer.consent->signed_at;
  if (then && later && *later < *then) return;
  for (int own = 0; own < 2; ++own)
    older.superseded[own] = older.superseded[own] || replaces(newer, *older.consent, own, at);
}

Reason lowest(uint64_t faults) {
  return static_cast<Reason>(std::countr_zero(faults));
}

}  // namespace

std::optional<base::Instant> revoked_from(const Consent& consent, const Form& form) {
  if (!consent.revoked_at || !form.irrevocable || !consent.irrevocable_until)
    return consent.revoked_at;
  return std::max(*consent.revoked_at, *consent.irrevocable_until);
}

void judge_consents(Context& context) {
  context.consents.reserve(context.input.consents.size());
  for (const Consent& consent : context.input.consents)
    context.consents.push_back(judge(context, consent));
  for (JudgedConsent& older : context.consents)
    for (const JudgedConsent& newer : context.consents)
      mark_superseded(older, newer, context.input.at);
}

Answer ask_consents(const Context& context,
                    const FieldView& field,
                    const std::vector<std::string>& forms,
                    ConsentTest test,
                    Rest& rest) {
  const int own = field.own_consent ? 1 : 0;
  const Consent *good = nullptr, *refused = nullptr;
  uint64_t nearest = 0, all = 0;
  for (const JudgedConsent& judged : context.consents) {
    const Consent& consent = *judged.consent;
    if (judged.form == nullptr || judged.superseded[own] || consent.decision != "permit") continue;
    if (!has(forms, consent.form)) continue;
    const bool named = covers(consent.scope, field);
    if (!named && (!consent.scope.empty() || test == ConsentTest::names)) continue;
    if (test == ConsentTest::purposes && consent.purposes.empty()) continue;
    uint64_t faults = judged.faults[own];
    if (consent.except_labels.any_of(field.labels)) faults |= bit(Reason::CONSENT_DENIES);
    if (faults == 0) {
      const Consent*& kept = any_refuses(context, field, &consent) ? refused : good;
      if (kept == nullptr || better(consent, *kept)) kept = &consent;
      continue;
    }
    all |= faults;
    const int count = std::popcount(faults), least = std::popcount(nearest);
    if (nearest == 0 || count < least || (count == least && faults < nearest)) nearest = faults;
  }
  Answer answer;
  answer.also = all;
  if (good != nullptr) {
    answer.holds = true;
    rest.consent = good;
  } else if (any_refuses(context, field, nullptr)) {
    answer.silent = false;
    answer.reason =
        refused != nullptr ? Reason::CONSENT_CONFLICT_RESTRICTED : Reason::CONSENT_DENIES;
  } else if (nearest != 0) {
    answer.silent = false;
    answer.reason = lowest(nearest);
  }
  return answer;
}

bool is_refused(const Context& context, const FieldView& field) {
  return context.input.exchange_policy == "opt_in" && any_refuses(context, field, nullptr);
}

}  // namespace concord::decide
