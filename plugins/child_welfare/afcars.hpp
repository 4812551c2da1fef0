// What an AFCARS 2020 out-of-home file (45 CFR 1355.44) holds, as settings for the XML reader.
//
// One <record> a child, with its removals inside, and their living arrangements inside those. So
// one file is read as three record types, each keyed by E4 (the child's record number) and its
// dates:
//   person     the child without removals               E4
//   removal    one removal episode                      E4 | E69
//   placement  one living arrangement                   E4 | E69 | E112
// A file says again what earlier ones said; the version is report period and content, so that what
// has not changed within a period is known as the same, and periods sort.
#pragma once

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

// Fills in what reads this record type. False: an AFCARS file does not hold it.
inline bool afcars_profile(const std::string& type, RecordSettings& s) {
  s.from = Source::folder;
  s.format = Format::xml;
  s.files = "*.xml";
  s.modified.clear();  // AFCARS says what was true, not when it was written
  s.deleted.clear();
  const std::string child = "E4_child_record_number";
  s.carry = {{"E1_title_iv_agency", "/E1_title_iv_agency"}, {"E2_report_date", "/E2_report_date"}};
  s.version = {"/E2_report_date", "#hash"};
  if (type == "person") {
    s.record = "records/record";
    s.key = {child};
    s.leave_out = {"E69_E186_removals"};
    return true;
  }
  if (type == "removal") {
    s.record = "records/record/E69_E186_removals/removal_2020";
    s.key = {"../../" + child, "E69_removal_date"};
    s.leave_out = {"E112_E146_living_arrangements"};
    s.carry.insert({{child, "../../" + child},
                    {"E5_date_of_birth", "../../E5_date_of_birth"},
                    {"E6_sex", "../../E6_sex"}});
    return true;
  }
  if (type == "placement") {
    s.record =
        "records/record/E69_E186_removals/removal_2020/E112_E146_living_arrangements/"
        "living_arrangement";
    s.key = {"../../../../" + child, "../../E69_removal_date", "E112_date_living_arrangement"};
    s.carry.insert({{child, "../../../../" + child},
                    {"E5_date_of_birth", "../../../../E5_date_of_birth"},
                    {"E6_sex", "../../../../E6_sex"},
                    {"E69_removal_date", "../../E69_removal_date"}});
    return true;
  }
  return false;
}

}  // namespace concord::child_welfare
