// Events of many threads on their way to the hub: together in one frame, each with its own answer.
#include "hub/runtime/runner/events.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <cstdlib>
#include <future>

#include "hub/runtime/abi_values.hpp"
#include "hub/runtime/channel/values.hpp"
#include "hub/runtime/runner/encode.hpp"

namespace concord::runner {
namespace {

using runtime::Frame;
using runtime::Kind;
using runtime::Lane;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

// An event of one record, or of one reject, or of both.
class Pushed {
 public:
  Pushed(std::string record, std::string reject = "")
      : record_key_(std::move(record)), reject_key_(std::move(reject)) {
    record_.struct_size = sizeof record_;
    record_.key = runtime::bytes(record_key_);
    reject_.struct_size = sizeof reject_;
    reject_.key = runtime::bytes(reject_key_);
    reject_.error = runtime::no_error();
    reject_.error.error_class = CONCORD_BAD_RECORD;
    batch_.struct_size = sizeof batch_;
    batch_.records = &record_;
    batch_.record_count = record_key_.empty() ? 0 : 1;
    batch_.rejects = &reject_;
    batch_.reject_count = reject_key_.empty() ? 0 : 1;
  }

  // The codes that the hub answered with.
  std::vector<std::string> deliver(runtime::Events& events) {
    std::vector<concord_outcome> outcomes(batch_.record_count + batch_.reject_count);
    for (concord_outcome& outcome : outcomes) outcome.struct_size = sizeof outcome;
    worst = events.deliver(batch_, outcomes.data());
    std::vector<std::string> codes;
    for (const concord_outcome& outcome : outcomes)
      codes.push_back(runtime::text(outcome.error.code));
    return codes;
  }
  uint32_t worst = 0;

 private:
  std::string record_key_, reject_key_;
  concord_record record_{};
  concord_reject reject_{};
  concord_batch batch_{};
};

class Sent : public testing::Test {
 protected:
  Sent() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) std::abort();
    hub_ = Lane(fds[0]);
    std::vector<Lane> lanes;
    lanes.emplace_back(fds[1]);
    events_ = std::make_unique<runtime::Events>(std::move(lanes), std::abort);
  }

  // What the hub gets next.
  model::Batch hear() {
    Frame frame;
    EXPECT_EQ(hub_.receive(frame, 1u << 20), Lane::Outcome::good);
    EXPECT_EQ(frame.kind, Kind::deliver);
    runtime::Take take(frame.payload);
    model::Batch batch = runtime::take_batch(take, model::SystemId("syn"));
    EXPECT_TRUE(take.done());
    return batch;
  }
  // Each record and each reject is answered with its own key as the code.
  void answer(const model::Batch& batch) {
    std::vector<std::optional<base::Error>> answers;
    for (const auto& record : batch.records)
      answers.push_back(base::bad_record(record.key, "p", "c", "n"));
    for (const auto& reject : batch.rejects)
      answers.push_back(base::retry_error(reject.key, "p", "c", "n"));
    runtime::Put put = runtime::event_answers(answers);
    ASSERT_EQ(hub_.send(put), Lane::Outcome::good);
  }
  static std::vector<std::string> keys(const model::Batch& batch) {
    std::vector<std::string> out;
    for (const auto& record : batch.records) out.push_back(record.key);
    for (const auto& reject : batch.rejects) out.push_back(reject.key);
    return out;
  }

  Lane hub_;
  std::unique_ptr<runtime::Events> events_;
};

TEST_F(Sent, an_event_alone_goes_at_once) {
  auto alone = std::async(std::launch::async, [&] { return Pushed("A", "B").deliver(*events_); });
  const model::Batch batch = hear();
  EXPECT_THAT(keys(batch), ElementsAre("A", "B"));
  answer(batch);
  EXPECT_THAT(alone.get(), ElementsAre("A", "B"));
}

TEST_F(Sent, what_came_meanwhile_goes_together_and_each_has_its_own_answer) {
  std::vector<std::future<std::vector<std::string>>> calls;
  auto deliver = [&](std::string record, std::string reject) {
    calls.push_back(std::async(std::launch::async,
                               [=, this] { return Pushed(record, reject).deliver(*events_); }));
  };
  deliver("FIRST", "");
  const model::Batch first = hear();
  deliver("A", "");
  deliver("", "B");
  deliver("C", "D");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // were it short, they came in two
  answer(first);
  std::vector<std::string> came;
  while (came.size() < 4) {
    const model::Batch next = hear();
    for (const std::string& key : keys(next)) came.push_back(key);
    answer(next);
  }
  EXPECT_THAT(came, UnorderedElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(calls[0].get(), ElementsAre("FIRST"));
  EXPECT_THAT(calls[1].get(), ElementsAre("A"));
  EXPECT_THAT(calls[2].get(), ElementsAre("B"));
  EXPECT_THAT(calls[3].get(), ElementsAre("C", "D"));
}

TEST_F(Sent, many_threads_share_few_frames) {
  constexpr int kThreads = 16, kEach = 50;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string key = std::to_string(t) + "_" + std::to_string(i);
        right += Pushed(key).deliver(*events_) == std::vector<std::string>{key};
      }
    });
  int frames = 0;
  for (size_t records = 0; records < size_t{kThreads} * kEach; ++frames) {
    const model::Batch batch = hear();
    records += batch.records.size();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // as a commit does
    answer(batch);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kThreads * kEach);
  EXPECT_LT(frames, kThreads * kEach / 2);
}

TEST_F(Sent, the_worst_answer_is_what_the_call_returns) {
  Pushed pushed("A", "B");
  auto call = std::async(std::launch::async, [&] { return pushed.deliver(*events_); });
  answer(hear());
  call.get();
  EXPECT_EQ(pushed.worst, std::max(uint32_t{CONCORD_BAD_RECORD}, uint32_t{CONCORD_RETRY}));
}

TEST_F(Sent, something_that_changed_is_told_between_events) {
  auto poke = std::async(std::launch::async, [&] { events_->poke(runtime::bytes("placement")); });
  Frame frame;
  ASSERT_EQ(hub_.receive(frame, 1u << 20), Lane::Outcome::good);
  EXPECT_EQ(frame.kind, Kind::poke);
  runtime::Put ok(Kind::ok);
  ASSERT_EQ(hub_.send(ok), Lane::Outcome::good);
  poke.get();
}

}  // namespace
}  // namespace concord::runner
