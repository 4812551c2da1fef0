// The settings of one juvenile justice system, read once from the hub's JSON.
//
// Errors:  config, place = path of the setting ("read.youth.key_column"), never its value where it
//          could be a secret.
// Threads: values; nothing here changes after read_config().
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace concord::juvenile_justice {

struct DatabaseConfig {
  enum class Kind : uint8_t { none, sqlite, postgresql, odbc };
  Kind kind = Kind::none;
  std::string file;        // sqlite
  std::string connection;  // odbc: "DSN=…" without password
  std::string host = "127.0.0.1";
  uint16_t port = 5432;
  std::string name, user, password, sslmode, ca_file;
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds lock_timeout{5000};  // sqlite: how long a locked database is waited for
};

// How one record type is read. Exactly one of changed_column and sequence_column is set.
struct ReadConfig {
  std::string type;
  std::string select;      // the rows, by column name
  std::string key_column;  // as the agency spells the record's key

  std::string changed_column;  // keyset paging on (changed, key)
  std::string settled_before;  // SQL expression: rows changed later wait; empty: none wait

  std::string outbox_table;
  std::string sequence_column;  // an integer, unique in the outbox
  std::string mark_column;      // set on ack; empty: acknowledged rows are deleted

  std::string version_column;  // empty: the change or sequence column
  std::string deleted_column;  // true, 1, t, y, d, delete or deleted: the record is gone
  std::string body_column;     // holds the body as JSON; empty: the body is the row

  [[nodiscard]] bool is_outbox() const { return !sequence_column.empty(); }
};

struct NiemWriteConfig {
  std::string root;  // local name of the document element: "CourtEvent"
  // Member of the body -> path of elements: {"at", "nc:ActivityDate/nc:DateTime"}.
  std::vector<std::pair<std::string, std::string>> elements;
};

struct WriteConfig {
  enum class Mode : uint8_t { inbox, statements, niem };
  Mode mode = Mode::inbox;
  std::string inbox_table;
  std::string obligations_column;  // of the inbox; empty: it has none
  std::vector<std::string> statements;
  std::string applied_table;  // which version of which record was applied last
  NiemWriteConfig niem;
};

struct ListenConfig {
  std::string channel;                           // PostgreSQL; empty: not configured
  std::chrono::milliseconds poll_interval{250};  // SQLite: how often its change counter is read
};

struct HttpSource {
  std::string url;  // empty: not configured
  std::string method = "GET";
  std::string request_body;
  std::string content_type = "application/xml";
  std::string bearer_token, ca_file;
};

struct NiemConfig {
  std::string in_folder, done_folder;  // done_folder empty: acknowledged files are deleted
  std::string out_folder;
  std::chrono::milliseconds settle{10000};  // a file younger than this may still be written
  HttpSource http;
  [[nodiscard]] bool reads() const { return !in_folder.empty() || !http.url.empty(); }
};

struct Config {
  DatabaseConfig database;
  std::map<std::string, ReadConfig, std::less<>> reads;
  std::map<std::string, WriteConfig, std::less<>> writes;  // "*": every type not named
  ListenConfig listen;
  NiemConfig niem;

  [[nodiscard]] const WriteConfig* write_for(std::string_view type) const {
    auto found = writes.find(type);
    if (found == writes.end()) found = writes.find("*");
    return found == writes.end() ? nullptr : &found->second;
  }
};

sdk::Result<Config> read_config(std::string_view json);

// Letters, digits and underscores, with at most one dot between two such: safe to put into SQL.
bool is_identifier(std::string_view name);

inline constexpr std::string_view kNiemDocument = "niem_document";

}  // namespace concord::juvenile_justice
