// Every HL7 v2 and FHIR sample beside the project is read by the connector's own code, or rejected
// with a reason. The samples stay where they are; where they are not, this says so.
#include <gtest/gtest.h>

#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "health/fhir_bundle.hpp"
#include "health/hl7_read.hpp"
#include "health/json_slices.hpp"

namespace concord::health {
namespace {

namespace fs = std::filesystem;

struct Count {
  int files = 0, items = 0, records = 0, rejects = 0, not_claimed = 0;
  std::map<std::string, int> reasons;
};
using Table = std::map<std::string, Count>;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

void note(Count& count, const sdk::Reject& reject, const fs::path& file) {
  ++count.rejects;
  ++count.reasons[reject.error.code + " " +
                  (reject.error.code.starts_with("HL7") ? reject.error.place : "")];
  EXPECT_EQ(reject.error.error_class, sdk::ErrorClass::bad_record) << file;
  EXPECT_FALSE(reject.error.place.empty() || reject.error.cause.empty() ||
               reject.error.next.empty())
      << file;
}

void print(const char* title, const Table& table) {
  std::printf("  %-28s %6s %6s %8s %8s %11s  reasons\n",
              title,
              "files",
              "items",
              "records",
              "rejects",
              "not claimed");
  for (const auto& [source, c] : table) {
    std::string reasons;
    for (const auto& [code, n] : c.reasons) reasons += code + " " + std::to_string(n) + "  ";
    std::printf("  %-28s %6d %6d %8d %8d %11d  %s\n",
                source.c_str(),
                c.files,
                c.items,
                c.records,
                c.rejects,
                c.not_claimed,
                reasons.c_str());
  }
}

fs::path samples(const char* folder) {
  return fs::path(CONCORD_SOURCE_DIR) / ".." / "shared" / "data" / folder;
}

TEST(Samples, of_hl7_are_read_or_rejected_with_a_reason) {
  const fs::path root = samples("health-hl7v2");
  if (!fs::exists(root)) GTEST_SKIP() << "skipped: no samples at " << root;
  Hl7Settings settings;
  settings.processing_ids = {"P", "T", "D"};
  Table table;
  for (const fs::path& file : files_below(root)) {
    const std::string extension = file.extension();
    if (extension != ".hl7" && extension != ".txt") continue;
    Count& count = table[fs::relative(file, root).begin()->string()];
    ++count.files;
    const std::string bytes = read_file(file);
    BatchPieces pieces = split_batch(bytes);
    if (pieces.messages.empty()) pieces.messages.push_back(bytes);  // an empty file is refused too
    for (const std::string_view piece : pieces.messages) {
      ++count.items;
      const ReadMessage read = read_message(piece, settings, file.filename());
      EXPECT_NE(read.records.empty(), !read.reject.has_value())
          << file;  // one of both, never neither
      count.records += static_cast<int>(read.records.size());
      if (read.reject) note(count, *read.reject, file);
      for (const sdk::Record& record : read.records) {
        rapidjson::Document body;
        sdk::JsonFault fault;
        EXPECT_TRUE(sdk::parse_json(record.body, body, fault)) << file << " " << fault.cause;
        EXPECT_FALSE(record.key.empty() || record.version.empty()) << file;
      }
    }
  }
  print("HL7 v2", table);
  EXPECT_GT(table["ms-fhir-converter"].records, 10);
  // Most of these are made to show one data type, and say of no patient who it is.
  EXPECT_GE(table["cdc-reportstream"].records, 3);
  EXPECT_EQ(table["cdc-reportstream"].items,
            table["cdc-reportstream"].records + table["cdc-reportstream"].rejects);
  EXPECT_EQ(table["rethinkhealth"].files, 18);
}

// A file of FHIR: a resource, a Bundle, or one resource a line.
void read_json(const std::string& bytes, const fs::path& file, Count& count) {
  const std::string place = file.filename();
  const auto members = json_members(bytes);
  if (members && json_plain(json_slice(*members, "resourceType")) == "Bundle") {
    auto page = read_bundle(bytes, place, 16u << 20);
    ASSERT_TRUE(page) << file << " " << page.error().cause;
    count.items += static_cast<int>(page->entries);
    count.records += static_cast<int>(page->records.size());
    for (const auto& reject : page->rejects) note(count, reject, file);
    EXPECT_EQ(page->records.size() + page->rejects.size() + page->outcomes, page->entries) << file;
    return;
  }
  ++count.items;
  const ResourceRead read = read_resource(bytes, place, 16u << 20);
  EXPECT_NE(read.record.has_value(), read.reject.has_value()) << file;
  if (read.record) ++count.records;
  if (read.reject) note(count, *read.reject, file);
}

TEST(Samples, of_fhir_are_read_or_rejected_with_a_reason) {
  const fs::path root = samples("health-fhir");
  if (!fs::exists(root)) GTEST_SKIP() << "skipped: no samples at " << root;
  Table table;
  for (const fs::path& file : files_below(root)) {
    const std::string extension = file.extension();
    Count& count = table[fs::relative(file, root).begin()->string()];
    const std::string bytes = read_file(file);
    if (extension == ".json") {
      ++count.files;
      read_json(bytes, file, count);
    } else if (extension == ".ndjson") {
      ++count.files;
      std::istringstream lines(bytes);
      for (std::string line; std::getline(lines, line);) {
        if (!line.empty()) read_json(line, file, count);
      }
    } else {
      ++count.not_claimed;
    }
  }
  print("FHIR", table);
  EXPECT_EQ(table["synthea"].rejects, 0);
  EXPECT_GT(table["synthea"].records, 100);
  EXPECT_GT(table["us-core"].records, 35);
  EXPECT_GT(table["ms-latin1"].rejects,
            0);  // Latin-1 in JSON: refused by place, never repaired in silence
}

}  // namespace
}  // namespace concord::health
