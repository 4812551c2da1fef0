// Folders of ECF messages, calendars, and what the court pushes.
#include <concord/http.hpp>
#include <concord/webhook.hpp>
#include <thread>

#include "tests/integration/court/support.hpp"

namespace concord::court {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string filing(const std::string& id, int children = 1) {
  std::string parties;
  for (int i = 1; i <= children; ++i)
    parties +=
        "<CaseParty><EntityPerson><PersonName><PersonSurName>Testfamily</PersonSurName></"
        "PersonName>"
        "<CaseParticipantRoleCode>child</"
        "CaseParticipantRoleCode><ParticipantID><IdentificationID>SYN-CP-" +
        std::to_string(i) + "</IdentificationID></ParticipantID></EntityPerson></CaseParty>";
  return "<FilingMessage xmlns='https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/filing'>"
         "<DocumentIdentification><IdentificationID>" +
         id + "</IdentificationID></DocumentIdentification><Case>" + parties +
         "</Case></FilingMessage>";
}
std::string folder_config(const Folder& folder, const std::string& more = "") {
  return R"({"zone":"America/New_York","filings":{"settle_seconds":0,"folder":")" +
         folder.path().string() + "\"" + more + "}}";
}

class Filings : public testing::Test {
 protected:
  sdk::Batch read(const std::string& checkpoint = "", uint32_t most = 500) {
    auto batch = connector_->read("filing", checkpoint, {.records_max = most}, call_);
    EXPECT_TRUE(batch);
    return batch ? std::move(batch).value() : sdk::Batch{};
  }
  Folder folder_;
  std::unique_ptr<sdk::Connector> connector_ = connect(folder_config(folder_));
  TestCall call_;
};

TEST_F(Filings, are_moved_away_only_once_acknowledged) {
  folder_.put("a.xml", filing("SYN-A"));
  folder_.put("b.xml", filing("SYN-B"));
  folder_.put("c.txt", "not ours");
  const sdk::Batch batch = read();
  ASSERT_THAT(batch.records, SizeIs(2));
  EXPECT_EQ(batch.records[0].origin, "filings/a.xml:1");
  EXPECT_THAT(folder_.names(), SizeIs(3));
  EXPECT_TRUE(connector_->ack("filing", batch.checkpoint, call_));
  EXPECT_THAT(folder_.names(), ElementsAre("c.txt"));
  EXPECT_THAT(folder_.names("done"), ElementsAre("a.xml", "b.xml"));
}

