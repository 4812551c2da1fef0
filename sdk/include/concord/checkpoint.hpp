// What a connector remembers between two reads, as text that the hub keeps and never looks into.
//
//   auto at = sdk::Checkpoint::read(checkpoint, "shelter", 1, place);   // none: from the beginning
//   if (!at) return std::move(at).error();
//   std::string cursor = at->text("cursor");
//   ...
//   batch.checkpoint = at->set("cursor", next).write();
//
// The text says whose it is and in which format, so that what another connector or a newer version
// wrote is refused by name instead of being misread. Raise the format when an older version could
// no longer read it; read() accepts all up to the one it is given, and format() tells which it was.
//
// Threads: a value. Errors: class config, code CHECKPOINT; they hold nothing of the checkpoint.
#pragma once

#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <map>

namespace concord::sdk {

// Names and numbers of where a source was read to, as text that says whose it is and of which
// format. A value: copy it freely.
class Checkpoint {
 public:
  Checkpoint(std::string owner, int64_t format) : owner_(std::move(owner)), format_(format) {}

  // given: as the hub hands it to read() or ack(); empty: nothing was read yet. place: for the
  // error, say the record type.
  static Result<Checkpoint> read(std::string_view given,
                                 std::string owner,
                                 int64_t newest_format,
                                 std::string place) {
    Checkpoint out(std::move(owner), newest_format);
    if (given.empty()) return out;
    auto refuse = [&](std::string cause) {
      return config_error(
          "CHECKPOINT",
          std::move(place),
          std::move(cause),
          "install the version that wrote it, or reset the job's checkpoint to read "
          "from the beginning");
    };
    rapidjson::Document document;
    JsonFault fault;
    if (!parse_json(given, document, fault) || !document.IsObject() ||
        text_of(document, "of") != out.owner_)
      return refuse("the checkpoint is not one of this connector's");
    const auto format = document.FindMember("format");
    if (format == document.MemberEnd() || !format->value.IsInt64() || format->value.GetInt64() < 1)
      return refuse("the checkpoint names no format");
    if (format->value.GetInt64() > newest_format)
      return refuse("the checkpoint is of format " + std::to_string(format->value.GetInt64()) +
                    ", this version knows up to " + std::to_string(newest_format));
    out.format_ = format->value.GetInt64();
    for (const auto& member : document.GetObject()) {
      const std::string_view name{member.name.GetString(), member.name.GetStringLength()};
      if (name == "of" || name == "format") continue;
      if (member.value.IsString()) {
        out.set(name, std::string_view(member.value.GetString(), member.value.GetStringLength()));
      } else if (member.value.IsInt64()) {
        out.set(name, member.value.GetInt64());
      } else {
        return refuse("the checkpoint holds what is neither text nor whole number");
      }
    }
    return out;
  }

  // The format that it was written in.
  [[nodiscard]] int64_t format() const { return format_; }
  // "" and 0 where it was never set.
  [[nodiscard]] std::string text(std::string_view name) const {
    const auto found = texts_.find(name);
    return found == texts_.end() ? std::string() : found->second;
  }
  [[nodiscard]] int64_t number(std::string_view name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? 0 : found->second;
  }
  // Sets one value; names are the connector's own.
  Checkpoint& set(std::string_view name, std::string_view value) {
    return texts_[std::string(name)] = value, *this;
  }
  Checkpoint& set(std::string_view name, int64_t value) {
    return numbers_[std::string(name)] = value, *this;
  }
  // The same values give the same text, so that "nothing new" is the same checkpoint.
  [[nodiscard]] std::string write() const {
    JsonWriter to;
    to.object().field("of", owner_).field("format", format_);
    for (const auto& [name, value] : numbers_) to.field(name, value);
    for (const auto& [name, value] : texts_) to.field(name, value);
    to.end();
    return to.text();
  }

 private:
  std::string owner_;
  int64_t format_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::map<std::string, int64_t, std::less<>> numbers_;
};

}  // namespace concord::sdk
