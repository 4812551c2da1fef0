// Where two JSON values differ, for people: paths and values, not two whole documents.
#include <algorithm>

#include "hub/translate/tools.hpp"

namespace concord::translate {
namespace {

std::string shown(const JsonValue* value) {
  return value == nullptr ? "nothing" : base::write_json(*value);
}

std::string below(const std::string& at, const std::string& name) {
  return std::string(at).append("/").append(name);
}

class Comparison {
 public:
  std::vector<std::string> lines;

  void compare(const std::string& at, const JsonValue* want, const JsonValue* came) {
    if (want != nullptr && came != nullptr && want->IsObject() && came->IsObject())
      return members(at, *want, *came);
    if (want != nullptr && came != nullptr && want->IsArray() && came->IsArray())
      return items(at, *want, *came);
    if (want != nullptr && came != nullptr && *want == *came) return;
    lines.push_back((at.empty() ? "/" : at) + ": wanted " + shown(want) + ", came " + shown(came));
  }

 private:
  void members(const std::string& at, const JsonValue& want, const JsonValue& came) {
    for (const auto& member : want.GetObject()) {
      const std::string name(base::text(member.name));
      compare(below(at, name), &member.value, base::member(came, name));
    }
    for (const auto& member : came.GetObject()) {
      const std::string name(base::text(member.name));
      if (base::member(want, name) == nullptr) compare(below(at, name), nullptr, &member.value);
    }
  }

  void items(const std::string& at, const JsonValue& want, const JsonValue& came) {
    for (rapidjson::SizeType i = 0; i < std::max(want.Size(), came.Size()); ++i)
      compare(below(at, std::to_string(i)),
              i < want.Size() ? &want[i] : nullptr,
              i < came.Size() ? &came[i] : nullptr);
  }
};

}  // namespace

std::vector<std::string> differences(const JsonValue& want, const JsonValue& came) {
  Comparison comparison;
  comparison.compare("", &want, &came);
  return std::move(comparison.lines);
}

}  // namespace concord::translate
