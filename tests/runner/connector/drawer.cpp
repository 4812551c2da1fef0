// A system that is a folder: what outlives a crash of its connector is what lies there.
//   in/<type>/<number>   records to read: key, version, body, a line each; ack prunes them
//   events/<number>      the same with the type before; gone once the hub has kept it
//   effects/<key>        what was written, once, under its idempotency key: key, version, when
// "crash_percent": so often write() ends its process after an effect, before it is told.
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

namespace concord::runner {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension().empty()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000 + now.tv_nsec;
}

class Drawer : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view json) {
    rapidjson::Document config;
    sdk::JsonFault fault;
    if (!sdk::parse_json(json, config, fault)) std::abort();
    auto made = std::make_unique<Drawer>();
    const std::string percent(sdk::text_of(config, "crash_percent"));
    made->crash_percent_ = percent.empty() ? 0 : std::stoi(percent);
    made->big_ = sdk::text_of(config, "big") == "yes";
    if (sdk::text_of(config, "refuse") == "yes")
      return sdk::config_error("DRAWER_REFUSED", "folder", "it is not to be had", "choose another");
    made->folder_ = sdk::text_of(config, "folder");
    return std::unique_ptr<sdk::Connector>(std::move(made));
  }
  ~Drawer() override {
    if (!folder_.empty()) std::ofstream(folder_ + "/closed") << "in order\n";
  }

  sdk::Status check(const sdk::Call& call) override {
    call.log(1, "drawer.checked", R"({"n":3})");
    return sdk::Done{};
  }
  sdk::Result<std::string> describe(const sdk::Call&) override {
    return std::string(R"({"record_types":[{"name":"syn"}]})");
  }

  sdk::Result<sdk::Batch> read(std::string_view type,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call) override {
    if (type == "wait") {
      while (!call.cancelled()) ::usleep(1000);
      return sdk::retry("CANCELLED", "read", "it was cancelled", "read again");
    }
    if (type == "late")
      return sdk::Error{sdk::ErrorClass::rate_limited,
                        "SLOW_DOWN",
                        "p",
                        "c",
                        "n",
                        std::chrono::milliseconds(1234)};
    sdk::Batch batch;
    batch.checkpoint = checkpoint;
    if (big_) {
      batch.records.push_back(
          {std::string(type), "k", "1", std::string(std::stoul(std::string(type)), 'x'), "o"});
      return batch;
    }
    const std::string folder = folder_ + "/in/" + std::string(type);
    for (const std::string& name : names_in(folder)) {
      if (name <= checkpoint) continue;
      if (batch.records.size() == limits.records_max) {
        batch.more = true;
        break;
      }
      batch.records.push_back(record(folder + "/" + name, std::string(type)));
      batch.checkpoint = name;
    }
    return batch;
  }

  sdk::Status ack(std::string_view type, std::string_view checkpoint, const sdk::Call&) override {
    const std::string folder = folder_ + "/in/" + std::string(type);
    for (const std::string& name : names_in(folder))
      if (name <= checkpoint) ::unlink((folder + "/" + name).c_str());
    return sdk::Done{};
  }

  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call&) override {
    std::vector<sdk::Outcome> outcomes;
    for (const sdk::Delivery& d : deliveries) {
      if (d.type == "refuse") {
        outcomes.push_back({sdk::bad_record("NOTE_REFUSED", "p", "c", "n"), ""});
        continue;
      }
      const std::string effect = folder_ + "/effects/" + std::string(d.idempotency_key);
      if (!fs::exists(effect)) {
        std::ofstream(effect + ".tmp") << d.key << "\n" << d.version << "\n" << now_ns() << "\n";
        ::rename((effect + ".tmp").c_str(), effect.c_str());
        if (static_cast<int>(random_() % 100) < crash_percent_) std::abort();
      }
      outcomes.push_back({{}, "SYN-" + std::string(d.key)});
    }
    return outcomes;
  }

  sdk::Status listen(const sdk::Sink& sink, const sdk::Call& call) override {
    const std::string folder = folder_ + "/events";
    while (!call.cancelled()) {
      for (const std::string& name : names_in(folder)) {
        const std::string path = folder + "/" + name;
        sdk::Batch batch;
        batch.records.push_back(record(path, ""));
        const auto outcomes = sink.deliver(batch);
        if (!outcomes[0].error) ::unlink(path.c_str());
        if (outcomes[0].error)
          std::ofstream(folder_ + "/answer") << outcomes[0].error->code << "\n";
      }
      ::usleep(2000);
    }
    return sdk::Done{};
  }

 private:
  static sdk::Record record(const std::string& path, std::string type) {
    sdk::Record record;
    std::ifstream in(path);
    if (type.empty()) std::getline(in, type);
    record.type = std::move(type);
    std::getline(in, record.key);
    std::getline(in, record.version);
    std::getline(in, record.body);
    record.origin = fs::path(path).filename().string();
    return record;
  }

  std::string folder_;
  int crash_percent_ = 0;
  bool big_ = false;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace
}  // namespace concord::runner

CONCORD_CONNECTOR(concord::runner::Drawer)
