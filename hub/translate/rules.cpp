#include "hub/translate/rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "hub/base/time.hpp"

namespace concord::translate {
namespace {

constexpr std::array kRules{
    RuleInfo{Rule::copy, "copy", true, true, false, "", make_copy, out_copy},
    RuleInfo{Rule::constant, "constant", true, true, false, "*", make_constant, make_constant},
    RuleInfo{Rule::lookup, "lookup", true, true, false, "system", make_lookup, out_lookup},
    RuleInfo{
        Rule::code, "code", true, true, false, "system prefer +hl7 +fhir", make_code, out_code},
    RuleInfo{Rule::date, "date", true, true, false, "*", make_date, out_date},
    RuleInfo{Rule::partial_date, "partial_date", true, true, false, "*", make_date, out_date},
    RuleInfo{Rule::instant, "instant", true, true, true, "zone", make_instant, out_instant},
    RuleInfo{
        Rule::wall_time, "wall_time", true, true, true, "zone fold", make_wall_time, out_wall_time},
    RuleInfo{Rule::split, "split", true, true, false, "by part", make_split, make_split},
    RuleInfo{Rule::join, "join", true, true, false, "by", make_join, make_join},
    RuleInfo{Rule::first, "first", true, true, false, "", make_copy, out_copy},
    RuleInfo{Rule::person_name,
             "person_name",
             true,
             true,
             true,
             "+hl7 +fhir +text family given prefix suffix text use",
             make_person_name,
             out_person_name},
    RuleInfo{Rule::phone,
             "phone",
             true,
             true,
             true,
             "+hl7 +fhir +text value system use",
             make_phone,
             out_phone},
    RuleInfo{Rule::address,
             "address",
             true,
             true,
             true,
             "+hl7 +fhir +text lines city county state postal country use confidential",
             make_address,
             out_address},
    RuleInfo{Rule::ident,
             "ident",
             true,
             true,
             true,
             "+hl7 +fhir +text value system assigner digits",
             make_ident,
             out_ident},
    RuleInfo{Rule::boolean, "boolean", true, true, false, "true false", make_boolean, out_boolean},
    RuleInfo{Rule::number, "number", true, true, false, "", make_number, out_copy},
    RuleInfo{Rule::quantity,
             "quantity",
             true,
             true,
             true,
             "+hl7 +fhir +text value unit comparator",
             make_quantity,
             out_quantity},
    RuleInfo{
        Rule::narrative, "narrative", true, true, false, "role", make_narrative, out_narrative},
    RuleInfo{
        Rule::reference, "reference", true, true, false, "type", make_reference, out_reference},
    RuleInfo{
        Rule::age_band, "age_band", true, true, true, "at bands", make_age_band, make_age_band},
    RuleInfo{Rule::digest, "digest", true, true, false, "length", make_digest, make_digest},
    RuleInfo{Rule::keep, "keep", true, false, false, "", make_keep, nullptr}};

bool is_text(const Node& node) {
  return node.kind == Node::Kind::text;
}

}  // namespace

const RuleInfo* rule_named(std::string_view name) {
  for (const RuleInfo& info : kRules)
    if (info.name == name) return &info;
  return nullptr;
}

const RuleInfo& info_of(Rule rule) {
  return kRules[static_cast<size_t>(rule)];
}

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for (const RuleInfo& info : kRules) names.emplace_back(info.name);
  return names;
}

bool fits(const Row& row, const Node& node) {
  const std::string& type = node.type;
  switch (row.rule) {
    case Rule::copy:
    case Rule::split:
    case Rule::join:
    case Rule::first:
    case Rule::digest:
    case Rule::age_band:
      return is_text(node);
    case Rule::constant:
      return true;  // judged by constant_of
    case Rule::lookup:
      return type == "code" || is_text(node);
    case Rule::code:
      return (type == "code" && node.codes.empty()) || type == "choice_value";
    case Rule::date:
      return type == "pdate" || type == "date" || type == "moment";
    case Rule::partial_date:
      return type == "pdate";
    case Rule::instant:
      return type == "instant" || type == "moment";
    case Rule::wall_time:
      return type == "when";
    case Rule::person_name:
      return type == "name";
    case Rule::phone:
      return type == "contact";
    case Rule::address:
      return type == "address";
    case Rule::ident:
      return type == "ident";
    case Rule::boolean:
      return node.kind == Node::Kind::boolean;
    case Rule::number:
      return node.kind == Node::Kind::integer || node.kind == Node::Kind::number;
    case Rule::quantity:
      return type == "quantity" || type == "choice_value";
    case Rule::narrative:
      return type == "narrative" || type == "choice_value";
    case Rule::reference:
      return type == "ref";
    case Rule::keep:
      return false;  // for $extra alone
  }
  return false;
}

Made Made::of(JsonValue value) {
  Made made;
  made.came = Came::value;
  made.value = std::move(value);
  return made;
}

Made Made::bad(std::string cause) {
  Made made;
  made.came = Came::invalid;
  made.cause = std::move(cause);
  return made;
}

Made Made::absent(const CodeRow& row, std::string_view seen) {
  Made made;
  made.came = Came::absent;
  made.reason = row.to;
  made.seen = seen.substr(0, 50);
  return made;
}

