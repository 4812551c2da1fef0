// For an author's unit tests: the hub's side of a call, a folder of one's own, a clock that stands,
// and reading to the end as the hub does. No test framework is needed or assumed.
#pragma once

#include <atomic>
#include <concord/connector.hpp>
#include <concord/time.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <stdexcept>

namespace concord::sdk {

// One call of the hub's, with that much time. Cancel it from any thread; what the connector logged
// is kept. Outlives every Call made of it.
class TestCall {
 public:
  explicit TestCall(std::chrono::milliseconds time = std::chrono::seconds(20)) {
    abi_.struct_size = sizeof abi_;
    abi_.timeout_ms = static_cast<uint64_t>(time.count());
    abi_.host = this;
    abi_.cancelled = [](void* host) -> int32_t { return static_cast<TestCall*>(host)->cancelled_; };
    abi_.log = [](void* host, int32_t, concord_bytes event, concord_bytes fields) {
      auto& self = *static_cast<TestCall*>(host);
      const std::scoped_lock lock(self.mutex_);
      self.events_.push_back(std::string(view(event)) + " " + std::string(view(fields)));
      self.logged_.notify_all();
    };
  }
  TestCall(const TestCall&) = delete;
  TestCall& operator=(const TestCall&) = delete;
  // The deadline counts from here.
  operator Call() const {
    return Call(abi_);
  }  // NOLINT(google-explicit-constructor): as an argument
  [[nodiscard]] Call call() const { return Call(abi_); }
  void cancel() { cancelled_ = 1; }
  // "noun.verb {fields}", in the order in which they came.
  [[nodiscard]] std::vector<std::string> events() {
    const std::scoped_lock lock(mutex_);
    return events_;
  }
  // The first event, as soon as there is one; empty after ten seconds without.
  [[nodiscard]] std::string wait_for_event() {
    std::unique_lock lock(mutex_);
    logged_.wait_for(lock, std::chrono::seconds(10), [&] { return !events_.empty(); });
    return events_.empty() ? "" : events_.front();
  }

 private:
  concord_call abi_{};
  std::atomic<int32_t> cancelled_{0};
  std::mutex mutex_;
  std::condition_variable logged_;
  std::vector<std::string> events_;
};

// An empty folder, removed with everything in it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "connector-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  // Folders on the way are made.
  void put(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string get(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Of the plain files in a folder of it; hidden ones are left out.
  [[nodiscard]] std::set<std::string> names(const std::string& folder = "") const {
    std::set<std::string> out;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path_ / folder, ignored))
      if (entry.is_regular_file() && entry.path().filename().string()[0] != '.')
        out.insert(entry.path().filename().string());
    return out;
  }

 private:
  std::filesystem::path path_;
};

// Stands still until it is moved. Threads: any.
class FakeClock : public Clock {
 public:
  explicit FakeClock(int64_t now_us) : now_us_(now_us) {}
  [[nodiscard]] int64_t now_us() const override { return now_us_; }
  void advance(std::chrono::microseconds time) { now_us_ += time.count(); }

 private:
  std::atomic<int64_t> now_us_;
};

// All that a type has from a checkpoint on, page by page, acknowledged as the hub does after its
// commit. Stops at the first error, and after 100,000 pages.
struct ReadAll {
  std::vector<Record> records;
  std::vector<Reject> rejects;
  std::string checkpoint;
  std::optional<Error> error;
  int batches = 0;
  bool over_limit = false;  // a batch held more than records_max
  [[nodiscard]] std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const Record& record : records) out.push_back(record.key);
    return out;
  }
};
// Reads as the hub does until nothing more waits, acknowledging each batch.
inline ReadAll read_all(Connector& connector,
                        std::string_view type,
                        std::string checkpoint = {},
                        const Limits& limits = {},
                        bool ack = true) {
  ReadAll all;
  all.checkpoint = std::move(checkpoint);
  const TestCall call;
  for (bool more = true; more && all.batches < 100000; ++all.batches) {
    auto batch = connector.read(type, all.checkpoint, limits, call);
    if (!batch) {
      all.error = std::move(batch).error();
      return all;
    }
    all.over_limit = all.over_limit || batch->records.size() > limits.records_max;
    all.checkpoint = std::move(batch->checkpoint);
    more = batch->more;
    for (Record& record : batch->records) all.records.push_back(std::move(record));
    for (Reject& reject : batch->rejects) all.rejects.push_back(std::move(reject));
    if (!ack) continue;
    if (auto acked = connector.ack(type, all.checkpoint, call); !acked) {
      all.error = std::move(acked).error();
      return all;
    }
  }
  return all;
}

}  // namespace concord::sdk
