// What a decision rests on besides the coalition's files: consents, orders and facts about a child.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/model/coalition.hpp"
#include "hub/model/ids.hpp"
#include "hub/model/label.hpp"

namespace concord::model {

struct Consent {
  ConsentId id;
  ChildRef child;
  std::string form = "hipaa_auth";   // part2, part2_tpo, hipaa_auth, fhir_r4, vawa
  std::string decision = "permit";   // permit, deny
  std::vector<std::string> missing;  // required elements that the form lacks
  std::vector<std::string>
      signers;  // minor, parent, parent_nonabusive, guardian, subject_or_representative, abuser ...
  std::vector<std::string> recipients;  // agency ids
  std::string recipient_class;          // instead of names
  std::optional<bool> names_hub;
  std::vector<std::string> purposes;  // empty: any
  std::vector<std::string> scope;     // fields or entities it covers; empty: all
  LabelSet except_labels;
  std::optional<base::Instant> signed_at, start, revoked_at;
  // Where the form may say so (42 CFR 2.35(c)): before this it cannot be revoked.
  std::optional<base::Instant> irrevocable_until;
  // Three states: known end; the form says "none"; nothing known here.
  std::optional<base::Instant> end;
  bool end_none = false;   // the form says that there is none; see says_no_end
  bool end_given = true;   // false: the form gives none (null)
  std::string supersedes;  // id of the consent that it names
  bool unreadable = false;
  bool operator==(const Consent&) const = default;
};

// How forms say that they have no end of their own: 42 CFR 2.31(a)(7) has both.
inline bool says_no_end(std::string_view end) {
  return end == "none" || end == "end of treatment" || end == "end_of_treatment";
}

// A court order that releases fields about a child.
struct Order {
  std::string id;
  ChildRef child;
  std::string recipient;            // agency id; empty: whoever the court is
  std::vector<std::string> fields;  // what it expressly authorises
  std::optional<base::Instant> start, end;
  std::string kind;           // empty: disclosure; part2 (42 CFR 2.61-2.67), unseal, seal, expunge
  bool parent_party = false;  // a parent is party to the matter already
  bool operator==(const Order&) const = default;
};

// A fact on file about a child, as the cases name them: custody_current, actively_participating ...
// value is JSON.
struct Fact {
  ChildRef child;
  std::string agency;  // to whom it applies; empty: to all
  std::string name, value;
  std::optional<base::Instant> start, end;
  bool operator==(const Fact&) const = default;
};

// All evidence of the coalition at one moment; immutable once shared.
struct Evidence {
  std::vector<Consent> consents;
  std::vector<Order> orders;
  std::vector<Fact> facts;
  // Of a running hub: the coalition's, with what was added and ended since.
  std::vector<RosterEntry> roster{};
  std::vector<Assignment> assignments{};
};

}  // namespace concord::model
