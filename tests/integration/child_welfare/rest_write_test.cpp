#include <thread>

#include "tests/integration/child_welfare/agency.hpp"

namespace concord::child_welfare {
namespace {

// Deliveries whose texts live as long as this.
class Deliveries {
 public:
  Deliveries& add(const std::string& idempotency_key,
                  const std::string& key,
                  uint64_t version,
                  const std::string& subject = "SYN-CW-000001") {
    texts_.push_back({idempotency_key, key, subject, R"({"person_id":")" + subject + "\"}"});
    versions_.push_back(version);
    return *this;
  }
  [[nodiscard]] std::vector<sdk::Delivery> all() const {
    std::vector<sdk::Delivery> out;
    for (size_t i = 0; i < texts_.size(); ++i)
      out.push_back({.withdraw = false,
                     .idempotency_key = texts_[i][0],
                     .type = "court_event",
                     .key = texts_[i][1],
                     .version = versions_[i],
                     .subject = texts_[i][2],
                     .body = texts_[i][3]});
    return out;
  }

 private:
  std::vector<std::array<std::string, 4>> texts_;
  std::vector<uint64_t> versions_;
};

std::string classes(const sdk::Result<std::vector<sdk::Outcome>>& outcomes) {
  if (!outcomes) return "error " + outcomes.error().code;
  std::string out;
  for (const auto& o : *outcomes)
    out += o.error ? std::to_string(static_cast<int>(o.error->error_class)) : "0";
  return out;
}

class RestWrite : public ::testing::TestWithParam<const char*> {};

TEST_P(RestWrite, is_applied_once_whatever_is_repeated_and_never_goes_back) {
  Agency agency;
  auto connector = agency.connector(GetParam());
  Deliveries batch;
  batch.add("k1", "SYN-D-1", 1).add("k2", "SYN-D-2", 5);
  auto first = connector->write(batch.all(), TestCall());
  EXPECT_EQ(classes(first), "00");
  EXPECT_EQ((*first)[0].remote_id, "SYN-IN-SYN-D-1");
  EXPECT_EQ(classes(connector->write(batch.all(), TestCall())), "00");
  Deliveries older;
  older.add("k0", "SYN-D-2", 4);
  EXPECT_EQ(classes(connector->write(older.all(), TestCall())), "0") << "it holds what is newer";
  EXPECT_EQ(agency->journal().count(sim::Effect::applied), 2u);
  EXPECT_EQ(agency->journal().count(sim::Effect::repeat), 2u);
  EXPECT_EQ(agency->journal().count(sim::Effect::stale), 1u);
}

TEST_P(RestWrite, of_one_refused_child_leaves_the_others_alone) {
  Agency agency;
  agency.have(R"({"verb":"refuse_child","child":2,"on":true})");
  auto connector = agency.connector(GetParam());
  Deliveries batch;
  batch.add("k1", "SYN-D-1", 1)
      .add("k2", "SYN-D-2", 1, "SYN-CW-000002")
      .add("k3", "SYN-D-3", 1, "SYN-CW-999999")
      .add("k4", "SYN-D-4", 1, "SYN-CW-000004");
  auto outcomes = connector->write(batch.all(), TestCall());
  EXPECT_EQ(classes(outcomes), "0330");
  EXPECT_EQ(agency->journal().count(sim::Effect::applied), 2u);
}

TEST_P(RestWrite, withdraws) {
  Agency agency;
  auto connector = agency.connector(GetParam());
  const sdk::Delivery gone[] = {{.withdraw = true,
                                 .idempotency_key = "k1",
                                 .type = "court_event",
                                 .key = "SYN-D-1",
                                 .version = 2,
                                 .subject = "SYN-CW-000001",
                                 .body = {}}};
  EXPECT_EQ(classes(connector->write(gone, TestCall())), "0");
  const auto lines = agency->journal().since(0);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], ::testing::HasSubstr(R"("operation":"withdraw")"));
}

