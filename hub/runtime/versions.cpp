#include "hub/runtime/versions.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "hub/base/nearest.hpp"

namespace concord::runtime {
namespace {

constexpr size_t kVersionMax = 64;

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

}  // namespace

Wanted wanted_of(std::string_view reference) {
  const size_t at = reference.find('@');
  if (at == std::string_view::npos) return {std::string(reference), {}};
  return {std::string(reference.substr(0, at)), std::string(reference.substr(at + 1))};
}

base::Result<const Manifest*> choose(const std::vector<Manifest>& found,
                                     std::string_view reference) {
  const Wanted wanted = wanted_of(reference);
  std::vector<const Manifest*> of_id;
  std::vector<std::string> ids, versions;
  for (const Manifest& manifest : found) {
    ids.push_back(manifest.id);
    if (manifest.id == wanted.id) of_id.push_back(&manifest);
  }
  if (of_id.empty())
    return base::config_error("CONNECTOR_UNKNOWN",
                              "connector",
                              "there is no connector \"" + wanted.id + "\"",
                              base::advice(wanted.id, ids));
  // The first folder that has the id wins, unless a version is named that another one has.
  const std::string& first = of_id.front()->root;
  size_t in_first = 0;
  for (const Manifest* manifest : of_id) {
    versions.push_back(manifest->version);
    if (!wanted.version.empty() && manifest->version == wanted.version) return manifest;
    if (wanted.version.empty() && manifest->root == first) {
      if (manifest->current) return manifest;
      ++in_first;
    }
  }
  if (!wanted.version.empty())
    return base::config_error(
        "VERSION_UNKNOWN",
        "connector",
        wanted.id + " " + wanted.version + " is not installed; there is " + joined(versions),
        base::advice(wanted.version, versions));
  if (in_first == 1) return of_id.front();
  return base::config_error(
      "VERSION_UNSAID",
      first + "/" + wanted.id,
      "of " + wanted.id + " there are " + joined(versions) + ", and none is current",
      "say which, as " + wanted.id + "@" + versions.back() + ", or: concord connector upgrade " +
          wanted.id + " --to VERSION");
}

bool is_older(std::string_view version, std::string_view than) {
  const auto next = [](std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    unsigned long number = 0;
    const auto end = std::from_chars(part.data(), part.data() + part.size(), number).ptr;
    return std::tuple(number, std::string_view(end, part.data() + part.size()));
  };
  while (!version.empty() || !than.empty()) {
    const auto [a, a_word] = next(version);
    const auto [b, b_word] = next(than);
    if (a != b) return a < b;
    // 1.0.0-rc1 comes before 1.0.0.
    if (a_word != b_word) return b_word.empty() || (!a_word.empty() && a_word < b_word);
  }
  return false;
}

bool is_folder_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && text.size() <= kVersionMax && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return letter(c) || c == '.' || c == '-' || c == '+' || c == '_';
         });
}

}  // namespace concord::runtime
