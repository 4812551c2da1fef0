// The codes of FHIR R4 Consent that have one meaning here, and what that is. What stands in no row
// is refused. examples/coalition/README.md shows the same as a table.
#pragma once

#include <array>
#include <string_view>

namespace concord::app::fhir {

struct Code {
  std::string_view system, code, means;
};

inline constexpr std::string_view kActReason = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
inline constexpr std::string_view kActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
inline constexpr std::string_view kRoleCode = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
inline constexpr std::string_view kParticipation =
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
inline constexpr std::string_view kConfidentiality =
    "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
inline constexpr std::string_view kPolicyCodes =
    "http://terminology.hl7.org/CodeSystem/consentpolicycodes";
inline constexpr std::string_view kAction = "http://terminology.hl7.org/CodeSystem/consentaction";
inline constexpr std::string_view kTypes = "http://hl7.org/fhir/resource-types";
inline constexpr std::string_view kScope = "http://terminology.hl7.org/CodeSystem/consentscope";
// For purposes that the reasons of HL7 do not have: case_planning.
inline constexpr std::string_view kOwnPurposes = "urn:concord:purpose";

inline constexpr std::array kForms = {Code{kPolicyCodes, "hipaa-auth", "hipaa_auth"},
                                      Code{kActCode, "42CFRPart2", "part2"},
                                      Code{kActCode, "42CFRPart2CD", "part2"},
                                      Code{kActCode, "OPTIN", "fhir_r4"},
                                      Code{kActCode, "OPTOUT", "fhir_r4"}};
inline constexpr std::array kPurposes = {Code{kActReason, "TREAT", "treatment"},
                                         Code{kActReason, "HPAYMT", "payment"},
                                         Code{kActReason, "HOPERAT", "operations"}};
inline constexpr std::array kRoles = {Code{kParticipation, "PRCP", "recipient"},
                                      Code{kParticipation, "IRCP", "recipient"}};
inline constexpr std::array kLabels = {Code{kConfidentiality, "N", "N"},
                                       Code{kConfidentiality, "R", "R"},
                                       Code{kActCode, "42CFRPart2", "PART2"},
                                       Code{kActCode, "PSYTHPN", "PSYNOTES"}};
inline constexpr std::array kClasses = {Code{kTypes, "Encounter", "encounter"},
                                        Code{kTypes, "Condition", "condition"},
                                        Code{kTypes, "Observation", "observation"},
                                        Code{kTypes, "Appointment", "appointment"}};
inline constexpr std::array kActions = {Code{kAction, "disclose", "disclose"},
                                        Code{kAction, "access", ""},
                                        Code{kAction, "use", ""},
                                        Code{kAction, "collect", ""}};
// Of a RelatedPerson who signed.
inline constexpr std::array kSigners = {Code{kRoleCode, "PRN", "parent"},
                                        Code{kRoleCode, "MTH", "mother"},
                                        Code{kRoleCode, "NMTH", "mother"},
                                        Code{kRoleCode, "FTH", "father"},
                                        Code{kRoleCode, "NFTH", "father"},
                                        Code{kRoleCode, "GUARD", "legal_guardian"}};

}  // namespace concord::app::fhir
