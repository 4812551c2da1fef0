// Reads records with SQL: by change column or from an outbox, and prunes an outbox on ack.
//
// Threads: read() and ack() may overlap; one session serves both, one at a time.
// Errors:  retry, auth or config; a row that cannot be a record is a reject.
#pragma once

#include <concord/connector.hpp>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "juvenile_justice/config.hpp"
#include "juvenile_justice/database.hpp"

namespace concord::juvenile_justice {

class SqlReader {
 public:
  explicit SqlReader(const Config& config) : config_(config), session_(config.database) {}

  sdk::Result<sdk::Batch> read(const ReadConfig& read,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call);
  sdk::Status ack(const ReadConfig& read, std::string_view checkpoint, const sdk::Call& call);

 private:
  sdk::Result<sdk::Batch> read_changed(Database& database,
                                       const ReadConfig& read,
                                       std::string_view checkpoint,
                                       const sdk::Limits& limits);
  sdk::Result<sdk::Batch> read_outbox(Database& database,
                                      const ReadConfig& read,
                                      std::string_view checkpoint,
                                      const sdk::Limits& limits);
  // The columns of the select, asked once; also says what of the settings does not fit them.
  sdk::Result<const std::vector<std::string>*> columns(Database& database, const ReadConfig& read);

  const Config& config_;
  std::mutex mutex_;
  Session session_;
  std::map<std::string, std::vector<std::string>> columns_;
  std::map<std::string, std::string> acknowledged_;  // type -> last checkpoint pruned
};

// Do the configured columns exist, once each, in what the select gives?
sdk::Status fits(const ReadConfig& read, const std::vector<std::string>& columns);

// RFC 3339 or SQL time with a zone ("2024-05-01 10:00:00.5+02", "…Z"); else unknown.
int64_t microseconds_of(std::string_view time);

// A fault while reading cannot be a record's: what the database calls bad values is the select's.
sdk::Error as_read_fault(sdk::Error error);

}  // namespace concord::juvenile_justice
