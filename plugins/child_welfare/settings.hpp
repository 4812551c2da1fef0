// The connector's settings, read once from the JSON that the manifest's config_schema describes.
#pragma once

#include <concord/connector.hpp>
#include <concord/csv.hpp>
#include <map>

namespace concord::child_welfare {

struct RestSettings {
  std::string url;  // without the last slash
  std::string token_url, client_id, client_secret, scope, ca_file;
  bool secret_in_body = false;
  size_t page_size = 500;
  bool prune = false;           // ack tells the system, which may then drop what it gave
  std::string items = "items";  // the page's members
  std::string next = "next";
  std::string bulk = "/bulk";       // empty: one request a delivery
  std::chrono::seconds overlap{0};  // read again so much before the newest time seen
  std::chrono::milliseconds timeout{30000};
};

// When a dropped file is taken for complete.
enum class Complete { settled, marker, renamed };
// What becomes of a dropped file once the hub has committed all of it.
enum class AfterAck { move, remove, keep };

struct DropSettings {
  Complete complete = Complete::settled;
  std::chrono::seconds settle{5};
  std::string marker = ".done";  // placements.csv is complete when placements.csv.done is there
  AfterAck after_ack = AfterAck::move;
  std::string done = "done";  // folder below the drop folder
  size_t file_bytes_max = size_t{256} << 20;
};

struct FolderSettings {
  std::string path;
  DropSettings drop;
};

struct SftpSettings {
  std::string host;
  uint16_t port = 22;
  std::string user, key_file, known_hosts;
  std::string path;  // absolute, or "~/…" below the user's home
  std::chrono::milliseconds timeout{60000};
  DropSettings drop;
};

enum class Source { rest, folder, sftp };
enum class Format { csv, xml };

struct RecordSettings {
  std::string type;
  Source from = Source::rest;
  // Members (REST), columns (CSV) or element paths (XML); several are joined with '|'.
  std::vector<std::string> key = {"id"};
  // Empty: a hash of the content, "#hash". REST: {modified, "#hash"} where nothing is said.
  std::vector<std::string> version = {};
  std::string modified = "modified";  // when the source wrote it
  std::string deleted = "deleted";    // true, or any text but 0, false, no: it is gone
  std::string path;                   // REST
  std::string files;                  // folder, sftp: a name with * and ?
  Format format = Format::csv;
  sdk::CsvOptions csv;
  bool allow_ragged_rows = false;  // cells missing at a row's end, or empty ones too many, are fine
  std::vector<std::string> columns;          // of a file without a header row
  std::string record;                        // XML: path from the root element, by local names
  std::vector<std::string> leave_out;        // XML: elements that are not written to the body
  std::map<std::string, std::string> carry;  // XML: body member, and path from the record
};

struct WriteSettings {
  Source to = Source::rest;
  std::map<std::string, std::string> paths;                 // REST, one request a delivery
  std::string folder = "";                                  // CSV: below the drop folder's path
  std::map<std::string, std::vector<std::string>> columns;  // CSV, by record type
  std::chrono::hours remember{24 * 30};                     // CSV: how long a repeat is known
};

struct WebhookSettings {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  std::string secret;
  std::chrono::seconds tolerance{300};
};

struct Settings {
  std::optional<RestSettings> rest;
  std::optional<FolderSettings> folder;
  std::optional<SftpSettings> sftp;
  std::vector<RecordSettings> records;  // what is read, by type
  std::optional<WriteSettings> write;
  std::optional<WebhookSettings> webhook;

  [[nodiscard]] const RecordSettings* find(std::string_view type) const;
};

// Errors: class config, place is the setting ("records.placement.key").
sdk::Result<Settings> read_settings(std::string_view json);

}  // namespace concord::child_welfare
