#include "child_welfare/fields.hpp"

#include <concord/id.hpp>
#include <concord/time.hpp>

namespace concord::child_welfare {
namespace {

bool says_yes(std::string_view text) {
  return !(text.empty() || text == "0" || text == "false" || text == "False" || text == "no" ||
           text == "null");
}

}  // namespace

sdk::Result<sdk::Record> make_record(const RecordSettings& settings,
                                     std::string body,
                                     const Lookup& lookup,
                                     std::string_view hashed) {
  auto hash = [&] { return sdk::content_hash(hashed.empty() ? std::string_view(body) : hashed); };
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
    if (const auto at = sdk::read_instant(lookup(settings.modified).value_or("")))
      if (at->zone_known) record.changed_at_us = at->us;
  if (!settings.deleted.empty()) record.deleted = says_yes(lookup(settings.deleted).value_or(""));
  record.body = std::move(body);
  return record;
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