TEST_F(Filings, come_again_after_a_crash_before_the_commit_and_not_after_one_behind_it) {
  folder_.put("a.xml", filing("SYN-A"));
  EXPECT_THAT(read().records, SizeIs(1));
  const sdk::Batch again = read();
  EXPECT_THAT(again.records, SizeIs(1));
  // Committed, and then the crash came before the ack: a new connector skips it, and the next ack
  // moves it away.
  connector_ = connect(folder_config(folder_));
  const sdk::Batch after = read(again.checkpoint);
  EXPECT_THAT(after.records, IsEmpty());
  EXPECT_TRUE(connector_->ack("filing", after.checkpoint, call_));
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(Filings, a_file_written_anew_under_its_name_is_read_and_never_moved_unread) {
  folder_.put("a.xml", filing("SYN-A"));
  const sdk::Batch first = read();
  folder_.put("a.xml", filing("SYN-A2"));
  EXPECT_TRUE(connector_->ack("filing", first.checkpoint, call_));
  EXPECT_THAT(folder_.names(), ElementsAre("a.xml"));
  const sdk::Batch second = read(first.checkpoint);
  ASSERT_THAT(second.records, SizeIs(1));
  EXPECT_EQ(second.records[0].key, "SYN-A2");
}

TEST_F(Filings, respect_the_limit_even_within_one_file) {
  folder_.put("a.xml", filing("SYN-A", 5));
  folder_.put("b.xml", filing("SYN-B"));
  const sdk::ReadAll all = read_whole(*connector_, "filing", "", 2);
  EXPECT_THAT(all.records, SizeIs(6));
  EXPECT_EQ(all.records[4].key, "SYN-A/SYN-CP-5");
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(Filings, a_file_that_cannot_be_read_is_a_reject_and_leaves_the_others_alone) {
  folder_.put("a.xml", "<a><b></a>");
  folder_.put("b.xml", "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>");
  folder_.put("c.xml", filing("SYN-C"));
  folder_.put("d.xml", "");
  const sdk::Batch batch = read();
  EXPECT_THAT(batch.records, SizeIs(1));
  ASSERT_THAT(batch.rejects, SizeIs(3));
  EXPECT_EQ(batch.rejects[0].error.place, "filings/a.xml:1:7");
  EXPECT_EQ(batch.rejects[0].raw, "<a><b></a>");
  EXPECT_EQ(batch.rejects[1].error.code, "XML_DTD");
  EXPECT_TRUE(connector_->ack("filing", batch.checkpoint, call_));
  EXPECT_THAT(folder_.names("done"), SizeIs(4));
}

TEST_F(Filings, a_file_that_is_far_too_large_is_a_reject_of_its_first_part) {
  folder_.put("a.xml", "<a>" + std::string(17u << 20, 'x'));
  const sdk::Batch batch = read();
  ASSERT_THAT(batch.rejects, SizeIs(1));
  EXPECT_EQ(batch.rejects[0].error.code, "FILE_SIZE");
  EXPECT_EQ(batch.rejects[0].raw.size(), 64u << 10);
  EXPECT_TRUE(connector_->ack("filing", batch.checkpoint, call_));
  EXPECT_THAT(folder_.names("done"), ElementsAre("a.xml"));
}

TEST_F(Filings, a_file_that_was_written_to_just_now_waits) {
  auto config = R"({"zone":"UTC","filings":{"settle_seconds":3600,"folder":")" +
                folder_.path().string() + "\"}}";
  connector_ = connect(config);
  folder_.put("a.xml", filing("SYN-A"));
  EXPECT_THAT(read().records, IsEmpty());
  std::filesystem::last_write_time(
      folder_.path() / "a.xml",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_THAT(read().records, SizeIs(1));
}

TEST_F(Filings, are_removed_where_that_is_asked_for) {
  connector_ = connect(folder_config(folder_, R"(,"after_ack":"remove")"));
  folder_.put("a.xml", filing("SYN-A"));
  EXPECT_TRUE(connector_->ack("filing", read().checkpoint, call_));
  EXPECT_THAT(folder_.names(), IsEmpty());
  EXPECT_THAT(folder_.names("done"), IsEmpty());
}

TEST_F(Filings, a_checkpoint_cannot_lead_out_of_the_folder) {
  folder_.put("inside/x.xml", "x");
  connector_ = connect(R"({"zone":"UTC","filings":{"settle_seconds":0,"folder":")" +
                       (folder_.path() / "inside").string() + "\"}}");
  folder_.put("outside.xml", "x");
  const std::string hash = "2d711642b726b04401627ca9fbac32f5";  // sha256 of "x", first half
  EXPECT_TRUE(connector_->ack(
      "filing",
      R"({"files":[["../outside.xml",")" + hash + R"("],["x.xml",")" + hash + "\"]]}",
      call_));
  EXPECT_THAT(folder_.names(), ElementsAre("outside.xml"));
  EXPECT_THAT(folder_.names("inside"), IsEmpty());
}

TEST_F(Filings, that_are_written_to_a_folder_are_whole_and_never_go_back_to_an_older_version) {
  Folder out;
  connector_ = connect(R"({"zone":"UTC","filings":{"out_folder":")" + out.path().string() + "\"}}");
  sdk::Delivery d;
  d.type = "filing";
  d.key = "SYN/1";
  d.subject = "SYN-CP-1";
  d.body = R"({"docket":"d","kind":"k","filed_at":"2026-03-02"})";
  for (const uint64_t version : {2, 2, 1, 3}) {
    d.version = version;
    auto outcomes = connector_->write(std::span(&d, 1), call_);
    ASSERT_TRUE(outcomes);
    EXPECT_FALSE(outcomes->at(0).error);
  }
  EXPECT_THAT(out.names(), SizeIs(2));
  EXPECT_TRUE(connector_->check(call_));
  std::filesystem::remove_all(out.path());
  EXPECT_EQ(connector_->check(call_).error().code, "FOLDER");
  EXPECT_TRUE(connector_->write(std::span(&d, 1), call_)->at(0).error);
}

