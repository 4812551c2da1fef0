// Outgoing: values of the shared schema as texts of a record, or in the shapes of HL7 v2 and FHIR.
#include <array>

#include "hub/base/time.hpp"
#include "hub/translate/rules.hpp"

namespace concord::translate {
namespace {

struct Pair {
  std::string_view ours, theirs;
};
template <size_t N>
std::string_view called(const std::array<Pair, N>& pairs, std::string_view ours) {
  for (const Pair& pair : pairs)
    if (pair.ours == ours) return pair.theirs;
  return {};
}
constexpr std::array kNameTypes{Pair{"official", "L"},
                                Pair{"usual", "D"},
                                Pair{"maiden", "M"},
                                Pair{"nickname", "N"},
                                Pair{"anonymous", "S"},
                                Pair{"temp", "T"}};
constexpr std::array kAddressTypes{Pair{"home", "H"},
                                   Pair{"work", "B"},
                                   Pair{"temp", "C"},
                                   Pair{"mail", "M"},
                                   Pair{"billing", "BI"}};
constexpr std::array kContactUses{Pair{"home", "PRN"}, Pair{"work", "WPN"}, Pair{"mobile", "PRS"}};
constexpr std::array kEquipment{
    Pair{"phone", "PH"}, Pair{"fax", "FX"}, Pair{"pager", "BP"}, Pair{"email", "Internet"}};

void copy(
    JsonValue& to, std::string_view as, const JsonValue& from, std::string_view name, Run& run) {
  if (const JsonValue* found = base::member(from, name); found != nullptr && !is_missing(*found))
    to.AddMember(lent(as), JsonValue(*found, run.memory), run.memory);
}

void say(std::string& text, std::string_view word, std::string_view by) {
  if (word.empty()) return;
  if (!text.empty()) text += by;
  text += word;
}

void say_list(std::string& text,
              const JsonValue& from,
              std::string_view name,
              std::string_view by) {
  const JsonValue* list = base::member(from, name);
  if (list == nullptr || !list->IsArray()) return;
  for (const JsonValue& item : list->GetArray())
    if (item.IsString()) say(text, base::text(item), by);
}

const JsonValue* object_in(const Values& values, Made& instead) {
  if (values.empty()) return nullptr;
  if (values.front()->IsObject()) return values.front();
  instead = Made::bad("expected an object, saw " + shape_of(*values.front()));
  return nullptr;
}

Made text_or_missing(std::string text, Run& run) {
  if (text.empty()) return {};
  return Made::of(copied(text, run));
}

}  // namespace

Made out_copy(const Row&, const Values& values, Run& run) {
  if (values.empty()) return {};
  return Made::of(JsonValue(*values.front(), run.memory));
}

Made out_lookup(const Row& row, const Values& values, Run& run) {
  Made made = make_lookup(row, values, run);
  if (made.came == Made::Came::absent) made.came = Made::Came::missing;
  return made;
}

Made out_code(const Row& row, const Values& values, Run& run) {
  Made instead;
  const JsonValue* given = object_in(values, instead);
  if (given == nullptr) return instead;
  const std::string_view code = base::text_of(*given, "code");
  std::string_view system = base::text_of(*given, "system");
  if (code.empty()) return {};
  for (const auto& table : row.codes)
    if (const CodeRow* found = table->find(system, run.day)) system = found->to;
  JsonValue coding(rapidjson::kObjectType);
  if (row.args.word("hl7")) {
    put(coding, "code", code, run);
    put(coding, "system", system, run);
    return Made::of(std::move(coding));
  }
  if (!row.args.word("fhir")) return Made::of(copied(code, run));
  put(coding,
      "system",
      system.starts_with("ccr:") ? "urn:" + std::string(system) : std::string(system),
      run);
  put(coding, "code", code, run);
  JsonValue list(rapidjson::kArrayType), out(rapidjson::kObjectType);
  list.PushBack(std::move(coding), run.memory);
  out.AddMember("coding", std::move(list), run.memory);
  return Made::of(std::move(out));
}

Made out_date(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  std::optional<DateParts> date;
  if (given.IsObject()) {
    date = parts_of_pdate(given);
  } else if (given.IsString()) {
    const std::string_view text = base::text(given);
    const auto at = text.size() > 10 ? base::parse_instant(text) : std::nullopt;
    const auto wall = at && !run.zone.empty() ? base::instant_to_wall(*at, run.zone)
                                              : base::Result<std::string>(std::string(text));
    if (wall) date = read_date(*wall, "iso");
  }
  const bool partial = row.rule == Rule::partial_date;
  if (!date || (!partial && date->day == 0))
    return Made::bad("expected a whole date, saw " + shape_of(given));
  return text_or_missing(write_date(*date, row.argument), run);
}

Made out_instant(const Row&, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  const std::string_view text = given.IsObject()   ? base::text_of(given, "at")
                                : given.IsString() ? base::text(given)
                                                   : std::string_view{};
  if (!base::parse_date_or_instant(text))
    return Made::bad("expected a time, saw " + shape_of(given));
  return Made::of(copied(text, run));
}

Made out_wall_time(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  if (given.IsObject()) {  // local and zone rule: never told in another zone
    const std::string_view local = base::text_of(given, "local");
    if (local.empty()) return Made::bad("expected a wall time, saw an object");
    return Made::of(copied(local, run));
  }
  const auto at = given.IsString() ? base::parse_instant(base::text(given)) : std::nullopt;
  if (!at) return Made::bad("expected a time, saw " + shape_of(given));
  const auto zone = part(row.args.find("zone"), given, run);
  auto wall = base::instant_to_wall(*at, zone ? *zone : run.zone);
  if (!wall) return Made::bad(wall.error().cause);
  return Made::of(copied(*wall, run));
}

Made out_person_name(const Row& row, const Values& values, Run& run) {
  Made instead;
  const JsonValue* name = object_in(values, instead);
  if (name == nullptr) return instead;
  JsonValue out(rapidjson::kObjectType);
  if (row.args.word("hl7")) {
    copy(out, "family", *name, "family", run);
    copy(out, "given", *name, "given", run);
    std::string suffix, prefix;
    say_list(suffix, *name, "suffix", " ");
    say_list(prefix, *name, "prefix", " ");
    put(out, "suffix", suffix, run);
    put(out, "prefix", prefix, run);
    put(out, "type", called(kNameTypes, base::text_of(*name, "use")), run);
    return Made::of(std::move(out));
  }
  if (row.args.word("fhir")) {
    for (const std::string_view part : {"use", "family", "given", "prefix", "suffix", "text"})
      copy(out, part, *name, part, run);
    return Made::of(std::move(out));
  }
  std::string text(base::text_of(*name, "text"));
  if (text.empty()) {
    say_list(text, *name, "prefix", " ");
    say_list(text, *name, "given", " ");
    say(text, base::text_of(*name, "family"), " ");
    say_list(text, *name, "suffix", " ");
  }
  return text_or_missing(std::move(text), run);
}

Made out_phone(const Row& row, const Values& values, Run& run) {
  Made instead;
  const JsonValue* contact = object_in(values, instead);
  if (contact == nullptr) return instead;
  JsonValue out(rapidjson::kObjectType);
  if (row.args.word("fhir")) {
    for (const std::string_view part : {"system", "value", "use"})
      copy(out, part, *contact, part, run);
    return Made::of(std::move(out));
  }
  if (!row.args.word("hl7"))
    return text_or_missing(std::string(base::text_of(*contact, "value")), run);
  const bool email = base::text_of(*contact, "system") == "email";
  put(out, email ? "email" : "value", base::text_of(*contact, "value"), run);
  put(out, "use", email ? "NET" : called(kContactUses, base::text_of(*contact, "use")), run);
  put(out, "equipment", called(kEquipment, base::text_of(*contact, "system")), run);
  return Made::of(std::move(out));
}

Made out_address(const Row& row, const Values& values, Run& run) {
  Made instead;
  const JsonValue* address = object_in(values, instead);
  if (address == nullptr) return instead;
  JsonValue out(rapidjson::kObjectType);
  if (row.args.word("hl7") || row.args.word("fhir")) {
    const bool hl7 = row.args.word("hl7");
    copy(out, hl7 ? "lines" : "line", *address, "lines", run);
    copy(out, "city", *address, "city", run);
    copy(out, hl7 ? "county" : "district", *address, "county", run);
    copy(out, "state", *address, "state", run);
    copy(out, hl7 ? "postal" : "postalCode", *address, "postal", run);
    copy(out, "country", *address, "country", run);
    const std::string_view use = base::text_of(*address, "use");
    put(out, hl7 ? "type" : "use", hl7 ? called(kAddressTypes, use) : use, run);
    return Made::of(std::move(out));
  }
  std::string text;
  say_list(text, *address, "lines", ", ");
  for (const std::string_view part : {"city", "state", "postal"})
    say(text, base::text_of(*address, part), ", ");
  return text_or_missing(std::move(text), run);
}

Made out_ident(const Row& row, const Values& values, Run& run) {
  Made instead;
  const JsonValue* ident = object_in(values, instead);
  if (ident == nullptr) return instead;
  std::string_view system = base::text_of(*ident, "system");
  for (const auto& table : row.codes)
    if (const CodeRow* found = table->find(system, run.day)) system = found->to;
  JsonValue out(rapidjson::kObjectType);
  if (row.args.word("fhir")) {
    put(out, "system", system, run);
    put(out, "value", base::text_of(*ident, "value"), run);
    return Made::of(std::move(out));
  }
  if (!row.args.word("hl7"))
    return text_or_missing(std::string(base::text_of(*ident, "value")), run);
  const size_t bar = system.find('|');  // "STATE|SB": who gave it, and its type
  put(out, "value", base::text_of(*ident, "value"), run);
  put(out, "assigner", system.substr(0, bar), run);
  if (bar != std::string_view::npos) put(out, "type", system.substr(bar + 1), run);
  return Made::of(std::move(out));
}

Made out_boolean(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  if (!values.front()->IsBool())
    return Made::bad("expected true or false, saw " + shape_of(*values.front()));
  const bool yes = values.front()->GetBool();
  const std::string_view word = row.args.text(yes ? "true" : "false");
  return word.empty() ? Made::of(JsonValue(yes)) : Made::of(copied(word, run));
}

Made out_quantity(const Row& row, const Values& values, Run& run) {
  Made instead;
  const JsonValue* quantity = object_in(values, instead);
  if (quantity == nullptr) return instead;
  const JsonValue* value = base::member(*quantity, "value");
  if (value == nullptr || !value->IsNumber()) return {};
  const std::string_view unit = base::text_of(*quantity, "unit");
  JsonValue out(rapidjson::kObjectType);
  if (row.args.word("fhir") || row.args.word("hl7")) {
    out.AddMember("value", JsonValue(*value, run.memory), run.memory);
    copy(out, "comparator", *quantity, "comparator", run);
    put(out, "unit", unit, run);
    if (row.args.word("fhir") && !unit.empty()) {
      put(out, "system", "http://unitsofmeasure.org", run);
      put(out, "code", unit, run);
    }
    return Made::of(std::move(out));
  }
  std::string text = base::write_json(*value);
  say(text, unit, " ");
  return text_or_missing(std::move(text), run);
}

Made out_narrative(const Row&, const Values& values, Run& run) {
  Made instead;
  const JsonValue* narrative = object_in(values, instead);
  if (narrative == nullptr) return instead;
  return text_or_missing(std::string(base::text_of(*narrative, "text")), run);
}

// The id; with type=Patient as FHIR writes it, "Patient/123". Also from a bare key, as $subject is.
// The id; with type= as FHIR writes it, "Patient/123".
Made out_reference(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  std::string id;
  if (given.IsObject()) {
    id = base::text_of(given, "id");
  } else if (const auto text = scalar_text(given, run)) {
    id = *text;
  } else {
    return Made::bad("expected a reference, saw " + shape_of(given));
  }
  const std::string_view type = row.args.text("type");
  if (!type.empty() && !id.empty()) id.insert(0, std::string(type) + "/");
  return text_or_missing(std::move(id), run);
}

}  // namespace concord::translate
