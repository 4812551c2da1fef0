// What the tests of this connector share: a call that can be cancelled, a folder of one's own, a
// SQLite database filled with SQL, and settings around it.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <concord/connector.hpp>
#include <concord/testing.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "juvenile_justice/connector.hpp"

namespace concord::juvenile_justice::test {

using sdk::TempFolder;
using sdk::TestCall;

inline void write_text(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}
inline std::string read_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

// The agency's end of its database.
class Sqlite {
 public:
  explicit Sqlite(const std::string& file) { sqlite3_open(file.c_str(), &handle_); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  ~Sqlite() { sqlite3_close(handle_); }
  void run(const std::string& sql) {
    char* error = nullptr;
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &error);
    EXPECT_EQ(code, SQLITE_OK) << (error != nullptr ? error : "");
    sqlite3_free(error);
  }
  // All values of the first column.
  std::vector<std::string> ask(const std::string& sql) {
    std::vector<std::string> out;
    char* error = nullptr;
    const auto each = [](void* to, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(to)->emplace_back(values[0] != nullptr ? values[0]
                                                                                    : "NULL");
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), each, &out, &error), SQLITE_OK)
        << (error != nullptr ? error : "");
    sqlite3_free(error);
    return out;
  }

 private:
  sqlite3* handle_ = nullptr;
};

inline std::unique_ptr<sdk::Connector> connector(const std::string& settings) {
  auto made = JuvenileJustice::create(settings);
  EXPECT_TRUE(made) << (made ? "" : made.error().place + ": " + made.error().cause);
  return made ? std::move(made).value() : nullptr;
}

inline std::vector<std::string> keys_of(const sdk::Batch& batch) {
  std::vector<std::string> keys;
  for (const sdk::Record& record : batch.records) keys.push_back(record.key);
  return keys;
}

// Reads to the end in pages, acknowledging each.
inline std::vector<sdk::Record> read_all(sdk::Connector& connector,
                                         std::string_view type,
                                         uint32_t page,
                                         std::string* checkpoint = nullptr) {
  std::vector<sdk::Record> records;
  std::string at = checkpoint != nullptr ? *checkpoint : std::string();
  const TestCall call;
  for (int i = 0; i < 10000; ++i) {
    auto batch = connector.read(type, at, {page, 1u << 20}, call.call());
    EXPECT_TRUE(batch) << (batch ? "" : batch.error().code + " " + batch.error().cause);
    if (!batch) break;
    EXPECT_LE(batch->records.size(), page);
    for (sdk::Record& record : batch->records) records.push_back(std::move(record));
    at = batch->checkpoint;
    EXPECT_TRUE(connector.ack(type, at, call.call()));
    if (!batch->more) break;
  }
  if (checkpoint != nullptr) *checkpoint = at;
  return records;
}

inline std::string text_of(const sdk::Error& error) {
  return error.code + "|" + error.place + "|" + error.cause + "|" + error.next;
}

}  // namespace concord::juvenile_justice::test
