// The closed words of a decision: reasons, obligations, purposes of time. Spelt as in the packs,
// the decision cases and the console.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/model/label.hpp"

namespace concord::decide {

enum class Reason : uint8_t {
  OK,
  MANDATE,
  EMERGENCY,
  DEADLINE_MISSED,
  AUDIT_UNAVAILABLE,
  BUNDLE_STALE,
  CONSENT_UNREADABLE,
  IDENTITY_AMBIGUOUS,
  UNLABELLED,
  SEALED,
  REPORTER_ID,
  FREE_TEXT,
  VSP_LINKAGE,
  VSP_NO_RELEASE,
  PART2_PROCEEDING,
  ASSESSMENT_GUARD,
  LEGISLATIVE,
  CONSENT_SIGNER_IS_ABUSER,
  CONSENT_SIGNER_NO_AUTHORITY,
  CONSENT_ELEMENT_MISSING,
  CONSENT_RECIPIENT_NOT_NAMED,
  CONSENT_INTERMEDIARY_NOT_NAMED,
  CONSENT_REVOKED,
  CONSENT_EXPIRED,
  CONSENT_NOT_YET,
  CONSENT_CONFLICT_RESTRICTED,
  CONSENT_DENIES,
  PSYNOTES,
  NO_ACTIVE_CONSENT,
  PURPOSE_MISMATCH,
  RECIPIENT_CAPACITY,
  NOT_ROSTERED,
  ROSTER_ENDED,
  NOT_ASSIGNED,
  NO_AGREEMENT,
  ORDER_SCOPE,
  SUBPOENA_NO_ASSURANCE,
  CHRI_INELIGIBLE,
  EMERGENCY_BASIS_MISSING,
  MIN_NECESSARY,
  OBLIGATION_UNSUPPORTED,
  OVERLAY_WIDENS_BASE
};
inline constexpr size_t kReasonCount = static_cast<size_t>(Reason::OVERLAY_WIDENS_BASE) + 1;

std::string_view name_of(Reason reason);
std::optional<Reason> reason_of(std::string_view name);
// For a caseworker: "the consent has ended".
std::string_view words_of(Reason reason);

// A set of obligations is a mask of these bits, in this order.
inline constexpr size_t kObligationCount = 15;
std::string_view obligation_name(size_t bit);
std::optional<size_t> obligation_of(std::string_view name);
// Those that the recipient itself must honour, and that go along (model::kCarried). The others are
// the sender's or the hub's own work (accounting, deadlines, reviews) and are done whatever the
// recipient can do.
uint32_t recipient_obligations();
// For a caseworker: "do not pass it on".
std::string_view words_of_obligation(std::string_view name);
std::vector<std::string> obligation_list(uint32_t mask);

// Labels that stand for a regime: a field bearing one needs a satisfied basis for it. The strictest
// first, which is also the order in which a field's reason is looked for. The remaining labels
// (hashed, minor_consented ...) only modify, and release nothing.
const std::vector<model::Label>& regimes();
// Why a field is withheld when no rule for this regime even came near.
Reason without_basis(model::Label regime);
// The regimes of a field. N, R and minor_consented are health data even where PHI is not said.
model::LabelSet regimes_of(model::LabelSet labels);

// "PT4H", "PT24H", "P30D"
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace concord::decide
