// Reads the keys of one YAML map, and says everything that is wrong with it: what is missing, what
// has the wrong shape, and which keys nobody asked for.
//
//   Fields agency(yaml, {file, "agency", zone}, errors);
//   a.id = model::AgencyId(agency.id("id"));
//   a.name = agency.text("name");
//   agency.end();                       // now unknown keys are told, with the nearest known one
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/base/yaml.hpp"

namespace concord::app {

struct Where {
  std::string file;
  std::string what;  // "system", for messages
  std::string zone;  // of dates; empty: UTC
};

class Fields {
 public:
  // Borrows all three for its life. A yaml that is no map is told at once.
  Fields(const base::Yaml& yaml, Where where, base::Errors& errors);

  std::string text(std::string_view key);  // must be there and not be empty
  std::string text_or(std::string_view key, std::string_view fallback);
  std::string id(std::string_view key);  // letters, digits, _ . and -, up to 64
  std::string one_of(std::string_view key,
                     const std::vector<std::string>& known,
                     std::string_view fallback);
  std::vector<std::string> list(std::string_view key);  // none, one text, or a list of texts
  std::vector<std::string> list_of(std::string_view key, const std::vector<std::string>& known);
  bool flag(std::string_view key, bool fallback);
  std::optional<bool> flag(std::string_view key);
  int64_t number(std::string_view key, int64_t low, int64_t high, int64_t fallback);
  std::optional<base::Instant> start(std::string_view key);   // a day counts from its beginning
  std::optional<base::Instant> finish(std::string_view key);  // a day counts to its end
  std::optional<std::chrono::milliseconds> duration(std::string_view key);  // "500ms", "15m"

  bool has(std::string_view key);
  const base::Yaml* raw(std::string_view key);   // asks for it; nullptr where it is missing
  const base::Yaml* need(std::string_view key);  // the same, and tells when it is
  void end();

  void fault(std::string code, std::string_view key, std::string cause, std::string next);
  [[nodiscard]] std::string place(std::string_view key) const;  // "systems/court.yaml:12"

 private:
  const base::Yaml* scalar(std::string_view key);
  std::optional<base::Instant> time(std::string_view key, bool to_end_of_day);

  const base::Yaml& yaml_;
  Where where_;
  base::Errors& errors_;
  std::vector<std::string> asked_;
};

// Each item of the list under key, or yaml itself where it is the list. Tells when it is none.
void each_item(const base::Yaml& yaml,
               std::string_view key,
               const std::string& file,
               base::Errors& errors,
               const std::function<void(const base::Yaml&)>& use);

// A day ("2026-06-01") begins at midnight in the zone; or a full instant.
std::optional<base::Instant> time_of(std::string_view text,
                                     const std::string& zone,
                                     bool to_end_of_day);

}  // namespace concord::app
