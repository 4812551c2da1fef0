// Every court sample in ../shared/data/court of a format that this connector reads, through the
// code that reads it: a record, or a reject with a place and a reason. Prints a table of counts.
#include <gmock/gmock.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "court/calendar.hpp"
#include "court/docket_api.hpp"
#include "court/ecf.hpp"
#include "tests/integration/court/support.hpp"

namespace concord::court {
namespace {

namespace fs = std::filesystem;
using namespace testing_support;

const fs::path kSamples = fs::path(CONCORD_SOURCE_DIR) / "../shared/data/court";

struct Counts {
  int files = 0;
  size_t records = 0;
  std::map<std::string, int> rejects;  // by code
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

class Samples : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kSamples)) GTEST_SKIP() << "skipped: no samples at " << kSamples;
  }
  // Each file of that extension; schemas and code lists are not messages, and not claimed.
  template <class Use>
  void each(const std::string& extension, Use use) {
    for (const auto& entry : fs::recursive_directory_iterator(kSamples)) {
      const std::string path = fs::relative(entry.path(), kSamples).string();
      if (!entry.is_regular_file() || entry.path().extension() != extension) continue;
      if (path.find("/schema/") != std::string::npos) continue;
      Counts& counts =
          counts_[path.substr(0, extension == ".json" ? path.find('/') : path.rfind('/')) + "/*" +
                  extension];
      ++counts.files;
      use(path, bytes_of(entry.path()), counts);
    }
  }
  // What was read must be a record as the hub takes it.
  void check(const sdk::Record& record, const std::string& path) {
    EXPECT_FALSE(record.key.empty()) << path;
    EXPECT_FALSE(record.version.empty()) << path;
    EXPECT_FALSE(record.origin.empty()) << path;
    EXPECT_TRUE(json(record.body).IsObject()) << path;
  }
  void count(const sdk::Error& error, const std::string& path, Counts& counts) {
    EXPECT_EQ(error.error_class, sdk::ErrorClass::bad_record) << path;
    EXPECT_NE(error.place.find(':'), std::string::npos) << path << " has no line: " << error.place;
    EXPECT_FALSE(error.cause.empty() || error.next.empty()) << path;
    ++counts.rejects[error.code];
  }
  void TearDown() override {
    if (counts_.empty()) return;
    std::printf("%-58s %6s %8s  %s\n", "source", "files", "records", "rejects");
    for (const auto& [source, counts] : counts_) {
      std::string rejects;
      for (const auto& [code, n] : counts.rejects)
        rejects += (rejects.empty() ? "" : ", ") + std::to_string(n) + " " + code;
      std::printf(
          "%-58s %6d %8zu  %s\n", source.c_str(), counts.files, counts.records, rejects.c_str());
    }
  }
  std::map<std::string, Counts> counts_;
};

TEST_F(Samples, ecf_and_other_xml_is_read_or_rejected_with_line_and_reason) {
  std::map<std::string, std::vector<sdk::Record>> read;
  std::map<std::string, sdk::Error> rejected;
  each(".xml", [&](const std::string& path, const std::string& bytes, Counts& counts) {
    auto records = read_ecf(bytes, path);
    if (!records) {
      rejected[path] = records.error();
      return count(records.error(), path, counts);
    }
    EXPECT_FALSE(records->empty()) << path;
    counts.records += records->size();
    for (const auto& record : *records) check(record, path);
    read[path] = *std::move(records);
  });
  // What is claimed is read: every filing and docketing message that is well-formed.
  for (const char* name : {"citation",
                           "criminal",
                           "docket",
                           "domestic",
                           "juvenile",
                           "tyler-recordfilingrequest",
                           "tyler-reviewfilingrequest"})
    EXPECT_TRUE(read.contains("oasis-ecf5/examples/" + std::string(name) + ".xml")) << name;
  size_t core = 0;
  for (const auto& [path, records] : read) {
    core += path.starts_with("ojbc/") ? 1 : 0;
    for (const auto& record : records)
      EXPECT_EQ(record.body.find("VGhpcyBpcyBh"), std::string::npos);
  }
  EXPECT_GE(core, 16u);
  // The juvenile filing names its juvenile and where he is placed.
  const auto body = json(read.at("oasis-ecf5/examples/juvenile.xml").at(0).body);
  EXPECT_EQ(sdk::text_of(body, "party_id"), "10");
  EXPECT_EQ(sdk::text_of(body["party"]["placement"], "kind"), "Foster Home");
  EXPECT_EQ(sdk::text_of(body, "sensitivity"), "public");
  const auto hawaii =
      json(read.at("ojbc/Court_Case_Filing/CourtCaseFiling-ECF-withCoreExtensions-Person-JJIS.xml")
               .at(0)
               .body);
  EXPECT_EQ(sdk::text_of(hawaii, "party_id"), "JJIS_Defendant");
  // The nested comment is where its author left it.
  EXPECT_EQ(rejected.at("oasis-ecf5/examples/civil-complaint-001-ReviewFilingRequest-04.xml").code,
            "XML_SYNTAX");
}

TEST_F(Samples, calendars_are_read_or_rejected_with_line_and_reason) {
  CalendarOptions options;
  options.zone = "America/New_York";
  options.today = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
  std::map<std::string, CalendarReading> read;
  each(".ics", [&](const std::string& path, const std::string& bytes, Counts& counts) {
    CalendarReading reading = read_calendar(bytes, path, options);
    counts.records += reading.records.size();
    for (const auto& record : reading.records) check(record, path);
    for (const auto& reject : reading.rejects) count(reject.error, path, counts);
    read[path] = std::move(reading);
  });
  auto fault = [&](const char* path) {
    const auto& rejects = read.at(path).rejects;
    return rejects.empty() ? std::string() : rejects[0].error.code;
  };
  EXPECT_EQ(fault("icalendar/calendars/broken_dtstart.ics"), "ICS_START");
  EXPECT_EQ(fault("icalendar/calendars/invalid_duration.ics"), "ICS_DURATION");
  EXPECT_EQ(fault("icalendar/calendars/issue_104_broken_calendar.ics"), "ICS_SYNTAX");
  EXPECT_THAT(read.at("icalendar/events/event_with_unicode_fields.ics").records,
              testing::SizeIs(1));
}

TEST_F(Samples, json_that_is_no_docket_page_is_refused_and_never_half_read) {
  each(".json", [&](const std::string& path, const std::string& bytes, Counts& counts) {
    auto page = read_page(bytes, "case", path, {});
    if (page) {
      ADD_FAILURE() << path << " was taken for a docket page";
      return;
    }
    EXPECT_EQ(page.error().error_class, sdk::ErrorClass::retry);
    EXPECT_FALSE(page.error().cause.empty());
    ++counts.rejects[page.error().code];
  });
}

}  // namespace
}  // namespace concord::court
