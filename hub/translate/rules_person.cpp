#include <algorithm>
#include <array>

#include "hub/translate/rules.hpp"

namespace concord::translate {
namespace {

struct Pair {
  std::string_view from, to;
};

template <size_t N>
std::string_view called(const std::array<Pair, N>& pairs, std::string_view from) {
  for (const Pair& pair : pairs)
    if (pair.from == from) return pair.to;
  return {};
}

// HL7 tables 0200, 0190, 0201 and 0202 to FHIR's words.
constexpr std::array kNameUses{Pair{"L", "official"},
                               Pair{"D", "usual"},
                               Pair{"M", "maiden"},
                               Pair{"N", "nickname"},
                               Pair{"S", "anonymous"},
                               Pair{"T", "temp"}};
constexpr std::array kAddressUses{Pair{"H", "home"},
                                  Pair{"B", "work"},
                                  Pair{"O", "work"},
                                  Pair{"C", "temp"},
                                  Pair{"M", "mail"},
                                  Pair{"BI", "billing"}};
constexpr std::array kContactUses{
    Pair{"PRN", "home"}, Pair{"WPN", "work"}, Pair{"PRS", "mobile"}, Pair{"VHN", "temp"}};
constexpr std::array kContactSystems{Pair{"PH", "phone"},
                                     Pair{"CP", "phone"},
                                     Pair{"FX", "fax"},
                                     Pair{"BP", "pager"},
                                     Pair{"Internet", "email"},
                                     Pair{"X.400", "email"}};
constexpr std::array kFhirNameUses{
    "usual", "official", "temp", "nickname", "anonymous", "old", "maiden"};
constexpr std::array kFhirAddressUses{"home", "work", "temp", "old", "billing"};
constexpr std::array kFhirContactUses{"home", "work", "temp", "old", "mobile"};
constexpr std::array kFhirContactSystems{"phone", "fax", "email", "pager", "url", "sms", "other"};

template <size_t N>
std::string_view one_of(const std::array<const char*, N>& words, std::string_view word) {
  for (const char* known : words)
    if (word == known) return known;
  return {};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

// Texts of a text or a list of texts.
void gather(const JsonValue* value, Run& run, std::vector<std::string_view>& out) {
  if (value == nullptr) return;
  if (value->IsArray()) {
    for (const JsonValue& item : value->GetArray()) gather(&item, run, out);
    return;
  }
  if (const auto text = scalar_text(*value, run); text && !text->empty()) out.push_back(*text);
}

std::vector<std::string_view> parts(const Arg* arg, const JsonValue& value, Run& run) {
  std::vector<std::string_view> out;
  if (arg == nullptr) return out;
  if (arg->literal) return {arg->text};
  Values found;
  for (const SourcePath& path : arg->paths) path.find_below(value, found);
  for (const JsonValue* one : found) gather(one, run, out);
  return out;
}

void put_list(JsonValue& object,
              std::string_view name,
              const std::vector<std::string_view>& texts,
              Run& run) {
  if (texts.empty()) return;
  JsonValue list(rapidjson::kArrayType);
  for (const std::string_view text : texts) list.PushBack(copied(text, run), run.memory);
  object.AddMember(lent(name), std::move(list), run.memory);
}

// A name that stands in for none: "Baby Boy", "John Doe".
bool temporary(const Row& row,
               const std::vector<std::string_view>& given,
               std::string_view family,
               Run& run) {
  std::string all;
  for (const std::string_view word : given) all += (all.empty() ? "" : " ") + std::string(word);
  const std::string both = lower(all + " " + std::string(family));
  const auto known = [&](const std::string& text) {
    return !text.empty() && sentinel(row, text, run) != nullptr;
  };
  return known(lower(all)) || known(lower(family)) || known(both);
}

bool is_yes(std::string_view text) {
  return text == "true" || text == "Y" || text == "1" || text == "yes" || text == "Yes";
}
bool is_no(std::string_view text) {
  return text.empty() || text == "false" || text == "N" || text == "0" || text == "no" ||
         text == "No";
}

}  // namespace

Made make_person_name(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& from = *values.front();
  if (!from.IsObject()) return Made::bad("expected the parts of a name, saw " + shape_of(from));
  const bool hl7 = row.args.word("hl7"), fhir = row.args.word("fhir");
  std::vector<std::string_view> given, prefix, suffix;
  std::string_view family, use, text;
  if (hl7 || fhir) {
    family = trimmed(base::text_of(from, "family"));
    gather(base::member(from, "given"), run, given);
    gather(base::member(from, "prefix"), run, prefix);
    gather(base::member(from, "suffix"), run, suffix);
    text = trimmed(base::text_of(from, "text"));
    use = hl7 ? called(kNameUses, base::text_of(from, "type"))
              : one_of(kFhirNameUses, base::text_of(from, "use"));
  } else {
    family = part(row.args.find("family"), from, run).value_or("");
    text = part(row.args.find("text"), from, run).value_or("");
    use = part(row.args.find("use"), from, run).value_or("");
    given = parts(row.args.find("given"), from, run);
    prefix = parts(row.args.find("prefix"), from, run);
    suffix = parts(row.args.find("suffix"), from, run);
  }
  // HL7's "delete this" in any part of a name.
  const auto cleared = [](std::string_view word) { return word == "\"\""; };
  std::erase_if(given, cleared);
  std::erase_if(prefix, cleared);
  std::erase_if(suffix, cleared);
  if (cleared(family)) family = {};
  if (family.empty() && given.empty() && text.empty()) return {};
  if (temporary(row, given, family, run)) use = "temp";
  JsonValue out(rapidjson::kObjectType);
  put(out, "use", use, run);
  put(out, "family", family, run);
  put_list(out, "given", given, run);
  put_list(out, "prefix", prefix, run);
  put_list(out, "suffix", suffix, run);
  put(out, "text", text, run);
  return Made::of(std::move(out));
}

Made make_phone(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& from = *values.front();
  const bool hl7 = row.args.word("hl7"), fhir = row.args.word("fhir");
  std::string_view value, system, use;
  if (hl7) {
    value = trimmed(base::text_of(from, "value"));
    system = called(kContactSystems, base::text_of(from, "equipment"));
    use = base::text_of(from, "equipment") == "CP"
              ? std::string_view("mobile")
              : called(kContactUses, base::text_of(from, "use"));
    if (const auto email = trimmed(base::text_of(from, "email")); !email.empty()) {
      value = email;
      system = "email";
    }
    if (base::text_of(from, "use") == "NET") system = "email";
  } else if (fhir) {
    value = trimmed(base::text_of(from, "value"));
    system = one_of(kFhirContactSystems, base::text_of(from, "system"));
    use = one_of(kFhirContactUses, base::text_of(from, "use"));
  } else {
    const Arg* where = row.args.find("value");
    const auto text = where == nullptr ? scalar_text(from, run) : part(where, from, run);
    if (where == nullptr && !text) return Made::bad("expected a number, saw " + shape_of(from));
    value = text.value_or("");
    system = part(row.args.find("system"), from, run).value_or("phone");
    use = part(row.args.find("use"), from, run).value_or("");
  }
  if (value.empty()) return {};
  if (const CodeRow* found = sentinel(row, value, run)) return Made::absent(*found, value);
  JsonValue out(rapidjson::kObjectType);
  put(out, "system", system.empty() ? "phone" : system, run);
  put(out, "value", value, run);
  put(out, "use", use, run);
  return Made::of(std::move(out));
}

Made make_address(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& from = *values.front();
  if (!from.IsObject()) return Made::bad("expected the parts of an address, saw " + shape_of(from));
  const bool hl7 = row.args.word("hl7"), fhir = row.args.word("fhir");
  std::vector<std::string_view> lines;
  std::string_view city, county, state, postal, country, use, confidential;
  if (hl7 || fhir) {
    gather(base::member(from, hl7 ? "lines" : "line"), run, lines);
    city = trimmed(base::text_of(from, "city"));
    county = trimmed(base::text_of(from, hl7 ? "county" : "district"));
    state = trimmed(base::text_of(from, "state"));
    postal = trimmed(base::text_of(from, hl7 ? "postal" : "postalCode"));
    country = trimmed(base::text_of(from, "country"));
    use = hl7 ? called(kAddressUses, base::text_of(from, "type"))
              : one_of(kFhirAddressUses, base::text_of(from, "use"));
  } else {
    const auto text = [&](std::string_view name) {
      return part(row.args.find(name), from, run).value_or("");
    };
    lines = parts(row.args.find("lines"), from, run);
    city = text("city");
    county = text("county");
    state = text("state");
    postal = text("postal");
    country = text("country");
    use = text("use");
  }
  if (const Arg* flag = row.args.find("confidential"))
    confidential = part(flag, from, run).value_or("");
  const auto usable = [&](std::string_view word) {
    return word == "\"\"" || sentinel(row, word, run) != nullptr ? std::string_view{} : word;
  };
  std::erase_if(lines, [&](std::string_view line) { return usable(line).empty(); });
  JsonValue out(rapidjson::kObjectType);
  put_list(out, "lines", lines, run);
  put(out, "city", usable(city), run);
  put(out, "county", usable(county), run);
  put(out, "state", usable(state), run);
  put(out, "postal", usable(postal), run);
  put(out, "country", usable(country), run);
  if (out.ObjectEmpty()) return {};
  put(out, "use", use, run);
  // What is neither yes nor no counts as yes: a place told in error cannot be untold.
  const bool secret = is_yes(confidential) || !is_no(confidential);
  if (secret) out.AddMember("confidential", JsonValue(true), run.memory);
  Made made = Made::of(std::move(out));
  if (secret) made.labels.add(model::Label::LOC);
  return made;
}

}  // namespace concord::translate
