// Every XML file of the samples, where they are there, through the folder reader: each is a record
// or a reject with a reason, and what a file is, is not taken for something else. Not claimed: the
// NIBRS flat file (.txt), the JSON of the prosecution system, schemas, and CSV.
#include <gmock/gmock.h>

#include <concord/json.hpp>
#include <map>

#include "juvenile_justice/niem_reader.hpp"
#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
namespace fs = std::filesystem;

struct Counts {
  size_t files = 0, records = 0, persons = 0, activities = 0;
  std::map<std::string, size_t> rejects;  // by code
};

class Samples : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(root_)) GTEST_SKIP() << "skipped: the samples are not there";
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.is_regular_file() && entry.path().extension() == ".xml") read(entry.path());
    }
  }
  void read(const fs::path& file) {
    const std::string name = fs::relative(file, root_).string();
    Counts& counts = counts_[fs::relative(file.parent_path(), root_).string()];
    ++counts.files;
    NiemAnswer answer = read_niem(read_text(file.string()), name, {500, 16u << 20});
    EXPECT_GE(answer.records.size() + answer.rejects.size(), 1u) << name << " became nothing";
    for (const sdk::Record& record : answer.records) {
      rapidjson::Document json;
      sdk::JsonFault fault;
      ASSERT_TRUE(sdk::parse_json(record.body, json, fault)) << name << ": " << fault.cause;
      EXPECT_TRUE(json["content"].IsObject()) << name;
      ++counts.records;
      counts.persons += json["persons"].Size();
      counts.activities += json["activities"].Size();
      bodies_[name].push_back(record.body);
    }
    for (const sdk::Reject& reject : answer.rejects) {
      EXPECT_FALSE(reject.error.cause.empty() || reject.error.next.empty()) << name;
      ++counts.rejects[reject.error.code];
      codes_[name].push_back(reject.error.code);
    }
  }
  [[nodiscard]] std::string code_of(const std::string& name) const {
    const auto found = codes_.find(name);
    return found == codes_.end() ? "" : found->second.front();
  }

  const fs::path root_ = fs::path(CONCORD_SOURCE_DIR) / "../shared/data/juvenile-justice";
  std::map<std::string, Counts> counts_;
  std::map<std::string, std::vector<std::string>> bodies_, codes_;
};

TEST_F(Samples, every_file_is_read_or_rejected_with_a_reason) {
  Counts all;
  std::printf("%-58s %5s %7s %7s %10s %7s\n",
              "source",
              "files",
              "records",
              "persons",
              "activities",
              "rejects");
  for (const auto& [folder, counts] : counts_) {
    size_t rejected = 0;
    std::string reasons;
    for (const auto& [code, count] : counts.rejects) {
      rejected += count;
      reasons += " " + code + ":" + std::to_string(count);
      all.rejects[code] += count;
    }
    std::printf("%-58s %5zu %7zu %7zu %10zu %7zu%s\n",
                folder.c_str(),
                counts.files,
                counts.records,
                counts.persons,
                counts.activities,
                rejected,
                reasons.c_str());
    all.files += counts.files;
    all.records += counts.records;
  }
  size_t rejected = 0;
  for (const auto& [code, count] : all.rejects) rejected += count;
  std::printf("%-58s %5zu %7zu %26zu\n", "all", all.files, all.records, rejected);
  EXPECT_GE(all.files, 150u);
  EXPECT_GE(all.records, 90u);
}

