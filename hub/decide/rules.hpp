// Rule packs as values: what a YAML file under mappings/policy says, checked, before it is
// compiled. mappings/policy/README.md tells the format with examples.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/base/time.hpp"
#include "hub/decide/words.hpp"
#include "hub/model/label.hpp"

namespace concord::decide {

// The closed set of conditions. Each takes a list of arguments; "not_" before the name negates it.
enum class Test : uint8_t {
  recipient_capacity,  // has any of these; "legislat*" by beginning
  source_capacity,
  agreement,         // the recipient has signed any of these
  credential,        // the recipient has each of these, not empty
  roster,            // active: on the roster now
  assigned,          // true: to this child
  purpose,           // any of these; an unstated purpose is none of them
  trigger,           // any of these
  exchange_policy,   // any of these
  event,             // the event is any of these
  purpose_code,      // present: stated
  after_report,      // true: the report has been made already
  age_from,          // years; unknown age: no
  age_below,         // years; unknown age: no
  fact,              // any of "name" (true or recorded) or "name=value"
  service,           // the same of the service
  break_glass,       // each of these elements is recorded
  orders,            // any: an order is on file for this recipient
  order,             // one in force expressly covers the field; args: its kinds, "disclosure"
  subpoena,          // present
  assurance,         // given: the subpoena comes with satisfactory assurance
  consent,           // a consent on one of these forms allows the field
  consent_names,     // the same, and its scope names the field
  consent_purposes,  // the same, and it names the request's purpose
  refusal,           // any: where consent on file rules the exchange, one refuses the field
  label,             // the field bears any of these
  field,             // the field's path fits any of these patterns (* stands for anything)
  field_in_fact,     // the fact lists the field
};
inline constexpr size_t kTestCount = static_cast<size_t>(Test::field_in_fact) + 1;
std::string_view name_of(Test test);
std::optional<Test> test_of(std::string_view name);

struct Condition {
  Test test = Test::trigger;
  bool negated = false;
  std::vector<std::string> arguments;
  // Why a field is withheld when this alone is lacking. None: the test itself knows (roster,
  // consent), or the regime's own reason stands.
  std::optional<Reason> otherwise;
  std::string say;  // "with ...": what would help, in words
};

enum class Kind : uint8_t { forbid, mandate, basis, obligation, transform, need, limit };
std::string_view name_of(Kind kind);

struct Rule {
  std::string id, title, cites, reviewer, says, place;
  bool reviewed = false;
  std::optional<base::Instant> from, until;  // until is excluded
  Kind kind = Kind::basis;
  model::LabelSet governs;
  std::vector<Condition> when;    // is this rule about the request at all?
  std::vector<Condition> needs;   // then these must hold, or each tells what is lacking
  std::vector<Condition> unless;  // forbid: any of these lifts it
  std::optional<Reason> reason;   // forbid: why; mandate, basis: MANDATE, EMERGENCY instead of OK
  uint32_t obliges = 0;
  std::optional<std::chrono::seconds> lease, deadline;
  std::optional<std::chrono::seconds> destroy_after;  // from the delivery; with destroy_by
  std::vector<std::pair<std::string, std::string>> transforms;  // field pattern → how
  std::vector<std::string> replaces;                            // state packs: rules of other packs
};

// How a consent form is judged.
struct Form {
  std::string id, place;
  bool end_required = false;           // no end is a missing element
  bool end_none_good = false;          // "none" is an end (42 CFR 2.31(a)(7), single TPO consent)
  bool end_free_in_exchange = false;   // but not where consent on file rules the exchange
  bool names_hub = false;              // an intermediary must be named
  std::vector<std::string> passes_on;  // capacities in which who is named may pass it on
  bool irrevocable = false;            // a revocation before the form's own date takes effect then
  // Whom a class of recipients can mean: nobody; those treating; those and payers; any capacity.
  enum class Class : uint8_t { none, treating, tpo, capacity } recipient_class = Class::none;
  model::LabelSet refuses;  // what a refusal on this form speaks of
  // Who must have signed: any one of these sets.
  struct Authority {
    enum class Who : uint8_t { anyone, adult, minor } who = Who::anyone;
    enum class Service : uint8_t { any, own, not_own } service = Service::any;
    std::vector<std::string> signers;  // subject, minor, parent, unsaid
  };
  std::vector<Authority> authorities;
};

// The words that the law wants to stand with a record under an obligation.
struct Notice {
  size_t obligation = 0;  // its bit
  std::string cites, text, place;
  bool reviewed = false;
};

struct PackCase {
  std::string text;  // one JSON line
  std::string place;
};

struct RulePack {
  std::string id, title, reviewer, place;
  std::string jurisdiction = "US";  // "US-CA": only there
  bool overlay = false;             // of a region: may narrow, never widen
  std::vector<Form> forms;
  std::vector<Notice> notices;
  std::vector<Rule> rules;
  std::vector<PackCase> cases;
  std::string digest;  // sha256 of the file
};

// Every fault of every pack, each with file and line. A folder stands for all *.yaml below it.
base::Result<std::vector<RulePack>, base::Errors> load_packs(std::span<const std::string> folders);
// One pack from text; place names it in errors.
base::Result<RulePack, base::Errors> read_pack(std::string_view yaml, const std::string& place);

}  // namespace concord::decide
