#include "court/checkpoint.hpp"

#include <concord/json.hpp>

namespace concord::court {

sdk::Result<Checkpoint> Checkpoint::read(std::string_view text) {
  Checkpoint out;
  if (text.empty()) return out;
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(text, document, fault) || !document.IsObject())
    return sdk::config_error("CHECKPOINT",
                             "checkpoint",
                             "it was not written by this connector",
                             "reset this job's checkpoint");
  auto number = [](const rapidjson::Value& of, const char* name) -> uint64_t {
    const auto it = of.FindMember(name);
    return it != of.MemberEnd() && it->value.IsUint64() ? it->value.GetUint64() : 0;
  };
  out.cursor = sdk::text_of(document, "cursor");
  out.file_next = number(document, "file_next");
  const auto files = document.FindMember("files");
  if (files != document.MemberEnd() && files->value.IsArray()) {
    for (const auto& file : files->value.GetArray()) {
      if (file.IsArray() && file.Size() == 2 && file[0].IsString() && file[1].IsString())
        out.files.push_back({file[0].GetString(), file[1].GetString()});
    }
  }
  const auto calendar = document.FindMember("calendar");
  if (calendar != document.MemberEnd() && calendar->value.IsObject()) {
    out.calendar_hash = sdk::text_of(calendar->value, "hash");
    out.calendar_next = number(calendar->value, "next");
  }
  return out;
}

std::string Checkpoint::text() const {
  sdk::JsonWriter w;
  w.object();
  if (!cursor.empty()) w.field("cursor", cursor);
  if (!files.empty()) {
    w.key("files").array();
    for (const DroppedFile& file : files) w.array().value(file.name).value(file.hash).end_array();
    w.end_array();
  }
  if (file_next > 0) w.field("file_next", file_next);
  if (!calendar_hash.empty())
    w.key("calendar").object().field("hash", calendar_hash).field("next", calendar_next).end();
  w.end();
  return w.text();
}

}  // namespace concord::court
