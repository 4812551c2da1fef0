// What the court's integration tests stand on: a call, a hub's sink, a simulated court, a
// connector.
#pragma once

#include <gmock/gmock.h>

#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <concord/testing.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "court/connector.hpp"
#include "examples/simulators/court.hpp"

namespace concord::court::testing_support {

using Folder = sdk::TempFolder;
using sdk::TestCall;

// The simulated court of one test.
struct SimulatedCourt {
  explicit SimulatedCourt(int children = 60) {
    world.children = sim::make_children(7, children);
    world.seed = 7;
    world.dir = folder.path();
    auto journal = sim::Journal::open(folder.path() / "court.jsonl", "court");
    EXPECT_TRUE(journal);
    court = std::make_unique<sim::Court>(world, std::move(journal).value());
    EXPECT_TRUE(court->start());
  }
  [[nodiscard]] std::string setting(std::string_view name) const {
    for (const auto& [key, value] : court->settings())
      if (key == name) return value;
    return {};
  }
  void fault(const std::string& json) const { court->faults().arm(*sim::read_fault(json)); }
  std::string tell(const std::string& verb, const std::string& args = "{}") const {
    const sim::Reply reply = court->control(verb, args);
    EXPECT_EQ(reply.status, 200) << reply.json;
    return reply.json;
  }
  [[nodiscard]] int known() const {
    int n = 0;
    for (const auto& child : world.children) n += child.known_to(sim::Agency::court) ? 1 : 0;
    return n;
  }
  Folder folder;
  sim::World world;
  std::unique_ptr<sim::Court> court;
};

inline std::unique_ptr<sdk::Connector> connect(const std::string& config) {
  auto made = Court::create(config);
  EXPECT_TRUE(made) << (made ? "" : made.error().place + ": " + made.error().cause);
  return made ? std::move(made).value() : nullptr;
}
// config of a connector to that court; more is further members, as ,"calendar":{…}
inline std::string config_for(const SimulatedCourt& at,
                              const std::string& api_more = "",
                              const std::string& more = "") {
  return R"({"zone":"America/New_York","api":{"url":")" + at.setting("url") + R"(","token":")" +
         at.setting("token") + "\"" + api_more + "}" + more + "}";
}

// To the end, in pages of that size, without a fault.
inline sdk::ReadAll read_whole(sdk::Connector& connector,
                               const std::string& type,
                               const std::string& checkpoint = "",
                               uint32_t records_max = 500) {
  sdk::ReadAll all = sdk::read_all(connector, type, checkpoint, {.records_max = records_max});
  EXPECT_FALSE(all.error) << all.error->code << " " << all.error->cause;
  EXPECT_FALSE(all.over_limit);
  return all;
}

inline rapidjson::Document json(std::string_view text) {
  rapidjson::Document out;
  sdk::JsonFault fault;
  EXPECT_TRUE(sdk::parse_json(text, out, fault, {.bytes_max = 64u << 20})) << fault.cause;
  return out;
}

}  // namespace concord::court::testing_support
