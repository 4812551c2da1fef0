#include "hub/decide/words.hpp"

#include <array>
#include <charconv>

#include "hub/model/obligation.hpp"

namespace concord::decide {
namespace {

using model::Label;
using model::LabelSet;

struct NameAndWords {
  std::string_view name, words;
};

constexpr std::array<NameAndWords, kReasonCount> kReasons = {{
    {"OK", "a rule allows it"},
    {"MANDATE", "the law demands a report"},
    {"EMERGENCY", "it is allowed in an emergency"},
    {"DEADLINE_MISSED", "the report is later than the law allows"},
    {"AUDIT_UNAVAILABLE", "the audit cannot be written, and without it nothing is sent"},
    {"BUNDLE_STALE", "the rules in force here are out of date"},
    {"CONSENT_UNREADABLE", "a consent of this person cannot be read"},
    {"IDENTITY_AMBIGUOUS", "it is not certain whose record this is"},
    {"UNLABELLED", "nothing says which law speaks of it"},
    {"SEALED", "it is sealed"},
    {"REPORTER_ID", "it could tell who made the report"},
    {"FREE_TEXT", "it is free text, which may hold anything"},
    {"VSP_LINKAGE", "victim-service data is never used to match persons"},
    {"VSP_NO_RELEASE", "the person has not released victim-service data"},
    {"PART2_PROCEEDING", "substance-use records may not be used in proceedings against the person"},
    {"ASSESSMENT_GUARD", "what a child says in an assessment is not for prosecution"},
    {"LEGISLATIVE", "names are never given to those who make the laws"},
    {"CONSENT_SIGNER_IS_ABUSER", "the consent bears the signature of the alleged abuser"},
    {"CONSENT_SIGNER_NO_AUTHORITY", "who signed the consent had no authority to do so"},
    {"CONSENT_ELEMENT_MISSING", "the consent lacks an element that the law requires"},
    {"CONSENT_RECIPIENT_NOT_NAMED", "the consent does not name this recipient"},
    {"CONSENT_INTERMEDIARY_NOT_NAMED", "the consent does not name the hub as intermediary"},
    {"CONSENT_REVOKED", "the consent was revoked"},
    {"CONSENT_EXPIRED", "the consent has ended"},
    {"CONSENT_NOT_YET", "the consent has not begun"},
    {"CONSENT_CONFLICT_RESTRICTED", "one consent allows it and another does not"},
    {"CONSENT_DENIES", "the person refuses it"},
    {"PSYNOTES", "a therapist's own notes need a signed form just for them"},
    {"NO_ACTIVE_CONSENT", "there is no consent for it"},
    {"PURPOSE_MISMATCH", "it may not be used for this purpose"},
    {"RECIPIENT_CAPACITY", "no rule allows it to a recipient of this kind in this situation"},
    {"NOT_ROSTERED", "the recipient is not on the team's roster"},
    {"ROSTER_ENDED", "the recipient's time on the team's roster has ended"},
    {"NOT_ASSIGNED", "the recipient is not assigned to this child"},
    {"NO_AGREEMENT", "the agreement that this needs is not signed"},
    {"ORDER_SCOPE", "no order in force expressly covers it"},
    {"SUBPOENA_NO_ASSURANCE", "the subpoena lacks the pledge that the law wants with it"},
    {"CHRI_INELIGIBLE", "who would get it may not see criminal records"},
    {"EMERGENCY_BASIS_MISSING", "what the law wants on file of an emergency is not there"},
    {"MIN_NECESSARY", "it is more than this purpose needs"},
    {"OBLIGATION_UNSUPPORTED", "the recipient's system cannot honour what must go with it"},
    {"OVERLAY_WIDENS_BASE", "a regional overlay would allow more than the law"},
}};

constexpr std::array<NameAndWords, kObligationCount> kObligations = {{
    {"notice_part2", "The notice on drug and alcohol records stands with this"},
    {"copy_of_consent", "Given with the consent of the person. Use it as that consent says"},
    {"accounting", "The hub keeps a list of who was given this"},
    {"log_chri", "The hub logs that criminal history was given"},
    {"no_redisclosure", "Do not pass this on, unless the law lets you"},
    {"no_proceedings", "Do not use this in any proceeding against the person"},
    {"destroy_by", "Destroy this once it has served its purpose"},
    {"notify_subject", "The source tells the person of it"},
    {"notify_victim_safety", "The source tells the victim of it, and sees to the victim's safety"},
    {"ack_required", "Who gets it must say that it is there"},
    {"deadline_24h", "It must be there within 24 hours"},
    {"post_review", "Somebody looks at it again once it was given"},
    {"affidavit_30d", "Within 30 days the source swears that its own copy is gone"},
    {"record_threat", "The threat, and who was told of it, are put on file"},
    {"label_sticky", "Keep the labels with this wherever it goes"},
}};

}  // namespace

std::string_view name_of(Reason reason) {
  return kReasons[static_cast<size_t>(reason)].name;
}
std::string_view words_of(Reason reason) {
  return kReasons[static_cast<size_t>(reason)].words;
}
std::optional<Reason> reason_of(std::string_view name) {
  for (size_t i = 0; i < kReasonCount; ++i)
    if (kReasons[i].name == name) return static_cast<Reason>(i);
  return std::nullopt;
}

std::string_view obligation_name(size_t bit) {
  return kObligations[bit].name;
}
std::optional<size_t> obligation_of(std::string_view name) {
  for (size_t i = 0; i < kObligationCount; ++i)
    if (kObligations[i].name == name) return i;
  return std::nullopt;
}
std::string_view words_of_obligation(std::string_view name) {
  const auto bit = obligation_of(name);
  return bit ? kObligations[*bit].words : name;
}
uint32_t recipient_obligations() {
  static const uint32_t mask = [] {
    uint32_t bits = 0;
    for (std::string_view name : model::kCarried) bits |= uint32_t{1} << *obligation_of(name);
    return bits;
  }();
  return mask;
}
std::vector<std::string> obligation_list(uint32_t mask) {
  std::vector<std::string> out;
  for (size_t i = 0; i < kObligationCount; ++i)
    if ((mask >> i & 1u) != 0) out.emplace_back(kObligations[i].name);
  return out;
}

const std::vector<Label>& regimes() {
  static const std::vector<Label> order = {Label::unknown,
                                           Label::SEALED,
                                           Label::REPORTER_ID,
                                           Label::FREE_TEXT,
                                           Label::VSP,
                                           Label::PSYNOTES,
                                           Label::PART2,
                                           Label::CHRI,
                                           Label::JUV,
                                           Label::JUV_COURT,
                                           Label::EDU,
                                           Label::CPS,
                                           Label::IVE,
                                           Label::LES,
                                           Label::PHI,
                                           Label::ASSESSMENT,
                                           Label::LOC,
                                           Label::AGG};
  return order;
}

Reason without_basis(Label regime) {
  switch (regime) {
    case Label::SEALED:
      return Reason::SEALED;
    case Label::REPORTER_ID:
      return Reason::REPORTER_ID;
    case Label::FREE_TEXT:
      return Reason::FREE_TEXT;
    case Label::VSP:
      return Reason::VSP_NO_RELEASE;
    case Label::PSYNOTES:
      return Reason::PSYNOTES;
    case Label::PART2:
    case Label::PHI:
      return Reason::NO_ACTIVE_CONSENT;
    case Label::CHRI:
      return Reason::CHRI_INELIGIBLE;
    case Label::JUV:
    case Label::JUV_COURT:
    case Label::EDU:
    case Label::CPS:
    case Label::IVE:
    case Label::LES:
    case Label::ASSESSMENT:
      return Reason::RECIPIENT_CAPACITY;
    case Label::LOC:
    case Label::AGG:
      return Reason::MIN_NECESSARY;
    default:
      return Reason::UNLABELLED;
  }
}

LabelSet regimes_of(LabelSet labels) {
  static const LabelSet all = [] {
    LabelSet set;
    for (Label label : regimes()) set.add(label);
    return set;
  }();
  LabelSet out = LabelSet::of_bits(labels.bits() & all.bits());
  if (labels.any_of({Label::N, Label::R, Label::minor_consented})) out.add(Label::PHI);
  return out;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  const bool time = text.starts_with("PT");
  if (!time && !text.starts_with("P")) return std::nullopt;
  text.remove_prefix(time ? 2 : 1);
  int count = 0;
  const char* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, count);
  if (fault != std::errc{} || count <= 0 || end - at != 1) return std::nullopt;
  if (!time) {
    if (*at != 'D') return std::nullopt;
    return std::chrono::days{count};
  }
  if (*at == 'H') return std::chrono::hours{count};
  if (*at == 'M') return std::chrono::minutes{count};
  return std::nullopt;
}

}  // namespace concord::decide
