// POST /apply: what was shown is what is applied.
#include "hub/api/apply.hpp"

#include <gmock/gmock.h>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::api {
namespace {

using testing::HasSubstr;
using testing::Not;

class ApplyApiTest : public testing::Test {
 protected:
  void SetUp() override {
    world.start();
    apply = std::make_unique<Apply>(world.hub(),
                                    [this](const std::string& folder) { return read(folder); });
  }
  base::Json post(const std::string& body) {
    const Answer given = answer(world.hub(), *apply, "POST", "apply", body);
    EXPECT_EQ(given.status, 200);
    text = given.body;
    auto json = base::read_json(given.body, "answer");
    EXPECT_TRUE(json) << given.body;
    return json ? std::move(*json) : base::Json();
  }
  std::string propose() {
    return std::string(base::text_of(post(R"({"dry_run":true})"), "proposal"));
  }
  static std::string naming(const std::string& proposal) {
    return R"({"proposal":")" + proposal + R"("})";
  }
  void change_purpose(const std::string& purpose) { world.coalition.flows[0].purpose = purpose; }
  std::string purpose_in_force() { return world.hub().view()->coalition().flows[0].purpose; }

  pipeline::SmallWorld world;
  base::Errors faults;  // of the directory
  std::string asked_from;
  std::unique_ptr<Apply> apply;
  std::string text;

 private:
  base::Result<std::shared_ptr<const pipeline::Setup>, base::Errors> read(
      const std::string& folder) {
    asked_from = folder;
    if (!faults.empty()) return faults;
    return std::shared_ptr<const pipeline::Setup>(world.setup());
  }
};

TEST_F(ApplyApiTest, looking_changes_nothing_and_says_what_would) {
  change_purpose("another");
  const auto shown = post(R"({"dry_run":true,"folder":"/somewhere"})");
  EXPECT_TRUE(shown["good"].IsTrue());
  EXPECT_FALSE(shown["applied"].IsTrue());
  ASSERT_EQ(shown["changes"].Size(), 1u);
  EXPECT_STREQ(shown["changes"][0]["name"].GetString(), "placement_to_court");
  EXPECT_STREQ(shown["changes"][0]["details"][0].GetString(), "purpose: case_planning → another");
  EXPECT_EQ(asked_from, "/somewhere");
  EXPECT_EQ(purpose_in_force(), "case_planning");
}

TEST_F(ApplyApiTest, what_was_shown_is_applied_though_the_directory_changed_meanwhile) {
  change_purpose("shown");
  const std::string proposal = propose();
  change_purpose("later");
  EXPECT_TRUE(post(naming(proposal))["applied"].IsTrue()) << text;
  EXPECT_EQ(purpose_in_force(), "shown");
}

TEST_F(ApplyApiTest, a_proposal_is_good_once_and_only_until_something_else_is_applied) {
  change_purpose("one");
  const std::string first = propose();
  EXPECT_TRUE(post(naming(first))["applied"].IsTrue());
  EXPECT_STREQ(post(naming(first))["faults"][0]["code"].GetString(), "PROPOSAL_GONE");

  change_purpose("two");
  const std::string second = propose();
  change_purpose("three");
  EXPECT_TRUE(post("{}")["applied"].IsTrue());
  EXPECT_STREQ(post(naming(second))["faults"][0]["code"].GetString(), "PROPOSAL_GONE");
  EXPECT_EQ(purpose_in_force(), "three");
}

TEST_F(ApplyApiTest, a_faulty_directory_changes_nothing_and_tells_every_fault) {
  change_purpose("another");
  faults = {base::config_error("ONE", "flows/a.yaml:3", "first", "mend it"),
            base::config_error("TWO", "flows/b.yaml:4", "second", "mend it")};
  const auto refused = post("{}");
  EXPECT_FALSE(refused["good"].IsTrue());
  ASSERT_EQ(refused["faults"].Size(), 2u);
  EXPECT_STREQ(refused["faults"][1]["place"].GetString(), "flows/b.yaml:4");
  EXPECT_EQ(purpose_in_force(), "case_planning");
}

TEST_F(ApplyApiTest, no_setting_of_a_system_is_told) {
  world.coalition.systems[1].config = R"({"token":"${file:secrets/court}","url":"http://a"})";
  world.settings[model::SystemId("court")] = "digest of a secret";
  propose();
  EXPECT_THAT(text, HasSubstr("config: token, url"));
  EXPECT_THAT(text, Not(HasSubstr("http://a")));
  EXPECT_THAT(text, Not(HasSubstr("secrets/court")));
  EXPECT_THAT(text, Not(HasSubstr("digest of a secret")));
}

}  // namespace
}  // namespace concord::api
