// A key was matched with the wrong child. It is split off by command while a county works: by the
// agencies' own logs everybody who has something about the wrong child is asked for it, once; and
// once it is merged again, they have it again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/played.hpp"

namespace concord::persons {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr int kChildren = 40;

class PersonsTest : public Played {
 protected:
  PersonsTest() : Played("persons", kChildren) {}
  rapidjson::Document json(const std::vector<std::string>& words) {
    rapidjson::Document told;
    sdk::JsonFault fault;
    EXPECT_TRUE(sdk::parse_json(concord(words, 0), told, fault)) << fault.cause;
    return told;
  }
  // Of these keys, by the agency's own log: what it was given, and what it gave up.
  struct Count {
    size_t given = 0, given_up = 0;
  };
  Count received(const std::string& system, const std::string& key) {
    Count count;
    for (const story::Line& line : play_.received(system))
      if (line.subject == key && line.effect == "applied") {
        const bool gives_up = line.body.find(R"("operation":"withdraw")") != std::string::npos;
        ++(gives_up ? count.given_up : count.given);
      }
    return count;
  }
  std::vector<std::string> split(const std::string& key, const char* how) {
    return {"person",
            "split",
            "court",
            key,
            "--by",
            "supervisor 3",
            "--why",
            "compared",
            how,
            "--json"};
  }
};

TEST_F(PersonsTest, what_was_given_of_the_wrong_child_is_asked_back_and_counted_at_the_agency) {
  ASSERT_TRUE(play_.open());
  const auto children = play_.children_known_to({"child_welfare", "court"}, 1);
  ASSERT_EQ(children.size(), 1u);
  const std::string at_court = play_.key(children[0], "SYN-CP-");
  const std::string at_welfare = play_.key(children[0], "SYN-CW-");
  ASSERT_TRUE(play_.settle(seconds(120)));
  EXPECT_TRUE(
      play_
          .act("child_welfare",
               R"({"verb":"place_child","child":)" + std::to_string(children[0]) +
                   R"(,"placement_type":"FFH","facility":"Example Home","date":"2026-04-01"})")
          .IsObject());
  ASSERT_TRUE(play_.settle(seconds(60)));
  const Count before = received("court", at_court);
  ASSERT_GT(before.given, 0u);
  EXPECT_EQ(before.given_up, 0u);

  const auto shown = json(split(at_court, "--dry-run"));
  const auto done = json(split(at_court, "--yes"));
  EXPECT_EQ(shown["recalled"].GetUint64(), done["recalled"].GetUint64());
  ASSERT_TRUE(play_.settle(seconds(60)));
  size_t at_the_court = 0;
  for (const auto& system : done["systems"].GetArray())
    if (std::string_view(system["system"].GetString()).starts_with("court"))
      at_the_court += system["recalled"].GetUint64();
  ASSERT_GT(at_the_court, 0u);
  ASSERT_TRUE(play_.wait(seconds(20),
                         [&] { return received("court", at_court).given_up >= at_the_court; }));
  EXPECT_EQ(received("court", at_court).given_up, at_the_court);
  EXPECT_EQ(received("court", at_court).given, before.given);
  EXPECT_THAT(concord({"audit", "disclosures", "child_welfare:" + at_welfare}, 0),
              HasSubstr("for case_planning"));
  concord({"audit", "verify"}, 0);
  concord({"ledger", "--json"}, 0);

  // It was right after all: against the decision, and they have it again.
  const auto merged = json({"person",
                            "merge",
                            "child_welfare:" + at_welfare,
                            "court:" + at_court,
                            "--by",
                            "supervisor 3",
                            "--why",
                            "compared again",
                            "--anyway",
                            "--yes",
                            "--json"});
  ASSERT_GT(merged["owed"].GetUint64(), 0u);
  ASSERT_TRUE(play_.settle(seconds(60)));
  EXPECT_GT(received("court", at_court).given, before.given);
  concord({"audit", "verify"}, 0);
  concord({"ledger", "--json"}, 0);
}

}  // namespace
}  // namespace concord::persons