std::string shape_of(std::string_view text) {
  const auto digits = static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
  if (digits == text.size()) return std::to_string(digits) + (digits == 1 ? " digit" : " digits");
  const bool letters = std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) > 126;
  });
  if (!letters && digits > 0 && text.size() <= 30) {
    std::string form(text);
    for (char& c : form)
      if (c >= '0' && c <= '9') c = '9';
    return form;
  }
  const auto points = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  return "text of " + std::to_string(points) + (points == 1 ? " character" : " characters");
}

std::string shape_of(const JsonValue& value) {
  if (value.IsString()) return shape_of(trimmed(base::text(value)));
  if (value.IsBool()) return "true or false";
  if (value.IsInt64() || value.IsUint64()) return "a whole number";
  if (value.IsNumber()) return "a number with a fraction or exponent";
  if (value.IsArray()) return "a list of " + std::to_string(value.Size());
  return value.IsObject() ? "an object" : "nothing";
}

std::optional<std::string_view> scalar_text(const JsonValue& value, Run& run) {
  if (value.IsString()) return trimmed(base::text(value));
  if (value.IsBool()) return value.GetBool() ? "true" : "false";
  if (!value.IsInt64() && !value.IsUint64()) return std::nullopt;
  char digits[24];
  const auto end = value.IsInt64() ? std::to_chars(digits, digits + 24, value.GetInt64()).ptr
                                   : std::to_chars(digits, digits + 24, value.GetUint64()).ptr;
  const auto size = static_cast<size_t>(end - digits);
  char* kept = static_cast<char*>(run.memory.Malloc(size));
  std::copy(digits, end, kept);
  return std::string_view(kept, size);
}

const CodeRow* sentinel(const Row& row, std::string_view text, const Run& run) {
  for (const auto& table : row.codes)
    if (const CodeRow* found = table->find(text, run.day); found != nullptr && found->absent)
      return found;
  return nullptr;
}

Made unknown_code(const Row& row, std::string_view code, Run& run) {
  if (run.unknown_codes != nullptr)
    run.unknown_codes->push_back({std::string(run.place) + ":" + std::to_string(row.line),
                                  row.codes.empty() ? "" : row.codes.front()->name(),
                                  std::string(code.substr(0, 100))});
  return Made::bad("a code that no row of " +
                   (row.codes.empty() ? std::string("a table") : row.codes.front()->name()) +
                   " covers, " + shape_of(code));
}

std::optional<std::string_view> part(const Arg* arg, const JsonValue& value, Run& run) {
  if (arg == nullptr) return std::nullopt;
  if (arg->literal) return arg->text;
  for (const SourcePath& path : arg->paths) {
    const bool below = path.root() == Meta::record && value.IsObject();
    const JsonValue* found = below ? path.first_below(value) : path.first(run.metas);
    if (found != nullptr) return scalar_text(*found, run);
  }
  return std::nullopt;
}

JsonValue copied(std::string_view text, Run& run) {
  return base::json_text(text, run.memory);
}

void put(JsonValue& object, std::string_view name, std::optional<std::string_view> text, Run& run) {
  if (text && !text->empty()) object.AddMember(lent(name), copied(*text, run), run.memory);
}

base::Result<JsonValue, std::string> constant_of(const Node& node,
                                                 std::string_view text,
                                                 rapidjson::MemoryPoolAllocator<>& memory) {
  JsonValue value;
  const auto with = [&](std::string_view system, std::string_view key, std::string_view rest) {
    value.SetObject();
    value.AddMember("system", base::json_text(system, memory), memory);
    value.AddMember(lent(key), base::json_text(rest, memory), memory);
  };
  const size_t bar = text.rfind('|');
  if (node.kind == Node::Kind::text) {
    value = base::json_text(text, memory);
  } else if (node.kind == Node::Kind::boolean && (text == "true" || text == "false")) {
    value.SetBool(text == "true");
  } else if (node.kind == Node::Kind::integer || node.kind == Node::Kind::number) {
    int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
      return std::string("expected a whole number");
    value.SetInt64(number);
  } else if (!node.codes.empty()) {
    with("ccr:" + node.codes, "code", text);
  } else if (node.type == "code" || node.type == "ident") {
    if (bar == std::string_view::npos) return std::string("expected system|value");
    with(text.substr(0, bar), node.type == "code" ? "code" : "value", text.substr(bar + 1));
  } else if (node.type == "ref") {
    if (bar == std::string_view::npos) return std::string("expected Type|id");
    value.SetObject();
    value.AddMember("type", base::json_text(text.substr(0, bar), memory), memory);
    value.AddMember("id", base::json_text(text.substr(bar + 1), memory), memory);
  } else if (node.type == "narrative") {
    value.SetObject();
    value.AddMember("text", base::json_text(text, memory), memory);
  } else if (node.type == "pdate") {
    const auto date = read_date(text, "YYYY[-MM[-DD]]");
    if (!date) return std::string("expected YYYY, YYYY-MM or YYYY-MM-DD");
    Run run(memory);
    value = pdate_of(*date, run);
  } else {
    return "a constant cannot make a " + (node.type.empty() ? "list" : node.type);
  }
  if (const auto fault = Checker::check(node, value, nullptr)) return fault->cause;
  return value;
}

JsonValue plain_constant(std::string_view text, rapidjson::MemoryPoolAllocator<>& memory) {
  if (text == "true" || text == "false") return JsonValue(text == "true");
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return base::json_text(text.substr(1, text.size() - 2), memory);
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return JsonValue(number);
  return base::json_text(text, memory);
}

}  // namespace concord::translate
