#include "hub/decide/pack_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace concord::decide {
namespace {

using base::Yaml;

constexpr std::array<std::string_view, 7> kTransforms = {
    "week_of_date", "count_band", "year_of_birth", "age_band", "region", "flag_only", "drop"};

template <class List>
std::string one_of(const List& list) {
  std::string out;
  for (const auto& word : list) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

bool is_number(std::string_view text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, number);
  return fault == std::errc{} && at == end && number >= 0;
}

}  // namespace

std::string PackReader::place(size_t line) const {
  return file_ + ":" + std::to_string(line);
}

void PackReader::fault(std::string code, size_t line, std::string cause, std::string next) {
  errors_.push_back(
      base::config_error(std::move(code), place(line), std::move(cause), std::move(next)));
}

void PackReader::only(const Yaml& yaml, std::initializer_list<std::string_view> keys) {
  if (yaml.kind != Yaml::Kind::map) {
    fault("POLICY_SHAPE", yaml.line, "this is no map of names and values", "write name: value");
    return;
  }
  for (size_t i = 0; i < yaml.map.size(); ++i)
    if (std::find(keys.begin(), keys.end(), yaml.map[i].first) == keys.end())
      fault("POLICY_KEY",
            yaml.key_lines[i],
            "there is no key \"" + yaml.map[i].first + "\" here",
            "use one of: " + one_of(keys));
}

std::string PackReader::need_text(const Yaml& yaml, std::string_view key) {
  std::string text = yaml.text(key);
  if (text.empty())
    fault(
        "POLICY_MISSING", yaml.line, std::string(key) + " is missing", "add it; it is never empty");
  return text;
}

std::vector<std::string> PackReader::words(const Yaml& yaml) {
  std::vector<std::string> out;
  if (yaml.kind == Yaml::Kind::scalar) out.push_back(yaml.scalar);
  for (const Yaml& item : yaml.list) {
    if (item.kind == Yaml::Kind::scalar)
      out.push_back(item.scalar);
    else
      fault("POLICY_SHAPE", item.line, "this is no text", "write a list of texts");
  }
  if (out.empty()) fault("POLICY_MISSING", yaml.line, "the list is empty", "name at least one");
  return out;
}

bool PackReader::flag(const Yaml& yaml, std::string_view key) {
  const Yaml* found = yaml.find(key);
  if (found == nullptr) return false;
  if (found->scalar != "true" && found->scalar != "false")
    fault("POLICY_FLAG", found->line, std::string(key) + " is no flag", "write true or false");
  return found->scalar == "true";
}

model::LabelSet PackReader::labels(const Yaml& yaml) {
  model::LabelSet out;
  for (const std::string& name : words(yaml)) {
    const model::Label label = model::label_of(name);
    if (label == model::Label::unknown)
      fault("LABEL_UNKNOWN",
            yaml.line,
            "there is no label \"" + name + "\"",
            "see hub/model/label.hpp");
    else
      out.add(label);
  }
  return out;
}

void PackReader::read_duration(const Yaml& rule,
                               std::string_view key,
                               std::optional<std::chrono::seconds>& out) {
  const Yaml* found = rule.find(key);
  if (found == nullptr) return;
  out = parse_duration(found->scalar);
  if (!out)
    fault("POLICY_DURATION",
          found->line,
          std::string(key) + " is \"" + found->scalar + "\"",
          "write PT4H, PT30M or P30D");
}

void PackReader::read_date(const Yaml& rule,
                           std::string_view key,
                           std::optional<base::Instant>& out) {
  const Yaml* found = rule.find(key);
  if (found == nullptr) return;
  if (base::is_date(found->scalar)) out = base::parse_date_or_instant(found->scalar);
  if (!out) fault("POLICY_DATE", found->line, std::string(key) + " is no date", "write YYYY-MM-DD");
}

void PackReader::check_arguments(const Condition& condition, size_t line) {
  const auto& arguments = condition.arguments;
  auto expect = [&](std::initializer_list<std::string_view> allowed) {
    for (const std::string& word : arguments)
      if (std::find(allowed.begin(), allowed.end(), word) == allowed.end())
        fault("POLICY_ARGUMENT",
              line,
              std::string(name_of(condition.test)) + " does not take \"" + word + "\"",
              "use: " + one_of(allowed));
  };
  switch (condition.test) {
    case Test::roster:
      return expect({"active"});
    case Test::assigned:
    case Test::after_report:
      return expect({"true"});
    case Test::purpose_code:
      return expect({"present"});
    case Test::subpoena:
      return expect({"present", "seeks"});
    case Test::assurance:
      return expect({"given"});
    case Test::refusal:
      return expect({"any"});
    case Test::orders:
      return expect({"any", "whoever"});
    case Test::trigger:
      return expect({"schedule", "event", "request", "mandate", "emergency"});
    case Test::label:
      for (const std::string& name : arguments)
        if (model::label_of(name) == model::Label::unknown)
          fault("LABEL_UNKNOWN",
                line,
                "there is no label \"" + name + "\"",
                "see hub/model/label.hpp");
      return;
    case Test::age_from:
    case Test::age_below:
      if (arguments.size() != 1 || !is_number(arguments.front()))
        fault("POLICY_ARGUMENT", line, "an age is one whole number", "write it as years, like 18");
      return;
    default:
      return;
  }
}

