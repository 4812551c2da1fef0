#include "child_welfare/fields.hpp"

#include <openssl/evp.h>

#include <charconv>

namespace concord::child_welfare {
namespace {

// Reads exactly `count` digits at `at` and moves on.
bool digits(std::string_view text, size_t& at, size_t count, int64_t& out) {
  if (at + count > text.size()) return false;
  const auto [end, bad] = std::from_chars(text.data() + at, text.data() + at + count, out);
  if (bad != std::errc{} || end != text.data() + at + count || text[at] == '-') return false;
  at += count;
  return true;
}

bool letter(std::string_view text, size_t& at, std::string_view any) {
  if (at >= text.size() || any.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

// Days since 1970-01-01, proleptic Gregorian; nullopt where the calendar has no such day.
std::optional<int64_t> day_number(int64_t y, int64_t m, int64_t d) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(y)),
                                         std::chrono::month(static_cast<unsigned>(m)),
                                         std::chrono::day(static_cast<unsigned>(d))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

bool time_of_day(std::string_view text, size_t& at, int64_t& us) {
  int64_t h = 0, m = 0, s = 0;
  if (!digits(text, at, 2, h) || !letter(text, at, ":") || !digits(text, at, 2, m)) return false;
  if (letter(text, at, ":") && !digits(text, at, 2, s)) return false;
  if (h > 24 || m > 59 || s > 60) return false;
  us += ((h * 60 + m) * 60 + s) * 1'000'000;
  if (letter(text, at, ".,")) {
    int64_t scale = 100'000;
    const size_t first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      us += scale * (text[at] - '0');
    if (at == first) return false;
  }
  return true;
}

bool says_yes(std::string_view text) {
  return !(text.empty() || text == "0" || text == "false" || text == "False" || text == "no" ||
           text == "null");
}

}  // namespace

std::string content_hash(std::string_view content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(content.data(), content.size(), digest, &size, EVP_sha256(), nullptr);
  std::string out;
  for (size_t i = 0; i < 8; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out;
}

std::optional<Instant> read_instant(std::string_view text) {
  size_t at = 0;
  int64_t y = 0, m = 0, d = 0;
  if (!digits(text, at, 4, y) || !letter(text, at, "-") || !digits(text, at, 2, m) ||
      !letter(text, at, "-") || !digits(text, at, 2, d))
    return std::nullopt;
  const auto days = day_number(y, m, d);
  if (!days) return std::nullopt;
  Instant instant{*days * 86'400'000'000, false};
  if (at == text.size()) return instant;
  if (!letter(text, at, "Tt ") || !time_of_day(text, at, instant.us)) return std::nullopt;
  if (at == text.size()) return instant;
  instant.zone_known = true;
  if (letter(text, at, "Zz")) return at == text.size() ? std::optional(instant) : std::nullopt;
  const bool east = at < text.size() && text[at] == '+';
  int64_t h = 0, minutes = 0;
  if (!letter(text, at, "+-") || !digits(text, at, 2, h)) return std::nullopt;
  letter(text, at, ":");
  if (!digits(text, at, 2, minutes) || at != text.size() || h > 14 || minutes > 59)
    return std::nullopt;
  instant.us += (east ? -1 : 1) * (h * 60 + minutes) * 60'000'000;
  return instant;
}

sdk::Result<sdk::Record> make_record(const RecordSettings& settings,
                                     std::string body,
                                     const Lookup& lookup,
                                     std::string_view hashed) {
  auto hash = [&] { return content_hash(hashed.empty() ? std::string_view(body) : hashed); };
  sdk::Record record;
  record.type = settings.type;
  for (const std::string& field : settings.key) {
    const auto part = lookup(field);
    if (!part || part->empty())
      return sdk::bad_record(
          "KEY_MISSING",
          "",
          "\"" + field + "\", a part of the record's key, is " + (part ? "empty" : "not there"),
          "mend it at the source, or name the right key in the settings");
    record.key += (record.key.empty() ? "" : "|") + *part;
  }
  if (settings.version.empty()) record.version = hash();
  for (const std::string& field : settings.version) {
    record.version += (record.version.empty() ? "" : "|") +
                      (field == "#hash" ? hash() : lookup(field).value_or(""));
  }
  if (!settings.modified.empty())
    if (const auto at = read_instant(lookup(settings.modified).value_or("")))
      if (at->zone_known) record.changed_at_us = at->us;
  if (!settings.deleted.empty()) record.deleted = says_yes(lookup(settings.deleted).value_or(""));
  record.body = std::move(body);
  return record;
}

std::string cut_raw(std::string_view raw, uint64_t bytes_max) {
  size_t size = static_cast<size_t>(std::min<uint64_t>(raw.size(), bytes_max));
  while (size > 0 && size < raw.size() && (static_cast<uint8_t>(raw[size]) & 0xC0) == 0x80) --size;
  return std::string(raw.substr(0, size));
}

void add_record(sdk::Batch& batch, sdk::Record record, const sdk::Limits& limits) {
  if (record.body.size() <= limits.body_bytes_max) {
    batch.records.push_back(std::move(record));
    return;
  }
  batch.rejects.push_back(
      {record.type,
       record.key,
       cut_raw(record.body, limits.body_bytes_max),
       sdk::bad_record("RECORD_SIZE",
                       record.origin,
                       "a record of " + std::to_string(record.body.size()) +
                           " bytes, more than the " + std::to_string(limits.body_bytes_max) +
                           " allowed",
                       "send attachments by reference, or raise the hub's record limit")});
}

bool name_matches(std::string_view pattern, std::string_view name) {
  // The classic two-pointer match: on a mismatch go back to the last star and let it take one more.
  size_t p = 0, n = 0, star = std::string_view::npos, mark = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace concord::child_welfare