TEST(Calendars, come_whole_over_batches_and_again_only_when_changed) {
  SimulatedCourt at;
  const std::string calendar = R"(,"calendar":{"url":")" + at.setting("calendar_url") + "\"}";
  auto connector = connect(R"({"zone":"America/New_York")" + calendar + "}");
  for (int i = 0; i < 5; ++i)
    at.tell("schedule_hearing", R"({"child":1,"calendar":true,"local":"2026-12-01T09:30:00"})");
  const sdk::ReadAll first = read_whole(*connector, "hearing", "", 2);
  EXPECT_GE(first.records.size(), 6u);
  EXPECT_GE(first.batches, 3);
  EXPECT_EQ(sdk::text_of(json(first.records[0].body), "party_id").substr(0, 6), "SYN-CP");
  EXPECT_THAT(read_whole(*connector, "hearing", first.checkpoint).records, IsEmpty());
  at.tell("continue_hearing",
          R"({"hearing_id":")" + first.records[0].key + R"(","local":"2026-12-08T09:30:00"})");
  const sdk::ReadAll second = read_whole(*connector, "hearing", first.checkpoint);
  EXPECT_EQ(second.records.size(), first.records.size());
  EXPECT_GT(second.records[0].version, first.records[0].version);
  EXPECT_EQ(second.records[1].version, first.records[1].version);

  // API and calendar together: every hearing of both, over any page size.
  auto both = connect(config_for(at, "", calendar));
  const size_t all = read_whole(*both, "hearing").records.size();
  EXPECT_EQ(all,
            first.records.size() + read_whole(*connect(config_for(at)), "hearing").records.size());
  EXPECT_EQ(read_whole(*both, "hearing", "", 3).records.size(), all);
  EXPECT_TRUE(both->check(TestCall()));
}

TEST(Calendars, in_a_folder_stay_where_they_are) {
  Folder folder;
  folder.put("a.ics",
             "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:SYN-1\r\nDTSTART:20260309T093000\r\nEND:"
             "VEVENT\r\nEND:VCALENDAR\r\n");
  folder.put("b.ics", "nonsense");
  auto connector = connect(R"({"zone":"America/New_York","calendar":{"folder":")" +
                           folder.path().string() + "\"}}");
  const sdk::ReadAll all = read_whole(*connector, "hearing");
  EXPECT_THAT(all.records, SizeIs(1));
  ASSERT_THAT(all.rejects, SizeIs(1));
  EXPECT_EQ(all.rejects[0].error.place, "calendar/b.ics:1");
  EXPECT_THAT(folder.names(), SizeIs(2));
  EXPECT_THAT(read_whole(*connector, "hearing", all.checkpoint).rejects, IsEmpty());
}

// A hub's sink: keeps what comes, answers as told.
class HubSink {
 public:
  HubSink() {
    abi_.struct_size = sizeof abi_;
    abi_.host = this;
    abi_.deliver =
        [](void* host, const concord_batch* batch, concord_outcome* outcomes) -> uint32_t {
      auto& self = *static_cast<HubSink*>(host);
      const std::lock_guard lock(self.mutex_);
      const uint32_t answer = self.answers_.empty() ? uint32_t{CONCORD_OK} : self.answers_.front();
      if (!self.answers_.empty()) self.answers_.erase(self.answers_.begin());
      for (uint32_t i = 0; i < batch->record_count + batch->reject_count; ++i)
        outcomes[i].error.error_class = answer;
      if (answer != CONCORD_RETRY) {
        for (uint32_t i = 0; i < batch->record_count; ++i)
          self.bodies_.emplace_back(sdk::view(batch->records[i].body));
        self.rejects_ += batch->reject_count;
      }
      self.changed_.notify_all();
      return answer;
    };
    abi_.poke = [](void* host, concord_bytes type) {
      auto& self = *static_cast<HubSink*>(host);
      const std::lock_guard lock(self.mutex_);
      self.pokes_.emplace_back(sdk::view(type));
      self.changed_.notify_all();
    };
  }
  [[nodiscard]] sdk::Sink sink() const { return sdk::Sink(abi_); }
  void answer(uint32_t error_class) { answers_.push_back(error_class); }
  template <class Done>
  bool wait(Done done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return done(*this); });
  }
  std::vector<std::string> bodies_, pokes_;
  uint32_t rejects_ = 0;

 private:
  concord_sink abi_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<uint32_t> answers_;
};

