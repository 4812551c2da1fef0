// The closed set of conditions, each asked of one request and one field.
#include <algorithm>
#include <array>
#include <charconv>

#include "hub/base/json.hpp"
#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

using Words = std::vector<std::string>;
using Facts = std::map<std::string, std::string>;

// An emergency access that says when it was declared ends this long after.
constexpr std::chrono::hours kBreakGlass{4};

bool has(const Words& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool any_fits(const Words& words, const Words& patterns) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return pattern.ends_with('*') ? fits(word, pattern) : word == pattern;
    });
  });
}

// Whether a JSON text says this word: "word", or a list with it. Quoted, so that no part matches.
bool says(std::string_view json, std::string_view word) {
  if (json == word) return true;
  for (size_t at = json.find(word); at != std::string_view::npos; at = json.find(word, at + 1)) {
    const size_t end = at + word.size();
    if (at > 0 && json[at - 1] == '"' && end < json.size() && json[end] == '"') return true;
  }
  return false;
}

bool fact_holds(const Facts& facts, const Words& wanted) {
  for (const std::string& entry : wanted) {
    const size_t equals = entry.find('=');
    const auto found = facts.find(equals == std::string::npos ? entry : entry.substr(0, equals));
    if (found == facts.end()) continue;
    if (equals == std::string::npos
            ? is_true(found->second)
            : says(found->second, std::string_view(entry).substr(equals + 1)))
      return true;
  }
  return false;
}

