// A folder of mapping tables for one test, and records to send through it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "hub/base/files.hpp"
#include "hub/base/json.hpp"
#include "hub/base/time.hpp"
#include "hub/translate/mappings.hpp"

namespace concord::translate {

inline const model::Schema& the_schema() {
  static const model::Schema schema = [] {
    auto loaded = model::Schema::load(CONCORD_SOURCE_DIR "/mappings/schema");
    if (!loaded) ADD_FAILURE() << to_text(loaded.error());
    return std::move(loaded).value();
  }();
  return schema;
}

inline constexpr const char* kColumns =
    "target,source,rule,argument,codes,if_missing,if_invalid,when,note,example,expect\n";

// "s/in/person.csv" and so on, removed at the end.
class World {
 public:
  World() {
    static int n = 0;
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("concord_translate_" + std::to_string(::getpid()) + "_" + std::to_string(++n));
    std::filesystem::create_directories(folder_);
  }
  ~World() { std::filesystem::remove_all(folder_); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  World& file(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    EXPECT_TRUE(base::write_file(path.string(), text));
    return *this;
  }
  // A table with the usual columns. rows: without the header.
  World& table(const std::string& name, const std::string& rows) {
    return file(name, kColumns + rows);
  }
  World& codes(const std::string& name, const std::string& rows) {
    return file(name, "from,to\n" + rows);
  }
  // A table of sector s that makes a Task; its required fields are given.
  World& task(const std::string& rows) {
    return table("s/in/task.csv",
                 "$record,,constant,task,,-,-\n$entity,,constant,Task,,-,-\n"
                 "$subject,person,copy,,,reject,reject\n" +
                     rows +
                     "what,,constant,x|call,,-,-\nowner,,constant,Worker|1,,-,-\n"
                     "due,,constant,absent:unknown,,-,-\nstatus,,constant,x|open,,-,-\n");
  }
  // The same for a Person, whose names and birth date take their rows from the test.
  World& person(const std::string& rows) {
    return table("s/in/person.csv",
                 "$record,,constant,person,,-,-\n$entity,,constant,Person,,-,-\n"
                 "$subject,id,copy,,,reject,reject\n" +
                     rows);
  }

  [[nodiscard]] std::string path() const { return folder_.string(); }
  [[nodiscard]] Mappings load() const {
    auto loaded = Mappings::load({path()}, the_schema());
    if (!loaded) ADD_FAILURE() << to_text(loaded.error());
    return std::move(loaded).value();
  }
  // All faults as text; "" where it loads.
  [[nodiscard]] std::string faults() const {
    auto loaded = Mappings::load({path()}, the_schema());
    return loaded ? "" : to_text(loaded.error());
  }

 private:
  std::filesystem::path folder_;
};

inline model::Record a_record(const std::string& type, const std::string& body) {
  model::Record record;
  record.system = model::SystemId("sys");
  record.type = type;
  record.key = "K1";
  record.version = "1";
  record.body = body;
  record.changed_at = base::parse_instant("2026-03-01T08:30:00Z");
  return record;
}

inline const SystemContext kSystem{
    model::SystemId("sys"), model::AgencyId("ag"), "s", "America/New_York"};

// The body of the only entity, or the fault as text.
inline std::string body_of(const Translation& translation) {
  if (translation.fault) return to_text(*translation.fault);
  if (translation.entities.size() != 1)
    return std::to_string(translation.entities.size()) + " entities";
  return translation.entities.front().body;
}

// One field of a body as JSON, "" where it is not there.
inline std::string field_of(const Translation& translation, const std::string& field) {
  const std::string body = body_of(translation);
  auto read = base::read_json(body, "body");
  if (!read) return body;
  const base::JsonValue* found = base::member(*read, field);
  return found == nullptr ? "" : base::write_json(*found);
}

inline std::string absent_of(const Translation& translation, const std::string& pointer) {
  for (const model::Entity& entity : translation.entities)
    for (const auto& one : entity.absent)
      if (one.pointer == pointer) return one.reason;
  return "";
}

}  // namespace concord::translate