class Webhook : public testing::Test {
 protected:
  void SetUp() override {
    connector_ = connect(config_for(
        at_, "", R"(,"webhook":{"port":0,"secret":")" + at_.setting("webhook_secret") + "\"}"));
    listening_ = std::thread([this] { EXPECT_TRUE(connector_->listen(hub_.sink(), call_)); });
    const std::string event = call_.wait_for_event();
    ASSERT_EQ(event.substr(0, 26), R"(webhook.listening {"port":)");
    url_ = "http://127.0.0.1:" + std::to_string(std::stoi(event.substr(26))) + "/events";
  }
  void TearDown() override {
    call_.cancel();
    listening_.join();
  }
  void subscribe(const std::string& mode) {
    at_.tell("subscribe",
             R"({"url":")" + url_ + R"(","secret":")" + at_.setting("webhook_secret") +
                 R"(","mode":")" + mode + "\"}");
  }
  // The simulated court's own account, awaited: {"sent":…} as wanted.
  void expect_events(const std::string& wanted) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (at_.tell("events") != wanted && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    EXPECT_EQ(at_.tell("events"), wanted);
  }
  SimulatedCourt at_;
  HubSink hub_;
  TestCall call_;
  std::unique_ptr<sdk::Connector> connector_;
  std::thread listening_;
  std::string url_;
};

TEST_F(Webhook, hands_records_to_the_hub_and_answers_once_they_are_committed) {
  subscribe("record");
  at_.tell("schedule_hearing", R"({"child":1,"local":"2026-12-01T09:30:00"})");
  ASSERT_TRUE(hub_.wait([](auto& h) { return h.bodies_.size() == 1; }));
  EXPECT_EQ(sdk::text_of(json(hub_.bodies_[0])["start"], "local"), "2026-12-01T09:30:00");
  expect_events(R"({"sent":1,"waiting":0,"refused":0})");
}

TEST_F(Webhook, pokes_the_hub_where_the_court_only_says_what_changed) {
  subscribe("poke");
  at_.tell("continue_hearing", R"({"child":1,"local":"2026-12-01T09:30:00"})");
  ASSERT_TRUE(hub_.wait([](auto& h) { return h.pokes_.size() == 1; }));
  EXPECT_EQ(hub_.pokes_[0], "hearing");
}

TEST_F(Webhook, has_the_court_send_again_what_the_hub_could_not_keep) {
  hub_.answer(CONCORD_RETRY);
  hub_.answer(CONCORD_RETRY);
  subscribe("record");
  at_.tell("schedule_hearing", R"({"child":1,"local":"2026-12-01T09:30:00"})");
  ASSERT_TRUE(hub_.wait([](auto& h) { return h.bodies_.size() == 1; }));
  expect_events(R"({"sent":1,"waiting":0,"refused":0})");
}

TEST_F(Webhook, tells_the_court_what_is_kept_for_repair) {
  hub_.answer(CONCORD_BAD_RECORD);
  subscribe("record");
  at_.tell("schedule_hearing", R"({"child":1,"local":"2026-12-01T09:30:00"})");
  expect_events(R"({"sent":0,"waiting":0,"refused":1})");
}

TEST_F(Webhook, takes_a_duplicate_once) {
  at_.fault(R"({"kind":"duplicate","place":"/events"})");
  subscribe("record");
  at_.tell("schedule_hearing", R"({"child":1,"local":"2026-12-01T09:30:00"})");
  at_.tell("schedule_hearing", R"({"child":1,"local":"2026-12-02T09:30:00"})");
  expect_events(R"({"sent":2,"waiting":0,"refused":0})");
  EXPECT_THAT(hub_.bodies_, SizeIs(2));
}

TEST_F(Webhook, refuses_events_that_it_cannot_understand_and_keeps_them) {
  auto send =
      [&](const std::string& id, const std::string& body, const std::string& path = "/events") {
        sdk::HttpClient client;
        sdk::HttpRequest request;
        request.method = "POST";
        request.url = url_.substr(0, url_.rfind('/')) + path;
        const auto now = static_cast<int64_t>(std::time(nullptr));
        request.headers = {{"X-Concord-Timestamp", std::to_string(now)},
                           {"X-Concord-Delivery", id},
                           {"X-Concord-Signature",
                            sdk::sign_webhook(at_.setting("webhook_secret"), now, id, body)}};
        request.body = body;
        auto response = client.send(request);
        return response ? response->status : 0;
      };
  EXPECT_EQ(send("1", "{"), 400);
  EXPECT_EQ(send("2", R"({"a":1,"a":2})"), 400);
  EXPECT_EQ(send("3", R"({"changed":"placement"})"), 422);
  EXPECT_EQ(send("4", R"({"type":"hearing","records":[]})"), 400);
  EXPECT_EQ(send("5", R"({"type":"hearing","records":[{"no":"id"}]})"), 422);
  EXPECT_EQ(hub_.rejects_, 5u);  // all of them are kept
  EXPECT_EQ(send("6", R"({"changed":"all"})", "/other"), 404);
  EXPECT_EQ(send("7", R"({"changed":"all"})"), 202);
}

}  // namespace
}  // namespace concord::court