void PackReader::set_test(const std::string& key, const Yaml& yaml, size_t line, Condition& out) {
  std::string_view name = key;
  out.negated = name.starts_with("not_");
  if (out.negated) name.remove_prefix(4);
  const auto test = test_of(name);
  if (!test) {
    fault("CONDITION_UNKNOWN",
          line,
          "there is no condition \"" + key + "\"",
          "use one of those that mappings/policy/README.md lists");
    return;
  }
  out.test = *test;
  out.arguments = words(yaml);
  check_arguments(out, line);
}

Condition PackReader::condition(const Yaml& yaml) {
  Condition out;
  size_t tests = 0;
  for (size_t i = 0; i < yaml.map.size(); ++i) {
    const auto& [key, value] = yaml.map[i];
    if (key == "else") {
      out.otherwise = reason_of(value.scalar);
      if (!out.otherwise)
        fault("REASON_UNKNOWN",
              value.line,
              "there is no reason \"" + value.scalar + "\"",
              "use one of hub/decide/words.hpp");
    } else if (key == "say") {
      out.say = value.scalar;
    } else if (++tests == 1) {
      set_test(key, value, yaml.key_lines[i], out);
    }
  }
  if (tests != 1)
    fault("POLICY_SHAPE",
          yaml.line,
          std::to_string(tests) + " conditions stand in one item",
          "write one condition an item, beside else and say");
  return out;
}

std::vector<Condition> PackReader::conditions(const Yaml& rule, std::string_view key) {
  std::vector<Condition> out;
  const Yaml* found = rule.find(key);
  if (found == nullptr) return out;
  if (found->kind != Yaml::Kind::list)
    fault("POLICY_SHAPE",
          found->line,
          std::string(key) + " is no list",
          "write a list of conditions");
  for (const Yaml& item : found->list) out.push_back(condition(item));
  return out;
}

Form PackReader::read_form(const Yaml& yaml) {
  only(yaml,
       {"form",
        "end_required",
        "end_none_good",
        "end_free_in_exchange",
        "names_hub",
        "passes_on",
        "irrevocable",
        "recipient_class",
        "refuses",
        "signed_by"});
  Form form;
  form.id = need_text(yaml, "form");
  form.place = place(yaml.line);
  form.end_required = flag(yaml, "end_required");
  form.end_none_good = flag(yaml, "end_none_good");
  form.end_free_in_exchange = flag(yaml, "end_free_in_exchange");
  form.names_hub = flag(yaml, "names_hub");
  if (const Yaml* found = yaml.find("passes_on")) form.passes_on = words(*found);
  form.irrevocable = flag(yaml, "irrevocable");
  const std::string kind = yaml.text("recipient_class", "none");
  constexpr std::array<std::string_view, 4> kinds = {"none", "treating", "tpo", "capacity"};
  const auto* at = std::find(kinds.begin(), kinds.end(), kind);
  if (at == kinds.end())
    fault("POLICY_ARGUMENT",
          yaml.line,
          "recipient_class is \"" + kind + "\"",
          "use: " + one_of(kinds));
  else
    form.recipient_class = static_cast<Form::Class>(at - kinds.begin());
  if (const Yaml* found = yaml.find("refuses")) form.refuses = labels(*found);
  const Yaml* signed_by = yaml.find("signed_by");
  if (signed_by == nullptr || signed_by->list.empty()) {
    fault(
        "POLICY_MISSING", yaml.line, "signed_by is missing", "say whose signatures give it effect");
    return form;
  }
  for (const Yaml& item : signed_by->list) {
    only(item, {"who", "service", "all"});
    Form::Authority authority;
    const std::string who = item.text("who", "anyone"), service = item.text("service", "any");
    using Authority = Form::Authority;
    if (who == "adult") authority.who = Authority::Who::adult;
    if (who == "minor") authority.who = Authority::Who::minor;
    if (service == "own") authority.service = Authority::Service::own;
    if (service == "not_own") authority.service = Authority::Service::not_own;
    if (const Yaml* all = item.find("all")) authority.signers = words(*all);
    for (const std::string& signer : authority.signers)
      if (signer != "subject" && signer != "minor" && signer != "parent" && signer != "unsaid")
        fault("POLICY_ARGUMENT",
              item.line,
              "there is no signer \"" + signer + "\"",
              "use: subject, minor, parent, unsaid");
    form.authorities.push_back(std::move(authority));
  }
  return form;
}

