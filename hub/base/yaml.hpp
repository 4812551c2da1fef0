// YAML for configuration: the part of it that a person can read and no more. Every scalar is text
// (01234 stays 01234); what it means is the reader's business. Anchors, aliases, tags, duplicate
// keys, several documents and large files are refused, each with its line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/base/result.hpp"

namespace concord::base {

struct Yaml {
  enum class Kind { null, scalar, list, map };
  // In yaml.cpp: made here, clang would look into the pairs below before they are whole.
  Yaml();
  Yaml(const Yaml&);
  Yaml(Yaml&&) noexcept;
  Yaml& operator=(const Yaml&);
  Yaml& operator=(Yaml&&) noexcept;
  ~Yaml();

  Kind kind = Kind::null;
  std::string scalar;
  bool quoted = false;  // "yes" in quotes is never a flag
  std::vector<Yaml> list;
  std::vector<std::pair<std::string, Yaml>> map;  // in the file's order
  size_t line = 0;                                // from 1
  std::vector<size_t> key_lines;                  // of map, in the same order

  [[nodiscard]] const Yaml* find(std::string_view key) const;
  // The scalar under key, or fallback.
  [[nodiscard]] std::string text(std::string_view key, std::string_view fallback = "") const;
};

Result<Yaml> read_yaml(std::string_view text, std::string_view place, size_t bytes_max = 4u << 20);
Result<Yaml> read_yaml_file(const std::string& path);
// Scalars become texts, but for unquoted true, false, null and integers that print back the same.
std::string to_json(const Yaml& yaml);

}  // namespace concord::base
