// What the court's integration tests stand on: a call, a hub's sink, a simulated court, a
// connector.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "court/connector.hpp"
#include "examples/simulators/court.hpp"

namespace concord::court::testing_support {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "court_test_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void put(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::vector<std::string> names(const std::string& sub = "") const {
    std::vector<std::string> out;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path / sub, ignored)) {
      if (entry.is_regular_file()) out.push_back(entry.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  std::filesystem::path path;
};

// A call with a minute to go; log events are kept.
class TestCall {
 public:
  TestCall() {
    abi_.struct_size = sizeof abi_;
    abi_.timeout_ms = 60000;
    abi_.host = this;
    abi_.cancelled = [](void* host) -> int32_t {
      return static_cast<TestCall*>(host)->cancel_ ? 1 : 0;
    };
    abi_.log = [](void* host, int32_t, concord_bytes event, concord_bytes fields) {
      auto& self = *static_cast<TestCall*>(host);
      const std::lock_guard lock(self.mutex_);
      self.events_.push_back(std::string(sdk::view(event)) + " " + std::string(sdk::view(fields)));
      self.logged_.notify_all();
    };
  }
  operator sdk::Call() const { return sdk::Call(abi_); }  // NOLINT(google-explicit-constructor)
  void cancel() { cancel_ = true; }
  std::string wait_for_event() {
    std::unique_lock lock(mutex_);
    logged_.wait_for(lock, std::chrono::seconds(10), [&] { return !events_.empty(); });
    return events_.empty() ? "" : events_.front();
  }

 private:
  concord_call abi_{};
  std::atomic<bool> cancel_{false};
  std::mutex mutex_;
  std::condition_variable logged_;
  std::vector<std::string> events_;
};

// The simulated court of one test.
struct SimulatedCourt {
  explicit SimulatedCourt(int children = 60) {
    world.children = sim::make_children(7, children);
    world.seed = 7;
    world.dir = folder.path;
    auto journal = sim::Journal::open(folder.path / "court.jsonl", "court");
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

// Reads batches to the end, as the hub does, with an ack after each.
struct ReadAll {
  std::vector<sdk::Record> records;
  std::vector<sdk::Reject> rejects;
  std::string checkpoint;
  int batches = 0;
};
inline ReadAll read_all(sdk::Connector& connector,
                        const std::string& type,
                        std::string checkpoint = "",
                        uint32_t records_max = 500) {
  ReadAll out;
  out.checkpoint = std::move(checkpoint);
  TestCall call;
  for (bool more = true; more && out.batches < 1000;) {
    auto batch = connector.read(type, out.checkpoint, {.records_max = records_max}, call);
    EXPECT_TRUE(batch) << (batch ? "" : batch.error().code + " " + batch.error().cause);
    if (!batch) break;
    EXPECT_LE(batch->records.size(), records_max);
    ++out.batches;
    std::move(batch->records.begin(), batch->records.end(), std::back_inserter(out.records));
    std::move(batch->rejects.begin(), batch->rejects.end(), std::back_inserter(out.rejects));
    out.checkpoint = batch->checkpoint;
    more = batch->more;
    EXPECT_TRUE(connector.ack(type, out.checkpoint, call));
  }
  return out;
}

inline rapidjson::Document json(std::string_view text) {
  rapidjson::Document out;
  sdk::JsonFault fault;
  EXPECT_TRUE(sdk::parse_json(text, out, fault, {.bytes_max = 64u << 20})) << fault.cause;
  return out;
}

}  // namespace concord::court::testing_support
