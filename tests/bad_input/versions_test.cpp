// Versions that come twice, out of order, or contradict themselves: the recipient sees each content
// once and never goes back to an older one.
#include "tests/bad_input/world.hpp"

namespace concord::bad_input {
namespace {

using model::Outcome;
using store::RecordState;

model::Record placement(const std::string& version, const std::string& home, const char* changed) {
  model::Record record = World::placement(1, version, home);
  record.changed_at = base::parse_instant(changed);
  record.origin = "placement.json";
  return record;
}

constexpr const char* kMonday = "2026-03-02T12:00:00Z";
constexpr const char* kTuesday = "2026-03-03T12:00:00Z";

class Versions : public testing::Test {
 protected:
  void SetUp() override {
    world.coalition.assignments = {
        {model::AgencyId("court"), {model::SystemId("child_welfare"), "SYN-CW-1"}, {}, {}}};
    world.start();
    world.know(1);
  }
  std::vector<std::optional<base::Error>> push(std::vector<model::Record> records) {
    return world.welfare().intake->deliver({std::move(records), {}, "", false});
  }
  bool delivered(size_t count) {
    return world.wait([&] { return world.deliveries(Outcome::delivered).size() == count; });
  }
  World world;
};

TEST_F(Versions, that_come_twice_have_one_effect) {
  const model::Record record = placement("1", "CANARY Home", kMonday);
  for (const auto& answer : push({record, record})) EXPECT_FALSE(answer);
  for (const auto& answer : push({record})) EXPECT_FALSE(answer);
  ASSERT_TRUE(delivered(1));
  EXPECT_EQ(world.notes(), 1u);
  EXPECT_EQ(world.ledger().duplicates, 2);
  world.expect_balanced();
}

TEST_F(Versions, that_are_older_than_what_we_have_are_kept_and_not_sent) {
  EXPECT_FALSE(push({placement("2", "CANARY Home 2", kTuesday)}).at(0));
  ASSERT_TRUE(delivered(1));
  EXPECT_FALSE(push({placement("1", "CANARY Home 1", kMonday)}).at(0));
  EXPECT_EQ(world.count(RecordState::history), 1);
  EXPECT_EQ(world.in(RecordState::history).at(0).reason, "OLDER_VERSION");
  EXPECT_EQ(world.notes(), 1u);
  world.expect_balanced();
}

TEST_F(Versions, out_of_order_in_one_batch_send_the_newest_alone) {
  for (const auto& answer :
       push({placement("2", "CANARY Home 2", kTuesday), placement("1", "CANARY Home 1", kMonday)}))
    EXPECT_FALSE(answer);
  ASSERT_TRUE(delivered(1));
  EXPECT_EQ(world.notes(), 1u);
  EXPECT_EQ(world.in(RecordState::history).at(0).record.version, "1");
  world.expect_balanced();
}

TEST_F(Versions, of_one_number_with_two_contents_are_told_apart_and_all_kept) {
  const auto answers = push({placement("1", "CANARY Home A", kMonday),
                             placement("1", "CANARY Home B", kMonday),
                             placement("1", "CANARY Home B", kMonday),
                             placement("1", "CANARY Home C", kMonday)});
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_FALSE(answers[0]);
  for (size_t i : {size_t{1}, size_t{3}}) {
    ASSERT_TRUE(answers[i]);
    expect_clear(*answers[i], "VERSION_CONFLICT", "placement");
  }
  const auto kept = world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 2u);
  for (const auto& entry : kept) expect_kept(entry, "VERSION_CONFLICT", "placement.json");
  ASSERT_TRUE(delivered(1));
  // A repeat of what was refused stays one entry.
  EXPECT_FALSE(push({placement("1", "CANARY Home B", kMonday)}).at(0));
  EXPECT_EQ(world.count(RecordState::rejected), 2);
  world.expect_balanced();
}

}  // namespace
}  // namespace concord::bad_input