TEST_P(RestWrite, brings_what_must_go_along_with_the_record) {
  Agency agency;
  auto connector = agency.connector(GetParam());
  Deliveries batch;
  batch.add("k1", "SYN-D-1", 1).add("k2", "SYN-D-2", 1);
  auto deliveries = batch.all();
  deliveries[0].obligations = {{"destroy_by", "2026-12-31", "Destroy this by 2026-12-31."}};
  EXPECT_EQ(classes(connector->write(deliveries, TestCall())), "00");
  const auto lines = agency->journal().since(0);
  ASSERT_EQ(lines.size(), 2u);
  const char* const along =
      R"(obligations":[{"code":"destroy_by","value":"2026-12-31","text":"Destroy this by 2026-12-31."}])";
  EXPECT_THAT(lines[0], ::testing::HasSubstr(along));
  EXPECT_THAT(lines[1], ::testing::Not(::testing::HasSubstr("obligations")));
}

TEST_P(RestWrite, that_was_committed_without_an_answer_is_tried_again_with_one_effect) {
  Agency agency;
  auto connector = agency.connector(GetParam());
  Deliveries batch;
  batch.add("k1", "SYN-D-1", 1).add("k2", "SYN-D-2", 1);
  ASSERT_TRUE(connector->check(TestCall()));
  // Twice: on a kept connection libcurl sends once more by itself.
  agency.break_it(R"({"kind":"reset_after_commit","place":"/api","times":2})");
  EXPECT_EQ(classes(connector->write(batch.all(), TestCall())), "11");
  EXPECT_EQ(classes(connector->write(batch.all(), TestCall())), "00");
  agency.break_it(R"({"kind":"truncated_body","place":"/api"})");
  Deliveries more;
  more.add("k3", "SYN-D-3", 1);
  EXPECT_EQ(classes(connector->write(more.all(), TestCall())), "1");
  EXPECT_EQ(classes(connector->write(more.all(), TestCall())), "0");
  EXPECT_EQ(agency->journal().count(sim::Effect::applied), 3u);
}

TEST_P(RestWrite, tells_overload_and_outage_by_their_class) {
  Agency agency;
  auto connector = agency.connector(GetParam());
  Deliveries batch;
  batch.add("k1", "SYN-D-1", 1).add("k2", "SYN-D-2", 1);
  ASSERT_TRUE(connector->check(TestCall()));
  agency.break_it(R"({"kind":"rate_limited","delay_ms":3000})");
  auto limited = connector->write(batch.all(), TestCall());
  EXPECT_EQ(classes(limited), "22");
  EXPECT_EQ((*limited)[0].error->retry_after, std::chrono::seconds(3));
  agency.break_it(R"({"kind":"status","status":500})");
  EXPECT_EQ(classes(connector->write(batch.all(), TestCall())), "11");
  agency->stop();
  EXPECT_EQ(classes(connector->write(batch.all(), TestCall())), "11");
  ASSERT_TRUE(agency->start());
  EXPECT_EQ(classes(connector->write(batch.all(), TestCall())), "00");
}

INSTANTIATE_TEST_SUITE_P(ChildWelfare,
                         RestWrite,
                         ::testing::Values("", R"(,"bulk":"")"),
                         [](const auto& test) {
                           return std::string(*test.param == '\0' ? "in_bulk" : "one_by_one");
                         });

TEST(RestWriteBulk, that_is_refused_whole_is_halved_until_the_one_that_spoils_it_is_found) {
  int asked = 0;
  std::vector<std::string> keys_taken;
  sim::HttpServer server(
      [&](const sim::HttpRequest& request) -> sim::HttpReply {
        if (request.path == "/token") return {200, R"({"access_token":"t"})"};
        ++asked;
        if (request.body.find("SYN-POISON") != std::string::npos) return {400, ""};
        rapidjson::Document body;
        sdk::JsonFault fault;
        EXPECT_TRUE(sdk::parse_json(request.body, body, fault));
        std::string outcomes;
        for (const auto& item : body["items"].GetArray()) {
          const std::string key = item["idempotency_key"].GetString();
          keys_taken.push_back(key);
          outcomes += (outcomes.empty() ? "" : ",") +
                      (R"({"status":"applied","idempotency_key":")" + key + "\"}");
        }
        return {200, "{\"outcomes\":[" + outcomes + "]}"};
      },
      nullptr);
  ASSERT_TRUE(server.start());
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  auto connector = connector_of(R"({"rest":{"url":")" + url + R"(","token_url":")" + url +
                                R"(/token","client_id":"c","client_secret":"s"}})");
  Deliveries batch;
  for (int i = 0; i < 16; ++i)
    batch.add("k" + std::to_string(i), i == 11 ? "SYN-POISON" : "SYN-D-" + std::to_string(i), 1);
  EXPECT_EQ(classes(connector->write(batch.all(), TestCall())), "0000000000030000");
  EXPECT_EQ(keys_taken.size(), 15u);
  EXPECT_TRUE(std::is_sorted(keys_taken.begin(), keys_taken.end(), [](auto& a, auto& b) {
    return std::stoi(a.substr(1)) < std::stoi(b.substr(1));
  })) << "in their order";
  EXPECT_LE(asked, 9);
}

