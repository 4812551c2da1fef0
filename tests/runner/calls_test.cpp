// One library behind one interface, in the hub and in a runner: nobody can tell which.
#include <gmock/gmock.h>

#include <thread>

#include "tests/runner/support.hpp"

namespace concord::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Calls : public testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<runtime::Connector> load(const Words& more = {}) {
    return runner::load(drawer_, GetParam(), more);
  }
  Drawer drawer_;
};

struct Kept : runtime::Intake {
  std::vector<std::optional<base::Error>> deliver(model::Batch batch) override {
    const std::scoped_lock lock(mutex);
    std::vector<std::optional<base::Error>> answers;
    for (const model::Record& record : batch.records) {
      keys.push_back(record.key);
      if (record.key == "bad")
        answers.push_back(base::bad_record("NOT_UNDERSTOOD", "p", "c", "n"));
      else
        answers.emplace_back(std::nullopt);
    }
    return answers;
  }
  void poke(const std::string&) override {}
  size_t count() {
    const std::scoped_lock lock(mutex);
    return keys.size();
  }
  std::mutex mutex;
  std::vector<std::string> keys;
};

TEST_P(Calls, reads_acknowledges_and_reads_on) {
  auto connector = load();
  drawer_.put_record("syn", "SYN-1", "1", R"({"a":"ä"})");
  drawer_.put_record("syn", "SYN-2", "7", "{}");
  drawer_.put_record("syn", "SYN-3", "1", "{}");
  auto batch = connector->read("syn", "", {2, 1000});
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->records.size(), 2u);
  const model::Record& first = batch->records[0];
  EXPECT_EQ(first.system.value, "drawer");
  EXPECT_EQ(first.type, "syn");
  EXPECT_EQ(first.key, "SYN-1");
  EXPECT_EQ(first.version, "1");
  EXPECT_EQ(first.body, R"({"a":"ä"})");
  EXPECT_EQ(first.origin, "00000001");
  EXPECT_FALSE(first.changed_at);
  EXPECT_TRUE(batch->more);
  EXPECT_TRUE(connector->ack("syn", batch->checkpoint));
  EXPECT_EQ(drawer_.left_to_read("syn"), 1u);
  auto rest = connector->read("syn", batch->checkpoint, {2, 1000});
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->records.at(0).key, "SYN-3");
  EXPECT_FALSE(rest->more);
}

TEST_P(Calls, writes_and_tells_of_each_what_became_of_it) {
  auto connector = load();
  auto outcomes = connector->write({{false, "i1", "note", "k1", "s", "{}", 4},
                                    {false, "i2", "refuse", "k2", "", "{}", 1},
                                    {true, "i3", "note", "k3", "", "{}", 2}});
  ASSERT_TRUE(outcomes);
  ASSERT_EQ(outcomes->size(), 3u);
  EXPECT_EQ((*outcomes)[0].remote_id, "SYN-k1");
  EXPECT_FALSE((*outcomes)[0].error);
  ASSERT_TRUE((*outcomes)[1].error);
  EXPECT_EQ((*outcomes)[1].error->code, "NOTE_REFUSED");
  EXPECT_EQ((*outcomes)[1].error->error_class, base::ErrorClass::bad_record);
  EXPECT_EQ(drawer_.effects().size(), 2u);
}

TEST_P(Calls, checks_and_describes) {
  auto connector = load();
  testing::internal::CaptureStderr();
  EXPECT_TRUE(connector->check());
  auto description = connector->describe();
  ASSERT_TRUE(description);
  EXPECT_THAT(*description, HasSubstr("record_types"));
  connector.reset();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("drawer.checked"));
}

TEST_P(Calls, an_error_comes_whole_with_its_time_to_wait) {
  auto connector = load();
  auto late = connector->read("late", "", {});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().error,
            (base::Error{base::ErrorClass::rate_limited, "SLOW_DOWN", "p", "c", "n"}));
  EXPECT_EQ(late.error().retry_after, 1234ms);
}

TEST_P(Calls, a_call_ends_soon_once_it_is_cancelled) {
  auto connector = load();
  const auto began = std::chrono::steady_clock::now();
  std::thread caller([&] {
    auto waited = connector->read("wait", "", {});
    ASSERT_FALSE(waited);
    EXPECT_EQ(waited.error().error.code, "CANCELLED");
  });
  std::this_thread::sleep_for(
      20ms);  // so that it is in the call; were it not, it would end as well
  connector->cancel();
  caller.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST_P(Calls, hands_over_events_and_hears_what_became_of_them) {
  auto connector = load();
  Kept kept;
  connector->listen(kept);
  drawer_.put_event("syn", "good", "1", "{}");
  drawer_.put_event("syn", "bad", "1", "{}");
  EXPECT_TRUE(wait_for([&] { return drawer_.has("answer"); }));
  EXPECT_TRUE(wait_for([&] { return drawer_.text("answer") == "NOT_UNDERSTOOD\n"; }));
  connector->stop_listening();
  EXPECT_FALSE(connector->listen_fault());
  const size_t count = kept.count();
  drawer_.put_event("syn", "after", "1", "{}");
  EXPECT_TRUE(connector->check());
  EXPECT_EQ(kept.count(), count);
  const std::scoped_lock lock(kept.mutex);
  EXPECT_EQ(kept.keys.at(0), "good");
  EXPECT_EQ(kept.keys.at(1), "bad");
}

// What a source sends while the hub drains is kept, and the source hears so.
TEST_P(Calls, stops_listening_only_when_what_is_in_hand_is_done) {
  struct Slow : Kept {
    std::vector<std::optional<base::Error>> deliver(model::Batch batch) override {
      inside = true;
      EXPECT_TRUE(wait_for([&] { return let_go.load(); }));
      return Kept::deliver(std::move(batch));
    }
    std::atomic<bool> inside{false}, let_go{false};
  } slow;
  auto connector = load();
  connector->listen(slow);
  drawer_.put_event("syn", "in hand", "1", "{}");
  ASSERT_TRUE(wait_for([&] { return slow.inside.load(); }));
  std::thread stops([&] { connector->stop_listening(); });
  slow.let_go = true;
  stops.join();
  EXPECT_EQ(slow.count(), 1u);
  EXPECT_FALSE(drawer_.has("events/00000001")) << "the source was told";
}

TEST_P(Calls, settings_that_the_connector_refuses_are_said_at_the_start) {
  const runtime::Manifest m = manifest();
  const std::string config = R"({"folder":"/tmp","refuse":"yes"})";
  auto loaded =
      GetParam() ? runtime::load_isolated(m, model::SystemId("drawer"), config, {}, {}, settings())
                 : runtime::load_in_process(m, model::SystemId("drawer"), config, {});
  const base::Status begun = loaded ? (*loaded)->begun() : base::Status(loaded.error());
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, "DRAWER_REFUSED");
  EXPECT_EQ(begun.error().error_class, base::ErrorClass::config);
}

TEST_P(Calls, the_instance_is_ended_in_order) {
  auto connector = load();
  EXPECT_TRUE(connector->check());
  connector.reset();
  EXPECT_EQ(drawer_.text("closed"), "in order\n");
}

INSTANTIATE_TEST_SUITE_P(Anywhere, Calls, testing::Values(false, true), [](const auto& given) {
  return given.param ? "isolated" : "in_process";
});

}  // namespace
}  // namespace concord::runner
