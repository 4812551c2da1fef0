// How far a read came. Opaque to the hub; JSON, so that an operator can make sense of it.
//
//   changed   {"changed":"t2024-05-01 10:00:00.123456+00","key":"t0042"}
//   outbox    {"read":[[1,40],[42,42]]}
//   folder    {"files":[["a.xml","1048:1714557600000000000"],…]}
//   http      {"etag":"…","sha256":"…"}
//
// Outbox and folder name exactly what was read and is not yet known to be acknowledged. So a row
// that another transaction commits late, under a lower number, is still read, and never pruned
// unread; what a checkpoint names and the source no longer has was pruned.
#pragma once

#include <concord/connector.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "juvenile_justice/sql_text.hpp"

namespace concord::juvenile_justice {

// A file as it was read: another one under the same name differs in its stamp.
struct FileStamp {
  std::string name;
  std::string stamp;  // size:mtime in ns
  bool operator==(const FileStamp&) const = default;
  auto operator<=>(const FileStamp&) const = default;
};

struct HttpMark {
  std::string etag, sha256;
};

sdk::Result<Position> read_position(const std::string& place, std::string_view checkpoint);
std::string write_position(const Position& position);

sdk::Result<std::vector<Range>> read_ranges(const std::string& place, std::string_view checkpoint);
std::string write_ranges(const std::vector<Range>& ranges);

sdk::Result<std::vector<FileStamp>> read_files(const std::string& place,
                                               std::string_view checkpoint);
std::string write_files(const std::vector<FileStamp>& files);

sdk::Result<HttpMark> read_http_mark(const std::string& place, std::string_view checkpoint);
std::string write_http_mark(const HttpMark& mark);

// Adds one number, at the end or in place; neighbours become one range.
void add_to_ranges(std::vector<Range>& ranges, int64_t number);

}  // namespace concord::juvenile_justice
