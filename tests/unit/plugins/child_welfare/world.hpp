// What the tests of this connector share: a call, a folder of their own, short reads.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <concord/connector.hpp>
#include <filesystem>
#include <fstream>

#include "child_welfare/connector.hpp"

namespace concord::child_welfare {

// A call of the hub's with plenty of time, that can be cancelled.
class TestCall {
 public:
  explicit TestCall(uint64_t timeout_ms = 20000) {
    abi_.struct_size = sizeof abi_;
    abi_.timeout_ms = timeout_ms;
    abi_.host = this;
    abi_.cancelled = [](void* host) -> int32_t {
      return static_cast<TestCall*>(host)->cancelled_ ? 1 : 0;
    };
  }
  operator sdk::Call() const { return sdk::Call(abi_); }  // NOLINT(google-explicit-constructor)
  void cancel() { cancelled_ = true; }

 private:
  concord_call abi_{};
  std::atomic<bool> cancelled_{false};
};

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "concord-cw-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path() const { return path_; }
  void put(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string get(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Names of the plain files, hidden ones left out, sorted.
  [[nodiscard]] std::vector<std::string> names(const std::string& folder = "") const {
    std::vector<std::string> out;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(path_ / folder, none))
      if (entry.is_regular_file() && entry.path().filename().string()[0] != '.')
        out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<ChildWelfare> connector_of(const std::string& config) {
  auto settings = read_settings(config);
  if (!settings) {
    ADD_FAILURE() << settings.error().place << ": " << settings.error().cause;
    return nullptr;
  }
  return std::make_unique<ChildWelfare>(std::move(settings).value());
}

// All batches until nothing more waits; acknowledges each as the hub does after its commit.
struct ReadAll {
  std::vector<sdk::Record> records;
  std::vector<sdk::Reject> rejects;
  std::string checkpoint;
  std::optional<sdk::Error> error;
  int batches = 0;
};
inline ReadAll read_all(sdk::Connector& connector,
                        const std::string& type,
                        std::string checkpoint = {},
                        bool ack = true,
                        uint32_t records_max = 500) {
  ReadAll all;
  all.checkpoint = std::move(checkpoint);
  for (bool more = true; more && all.batches < 100000; ++all.batches) {
    auto batch = connector.read(type, all.checkpoint, {records_max, 16u << 20}, TestCall());
    if (!batch) {
      all.error = batch.error();
      return all;
    }
    EXPECT_LE(batch->records.size(), records_max);
    all.checkpoint = batch->checkpoint;
    more = batch->more;
    for (auto& r : batch->records) all.records.push_back(std::move(r));
    for (auto& r : batch->rejects) all.rejects.push_back(std::move(r));
    if (!ack) continue;
    if (auto acked = connector.ack(type, all.checkpoint, TestCall()); !acked) {
      all.error = acked.error();
      return all;
    }
  }
  return all;
}

inline std::vector<std::string> keys(const std::vector<sdk::Record>& records) {
  std::vector<std::string> out;
  for (const auto& r : records) out.push_back(r.key);
  return out;
}

}  // namespace concord::child_welfare
