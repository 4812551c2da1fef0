// The closed list of rules: each makes one value of a target's type from what its row found.
// Threads: pure but for Run, which is one caller's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/translate/book.hpp"
#include "hub/translate/mappings.hpp"

namespace concord::translate {

// What one record's translation works with.
struct Run {
  explicit Run(rapidjson::MemoryPoolAllocator<>& of) : memory(of) {}
  rapidjson::MemoryPoolAllocator<>& memory;  // of the document that is made
  Metas metas{};
  std::string_view zone;   // of the system
  std::string_view day;    // YYYY-MM-DD that code tables are judged by; "": now and later
  std::string_view place;  // "health/in/adt_person.csv"
  std::vector<UnknownCode>* unknown_codes = nullptr;
};

// What a rule gives. missing and invalid are answered by the row's if_missing and if_invalid.
struct Made {
  enum class Came : uint8_t { value, missing, invalid, absent } came = Came::missing;
  JsonValue value;
  std::string_view reason;  // absent: why
  std::string_view seen;    // absent: the sentinel
  std::string cause;        // invalid: "expected YYYY-MM-DD, saw 8 digits"
  model::LabelSet labels;   // that the value brings with it

  static Made of(JsonValue value);
  static Made bad(std::string cause);
  static Made absent(const CodeRow& row, std::string_view seen);
};

struct RuleInfo {
  Rule rule;
  std::string_view name;
  bool inward, outward;
  bool takes_paths;            // its name=value arguments are paths unless quoted
  std::string_view arguments;  // allowed names, separated by spaces; words as "+hl7"; "*": the
                               // whole cell is the argument
  Made (*in)(const Row&, const Values&, Run&);
  Made (*out)(const Row&, const Values&, Run&);
};
const RuleInfo* rule_named(std::string_view name);
const RuleInfo& info_of(Rule rule);
std::vector<std::string> rule_names();
// May the rule make what the node wants? How the target would be called in an error: its type.
bool fits(const Row& row, const Node& node);

// A value's shape, which errors may tell: "8 digits", "99/99/9999", "text of 12 characters".
std::string shape_of(const JsonValue& value);
std::string shape_of(std::string_view text);

// Text of a text, whole number or flag, trimmed; nothing for others.
std::optional<std::string_view> scalar_text(const JsonValue& value, Run& run);
// The row of the row's code tables that calls this text absent.
const CodeRow* sentinel(const Row& row, std::string_view text, const Run& run);
// Counts it; the row's if_invalid decides what then.
Made unknown_code(const Row& row, std::string_view code, Run& run);

// The value of a part of a composite: literal, or the first that is there below `value`.
std::optional<std::string_view> part(const Arg* arg, const JsonValue& value, Run& run);
JsonValue copied(std::string_view text, Run& run);
inline JsonValue lent(std::string_view text) {  // text outlives the document
  return JsonValue(
      rapidjson::StringRef(text.data(), static_cast<rapidjson::SizeType>(text.size())));
}
// Adds a member unless the text is empty; name is a literal.
void put(JsonValue& object, std::string_view name, std::optional<std::string_view> text, Run& run);

// A constant or default as the target's type wants it: "true", "12", "2012-03", "ccr code",
// "system|code". The cause in words where it does not fit.
base::Result<JsonValue, std::string> constant_of(const Node& node,
                                                 std::string_view text,
                                                 rapidjson::MemoryPoolAllocator<>& memory);
// The same for an outgoing record, which has no schema: true, false and whole numbers as such,
// "12" in double quotes is text.
JsonValue plain_constant(std::string_view text, rapidjson::MemoryPoolAllocator<>& memory);

// rules_text.cpp
Made make_copy(const Row&, const Values&, Run&);
Made make_constant(const Row&, const Values&, Run&);
Made make_split(const Row&, const Values&, Run&);
Made make_join(const Row&, const Values&, Run&);
Made make_boolean(const Row&, const Values&, Run&);
Made make_number(const Row&, const Values&, Run&);
Made make_quantity(const Row&, const Values&, Run&);
Made make_narrative(const Row&, const Values&, Run&);
Made make_reference(const Row&, const Values&, Run&);
Made make_digest(const Row&, const Values&, Run&);
Made make_keep(const Row&, const Values&, Run&);
// rules_code.cpp
Made make_lookup(const Row&, const Values&, Run&);
Made make_code(const Row&, const Values&, Run&);
Made make_ident(const Row&, const Values&, Run&);
// rules_time.cpp
Made make_date(const Row&, const Values&, Run&);
Made make_instant(const Row&, const Values&, Run&);
Made make_wall_time(const Row&, const Values&, Run&);
Made make_age_band(const Row&, const Values&, Run&);
// rules_person.cpp
Made make_person_name(const Row&, const Values&, Run&);
Made make_phone(const Row&, const Values&, Run&);
Made make_address(const Row&, const Values&, Run&);
// rules_out.cpp: from an entity's types to a record's texts, or to HL7 v2 and FHIR shapes
Made out_copy(const Row&, const Values&, Run&);
Made out_lookup(const Row&, const Values&, Run&);
Made out_code(const Row&, const Values&, Run&);
Made out_date(const Row&, const Values&, Run&);
Made out_instant(const Row&, const Values&, Run&);
Made out_wall_time(const Row&, const Values&, Run&);
Made out_person_name(const Row&, const Values&, Run&);
Made out_phone(const Row&, const Values&, Run&);
Made out_address(const Row&, const Values&, Run&);
Made out_ident(const Row&, const Values&, Run&);
Made out_boolean(const Row&, const Values&, Run&);
Made out_quantity(const Row&, const Values&, Run&);
Made out_narrative(const Row&, const Values&, Run&);
Made out_reference(const Row&, const Values&, Run&);

// Dates. A format is made of YYYY, MM, DD, M, D, MON and what stands between; what is in [brackets]
// may be missing. "iso": YYYY-MM-DD, also in front of a time.
struct DateParts {
  int year = 0, month = 0, day = 0;  // 0: not given
};
std::optional<DateParts> read_date(std::string_view text, std::string_view format);
std::string write_date(const DateParts& date, std::string_view format);
// The cause where it is no format.
std::optional<std::string> format_fault(std::string_view format, bool partial);
JsonValue pdate_of(const DateParts& date, Run& run);
std::optional<DateParts> parts_of_pdate(const JsonValue& pdate);

}  // namespace concord::translate
