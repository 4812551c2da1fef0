#include "juvenile_justice/checkpoint.hpp"

#include <algorithm>
#include <concord/json.hpp>

namespace concord::juvenile_justice {

namespace {

sdk::Error unreadable(const std::string& place) {
  return sdk::config_error("CHECKPOINT",
                           place,
                           "the checkpoint is not one of this connector's, for this way of reading",
                           "reset the job's checkpoint to read from the beginning");
}

// The object, or none where there is no checkpoint yet.
sdk::Result<bool> parse(const std::string& place,
                        std::string_view checkpoint,
                        rapidjson::Document& out) {
  if (checkpoint.empty()) return false;
  sdk::JsonFault fault;
  if (!sdk::parse_json(checkpoint, out, fault) || !out.IsObject()) return unreadable(place);
  return true;
}

const rapidjson::Value* array_in(const rapidjson::Document& root, const char* name) {
  const auto found = root.FindMember(name);
  return found != root.MemberEnd() && found->value.IsArray() ? &found->value : nullptr;
}

}  // namespace

sdk::Result<Position> read_position(const std::string& place, std::string_view checkpoint) {
  rapidjson::Document root;
  auto given = parse(place, checkpoint, root);
  if (!given) return std::move(given).error();
  Position position;
  if (!*given) return position;
  position.changed = sdk::text_of(root, "changed");
  position.key = sdk::text_of(root, "key");
  if (position.changed.size() < 2 || position.key.empty()) return unreadable(place);
  return position;
}

std::string write_position(const Position& position) {
  if (position.changed.empty()) return {};
  sdk::JsonWriter json;
  json.object().field("changed", position.changed).field("key", position.key).end();
  return json.text();
}

sdk::Result<std::vector<Range>> read_ranges(const std::string& place, std::string_view checkpoint) {
  rapidjson::Document root;
  auto given = parse(place, checkpoint, root);
  if (!given) return std::move(given).error();
  std::vector<Range> ranges;
  if (!*given) return ranges;
  const auto* read = array_in(root, "read");
  if (read == nullptr) return unreadable(place);
  for (const auto& range : read->GetArray()) {
    if (!range.IsArray() || range.Size() != 2 || !range[0].IsInt64() || !range[1].IsInt64())
      return unreadable(place);
    ranges.emplace_back(range[0].GetInt64(), range[1].GetInt64());
  }
  return ranges;
}

std::string write_ranges(const std::vector<Range>& ranges) {
  sdk::JsonWriter json;
  json.object().key("read").array();
  for (const auto& [first, last] : ranges) json.array().value(first).value(last).end_array();
  json.end_array().end();
  return json.text();
}

void add_to_ranges(std::vector<Range>& ranges, int64_t number) {
  auto at = std::upper_bound(
      ranges.begin(), ranges.end(), number, [](int64_t n, const Range& r) { return n < r.first; });
  const bool joins_before = at != ranges.begin() && std::prev(at)->second >= number - 1;
  const bool joins_after = at != ranges.end() && at->first == number + 1;
  if (joins_before && std::prev(at)->second >= number) return;
  if (joins_before && joins_after) {
    std::prev(at)->second = at->second;
    ranges.erase(at);
  } else if (joins_before) {
    std::prev(at)->second = number;
  } else if (joins_after) {
    at->first = number;
  } else {
    ranges.insert(at, {number, number});
  }
}

sdk::Result<std::vector<FileStamp>> read_files(const std::string& place,
                                               std::string_view checkpoint) {
  rapidjson::Document root;
  auto given = parse(place, checkpoint, root);
  if (!given) return std::move(given).error();
  std::vector<FileStamp> files;
  if (!*given) return files;
  const auto* read = array_in(root, "files");
  if (read == nullptr) return unreadable(place);
  for (const auto& file : read->GetArray()) {
    if (!file.IsArray() || file.Size() != 2 || !file[0].IsString() || !file[1].IsString())
      return unreadable(place);
    files.push_back({file[0].GetString(), file[1].GetString()});
  }
  return files;
}

std::string write_files(const std::vector<FileStamp>& files) {
  sdk::JsonWriter json;
  json.object().key("files").array();
  for (const FileStamp& file : files) json.array().value(file.name).value(file.stamp).end_array();
  json.end_array().end();
  return json.text();
}

sdk::Result<HttpMark> read_http_mark(const std::string& place, std::string_view checkpoint) {
  rapidjson::Document root;
  auto given = parse(place, checkpoint, root);
  if (!given) return std::move(given).error();
  HttpMark mark;
  if (!*given) return mark;
  mark.etag = sdk::text_of(root, "etag");
  mark.sha256 = sdk::text_of(root, "sha256");
  if (mark.sha256.empty()) return unreadable(place);
  return mark;
}

std::string write_http_mark(const HttpMark& mark) {
  sdk::JsonWriter json;
  json.object().field("etag", mark.etag).field("sha256", mark.sha256).end();
  return json.text();
}

}  // namespace concord::juvenile_justice
