// A court that knows children of child welfare's, and what a test asks of who they are.
#pragma once

#include <gmock/gmock.h>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {

using model::Outcome;
using model::PersonId;

inline model::ChildRef at_court(int child) {
  return {model::SystemId("court"), "SYN-CP-" + std::to_string(child)};
}
inline model::ChildRef at_welfare(int child) {
  return {model::SystemId("child_welfare"), "SYN-CW-" + std::to_string(child)};
}

inline PersonAsked asked(std::optional<int64_t> owed = 0) {
  PersonAsked how;
  how.by = "supervisor 3";
  how.why = "both files compared";
  how.owed = owed;
  return how;
}

class PersonsTest : public testing::Test {
 protected:
  void SetUp() override {
    world.assign_to_court(3);
    world.start();
  }
  PersonId person(const model::ChildRef& key) {
    return world.hub().person_of(key).value_or(PersonId());
  }
  bool delivered(size_t count) {
    return world.wait([&] { return world.deliveries(Outcome::delivered).size() == count; });
  }
  bool nothing_waits() {
    return world.wait([&] { return world.deliveries(Outcome::waiting).empty(); });
  }
  // A child of the court's whom nothing but a person could match with child 1.
  void court_knows_bea() {
    model::Record bea = SmallWorld::party(8);
    bea.body = R"({"id":"SYN-CP-8","party_id":"SYN-CP-8","role":"child","name":{"given":"Bea",)"
               R"("family":"Example-Sato"},"birth_date":"2012-04-09","sex":"F","identifiers":[],)"
               R"("address_confidential":false})";
    auto answers = world.court().intake->deliver({{bea}, {}, "", false});
    ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  }
  void welfare_knows(int child) {
    auto answers = world.welfare().intake->deliver({{SmallWorld::person(child)}, {}, "", false});
    ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  }
  std::vector<model::Delivery> recalls() { return world.hub().store().recalls(false, 100).value(); }
  std::vector<audit::Written> entries(audit::Kind kind) {
    std::vector<audit::Written> found;
    EXPECT_TRUE(world.hub().store().each_leaf([&](uint64_t, std::string_view leaf) {
      auto written = audit::read_leaf(leaf);
      if (written && written->entry.kind == kind) found.push_back(*written);
      return true;
    }));
    return found;
  }
  base::Key audit_key(const PersonId& of) { return **world.hub().store().audit_key(of); }
  // The court's key and child welfare's are one person by mistake, and the court has a note.
  void wrongly_matched() {
    world.know(1);
    world.place(1, "1", "Example Home");
    ASSERT_TRUE(delivered(1));
  }
  SmallWorld world;
};

}  // namespace concord::pipeline
