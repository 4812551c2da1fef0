#include "hub/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <concord/json.hpp>

#include "hub/base/time.hpp"

namespace concord::base {
namespace {

constexpr size_t kTextMax = 120;

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> held = [] {
    auto made = spdlog::stderr_logger_mt("concord");
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *held;
}

spdlog::level::level_enum spd(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

const char* name_of(Level level) {
  constexpr const char* kNames[] = {"debug", "info", "warn", "error"};
  return kNames[static_cast<size_t>(level)];
}

void start_line(sdk::JsonWriter& line, Level level, std::string_view noun_verb) {
  line.object()
      .field("at", to_text(now()))
      .field("level", name_of(level))
      .field("event", noun_verb);
}

}  // namespace

void event(Level level, std::string_view noun_verb, std::initializer_list<LogField> fields) {
  if (!logger().should_log(spd(level))) return;
  sdk::JsonWriter line;
  start_line(line, level, noun_verb);
  for (const LogField& field : fields) {
    line.key(field.name);
    if (field.value.is_text_) {
      line.value(field.value.text_.substr(0, kTextMax));
    } else if (field.value.number_ == std::floor(field.value.number_) &&
               std::abs(field.value.number_) < 9e15) {
      line.value(static_cast<int64_t>(field.value.number_));
    } else {
      line.value(field.value.number_);
    }
  }
  line.end();
  logger().log(spd(level), "{}", line.text());
}

void connector_event(Level level,
                     std::string_view system,
                     std::string_view noun_verb,
                     std::string_view fields_json) {
  if (!logger().should_log(spd(level))) return;
  sdk::JsonWriter line;
  start_line(line, level, "connector.said");
  line.field("system", system).field("said", noun_verb.substr(0, kTextMax));
  rapidjson::Document fields;
  sdk::JsonFault fault;
  if (sdk::parse_json(fields_json, fields, fault, {.bytes_max = 4096, .depth_max = 2}) &&
      fields.IsObject()) {
    for (const auto& field : fields.GetObject()) {
      const bool short_text = field.value.IsString() && field.value.GetStringLength() <= kTextMax;
      if (!field.value.IsNumber() && !field.value.IsBool() && !short_text) continue;
      line.key({field.name.GetString(), field.name.GetStringLength()}).value(field.value);
    }
  }
  line.end();
  logger().log(spd(level), "{}", line.text());
}

void set_log_level(Level least) {
  logger().set_level(spd(least));
}

}  // namespace concord::base
