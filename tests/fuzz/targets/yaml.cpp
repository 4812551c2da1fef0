// YAML as configuration has it: what is read is JSON too, with a line for everything.
#include "hub/base/yaml.hpp"

#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

using base::Yaml;

void judge(const Yaml& yaml, size_t lines, size_t depth) {
  must(depth <= 32, "deeper than allowed");
  must(yaml.line >= 1 && yaml.line <= lines, "a line that the file does not have");
  must(yaml.kind == Yaml::Kind::list || yaml.list.empty(), "items of what is no list");
  must(yaml.kind == Yaml::Kind::map || yaml.map.empty(), "keys of what is no map");
  must(yaml.key_lines.size() == yaml.map.size(), "a key without a line");
  for (const Yaml& item : yaml.list) judge(item, lines, depth + 1);
  for (const auto& [key, value] : yaml.map) {
    must(yaml.find(key) == &value, "a key that stands there twice");
    judge(value, lines, depth + 1);
  }
}

}  // namespace

void yaml(std::string_view input) {
  const auto read = base::read_yaml(input, "a.yaml", 16u << 10);
  if (!read) {
    tells_all(read.error());
    return must(read.error().place.starts_with("a.yaml"), "a fault of no place in the file");
  }
  size_t lines = 2;  // an end may be told of the line after the last
  for (const char c : input) lines += c == '\n' || c == '\r' ? 1 : 0;
  judge(*read, lines, 0);
  const std::string json = base::to_json(*read);
  const auto as_json = base::read_json(json, "a.json");
  must(as_json.ok(), "what it says cannot be told as JSON");
  const auto again = base::read_yaml(json, "b.yaml", 1u << 20);
  must(again.ok(), "as JSON it is no YAML any more");
  must(base::to_json(*again) == json, "as JSON it says something else");
}

}  // namespace concord::fuzz