void PackReader::read_kind(const Yaml& yaml, Rule& rule) {
  const std::string kind = need_text(yaml, "kind");
  for (size_t i = 0; i <= static_cast<size_t>(Kind::limit); ++i) {
    rule.kind = static_cast<Kind>(i);
    if (name_of(rule.kind) == kind) return;
  }
  fault("POLICY_KIND",
        yaml.line,
        "there is no kind \"" + kind + "\"",
        "use: forbid, mandate, basis, obligation, transform, need, limit");
}

void PackReader::check_rule(const Yaml& yaml, const Rule& rule) {
  auto missing = [&](const std::string& what, const std::string& next) {
    fault("POLICY_MISSING", yaml.line, "rule \"" + rule.id + "\" " + what, next);
  };
  if (rule.governs.empty()) missing("governs no label", "add governs: [PHI] or others");
  if (rule.kind == Kind::forbid && !rule.reason) missing("forbids without a reason", "add reason:");
  if (rule.kind == Kind::forbid && rule.when.empty()) missing("forbids always", "add when:");
  const bool grants = rule.kind == Kind::basis || rule.kind == Kind::mandate;
  if (grants && rule.when.empty() && rule.needs.empty())
    missing("permits always", "add when: or needs:");
  if (rule.kind == Kind::mandate && rule.reason != Reason::MANDATE)
    missing("is a mandate without its reason", "add reason: MANDATE");
  if (rule.kind == Kind::obligation && rule.obliges == 0)
    missing("obliges to nothing", "add obliges:");
  if (rule.kind == Kind::transform && rule.transforms.empty())
    missing("transforms nothing", "add transforms:");
  if ((rule.kind == Kind::need || rule.kind == Kind::limit) && rule.needs.empty())
    missing("needs nothing", "add needs:");
  if (rule.from && rule.until && *rule.until <= *rule.from)
    fault("POLICY_DATE",
          yaml.line,
          "rule \"" + rule.id + "\" ends before it begins",
          "mend from and until");
}

Rule PackReader::read_rule(const Yaml& yaml) {
  only(yaml, {"id",      "title",         "cites",   "reviewed", "reviewer",   "says",    "from",
              "until",   "kind",          "governs", "when",     "needs",      "unless",  "reason",
              "obliges", "destroy_after", "lease",   "deadline", "transforms", "replaces"});
  Rule rule;
  rule.id = need_text(yaml, "id");
  rule.place = place(yaml.line);
  rule.title = need_text(yaml, "title");
  rule.cites = need_text(yaml, "cites");
  rule.says = need_text(yaml, "says");
  rule.reviewed = flag(yaml, "reviewed");
  rule.reviewer = yaml.text("reviewer");
  read_date(yaml, "from", rule.from);
  read_date(yaml, "until", rule.until);
  read_kind(yaml, rule);
  if (const Yaml* found = yaml.find("governs")) rule.governs = labels(*found);
  rule.when = conditions(yaml, "when");
  rule.needs = conditions(yaml, "needs");
  rule.unless = conditions(yaml, "unless");
  if (const Yaml* found = yaml.find("reason")) {
    rule.reason = reason_of(found->scalar);
    if (!rule.reason)
      fault("REASON_UNKNOWN",
            found->line,
            "there is no reason \"" + found->scalar + "\"",
            "use one of hub/decide/words.hpp");
  }
  read_obliges(yaml, rule);
  read_duration(yaml, "lease", rule.lease);
  read_duration(yaml, "deadline", rule.deadline);
  if (const Yaml* found = yaml.find("transforms"))
    for (const auto& [pattern, how] : found->map) {
      if (std::find(kTransforms.begin(), kTransforms.end(), how.scalar) == kTransforms.end())
        fault("TRANSFORM_UNKNOWN",
              how.line,
              "there is no transform \"" + how.scalar + "\"",
              "use: " + one_of(kTransforms));
      rule.transforms.emplace_back(pattern, how.scalar);
    }
  if (const Yaml* found = yaml.find("replaces")) rule.replaces = words(*found);
  check_rule(yaml, rule);
  return rule;
}

}  // namespace concord::decide