TEST_F(Samples, refusals_are_told_as_what_they_are) {
  const std::map<std::string, std::string> want{
      {"ojbc/exchanges/Custody_Query_Results/QueryResults-AccessDenied.xml", "NIEM_ACCESS_DENIED"},
      {"ojbc/exchanges/Custody_Query_Results/QueryResults-Error.xml", "NIEM_ERROR_ANSWER"},
      {"ojbc/exchanges/Custody_Search_Results/TooManyRecords.xml", "NIEM_TOO_MANY"},
      {"ojbc/exchanges/Custody_Search_Results/SearchResults-AccessDenied.xml",
       "NIEM_ACCESS_DENIED"},
      {"ojbc/exchanges/Custody_Search_Results/SearchResults-Error.xml", "NIEM_ERROR_ANSWER"},
      {"ojbc/exchanges/Person_Search_Results/AccessDenied-PersonSearchResults.xml",
       "NIEM_ACCESS_DENIED"},
      {"ojbc/exchanges/Person_Search_Results/ErrorMessage-PersonSearchResults.xml",
       "NIEM_ERROR_ANSWER"},
      {"ojbc/exchanges/Person_Search_Results/TooManyRecords.xml", "NIEM_TOO_MANY"},
      {"ojbc/exchanges/Incident_Search_Results/Access-Denial-Incident_Search_Results.xml",
       "NIEM_ACCESS_DENIED"},
      {"ojbc/exchanges/Arrest_Reporting/Arrest_Report_Error.xml", "NIEM_ERROR_ANSWER"},
      {"ojbc/exchanges/Charge_Referral/Charge_Referral_Error.xml", "NIEM_ERROR_ANSWER"},
      {"ojbc/exchanges/Person_Search_Request/PersonSearchRequest.xml", "NIEM_QUERY"},
      {"ojbc/juvenile-history/JuvenileHistoryQuery_Sample.xml", "NIEM_QUERY"},
      {"ojbc/exchanges/Charge_Referral/VermontMetaData.xml", "NIEM_PREFIX"},
      {"ojbc/xacml-policy/FederatedQuery.WarrantPolicy.xml", "NIEM_NOT_NIEM"},
      {"search-nibrs/fbi-responses/NIBRS-Error-Response.xml", "NIEM_ERROR_ANSWER"},
      {"search-nibrs/fbi-responses/NIBRS-Fault-Response.xml", "NIEM_ERROR_ANSWER"},
      {"search-nibrs/fbi-responses/NIBRS-Accepted-Response.xml", "NIEM_NOT_NIEM"},
      {"search-nibrs/iepd-2019/iep-sample/nibrs_GroupAReplace_Sample.xml", "XML_SYNTAX"}};
  for (const auto& [name, code] : want) EXPECT_EQ(code_of(name), code) << name;
}

TEST_F(Samples, a_history_that_was_not_found_says_so_and_still_describes_the_child) {
  size_t seen = 0;
  for (const auto& [name, bodies] : bodies_) {
    if (!name.starts_with("ojbc/juvenile-history/") || name.find("NotFound") == std::string::npos)
      continue;
    ++seen;
    EXPECT_THAT(bodies.at(0),
                testing::HasSubstr(R"("availability":"NOT FOUND","subject":"Child1")"))
        << name;
  }
  EXPECT_GE(seen, 6u);
}

TEST_F(Samples, a_child_with_alias_parent_and_address_is_read_alike_from_every_history) {
  size_t seen = 0;
  for (const auto& [name, bodies] : bodies_) {
    if (!name.starts_with("ojbc/juvenile-history/")) continue;
    rapidjson::Document json;
    sdk::JsonFault fault;
    ASSERT_TRUE(sdk::parse_json(bodies.at(0), json, fault));
    ++seen;
    ASSERT_EQ(json["persons"].Size(), 2u) << name;
    EXPECT_EQ(json["persons"][0]["names"].Size(), 2u) << name;
    EXPECT_EQ(json["persons"][0]["addresses"].Size(), 1u) << name;
    EXPECT_EQ(json["relationships"].Size(), 1u) << name;
    EXPECT_EQ(json["unresolved"].Size(), 0u) << name;
  }
  EXPECT_GE(seen, 12u);
}

TEST_F(Samples, a_container_holds_one_childs_histories_and_stays_one_record) {
  for (const auto& [name, bodies] : bodies_) {
    if (!name.starts_with("ojbc/juvenile-history-full/")) continue;
    ASSERT_EQ(bodies.size(), 1u) << name;
    EXPECT_THAT(bodies[0], testing::HasSubstr(R"("subject":"child")")) << name;
  }
}

}  // namespace
}  // namespace concord::juvenile_justice
