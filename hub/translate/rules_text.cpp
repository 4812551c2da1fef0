#include <algorithm>
#include <charconv>
#include <cmath>

#include "hub/base/crypto.hpp"
#include "hub/translate/rules.hpp"

namespace concord::translate {
namespace {

// The one value of a rule that takes texts: its text, or what to answer instead.
struct Taken {
  std::optional<std::string_view> text;
  Made instead;
};
Taken take(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const auto text = scalar_text(*values.front(), run);
  if (!text) return {std::nullopt, Made::bad("expected text, saw " + shape_of(*values.front()))};
  if (const CodeRow* found = sentinel(row, *text, run))
    return {std::nullopt, Made::absent(*found, *text)};
  return {text, {}};
}

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const size_t end = std::min(list.find_first_of(",|"), list.size());
    out.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

bool among(std::string_view list, std::string_view text) {
  const auto all = words(list);
  return std::find(all.begin(), all.end(), text) != all.end();
}

// A decimal as people write it: no exponent, no grouping.
std::optional<double> decimal(std::string_view text) {
  if (text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// 3 stays 3, and does not become 3.0.
JsonValue plainest(double number) {
  if (std::floor(number) == number && std::abs(number) < 1e15)
    return JsonValue(static_cast<int64_t>(number));
  return JsonValue(number);
}

std::optional<double> number_in(const JsonValue& value, Run& run) {
  if (value.IsNumber()) return value.GetDouble();
  const auto text = scalar_text(value, run);
  return text ? decimal(*text) : std::nullopt;
}

}  // namespace

Made make_copy(const Row& row, const Values& values, Run& run) {
  Taken taken = take(row, values, run);
  if (!taken.text) return std::move(taken.instead);
  return Made::of(copied(*taken.text, run));
}

Made make_constant(const Row& row, const Values&, Run& run) {
  if (row.constant == nullptr) return {};  // absent:<reason>, which is the row's if_missing
  return Made::of(JsonValue(*row.constant, run.memory));
}

Made make_split(const Row& row, const Values& values, Run& run) {
  Taken taken = take(row, values, run);
  if (!taken.text) return std::move(taken.instead);
  const std::string_view by = row.args.text("by");
  size_t part = 0;
  const std::string_view nth = row.args.text("part", "1");
  std::from_chars(nth.data(), nth.data() + nth.size(), part);
  std::string_view rest = *taken.text;
  for (; part > 1; --part) {
    const size_t at = rest.find(by);
    if (at == std::string_view::npos) return {};
    rest.remove_prefix(at + by.size());
  }
  rest = trimmed(rest.substr(0, rest.find(by)));
  if (rest.empty()) return {};
  return Made::of(copied(rest, run));
}

Made make_join(const Row& row, const Values& values, Run& run) {
  std::string joined;
  for (const JsonValue* value : values) {
    const auto text = scalar_text(*value, run);
    if (!text) return Made::bad("expected text, saw " + shape_of(*value));
    if (sentinel(row, *text, run) != nullptr) continue;
    if (!joined.empty()) joined += row.args.text("by", " ");
    joined += *text;
  }
  if (joined.empty()) return {};
  return Made::of(copied(joined, run));
}

Made make_boolean(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const std::string_view yes = row.args.text("true"), no = row.args.text("false");
  if (values.front()->IsBool() && yes.empty())
    return Made::of(JsonValue(values.front()->GetBool()));
  Taken taken = take(row, values, run);
  if (!taken.text) return std::move(taken.instead);
  if (yes.empty() ? *taken.text == "true" : among(yes, *taken.text))
    return Made::of(JsonValue(true));
  if (no.empty() ? *taken.text == "false" : among(no, *taken.text))
    return Made::of(JsonValue(false));
  return Made::bad("expected " +
                   (yes.empty() ? "true or false" : std::string(yes) + " or " + std::string(no)) +
                   ", saw " + shape_of(*taken.text));
}

Made make_number(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& value = *values.front();
  if (const auto text = scalar_text(value, run))
    if (const CodeRow* found = sentinel(row, *text, run)) return Made::absent(*found, *text);
  const auto number = number_in(value, run);
  if (!number) return Made::bad("expected a number in digits, saw " + shape_of(value));
  if (row.target.node != nullptr && row.target.node->kind == Node::Kind::integer) {
    if (std::floor(*number) != *number || std::abs(*number) > 2147483647.0)
      return Made::bad("expected a whole number, saw " + shape_of(value));
    return Made::of(JsonValue(static_cast<int64_t>(*number)));
  }
  return Made::of(plainest(*number));
}

Made make_quantity(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  const bool hl7 = row.args.word("hl7"), fhir = row.args.word("fhir");
  const JsonValue* amount = &given;
  std::optional<std::string_view> unit = part(row.args.find("unit"), given, run), comparator;
  if (hl7 || fhir) {
    amount = base::member(given, "value");
    const JsonValue* of = base::member(given, "unit");
    if (hl7 && of != nullptr) unit = base::text_of(*of, "code");
    if (fhir) {
      unit = base::text_of(given, "code");
      if (unit->empty()) unit = base::text_of(given, "unit");
    }
    if (const auto text = base::text_of(given, "comparator"); !text.empty()) comparator = text;
  } else if (const Arg* arg = row.args.find("value"); arg != nullptr) {
    amount = arg->paths.empty() ? nullptr : arg->paths.front().first_below(given);
    comparator = part(row.args.find("comparator"), given, run);
  }
  if (amount == nullptr || is_missing(*amount)) return {};
  if (const auto text = scalar_text(*amount, run))
    if (const CodeRow* found = sentinel(row, *text, run)) return Made::absent(*found, *text);
  const auto number = number_in(*amount, run);
  if (!number) return Made::bad("expected a number in digits, saw " + shape_of(*amount));
  JsonValue out(rapidjson::kObjectType);
  out.AddMember("value", plainest(*number), run.memory);
  put(out, "comparator", comparator, run);
  put(out, "unit", unit, run);
  return Made::of(std::move(out));
}

Made make_narrative(const Row& row, const Values& values, Run& run) {
  Taken taken = take(row, values, run);
  if (!taken.text) return std::move(taken.instead);
  JsonValue out(rapidjson::kObjectType);
  put(out, "text", taken.text, run);
  put(out, "author_role", row.args.text("role"), run);
  Made made = Made::of(std::move(out));
  made.labels.add(model::Label::FREE_TEXT);  // also where the schema cannot know, as in a choice
  return made;
}

Made make_reference(const Row& row, const Values& values, Run& run) {
  Taken taken = take(row, values, run);
  if (!taken.text) return std::move(taken.instead);
  std::string_view id = *taken.text;
  const std::string_view type = row.args.text("type");
  // FHIR writes "Patient/123".
  if (id.size() > type.size() + 1 && id.starts_with(type) && id[type.size()] == '/')
    id.remove_prefix(type.size() + 1);
  JsonValue out(rapidjson::kObjectType);
  put(out, "type", type, run);
  put(out, "id", id, run);
  return Made::of(std::move(out));
}

Made make_digest(const Row& row, const Values& values, Run& run) {
  Made joined = make_join(row, values, run);
  if (joined.came != Made::Came::value) return joined;
  size_t length = 32;
  const std::string_view wanted = row.args.text("length", "32");
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), length);
  return Made::of(copied(base::sha256_hex(base::text(joined.value)).substr(0, length), run));
}

Made make_keep(const Row&, const Values& values, Run& run) {
  if (values.empty()) return {};
  return Made::of(JsonValue(*values.front(), run.memory));
}

}  // namespace concord::translate
