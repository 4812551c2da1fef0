// The engine's whole world, and its answer. Words and shapes are those of the decision cases.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/model/evidence.hpp"
#include "hub/model/label.hpp"
#include "hub/model/obligation.hpp"

namespace concord::model {

struct Party {
  std::string agency;
  std::vector<std::string> capacities;
  std::vector<std::string> agreements;
  std::map<std::string, std::string> credentials;
  std::vector<std::string> supports;
  std::optional<std::string> roster_status;  // "active", "ended" ...; none: nothing said
  std::optional<base::Instant> roster_end;
  std::optional<bool> assigned;  // none: nothing said
  // The connector that its system runs, and the obligations that it writes along; none: no system
  // is known, and the agency's word alone counts.
  std::string connector{};
  std::optional<std::vector<std::string>> honours{};
};

struct DecisionField {
  std::string path;  // "placement.start", "person.addresses[1]"
  LabelSet labels;
};

struct DecisionInput {
  std::string id;
  base::Instant at;  // the only time that the engine knows
  std::string jurisdiction = "US";
  std::string trigger = "schedule";
  std::string purpose;
  std::string exchange_policy;
  Party source, recipient;
  bool hub_is_intermediary = false;
  struct Subject {
    std::optional<int> age;
    int candidates = 1;
    double match_confidence = 1.0;
  } subject;
  std::vector<DecisionField> fields;
  std::vector<Consent> consents;
  std::vector<Order> orders;
  std::map<std::string, std::string> facts;        // name → JSON
  std::map<std::string, std::string> service;      // name → JSON
  std::map<std::string, std::string> break_glass;  // empty: none
  std::optional<std::map<std::string, std::string>> subpoena;
  std::string purpose_code;
  bool after_report = false;
  struct Event {
    std::string type;
    base::Instant received_at;
  };
  std::optional<Event> event;
  std::vector<std::string> disclosures;  // ids of earlier ones of this data
  bool audit_writable = true;
  bool rules_current = true;
};

// Which rule gave a released field to the recipient, for one of the regimes on it.
struct Ground {
  std::string path;
  Label regime = Label::unknown;
  std::string rule;  // id: "part2.consent"
  bool operator==(const Ground&) const = default;
};

enum class Verdict { permit, permit_with_redactions, deny };
std::string_view name_of(Verdict verdict);

struct Decision {
  std::string id;
  Verdict verdict = Verdict::deny;
  std::vector<std::string> released;                             // paths
  std::vector<std::pair<std::string, std::string>> transformed;  // path → how
  std::vector<std::pair<std::string, std::string>> withheld;     // path → reason
  std::vector<std::string> reasons;
  std::vector<std::string> citations;
  std::vector<Ground> grounds;        // one for each regime of each released field
  std::vector<std::string> evidence;  // ids of consents, orders ... that it rests on
  std::vector<std::string> obligations;
  std::vector<Obligation> carried;  // those of them that go over to the recipient, with their words
  std::vector<std::string> recall;  // earlier disclosures to call back
  std::optional<base::Instant> valid_until;
  std::optional<base::Instant> deadline;
  std::string safe_view;     // "no_record" where existence itself is protected
  std::string nearest_miss;  // "would be permitted with ..."
  std::string law;           // whose rules: "US-CA"; "US, no pack for US-ZZ"
  std::string rules;         // hash of the packs
  bool operator==(const Decision&) const = default;
};

}  // namespace concord::model
