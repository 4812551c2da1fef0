// The pieces of which outgoing HL7 v2 messages are built: segments by field number, and data types
// from JSON in the shapes of hl7_types.hpp.
#pragma once

#include <concord/json.hpp>
#include <initializer_list>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace concord::health {

using Json = rapidjson::Value;

class SegmentBuilder {
 public:
  explicit SegmentBuilder(std::string name) : name_(std::move(name)) {}
  void set(size_t n, std::string text);  // text: escaped already
  [[nodiscard]] std::string text() const;

 private:
  std::string name_;
  std::vector<std::string> fields_;  // [0]: field 1
};

class MessageBuilder {
 public:
  SegmentBuilder& segment(std::string name) { return segments_.emplace_back(std::move(name)); }
  [[nodiscard]] std::string text() const;

 private:
  std::list<SegmentBuilder> segments_;  // a list: references stay good
};

const Json* json_member(const Json* object, const char* name);  // none: missing or null
std::string json_scalar(const Json& value);  // text as it is, numbers and booleans as spelt
std::string json_text(const Json* object, const char* name);

std::string escaped(std::string_view text);
std::string components(std::initializer_list<std::string> parts);  // escaped already; ends trimmed
std::string written_text(const Json* object, const char* name);
std::string written_time(const Json* object, const char* name);  // ISO becomes HL7

std::string written_identifier(const Json& identifier);
std::string written_name(const Json& name);
std::string written_address(const Json& address);
std::string written_contact(const Json& contact);
std::string written_coded(const Json& coded);  // an object, or a text: the code alone
std::string written_coded_member(const Json* object, const char* name);
std::string written_list(const Json* object, const char* name, std::string (*write)(const Json&));

template <class Do>
void for_each(const Json* object, const char* name, Do&& do_it) {
  const Json* list = json_member(object, name);
  if (list == nullptr || !list->IsArray()) return;
  for (const Json& one : list->GetArray()) do_it(one);
}

}  // namespace concord::health
