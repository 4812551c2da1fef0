#include "hub/app/fields.hpp"

#include <algorithm>
#include <charconv>

#include "hub/base/nearest.hpp"

namespace concord::app {
namespace {

using base::Yaml;

std::optional<int64_t> number_of(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc{} || at != end) return std::nullopt;
  return value;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

std::optional<base::Instant> midnight(const std::string& day, const std::string& zone) {
  if (zone.empty()) return base::parse_date_or_instant(day);
  if (auto at = base::wall_to_instant(day + "T00:00:00", zone, 0)) return *at;
  // Where daylight saving skips midnight, the day begins an hour later.
  if (auto at = base::wall_to_instant(day + "T01:00:00", zone, 0)) return *at;
  return base::parse_date_or_instant(day);
}

}  // namespace

std::optional<base::Instant> time_of(std::string_view text,
                                     const std::string& zone,
                                     bool to_end_of_day) {
  if (!base::is_date(text)) return base::parse_instant(text);
  std::string day(text);
  if (to_end_of_day) {
    const auto begins = base::parse_date_or_instant(day);
    day = base::to_text(*begins + std::chrono::hours{24}).substr(0, 10);
  }
  return midnight(day, zone);
}

Fields::Fields(const Yaml& yaml, Where where, base::Errors& errors)
    : yaml_(yaml), where_(std::move(where)), errors_(errors) {
  if (yaml_.kind == Yaml::Kind::map) return;
  errors_.push_back(base::config_error("CONFIG_SHAPE",
                                       where_.file + ":" + std::to_string(yaml_.line),
                                       "expected the keys of a " + where_.what,
                                       "write \"key: value\" lines"));
}

std::string Fields::place(std::string_view key) const {
  size_t line = yaml_.line;
  for (size_t i = 0; i < yaml_.map.size(); ++i)
    if (yaml_.map[i].first == key) line = yaml_.key_lines[i];
  return line == 0 ? where_.file : where_.file + ":" + std::to_string(line);
}

void Fields::fault(std::string code, std::string_view key, std::string cause, std::string next) {
  errors_.push_back(
      base::config_error(std::move(code),
                         place(key),
                         where_.what + " " + std::string(key) + ": " + std::move(cause),
                         std::move(next)));
}

const Yaml* Fields::raw(std::string_view key) {
  asked_.emplace_back(key);
  const Yaml* found = yaml_.find(key);
  return found == nullptr || found->kind == Yaml::Kind::null ? nullptr : found;
}

const Yaml* Fields::need(std::string_view key) {
  const Yaml* found = raw(key);
  if (found == nullptr && yaml_.kind == Yaml::Kind::map)
    fault("CONFIG_MISSING", key, "is missing", "add \"" + std::string(key) + ": …\"");
  return found;
}

bool Fields::has(std::string_view key) {
  return raw(key) != nullptr;
}

const Yaml* Fields::scalar(std::string_view key) {
  const Yaml* found = raw(key);
  if (found == nullptr || found->kind == Yaml::Kind::scalar) return found;
  fault("CONFIG_SHAPE", key, "expected one value", "write it on the same line");
  return nullptr;
}

std::string Fields::text(std::string_view key) {
  if (need(key) == nullptr) return {};
  const Yaml* found = scalar(key);
  if (found == nullptr) return {};
  if (found->scalar.empty()) fault("CONFIG_MISSING", key, "is empty", "give it a value");
  return found->scalar;
}

std::string Fields::text_or(std::string_view key, std::string_view fallback) {
  const Yaml* found = scalar(key);
  return found == nullptr ? std::string(fallback) : found->scalar;
}

std::string Fields::id(std::string_view key) {
  std::string value = text(key);
  if (!value.empty() && !is_id(value))
    fault("CONFIG_ID",
          key,
          "\"" + value + "\" is no id",
          "use up to 64 letters, digits, \"_\", \".\" and \"-\"");
  return value;
}

std::string Fields::one_of(std::string_view key,
                           const std::vector<std::string>& known,
                           std::string_view fallback) {
  std::string value = text_or(key, fallback);
  if (std::find(known.begin(), known.end(), value) == known.end() && value != fallback)
    fault("CONFIG_VALUE", key, "there is no \"" + value + "\"", base::advice(value, known));
  return value;
}

std::vector<std::string> Fields::list(std::string_view key) {
  const Yaml* found = raw(key);
  if (found == nullptr) return {};
  if (found->kind == Yaml::Kind::scalar) return {found->scalar};
  std::vector<std::string> texts;
  const bool plain = found->kind == Yaml::Kind::list &&
                     std::all_of(found->list.begin(), found->list.end(), [](const Yaml& item) {
                       return item.kind == Yaml::Kind::scalar;
                     });
  if (!plain) {
    fault("CONFIG_SHAPE", key, "expected a list of values", "write it as [one, two]");
    return texts;
  }
  for (const Yaml& item : found->list) texts.push_back(item.scalar);
  return texts;
}

std::vector<std::string> Fields::list_of(std::string_view key,
                                         const std::vector<std::string>& known) {
  auto values = list(key);
  for (const std::string& value : values)
    if (std::find(known.begin(), known.end(), value) == known.end())
      fault("CONFIG_VALUE", key, "there is no \"" + value + "\"", base::advice(value, known));
  return values;
}

std::optional<bool> Fields::flag(std::string_view key) {
  const Yaml* found = scalar(key);
  if (found == nullptr) return std::nullopt;
  if (found->scalar == "true") return true;
  if (found->scalar == "false") return false;
  fault("CONFIG_VALUE", key, "\"" + found->scalar + "\" is no flag", "write true or false");
  return std::nullopt;
}

bool Fields::flag(std::string_view key, bool fallback) {
  return flag(key).value_or(fallback);
}

int64_t Fields::number(std::string_view key, int64_t low, int64_t high, int64_t fallback) {
  const Yaml* found = scalar(key);
  if (found == nullptr) return fallback;
  const auto value = number_of(found->scalar);
  if (value && *value >= low && *value <= high) return *value;
  fault("CONFIG_VALUE",
        key,
        "\"" + found->scalar + "\" is out of range",
        "write a number from " + std::to_string(low) + " to " + std::to_string(high));
  return fallback;
}

std::optional<base::Instant> Fields::time(std::string_view key, bool to_end_of_day) {
  const Yaml* found = scalar(key);
  if (found == nullptr) return std::nullopt;
  auto at = time_of(found->scalar, where_.zone, to_end_of_day);
  if (!at)
    fault("CONFIG_VALUE",
          key,
          "\"" + found->scalar + "\" is no date",
          "write 2026-06-01, or an instant such as 2026-06-01T12:00:00Z");
  return at;
}

std::optional<base::Instant> Fields::start(std::string_view key) {
  return time(key, false);
}

std::optional<base::Instant> Fields::finish(std::string_view key) {
  return time(key, true);
}

std::optional<std::chrono::milliseconds> Fields::duration(std::string_view key) {
  const Yaml* found = scalar(key);
  if (found == nullptr) return std::nullopt;
  const std::string& text = found->scalar;
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = number_of(std::string_view(text).substr(0, digits));
  const std::string unit = text.substr(digits);
  const int64_t unit_ms = unit == "ms"  ? 1
                          : unit == "s" ? 1000
                          : unit == "m" ? 60'000
                          : unit == "h" ? 3'600'000
                          : unit == "d" ? 86'400'000
                                        : 0;
  if (count && *count > 0 && *count < 1'000'000 && unit_ms > 0)
    return std::chrono::milliseconds{*count * unit_ms};
  fault("CONFIG_VALUE",
        key,
        "\"" + text + "\" is no duration",
        "write a number and ms, s, m, h or d, as in 15m");
  return std::nullopt;
}

void Fields::end() {
  for (size_t i = 0; i < yaml_.map.size(); ++i) {
    const std::string& key = yaml_.map[i].first;
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    errors_.push_back(base::config_error("CONFIG_UNKNOWN_KEY",
                                         where_.file + ":" + std::to_string(yaml_.key_lines[i]),
                                         where_.what + " has no key \"" + key + "\"",
                                         base::advice(key, asked_)));
  }
}

void each_item(const Yaml& yaml,
               std::string_view key,
               const std::string& file,
               base::Errors& errors,
               const std::function<void(const Yaml&)>& use) {
  const Yaml* items = &yaml;
  if (yaml.kind == Yaml::Kind::map) {
    items = yaml.find(key);
    if (items == nullptr) return;
  }
  if (items->kind == Yaml::Kind::null) return;
  if (items->kind != Yaml::Kind::list) {
    errors.push_back(base::config_error("CONFIG_SHAPE",
                                        file + ":" + std::to_string(items->line),
                                        "expected a list under \"" + std::string(key) + "\"",
                                        "begin each item with \"- \""));
    return;
  }
  for (const Yaml& item : items->list) use(item);
}

}  // namespace concord::app