bool break_glass_holds(const Context& context, const Words& elements) {
  const Facts& glass = context.input.break_glass;
  for (const std::string& element : elements) {
    const auto found = glass.find(element);
    if (found == glass.end() || !is_true(found->second)) return false;
  }
  static const std::string kAt = "at";
  const auto said = glass.find(kAt);
  if (said == glass.end()) return true;
  std::string_view text = said->second;
  if (text.size() > 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  const auto at = base::parse_instant(text);
  return at && *at <= context.input.at && context.input.at < *at + kBreakGlass;
}

// That it is there, in whatever words; a word that says that it is not there says so.
bool is_given(std::string_view json) {
  constexpr std::string_view kNot[] = {
      "missing", "absent", "pending", "not", "no", "none", "refused", "denied", "requested"};
  if (json.starts_with('{')) {
    const auto object = base::read_json(json, "subpoena");
    if (!object) return false;
    return std::any_of(object->MemberBegin(), object->MemberEnd(), [](const auto& member) {
      return is_given(base::write_json(member.value));
    });
  }
  if (!is_true(json)) return false;
  if (!json.starts_with('"')) return true;
  const std::string_view word = json.substr(1, json.find_first_of("\" _-,;", 1) - 1);
  return std::none_of(std::begin(kNot), std::end(kNot), [&](std::string_view no) {
    return std::equal(word.begin(), word.end(), no.begin(), no.end(), [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    });
  });
}

bool assured(const Context& context) {
  if (!context.input.subpoena) return false;
  const auto speaks_of = [](const std::string& name, const char* what) {
    return name.find(what) != std::string::npos;
  };
  for (const auto& [name, value] : *context.input.subpoena) {
    if (speaks_of(name, "required") || speaks_of(name, "requested")) continue;
    if (!speaks_of(name, "assurance") && !speaks_of(name, "protective_order") &&
        !speaks_of(name, "notice"))
      continue;
    if (is_given(value)) return true;
  }
  return false;
}

bool is_court(const model::Party& party) {
  static const Words courts = {
      "court", "juvenile_court", "family_court", "tribal_court", "grand_jury"};
  return any_fits(party.capacities, courts);
}

// What a subpoena seeks, where it says so: no more goes out on it.
bool sought(const Context& context, const FieldView& field) {
  if (!context.input.subpoena) return false;
  const auto list = context.input.subpoena->find("fields");
  return list == context.input.subpoena->end() || says(list->second, field.field.path);
}

// An order that names no recipient speaks of the court that gave it.
bool for_recipient(const Context& context, const model::Order& order, bool whoever) {
  const model::Party& recipient = context.input.recipient;
  if (!order.recipient.empty()) return order.recipient == recipient.agency;
  return whoever || is_court(recipient);
}

bool order_on_file(const Context& context, bool whoever) {
  return std::any_of(
      context.input.orders.begin(), context.input.orders.end(), [&](const model::Order& order) {
        return for_recipient(context, order, whoever);
      });
}

const model::Order* covering_order(const Context& context,
                                   const FieldView& field,
                                   const Words& arguments) {
  const base::Instant at = context.input.at;
  const bool whoever = has(arguments, "whoever");
  // An order to seal or expunge binds everybody, and what is sealed is not opened by time alone.
  const bool binding = has(arguments, "binding");
  const model::Order* best = nullptr;
  for (const model::Order& order : context.input.orders) {
    if (!binding && !for_recipient(context, order, whoever)) continue;
    if (order.start && at < *order.start) continue;
    if (!binding && order.end && at >= *order.end) continue;
    if (!has(arguments, order.kind.empty() ? std::string_view("disclosure") : order.kind)) continue;
    if (has(arguments, "parent_party") && !order.parent_party) continue;
    const bool covers =
        std::any_of(order.fields.begin(), order.fields.end(), [&](const auto& entry) {
          return fits(field.field.path, entry);
        });
    if (!covers) continue;
    // The one that lasts longest; then by id, whatever their order.
    const bool longer = best == nullptr || (best->end && (!order.end || *order.end > *best->end)) ||
                        (best->end == order.end && order.id < best->id);
    if (longer) best = &order;
  }
  return best;
}

std::optional<Reason> roster_fault(const Context& context) {
  const model::Party& party = context.input.recipient;
  if (!party.roster_status) return Reason::NOT_ROSTERED;
  if (*party.roster_status == "ended") return Reason::ROSTER_ENDED;
  if (party.roster_end && context.input.at >= *party.roster_end) return Reason::ROSTER_ENDED;
  if (*party.roster_status != "active") return Reason::NOT_ROSTERED;
  return std::nullopt;
}

bool in_years(const Context& context, const Words& arguments, bool from) {
  const auto& age = context.input.subject.age;
  int years = 0;
  const std::string& text = arguments.front();
  std::from_chars(text.data(), text.data() + text.size(), years);
  return age && (from ? *age >= years : *age < years);
}

Answer plainly(bool holds) {
  return {.holds = holds, .silent = false, .reason = std::nullopt, .also = 0};
}
Answer unless_fault(std::optional<Reason> fault) {
  return {.holds = !fault, .silent = false, .reason = fault, .also = 0};
}

Answer ask_plain(const Context& context,
                 const Condition& condition,
                 const FieldView& field,
                 Rest& rest) {
  const model::DecisionInput& input = context.input;
  const Words& words = condition.arguments;
  switch (condition.test) {
    case Test::recipient_capacity:
      return plainly(any_fits(input.recipient.capacities, words));
    case Test::source_capacity:
      return plainly(any_fits(input.source.capacities, words));
    case Test::agreement:
      return plainly(any_fits(input.recipient.agreements, words));
    case Test::credential:
      return plainly(std::all_of(words.begin(), words.end(), [&](const std::string& name) {
        const auto found = input.recipient.credentials.find(name);
        return found != input.recipient.credentials.end() && !found->second.empty();
      }));
    case Test::roster:
      return unless_fault(roster_fault(context));
    case Test::assigned:
      return unless_fault(input.recipient.assigned.value_or(false)
                              ? std::nullopt
                              : std::optional(Reason::NOT_ASSIGNED));
    case Test::purpose:
      return plainly(has(words, input.purpose));
    case Test::trigger:
      return plainly(has(words, input.trigger));
    case Test::exchange_policy:
      return plainly(has(words, input.exchange_policy));
    case Test::event:
      return plainly(input.event && any_fits({input.event->type}, words));
    case Test::purpose_code:
      return plainly(!input.purpose_code.empty());
    case Test::after_report:
      return plainly(input.after_report);
    case Test::age_from:
      return plainly(in_years(context, words, true));
    case Test::age_below:
      return plainly(in_years(context, words, false));
    case Test::fact:
      return plainly(fact_holds(input.facts, words));
    case Test::service:
      return plainly(fact_holds(input.service, words));
    case Test::break_glass:
      return plainly(break_glass_holds(context, words));
    case Test::orders:
      return plainly(order_on_file(context, has(words, "whoever")));
    case Test::order:
      rest.order = covering_order(context, field, words);
      return plainly(rest.order != nullptr);
    case Test::subpoena:
      return plainly(has(words, "seeks") ? sought(context, field) : input.subpoena.has_value());
    case Test::assurance:
      return plainly(assured(context));
    case Test::consent:
      return ask_consents(context, field, words, ConsentTest::allows, rest);
    case Test::consent_names:
      return ask_consents(context, field, words, ConsentTest::names, rest);
    case Test::consent_purposes:
      return ask_consents(context, field, words, ConsentTest::purposes, rest);
    case Test::refusal:
      return plainly(is_refused(context, field));
    case Test::label:
      return plainly(std::any_of(words.begin(), words.end(), [&](const std::string& name) {
        return field.labels.has(model::label_of(name));
      }));
    case Test::field:
      return plainly(std::any_of(words.begin(), words.end(), [&](const std::string& pattern) {
        return fits(field.field.path, pattern);
      }));
    case Test::field_in_fact: {
      const auto found = input.facts.find(words.front());
      return plainly(found != input.facts.end() && says(found->second, field.field.path));
    }
  }
  return {};
}

constexpr std::array<std::string_view, kTestCount> kTests = {"recipient_capacity",
                                                             "source_capacity",
                                                             "agreement",
                                                             "credential",
                                                             "roster",
                                                             "assigned",
                                                             "purpose",
                                                             "trigger",
                                                             "exchange_policy",
                                                             "event",
                                                             "purpose_code",
                                                             "after_report",
                                                             "age_from",
                                                             "age_below",
                                                             "fact",
                                                             "service",
                                                             "break_glass",
                                                             "orders",
                                                             "order",
                                                             "subpoena",
                                                             "assurance",
                                                             "consent",
                                                             "consent_names",
                                                             "consent_purposes",
                                                             "refusal",
                                                             "label",
                                                             "field",
                                                             "field_in_fact"};
constexpr std::array<std::string_view, 7> kKinds = {
    "forbid", "mandate", "basis", "obligation", "transform", "need", "limit"};

}  // namespace

