#include "tests/bench/limits.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sqlite3.h>

#include <random>

namespace concord::bench {
namespace {

using Clock = std::chrono::steady_clock;

double per_second(size_t count, Clock::time_point since) {
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - since).count();
}

}  // namespace

double committed_per_second(const std::filesystem::path& folder,
                            size_t bytes_per_row,
                            size_t rows_per_commit,
                            std::chrono::milliseconds time) {
  const std::filesystem::path file = folder / "limit.db";
  std::filesystem::remove(file);
  sqlite3* db = nullptr;
  sqlite3_open(file.c_str(), &db);
  auto run = [&](const char* sql) {
    return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  };
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run("PRAGMA wal_autocheckpoint=4000");
  run("CREATE TABLE t(id INTEGER PRIMARY KEY, body BLOB)");
  std::string bytes(bytes_per_row, '\0');
  std::mt19937_64 random(1);  // sealed content does not compress
  for (char& c : bytes) c = static_cast<char>(random());
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO t(body) VALUES(?)", -1, &insert, nullptr);
  const auto began = Clock::now();
  size_t rows = 0;
  bool good = insert != nullptr;
  while (good && Clock::now() - began < time) {
    good = run("BEGIN IMMEDIATE");
    for (size_t i = 0; good && i < rows_per_commit; ++i) {
      sqlite3_bind_blob64(insert, 1, bytes.data(), bytes.size(), SQLITE_STATIC);
      good = sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK;
    }
    good = good && run("COMMIT");
    rows += rows_per_commit;
  }
  const double result = good ? per_second(rows, began) : 0;
  sqlite3_finalize(insert);
  sqlite3_close(db);
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
  return result;
}

double parsed_and_written_per_second(const std::vector<std::string>& texts,
                                     std::chrono::milliseconds time) {
  const auto began = Clock::now();
  size_t rounds = 0;
  size_t bytes = 0;
  while (Clock::now() - began < time) {
    for (const std::string& text : texts) {
      rapidjson::Document document;
      document.Parse(text.data(), text.size());
      rapidjson::StringBuffer out;
      rapidjson::Writer<rapidjson::StringBuffer> writer(out);
      document.Accept(writer);
      bytes += out.GetSize();
    }
    ++rounds;
  }
  return bytes == 0 ? 0 : per_second(rounds, began);
}

}  // namespace concord::bench