TEST(Webhook, from_the_agency_reaches_the_hub_once_although_it_is_sent_twice) {
  struct Hub {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> got;
  } hub;
  concord_sink sink{};
  sink.struct_size = sizeof sink;
  sink.host = &hub;
  sink.deliver = [](void* host, const concord_batch* batch, concord_outcome*) -> uint32_t {
    auto& to = *static_cast<Hub*>(host);
    const std::lock_guard lock(to.mutex);
    for (uint32_t i = 0; i < batch->record_count; ++i)
      to.got.push_back(std::string(sdk::view(batch->records[i].type)) + " " +
                       std::string(sdk::view(batch->records[i].version)));
    to.changed.notify_all();
    return CONCORD_OK;
  };
  sink.poke = [](void* host, concord_bytes type) {
    auto& to = *static_cast<Hub*>(host);
    const std::lock_guard lock(to.mutex);
    to.got.push_back("poke " + std::string(sdk::view(type)));
    to.changed.notify_all();
  };
  auto wait_for = [&](size_t n) {
    std::unique_lock lock(hub.mutex);
    return hub.changed.wait_for(
        lock, std::chrono::seconds(10), [&] { return hub.got.size() >= n; });
  };

  Agency agency;
  auto connector = agency.connector(
      "", R"(,"webhook":{"port":0,"secret":")" + agency.setting("webhook_secret") + "\"}");
  TestCall call;
  std::thread listening([&] { EXPECT_TRUE(connector->listen(sdk::Sink(sink), call)); });
  while (connector->webhook_port() == 0) std::this_thread::yield();
  const std::string to = R"("url":"http://127.0.0.1:)" + std::to_string(connector->webhook_port()) +
                         R"(/","secret":")" + agency.setting("webhook_secret") + "\"";
  agency.have(R"({"verb":"subscribe","mode":"poke",)" + to + "}");
  agency.have(R"({"verb":"report_missing","child":1})");
  EXPECT_TRUE(wait_for(1));
  agency.have(R"({"verb":"subscribe","mode":"record",)" + to + "}");
  agency.break_it(R"({"kind":"duplicate","place":"/events"})");
  agency.have(R"({"verb":"found","child":1})");
  EXPECT_TRUE(wait_for(2));
  agency.have(R"({"verb":"report_missing","child":2})");
  EXPECT_TRUE(wait_for(3));
  call.cancel();
  listening.join();
  ASSERT_EQ(hub.got.size(), 3u);
  EXPECT_EQ(hub.got[0], "poke missing_event");
  // Event and list give one version, so that reading it again is a repeat.
  auto all = read_all(*connector, "missing_event");
  std::vector<std::string> versions;
  for (const auto& r : all.records) versions.push_back("missing_event " + r.version);
  EXPECT_THAT(versions, ::testing::UnorderedElementsAre(hub.got[1], hub.got[2]));
}

TEST(Throughput, of_reading_and_writing_is_far_above_what_the_hub_needs) {
  Agency agency(3000);
  auto connector = agency.connector();
  auto begin = std::chrono::steady_clock::now();
  auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  size_t read = 0;
  for (const char* type : {"person", "case", "removal", "placement"})
    read += read_all(*connector, type).records.size();
  const double read_s = seconds();
  Deliveries deliveries;
  for (int i = 0; i < 4000; ++i) {
    const std::string n = std::to_string(i);
    deliveries.add("k" + n, "SYN-D-" + n, 1);
  }
  const auto all = deliveries.all();
  begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < all.size(); i += 200)
    EXPECT_EQ(classes(connector->write(std::span(all).subspan(i, 200), TestCall())),
              std::string(200, '0'));
  const double write_s = seconds();
  std::printf("read %zu records: %.0f/s; wrote 4000: %.0f/s (agency in the same process)\n",
              read,
              static_cast<double>(read) / read_s,
              4000 / write_s);
  EXPECT_EQ(agency->journal().count(sim::Effect::applied), 4000u);
}

}  // namespace
}  // namespace concord::child_welfare
