// concord person merge, split and unmerge: what they show, what they do, and how they end.
#include "hub/app/persons.hpp"

#include <gmock/gmock.h>

#include "hub/api/server.hpp"
#include "hub/app/commands.hpp"
#include "tests/unit/app/builders.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::app {
namespace {

using model::Outcome;
using testing::HasSubstr;
using testing::Not;

// A hub with its admin address, and the head of its coalition's folder. Its stdin is no terminal.
class PersonCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    world.assign_to_court(3);
    world.start();
    folder.with("concord.yaml",
                "name: Example County\ncoordinator: dcf\ndata: " + world.folder() + "\n");
    auto started = api::Server::start("127.0.0.1:0", world.hub(), [this](const std::string&) {
      return base::Result<std::shared_ptr<const pipeline::Setup>, base::Errors>(
          std::shared_ptr<const pipeline::Setup>(world.setup()));
    });
    ASSERT_TRUE(started) << to_text(started.error());
    server = std::move(*started);
  }
  Ran change(const std::string& what, PersonWords words, bool json = false) {
    return run([&] { return change_persons(folder.path(), what, words, json); });
  }
  static PersonWords signed_by_somebody() {
    PersonWords words;
    words.by = "supervisor 3";
    words.why = "both files compared";
    words.yes = true;
    return words;
  }
  PersonWords split_court() {
    PersonWords words = signed_by_somebody();
    words.system = "court";
    words.key = "SYN-CP-1";
    return words;
  }
  PersonWords merge_court() {
    PersonWords words = signed_by_somebody();
    words.person = "child_welfare:SYN-CW-1";
    words.other = "court:SYN-CP-1";
    return words;
  }
  Ran disclosures(const std::string& system, const std::string& key, bool json = false) {
    return run([&] { return list_disclosures(folder.path(), {"", system, key}, "", json); });
  }
  void note_at_the_court() {
    world.know(1);
    world.place(1, "1", "Example Home");
    ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  }

  Folder folder;
  pipeline::SmallWorld world;
  std::unique_ptr<api::Server> server;
};

TEST_F(PersonCommandsTest, split_shows_and_does_and_the_account_of_each_is_right) {
  note_at_the_court();
  PersonWords words;
  words.system = "child_welfare";
  words.key = "SYN-CW-1";
  words.dry_run = true;
  const Ran shown = change("split", words);
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out,
              HasSubstr("split off: child_welfare SYN-CW-1 becomes a person of its own"));
  EXPECT_THAT(
      shown.out,
      HasSubstr("court              will be owed 0 deliveries, and asked for 1 document back\n"));
  EXPECT_EQ(world.notes(), 1u);

  words = signed_by_somebody();
  words.system = "child_welfare";
  words.key = "SYN-CW-1";
  const Ran done = change("split", words);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("split: child_welfare SYN-CW-1 is a person of its own"));
  EXPECT_THAT(done.out, HasSubstr("is owed 0 deliveries, and asked for 1 document back\n"));
  EXPECT_THAT(done.out, HasSubstr("next: concord recall list\n"));
  ASSERT_TRUE(world.wait([&] { return world.notes() == 2; }));
  EXPECT_TRUE(world.court().all_written()[1].withdraw);

  const Ran theirs = disclosures("child_welfare", "SYN-CW-1");
  EXPECT_THAT(theirs.out, HasSubstr("1 disclosures\n"));
  EXPECT_THAT(theirs.out, HasSubstr("to court (court), for case_planning  (sent as of somebody "));
  EXPECT_THAT(theirs.out, HasSubstr("placement.start"));
  EXPECT_THAT(theirs.out, Not(HasSubstr("it may have arrived")));
  const Ran others = disclosures("court", "SYN-CP-1");
  EXPECT_THAT(others.out, HasSubstr("1 disclosures\n"));
  EXPECT_THAT(others.out, HasSubstr("(sent in error: it was about somebody else)"));
  EXPECT_THAT(disclosures("court", "SYN-CP-1", true).out, HasSubstr(R"("in_error":true)"));
  EXPECT_EQ(run([&] { return verify_audit(folder.path(), "", false); }).code, 0);
}

TEST_F(PersonCommandsTest, merge_and_unmerge_take_persons_by_id_and_by_key) {
  note_at_the_court();
  ASSERT_EQ(change("split", split_court()).code, 0);
  const Ran refused = change("merge", merge_court());
  EXPECT_EQ(refused.code, 78);
  EXPECT_THAT(refused.err, HasSubstr("that they are not the same"));
  PersonWords words = merge_court();
  words.anyway = true;
  const std::string other = world.hub().person_of({model::SystemId("court"), "SYN-CP-1"})->value;
  const Ran merged = change("merge", words, true);
  EXPECT_EQ(merged.code, 0) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr(R"("done":true,"decision":"merge")"));
  EXPECT_THAT(merged.out, HasSubstr(R"("other":")" + other + "\""));
  // Given, asked back, given again.
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 3; }));
  // The account of the joined person has both, and nothing of it was in error after all.
  EXPECT_THAT(disclosures("court", "SYN-CP-1").out, Not(HasSubstr("in error")));

  words = signed_by_somebody();
  words.person = other;
  const Ran parted = change("unmerge", words);
  EXPECT_EQ(parted.code, 0) << parted.err;
  EXPECT_EQ(world.hub().person_of({model::SystemId("court"), "SYN-CP-1"})->value, other);
  EXPECT_EQ(change("unmerge", words).code, 78);
}

TEST_F(PersonCommandsTest, they_want_to_know_who_and_why_and_ask_before_they_do) {
  note_at_the_court();
  PersonWords words = split_court();
  words.why.clear();
  const Ran unsigned_ = change("split", words);
  EXPECT_EQ(unsigned_.code, 78);
  EXPECT_THAT(unsigned_.err, HasSubstr("--by WHO --why TEXT"));
  words = split_court();
  words.yes = false;
  EXPECT_EQ(change("split", words).code, 64);
  EXPECT_EQ(world.notes(), 1u);
  words = merge_court();
  words.other = "court:SYN-CP-99";
  const Ran unknown = change("merge", words);
  EXPECT_EQ(unknown.code, 78);
  EXPECT_THAT(unknown.err, HasSubstr("there is no such person"));
}

TEST_F(PersonCommandsTest, without_a_hub_they_end_with_69) {
  server.reset();
  EXPECT_EQ(change("split", split_court()).code, 69);
  EXPECT_EQ(change("merge", merge_court()).code, 69);
}

}  // namespace
}  // namespace concord::app
