#include <algorithm>

#include "hub/translate/rules.hpp"

namespace concord::translate {
namespace {

// The row for a code that stands for another; sentinels count too.
const CodeRow* row_for(const Row& row, std::string_view code, const Run& run) {
  for (const auto& table : row.codes)
    if (const CodeRow* found = table->find(code, run.day)) return found;
  return nullptr;
}

// A spreadsheet's or a database's slip: "1.2E+11", "MAR-5", "5-Mar".
bool mangled(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (const size_t e = text.find_first_of("eE"); e != std::string_view::npos && e > 0) {
    const std::string_view mantissa = text.substr(0, e), power = text.substr(e + 1);
    if (mantissa.find_first_not_of("0123456789.") == std::string_view::npos &&
        mantissa.find('.') != std::string_view::npos &&
        (power.starts_with('+') || power.starts_with('-')) && digits(power.substr(1)))
      return true;
  }
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const auto month = [](std::string_view part) {
    static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (part.size() != 3) return false;
    std::string lower(part);
    for (char& c : lower) c = static_cast<char>(c | 0x20);
    const size_t at = kMonths.find(lower);
    return at != std::string_view::npos && at % 3 == 0;
  };
  const std::string_view one = text.substr(0, dash), other = text.substr(dash + 1);
  return (month(one) && digits(other) && other.size() <= 2) ||
         (month(other) && digits(one) && one.size() <= 2);
}

JsonValue code_value(std::string_view system, std::string_view code, Run& run) {
  JsonValue out(rapidjson::kObjectType);
  out.AddMember("system", copied(system, run), run.memory);
  out.AddMember("code", copied(code, run), run.memory);
  return out;
}

std::string_view system_of(const Row& row, std::string_view system, const Run& run) {
  if (system.empty()) return row.args.text("system");
  const CodeRow* found = row_for(row, system, run);
  return found != nullptr && !found->absent ? std::string_view(found->to) : system;
}

// FHIR: the preferred system's coding, else the first that has a code.
const JsonValue* coding_of(const JsonValue& concept_, std::string_view preferred) {
  if (base::member(concept_, "code") != nullptr) return &concept_;
  const JsonValue* list = base::member(concept_, "coding");
  if (list == nullptr || !list->IsArray()) return nullptr;
  const JsonValue* best = nullptr;
  for (const JsonValue& coding : list->GetArray()) {
    if (base::text_of(coding, "code").empty()) continue;
    if (!preferred.empty() && base::text_of(coding, "system") == preferred) return &coding;
    if (best == nullptr) best = &coding;
  }
  return best;
}

}  // namespace

Made make_lookup(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue* given = values.front();
  if (given->IsObject()) given = base::member(*given, "code");
  const auto code = given == nullptr ? std::nullopt : scalar_text(*given, run);
  if (!code) return Made::bad("expected a code, saw " + shape_of(*values.front()));
  const CodeRow* found = row_for(row, *code, run);
  if (found == nullptr) return unknown_code(row, *code, run);
  if (found->absent) return Made::absent(*found, *code);
  const Node* node = row.target.node;
  if (node == nullptr || node->kind == Node::Kind::text) return Made::of(lent(found->to));
  JsonValue out(rapidjson::kObjectType);
  if (!node->codes.empty()) {
    out.AddMember("system", copied("ccr:" + node->codes, run), run.memory);
    out.AddMember("code", lent(found->to), run.memory);
    return Made::of(std::move(out));
  }
  const size_t bar = found->to.rfind('|');
  const std::string_view to = found->to;
  const bool own = bar != std::string::npos;
  out.AddMember("system", lent(own ? to.substr(0, bar) : row.args.text("system")), run.memory);
  out.AddMember("code", lent(own ? to.substr(bar + 1) : to), run.memory);
  return Made::of(std::move(out));
}

Made make_code(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  const bool fhir = row.args.word("fhir");
  if (!given.IsObject()) {
    const auto code = scalar_text(given, run);
    if (!code) return Made::bad("expected a code, saw " + shape_of(given));
    if (const CodeRow* found = sentinel(row, *code, run)) return Made::absent(*found, *code);
    const std::string_view system = row.args.text("system");
    if (system.empty()) return Made::bad("the code's system is not known");
    if (code->size() > 100) return Made::bad("expected a code, saw " + shape_of(*code));
    return Made::of(code_value(system, *code, run));
  }
  const JsonValue* coding = fhir ? coding_of(given, row.args.text("prefer")) : &given;
  const std::string_view code =
      coding == nullptr ? std::string_view{} : trimmed(base::text_of(*coding, "code"));
  if (code.empty()) return {};  // a text alone is no code, and free text
  if (const CodeRow* found = sentinel(row, code, run)) return Made::absent(*found, code);
  if (code.size() > 100) return Made::bad("expected a code, saw " + shape_of(code));
  const std::string_view system = system_of(row, trimmed(base::text_of(*coding, "system")), run);
  if (system.empty()) return Made::bad("the code's system is not known");
  return Made::of(code_value(system, code, run));
}

Made make_ident(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  std::optional<std::string_view> value, system, assigner, type;
  if (row.args.word("hl7") || row.args.word("fhir")) {
    value = trimmed(base::text_of(given, "value"));
    system = trimmed(base::text_of(given, "system"));
    assigner = trimmed(base::text_of(given, "assigner"));
    type = trimmed(base::text_of(given, "type"));
    if (const JsonValue* kind = base::member(given, "type"); kind != nullptr && kind->IsObject())
      if (const JsonValue* coding = coding_of(*kind, "")) type = base::text_of(*coding, "code");
  } else if (given.IsObject()) {
    value = part(row.args.find("value"), given, run);
    system = part(row.args.find("system"), given, run);
    assigner = part(row.args.find("assigner"), given, run);
  } else {
    value = scalar_text(given, run);
    system = part(row.args.find("system"), given, run);
    assigner = part(row.args.find("assigner"), given, run);
    if (!value) return Made::bad("expected an identifier, saw " + shape_of(given));
  }
  if (!value || value->empty()) return {};
  if (const CodeRow* found = sentinel(row, *value, run)) return Made::absent(*found, *value);
  if (mangled(*value))
    return Made::bad("an identifier that a spreadsheet has changed, " + shape_of(*value));
  if (const Arg* digits = row.args.find("digits");
      digits != nullptr && (std::to_string(value->size()) != digits->text ||
                            value->find_first_not_of("0123456789") != std::string_view::npos))
    return Made::bad("expected " + digits->text + " digits, saw " + shape_of(*value) +
                     "; zeros may be lost");
  // Which kind of number: as the table calls it, by its name, by who gave it and type, by type.
  std::string named;
  if (system && !system->empty()) {
    const CodeRow* found = row_for(row, *system, run);
    named = found != nullptr && !found->absent ? found->to : std::string(*system);
  } else if (type && !type->empty()) {
    const std::string pair = std::string(assigner.value_or("")) + "|" + std::string(*type);
    const CodeRow* found = row_for(row, pair, run);
    if (found == nullptr) found = row_for(row, "*|" + std::string(*type), run);
    named = found != nullptr ? found->to : pair;
  } else if (assigner && !assigner->empty()) {
    named = *assigner;
  }
  if (named.empty()) return Made::bad("an identifier whose kind is not known");
  JsonValue out(rapidjson::kObjectType);
  put(out, "system", named, run);
  put(out, "value", value, run);
  put(out, "assigner", assigner, run);
  return Made::of(std::move(out));
}

}  // namespace concord::translate
