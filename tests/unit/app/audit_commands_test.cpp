// concord audit: what it prints of a hub that has something to tell, and how it ends.
#include <gmock/gmock.h>

#include <fstream>

#include "hub/app/commands.hpp"
#include "hub/base/files.hpp"
#include "tests/unit/app/builders.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::app {
namespace {

using model::Outcome;
using testing::HasSubstr;
using testing::Not;

class AuditCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    world.assign_to_court(3);
    folder.with("concord.yaml",
                "name: Example County\ncoordinator: dcf\ndata: " + world.folder() + "\n");
  }
  Ran disclosures(const std::string& key, const std::string& since = "", bool json = false) {
    return run([&] { return list_disclosures(folder.path(), {"", "court", key}, since, json); });
  }
  Ran verify(const std::string& head, bool json = false) {
    return run([&] { return verify_audit(folder.path(), head, json); });
  }
  void answer_with(std::optional<base::Error> error) {
    world.court().answer = [error](const runtime::WriteItem&) {
      runtime::WriteOutcome outcome;
      outcome.error = error;
      return outcome;
    };
  }

  Folder folder;
  pipeline::SmallWorld world;
};

TEST_F(AuditCommandsTest, disclosures_tell_who_got_what_when_for_what_and_on_what_it_rests) {
  world.start();
  for (int child : {1, 2}) world.know(child);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  const Ran told = disclosures("SYN-CP-1");
  EXPECT_EQ(told.code, 0);
  EXPECT_THAT(told.out, HasSubstr("1 disclosures\n"));
  EXPECT_THAT(told.out, HasSubstr("Placement, to court (court), for case_planning\n"));
  EXPECT_THAT(told.out, HasSubstr("placement.start"));
  EXPECT_THAT(told.out, Not(HasSubstr("Example Home")));
  EXPECT_THAT(disclosures("SYN-CP-1", "", true).out, HasSubstr(R"("outcome":"disclosed")"));
  EXPECT_EQ(disclosures("SYN-CP-2").out, "0 disclosures\n");
  EXPECT_EQ(disclosures("SYN-CP-1", "2999-01-01").out, "0 disclosures\n");
  EXPECT_EQ(disclosures("SYN-CP-1", "yesterday").code, 78);
  EXPECT_EQ(disclosures("SYN-CP-9").code, 78);
}

// Whoever refuses a record has seen it.
TEST_F(AuditCommandsTest, disclosures_tell_what_left_and_was_refused) {
  answer_with(base::bad_record("HTTP_422", "notes", "refused", "mend it"));
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::parked).size() == 1; }));
  const Ran told = disclosures("SYN-CP-1");
  EXPECT_THAT(told.out, HasSubstr("1 disclosures\n"));
  EXPECT_THAT(told.out, HasSubstr("attempted, ended as HTTP_422: it may have arrived"));
}

TEST_F(AuditCommandsTest, disclosures_tell_of_an_attempt_whose_end_nobody_knows) {
  answer_with(base::retry_error("TIMEOUT", "notes", "no answer", "wait"));
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] {
    const auto waiting = world.deliveries(Outcome::waiting);
    return waiting.size() == 1 && waiting[0].attempts >= 1;
  }));
  EXPECT_THAT(disclosures("SYN-CP-1").out, HasSubstr("under way: it may have arrived"));
  world.coalition.assignments.clear();
  ASSERT_TRUE(world.apply());
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_THAT(disclosures("SYN-CP-1").out, HasSubstr("attempted, ended as NOT_ASSIGNED"));
}

TEST_F(AuditCommandsTest, verify_agrees_with_a_witness_and_finds_what_was_changed) {
  const std::string file = folder.path() + "/kept.jsonl";
  world.coalition.witnesses = {file};
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  world.stop();
  EXPECT_THAT(verify("").out, HasSubstr("the audit is whole: 3 entries, "));
  const Ran whole = verify(file);
  EXPECT_EQ(whole.code, 0);
  EXPECT_THAT(whole.out, HasSubstr("of the witness, up to 3 entries"));
  // A line that a dying hub did not end.
  std::ofstream(file, std::ios::app) << R"({"concord_head":1,"si)"
                                     << "\n";
  EXPECT_EQ(verify(file).code, 0);
  world.sql("UPDATE audit SET leaf=replace(leaf,'court','clerk') WHERE number=1");
  const Ran found = verify(file);
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.out, HasSubstr("THE AUDIT WAS TAMPERED WITH"));
  EXPECT_THAT(found.out, HasSubstr("next: keep this store as it is"));
  EXPECT_THAT(verify(file, true).out, HasSubstr(R"("whole":false)"));
}

TEST_F(AuditCommandsTest, an_entry_is_proved_and_the_proof_checked_without_the_hub) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  world.stop();
  const Ran proof = run([&] { return prove_entry(folder.path(), 1); });
  ASSERT_EQ(proof.code, 0);
  const std::string file = folder.path() + "/proof.json";
  std::ofstream(file) << proof.out;
  const Ran good = run([&] { return check_proof(file, false); });
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.out, HasSubstr("this is entry 1 of the audit"));
  std::string other = proof.out;
  other.replace(other.find("\"entry\":1"), 9, "\"entry\":0");
  std::ofstream(file, std::ios::trunc) << other;
  EXPECT_EQ(run([&] { return check_proof(file, false); }).code, 1);
  EXPECT_EQ(run([&] { return prove_entry(folder.path(), -1); }).code, 78);
  EXPECT_EQ(run([&] { return prove_entry(folder.path(), 99); }).code, 75);
}

}  // namespace
}  // namespace concord::app
