// A bad file, put where an agency drops its files and read by the real connector: what cannot be
// read is in the journal with its bytes, its place and what to do, and only then is the file moved.
#pragma once

#include "tests/bad_input/world.hpp"

namespace concord::bad_input {

inline const std::string kConnectors = std::string(CONCORD_BUILD_DIR) + "/lib/concord/connectors";

// Loads one of our connectors as the hub does.
inline base::Result<std::unique_ptr<runtime::Connector>> real_connector(
    const std::string& connector, const model::SystemId& system, const std::string& config) {
  auto manifest =
      runtime::read_manifest(kConnectors + "/" + connector + "/" + connector + ".connector.json");
  if (!manifest) return std::move(manifest).error();
  return runtime::load_in_process(*manifest, system, config, {});
}

// A system and a job of that name beside those of the small world, read by a real connector.
inline void add_real_system(World& world,
                            const std::string& name,
                            const std::string& connector,
                            const std::string& record_type,
                            const std::string& config) {
  model::System system = world.coalition.systems.front();
  system.id = model::SystemId(name);
  system.connector = system.mapping = connector;
  system.listens = record_type.empty();
  world.coalition.systems.push_back(system);
  world.load_instead[name] = [connector, config](const model::System& s) {
    return real_connector(connector, s.id, config);
  };
  if (record_type.empty()) return;
  model::Job job = world.coalition.jobs.front();
  job.id = model::JobId(name);
  job.system = system.id;
  job.record_types = {record_type};
  world.coalition.jobs.push_back(job);
}

// Where a kind of file is dropped, and how its connector is set up.
struct Drop {
  const char* connector;
  const char* type;
  const char* config;  // @ is the folder
};
inline const Drop kCsv{
    "child_welfare",
    "person",
    R"({"folder":{"path":"@","complete":"renamed"},"records":{"person":{"from":"folder","files":"*"}}})"};
inline const Drop kCp1252{
    "child_welfare",
    "person",
    R"({"folder":{"path":"@","complete":"renamed"},"records":{"person":{"from":"folder","files":"*","encoding":"windows-1252"}}})"};
inline const Drop kXml{
    "child_welfare",
    "person",
    R"({"folder":{"path":"@","complete":"renamed"},"records":{"person":{"from":"folder","files":"*","format":"xml","record":"record"}}})"};
inline const Drop kFiling{
    "court",
    "filing",
    R"({"zone":"America/New_York","filings":{"folder":"@","settle_seconds":0}})"};
inline const Drop kCalendar{
    "court", "hearing", R"({"zone":"America/New_York","calendar":{"folder":"@"}})"};
inline const Drop kDocument{"juvenile_justice",
                            "niem_document",
                            R"({"niem":{"in_folder":"@","done_folder":"@/done","settle_ms":0}})"};

struct Case {
  const char* name;
  const Drop& drop;
  const char* file;
  std::string bytes;
  const char* code;
  const char* place;
  int good = 0;  // records of the same file that go on
};
inline void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}
inline std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

// A hub with one more system, which reads from a folder that holds this file.
class Dropped {
 public:
  Dropped(const Drop& drop, std::string file, const std::string& bytes) : file_(std::move(file)) {
    folder.put(file_, bytes);
    std::string config = drop.config;
    for (size_t at; (at = config.find('@')) != std::string::npos;)
      config.replace(at, 1, folder.path());
    add_real_system(world, "drop", drop.connector, drop.type, config);
  }
  [[nodiscard]] bool waits() const { return folder.has(file_); }
  [[nodiscard]] bool done() const { return folder.has("done/" + file_); }

  Folder folder;
  World world;

 private:
  std::string file_;
};

inline void expect_kept_then_moved(const Case& c) {
  Dropped dropped(c.drop, c.file, c.bytes);
  dropped.world.start();
  EXPECT_EQ(dropped.world.run("drop").error, "");
  const auto kept = dropped.world.in(store::RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  expect_kept(kept[0], c.code, c.place);
  EXPECT_TRUE(kept[0].raw);
  EXPECT_EQ(kept[0].owner, model::Owner::agency_it);
  // Its bytes, so that it can be mended by hand.
  EXPECT_EQ(c.bytes.find(kContent) == std::string::npos,
            kept[0].record.body.find(kContent) == std::string::npos);
  EXPECT_EQ(dropped.world.ledger().records, 1 + c.good);
  const bool stays = &c.drop == &kCalendar;  // a calendar is a view, not a delivery
  EXPECT_EQ(dropped.waits(), stays);
  EXPECT_EQ(dropped.done(), !stays);
  dropped.world.expect_balanced();
  // Read again, nothing is new.
  EXPECT_EQ(dropped.world.run("drop").error, "");
  EXPECT_EQ(dropped.world.ledger().records, 1 + c.good);
  dropped.world.expect_balanced();
}

}  // namespace concord::bad_input
