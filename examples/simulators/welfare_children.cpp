// What the agency holds of each child at first, and what a record of it looks like.
#include <array>
#include <concord/json.hpp>

#include "examples/simulators/welfare_records.hpp"

namespace concord::sim {
namespace {

constexpr std::array kKinds{"FFH", "relative", "group_home", "therapeutic_FFH", "shelter"};
constexpr std::array kReasons{"NEGLECT", "PHYSICAL_ABUSE", "CARETAKER_DRUG_USE", "ABANDONMENT"};

std::string quoted_or_null(const std::string& text) {
  return text.empty() ? "null" : json_text(text);
}

std::string id_of(const char* kind, const Child& child, int n) {
  return "SYN-" + std::string(kind) + child.child_welfare_id.substr(6) + "-" + std::to_string(n);
}

std::string address(const Child& child, const std::string& street, bool confidential) {
  sdk::JsonWriter w;
  w.object().field("line", street).field("city", child.city).field("state", child.state);
  w.field("zip", child.zip).field("confidential", confidential).end();
  return w.text();
}

Members person_of(const Child& child) {
  const Sighting seen = seen_by(child, Agency::child_welfare);
  sdk::JsonWriter ids;
  ids.array();
  if (!seen.state_id.empty())
    ids.object()
        .field("type", "state_id")
        .field("assigner", "ZZ")
        .field("value", seen.state_id)
        .end();
  ids.end_array();
  sdk::JsonWriter guardian;
  guardian.object()
      .field("first_name", child.guardian_given)
      .field("last_name", child.guardian_family)
      .field("relationship", "parent")
      .end();
  return {{"role", json_text("child")},
          {"first_name", json_text(seen.given)},
          {"middle_name", quoted_or_null(seen.middle)},
          {"last_name", json_text(seen.family)},
          {"suffix", "null"},
          {"birth_date", quoted_or_null(seen.birth_date)},
          {"sex", json_text(seen.sex)},
          {"language", json_text("en")},
          {"identifiers", ids.text()},
          {"address", address(child, child.street, false)},
          {"phone", json_text(child.phone)},
          {"guardian", guardian.text()}};
}

}  // namespace

std::string json_text(std::string_view text) {
  sdk::JsonWriter w;
  w.value(text);
  return w.text();
}

Members placement_of(const std::string& person_id,
                     const std::string& kind,
                     const std::string& facility,
                     const std::string& start) {
  return {{"person_id", json_text(person_id)},
          {"placement_type", json_text(kind)},
          {"start_date", json_text(start)},
          {"end_date", "null"},
          {"end_reason", "null"},
          {"facility_name", json_text(facility)},
          {"out_of_state", "false"}};
}

void WelfareRecords::add_child(const Child& child, int64_t us) {
  const std::string& id = child.child_welfare_id;
  const auto n = static_cast<size_t>(child.number);
  put("person", id, person_of(child), us);
  const std::string case_id = id_of("CWC", child, 1);
  put("case",
      case_id,
      {{"person_id", json_text(id)},
       {"opened", json_text("2024-11-04")},
       {"closed", "null"},
       {"case_type", json_text(n % 3 == 0 ? "in_home" : "in_care")},
       {"office", json_text(child.city)},
       {"worker",
        R"({"id":"SYN-W-)" + std::to_string(n % 12) +
            R"(","first_name":"Jo","last_name":"Testfamily","email":"worker)" +
            std::to_string(n % 12) + R"(@cwa.example"})"},
       {"iv_e", n % 2 == 0 ? "true" : "false"}},
      us);
  if (n % 3 == 0 && n % 100 > 12) return;  // not in care; the twelve cases are
  const std::string removal_id = id_of("RM", child, 1);
  put("removal",
      removal_id,
      {{"person_id", json_text(id)},
       {"case_id", json_text(case_id)},
       {"removal_date", json_text("2024-11-05")},
       {"environment", json_text("parent_household")},
       {"reasons", "[" + json_text(kReasons[n % kReasons.size()]) + "]"},
       {"exit_date", "null"},
       {"exit_reason", "null"}},
      us);
  Members placement = placement_of(
      id, kKinds[n % kKinds.size()], "Example Home " + std::to_string(n % 40), "2024-11-05");
  placement.insert(placement.begin() + 1,
                   {{"case_id", json_text(case_id)}, {"removal_id", json_text(removal_id)}});
  placement.push_back({"address", address(child, std::to_string(n) + " Model Lane", n % 4 == 0)});
  put("placement", id_of("PL", child, 1), placement, us);
}

}  // namespace concord::sim