std::string_view name_of(Test test) {
  return kTests[static_cast<size_t>(test)];
}
std::string_view name_of(Kind kind) {
  return kKinds[static_cast<size_t>(kind)];
}
std::optional<Test> test_of(std::string_view name) {
  for (size_t i = 0; i < kTestCount; ++i)
    if (kTests[i] == name) return static_cast<Test>(i);
  return std::nullopt;
}

// "placement" fits placement.start, "person.addresses" fits person.addresses[1].city, "*.start"
// fits placement.start and hearing.start: a pattern covers what it names and all below it.
bool fits(std::string_view text, std::string_view pattern) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    if (!text.starts_with(pattern)) return false;
    return text.size() == pattern.size() || text[pattern.size()] == '.' ||
           text[pattern.size()] == '[';
  }
  const std::string_view head = pattern.substr(0, star), tail = pattern.substr(star + 1);
  if (!text.starts_with(head)) return false;
  if (tail.empty()) return true;
  for (size_t at = head.size(); at <= text.size(); ++at)
    if (fits(text.substr(at), tail)) return true;
  return false;
}

bool is_true(std::string_view json) {
  constexpr std::array<std::string_view, 10> no = {
      "", "false", "null", "0", "\"\"", "\"none\"", "\"no\"", "\"false\"", "[]", "{}"};
  return std::find(no.begin(), no.end(), json) == no.end();
}

bool in_force(const Rule& rule, base::Instant at) {
  return !(rule.from && at < *rule.from) && !(rule.until && at >= *rule.until);
}

Answer ask(const Context& context, const Condition& condition, const FieldView& field, Rest& rest) {
  Answer answer = ask_plain(context, condition, field, rest);
  if (condition.negated) {
    answer.holds = !answer.holds;
    answer.silent = false;
  }
  if (!answer.holds && condition.otherwise) answer.reason = condition.otherwise;
  return answer;
}

bool all_hold(const Context& context,
              const std::vector<Condition>& conditions,
              const FieldView& field) {
  Rest ignored;
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    return ask(context, condition, field, ignored).holds;
  });
}

}  // namespace concord::decide
