#include "court/checkpoint.hpp"

#include <concord/json.hpp>

#include "court/members.hpp"

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
  out.cursor = sdk::text_of(document, "cursor");
  out.file_next = number(document, "file_next");
  if (const auto* files = array_member(document, "files")) {
    for (const auto& file : files->GetArray()) {
      if (file.IsArray() && file.Size() == 2 && file[0].IsString() && file[1].IsString())
        out.files.push_back({file[0].GetString(), file[1].GetString()});
    }
  }
  if (const auto* calendar = member(document, "calendar")) {
    out.calendar_hash = sdk::text_of(*calendar, "hash");
    out.calendar_next = number(*calendar, "next");
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
