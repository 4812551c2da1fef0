// JSON: the SDK's strict reader and the hub's over it, and the slices that leave bytes as they are.
#include "hub/base/json.hpp"

#include <concord/json.hpp>

#include "health/json_slices.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

void judge(const rapidjson::Value& value, uint32_t depth) {
  must(depth <= 12, "deeper than allowed");
  if (value.IsString())
    must(base::text(value).find('\0') == std::string_view::npos, "a NUL in a text");
  if (value.IsArray())
    for (const auto& item : value.GetArray()) judge(item, depth + 1);
  if (!value.IsObject()) return;
  for (auto one = value.MemberBegin(); one != value.MemberEnd(); ++one) {
    must(base::member(value, base::text(one->name)) == &one->value,
         "a key that stands there twice");
    judge(one->value, depth + 1);
  }
}

// Of good JSON, slices are what the reader reads.
void slices(std::string_view text, const rapidjson::Document& json) {
  const auto same = [](std::string_view slice, const rapidjson::Value& value) {
    rapidjson::Document cut;
    sdk::JsonFault fault;
    must(sdk::parse_json(slice, cut, fault), "a slice that is no JSON: " + fault.code);
    must(cut == value, "a slice of another value");
  };
  if (json.IsObject()) {
    const auto members = health::json_members(text);
    must(members && members->size() == json.MemberCount(), "a member came or went");
    for (size_t i = 0; i < members->size(); ++i)
      same((*members)[i].second, (json.MemberBegin() + static_cast<ptrdiff_t>(i))->value);
  }
  if (json.IsArray()) {
    const auto items = health::json_items(text);
    must(items && items->size() == json.Size(), "an item came or went");
    for (size_t i = 0; i < items->size(); ++i)
      same((*items)[i], json[static_cast<rapidjson::SizeType>(i)]);
  }
}

}  // namespace

void json(std::string_view input) {
  (void)health::json_members(input);
  (void)health::json_items(input);
  (void)health::json_plain_at(input, {"a", "b"});
  constexpr base::JsonLimits kLimits{.bytes_max = 8192, .depth_max = 12};
  const auto read = base::read_json(input, "a.json", kLimits);
  if (!read) {
    tells_all(read.error());
    return must(read.error().place.starts_with("a.json:byte "), "a fault of no place in the text");
  }
  must(input.size() <= kLimits.bytes_max, "longer than allowed");
  judge(*read, 0);
  const std::string written = base::write_json(*read);
  const auto again = base::read_json(written, "b.json");
  must(again.ok() && *again == *read, "written and read it is another");
  must(base::write_json(*again) == written, "written twice it is another");
  const auto pretty = base::read_json(base::write_json_pretty(*read), "c.json");
  must(pretty.ok() && *pretty == *read, "written for people it is another");
  slices(input, *read);
}

}  // namespace concord::fuzz
