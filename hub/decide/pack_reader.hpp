// Reads the parts of a pack from YAML and collects every fault. Internal to this room.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/yaml.hpp"
#include "hub/decide/rules.hpp"

namespace concord::decide {

class PackReader {
 public:
  PackReader(std::string file, base::Errors& errors) : file_(std::move(file)), errors_(errors) {}

  Form read_form(const base::Yaml& yaml);
  Rule read_rule(const base::Yaml& yaml);
  Notice read_notice(const base::Yaml& yaml);

  void fault(std::string code, size_t line, std::string cause, std::string next);
  // Every key of a map must be one of these.
  void only(const base::Yaml& yaml, std::initializer_list<std::string_view> keys);
  // A text that must be there.
  std::string need_text(const base::Yaml& yaml, std::string_view key);
  // A list of texts; a single text counts as a list of one.
  std::vector<std::string> words(const base::Yaml& yaml);
  [[nodiscard]] std::string place(size_t line) const;

 private:
  model::LabelSet labels(const base::Yaml& yaml);
  bool flag(const base::Yaml& yaml, std::string_view key);
  std::vector<Condition> conditions(const base::Yaml& rule, std::string_view key);
  Condition condition(const base::Yaml& yaml);
  void set_test(const std::string& key, const base::Yaml& yaml, size_t line, Condition& out);
  void check_arguments(const Condition& condition, size_t line);
  void read_duration(const base::Yaml& rule,
                     std::string_view key,
                     std::optional<std::chrono::seconds>& out);
  void read_date(const base::Yaml& rule, std::string_view key, std::optional<base::Instant>& out);
  void read_kind(const base::Yaml& yaml, Rule& rule);
  void check_rule(const base::Yaml& yaml, const Rule& rule);
  void read_obliges(const base::Yaml& yaml, Rule& rule);

  std::string file_;
  base::Errors& errors_;
};

}  // namespace concord::decide
