#include "tests/integration/child_welfare/agency.hpp"

namespace concord::child_welfare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RestRead, gives_every_record_of_every_type_once_and_then_only_what_changes) {
  Agency agency;
  auto connector = agency.connector(R"(,"page_size":4)");
  ASSERT_TRUE(connector->check(TestCall()));
  std::string checkpoint;
  for (const char* type : {"person", "case", "removal", "placement", "missing_event"}) {
    auto all = read_all(*connector, type);
    EXPECT_FALSE(all.error);
    EXPECT_THAT(all.rejects, IsEmpty());
    EXPECT_EQ(key_set(all.records), agency.held((std::string(type) + "s").c_str())) << type;
    EXPECT_EQ(all.records.size(), key_set(all.records).size()) << type;
    if (std::string(type) == "placement") checkpoint = all.checkpoint;
  }
  EXPECT_THAT(read_all(*connector, "placement", checkpoint).records, IsEmpty());
  agency.have(R"({"verb":"place_child","child":1,"facility":"Example Shelter"})");
  auto changed = read_all(*connector, "placement", checkpoint);
  ASSERT_EQ(changed.records.size(), 2u) << "the one that ended and the one that began";
  EXPECT_THAT(changed.records[1].body, ::testing::HasSubstr("Example Shelter"));
  EXPECT_NE(changed.records[0].changed_at_us, CONCORD_TIME_UNKNOWN);
  EXPECT_THAT(read_all(*connector, "placement", changed.checkpoint).records, IsEmpty());
}

TEST(RestRead, loses_none_of_one_moment_wherever_a_run_breaks_off) {
  Agency agency;
  const auto held = agency.held("persons");
  for (const int page_size : {1, 2, 3, 5, 7, 100}) {
    std::string checkpoint;
    std::vector<sdk::Record> got;
    bool more = true;
    while (more) {
      // A new connector for each page: nothing is remembered but the checkpoint.
      auto connector = agency.connector(",\"page_size\":" + std::to_string(page_size));
      // One that died after reading, before its checkpoint was committed.
      ASSERT_TRUE(connector->read("person", checkpoint, {500, 1u << 20}, TestCall()));
      auto batch = connector->read("person", checkpoint, {500, 1u << 20}, TestCall());
      ASSERT_TRUE(batch);
      for (auto& r : batch->records) got.push_back(std::move(r));
      checkpoint = batch->checkpoint;
      more = batch->more;
    }
    EXPECT_EQ(key_set(got), held) << page_size;
    EXPECT_EQ(got.size(), held.size()) << page_size;
  }
}

TEST(RestRead, finds_what_is_written_at_the_very_time_it_had_reached) {
  // A list whose second record appears later with the time of the first.
  std::atomic<int> shown{1};
  sim::HttpServer server(
      [&](const sim::HttpRequest& request) -> sim::HttpReply {
        if (request.path == "/token") return {200, R"({"access_token":"t"})"};
        std::string items = R"({"id":"SYN-1","modified":"2026-03-01T00:00:00Z"})";
        if (shown > 1) items += R"(,{"id":"SYN-2","modified":"2026-03-01T00:00:00Z"})";
        return {200, "{\"items\":[" + items + "],\"next\":null}"};
      },
      nullptr);
  ASSERT_TRUE(server.start());
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  auto connector = connector_of(R"({"rest":{"url":")" + url + R"(","token_url":")" + url +
                                R"(/token","client_id":"c","client_secret":"s"}})");
  auto first = read_all(*connector, "person");
  EXPECT_THAT(first.keys(), ElementsAre("SYN-1"));
  EXPECT_THAT(read_all(*connector, "person", first.checkpoint).keys(), IsEmpty());
  shown = 2;
  auto second = read_all(*connector, "person", first.checkpoint);
  EXPECT_THAT(second.keys(), ElementsAre("SYN-2"));
  EXPECT_THAT(read_all(*connector, "person", second.checkpoint).keys(), IsEmpty());
}

TEST(RestRead, rejects_one_bad_item_and_is_not_led_astray_by_a_time_far_ahead) {
  std::string since;
  sim::HttpServer server(
      [&](const sim::HttpRequest& request) -> sim::HttpReply {
        if (request.path == "/token") return {200, R"({"access_token":"t"})"};
        since = request.parameter("modified_since");
        return {200,
                R"({"items":[{"id":"SYN-1","modified":"9999-12-31T00:00:00Z"},
                {"id":"SYN-2","id":"x"},{"id":"SYN-3","modified":"2026-03-01T00:00:00Z"}]})"};
      },
      nullptr);
  ASSERT_TRUE(server.start());
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  auto connector =
      connector_of(R"({"rest":{"url":")" + url + R"(","token_url":")" + url +
                   R"(/token","client_id":"c","client_secret":"s","overlap_seconds":60}})");
  auto all = read_all(*connector, "person");
  EXPECT_THAT(all.keys(), ElementsAre("SYN-1", "SYN-3"));
  ASSERT_EQ(all.rejects.size(), 1u);
  EXPECT_EQ(all.rejects[0].error.code, "JSON_DUPLICATE_KEY");
  EXPECT_EQ(all.rejects[0].error.place, "GET /persons:2:35");
  EXPECT_EQ(all.rejects[0].raw, R"({"id":"SYN-2","id":"x"})");
  ASSERT_TRUE(connector->read("person", all.checkpoint, {500, 1000}, TestCall()));
  EXPECT_EQ(since, "2026-02-28T23:59:00Z") << "a minute before the newest believable time";
}

TEST(RestRead, says_deleted_for_what_the_source_says_is_gone) {
  Agency agency;
  auto connector = agency.connector();
  auto first = read_all(*connector, "placement");
  agency.have(R"({"verb":"delete_record","type":"placement","id":")" + first.records[0].key +
              "\"}");
  auto second = read_all(*connector, "placement", first.checkpoint);
  ASSERT_EQ(second.records.size(), 1u);
  EXPECT_TRUE(second.records[0].deleted);
  EXPECT_EQ(second.records[0].key, first.records[0].key);
}

TEST(RestRead, with_prune_loses_nothing_when_it_dies_between_read_and_ack) {
  Agency agency;
  agency.have(R"({"verb":"prune_on_ack","on":true})");
  const auto held = agency.held("persons");
  const std::string prune = R"(,"ack":"prune","page_size":5)";
  std::string checkpoint;
  std::set<std::string> got;
  size_t given = 0;
  for (bool more = true; more;) {
    auto connector = agency.connector(prune);
    auto lost = connector->read("person", checkpoint, {500, 1u << 20}, TestCall());
    ASSERT_TRUE(lost);  // died here: neither committed nor acknowledged
    auto again = agency.connector(prune)->read("person", checkpoint, {500, 1u << 20}, TestCall());
    ASSERT_TRUE(again);
    EXPECT_EQ(keys(lost->records), keys(again->records));
    for (const auto& r : again->records) got.insert(r.key);
    given += again->records.size();
    checkpoint = again->checkpoint;
    more = again->more;
    ASSERT_TRUE(connector->ack("person", checkpoint, TestCall()));
    ASSERT_TRUE(connector->ack("person", checkpoint, TestCall())) << "twice is once";
  }
  EXPECT_EQ(got, held);
  EXPECT_EQ(given, held.size());
  EXPECT_THAT(read_all(*agency.connector(prune), "person").records, IsEmpty()) << "pruned";
}

TEST(RestRead, with_prune_keeps_at_the_source_what_changed_after_it_was_read) {
  Agency agency;
  agency.have(R"({"verb":"prune_on_ack","on":true})");
  auto connector = agency.connector(R"(,"ack":"prune")");
  auto read = connector->read("person", "", {500, 1u << 20}, TestCall());
  ASSERT_TRUE(read);
  agency.have(R"({"verb":"correct_person","child":1,"first_name":"Testgiven"})");
  ASSERT_TRUE(connector->ack("person", read->checkpoint, TestCall()));
  auto after = read_all(*connector, "person", read->checkpoint);
  ASSERT_THAT(after.keys(), ElementsAre("SYN-CW-000001"));
  EXPECT_THAT(after.records[0].body, ::testing::HasSubstr("Testgiven"));
}

struct FaultCase {
  const char* name;
  std::string fault;
  sdk::ErrorClass want;  // ok: the read gets through it
  std::string code;
};
class RestReadFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(RestReadFault, is_told_by_its_class_and_costs_no_record) {
  Agency agency;
  auto connector = agency.connector(R"(,"page_size":10,"timeout_ms":300)");
  std::string checkpoint;
  std::set<std::string> got;
  int failed = 0;
  for (bool more = true; more;) {
    // The fault meets the second page.
    if (failed == 0 && got.size() == 10) agency.break_it(GetParam().fault);
    auto batch = connector->read("person", checkpoint, {500, 1u << 20}, TestCall());
    if (!batch) {
      EXPECT_EQ(batch.error().error_class, GetParam().want) << batch.error().code;
      EXPECT_EQ(batch.error().code, GetParam().code);
      EXPECT_TRUE(GetParam().want != sdk::ErrorClass::rate_limited ||
                  batch.error().retry_after == std::chrono::seconds(7));
      agency->faults().clear();
      ASSERT_LT(++failed, 3);
      continue;
    }
    for (const auto& r : batch->records) got.insert(r.key);
    checkpoint = batch->checkpoint;
    more = batch->more;
  }
  EXPECT_EQ(got, agency.held("persons"));
  EXPECT_EQ(failed, GetParam().want == sdk::ErrorClass::ok ? 0 : 1);
}

const FaultCase kFaults[] = {
    {"slow", R"({"kind":"slow","delay_ms":50})", sdk::ErrorClass::ok, ""},
    {"hang", R"({"kind":"hang"})", sdk::ErrorClass::retry, "HTTP_TIMEOUT"},
    {"unavailable", R"({"kind":"status","status":503})", sdk::ErrorClass::retry, "HTTP_503"},
    {"rate_limited",
     R"({"kind":"rate_limited","delay_ms":7000})",
     sdk::ErrorClass::rate_limited,
     "HTTP_429"},
    // On a kept connection libcurl asks once more by itself.
    {"reset", R"({"kind":"reset_after_commit"})", sdk::ErrorClass::ok, ""},
    {"reset_twice",
     R"({"kind":"reset_after_commit","times":2})",
     sdk::ErrorClass::retry,
     "HTTP_NETWORK"},
    {"truncated", R"({"kind":"truncated_body"})", sdk::ErrorClass::retry, "HTTP_NETWORK"},
    {"token_revoked", R"({"kind":"bad_token"})", sdk::ErrorClass::ok, ""},
    {"token_refused",
     R"({"kind":"bad_token","times":2,"place":"/api"})",
     sdk::ErrorClass::auth,
     "HTTP_401"},
    {"duplicate", R"({"kind":"duplicate"})", sdk::ErrorClass::ok, ""},
    {"out_of_order", R"({"kind":"out_of_order"})", sdk::ErrorClass::ok, ""}};
INSTANTIATE_TEST_SUITE_P(ChildWelfare,
                         RestReadFault,
                         ::testing::ValuesIn(kFaults),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(RestRead, says_auth_for_a_wrong_secret_config_for_a_wrong_path_retry_when_it_is_down) {
  Agency agency;
  std::string config = agency.config();
  config.replace(config.find("SYN-cw-secret"), 13, "SYN-wrong-key");
  auto refused = connector_of(config)->check(TestCall());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error_class, sdk::ErrorClass::auth);
  auto lost = agency.connector("", R"(,"records":{"person":{"path":"/people"}})");
  auto missing = lost->check(TestCall());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().error_class, sdk::ErrorClass::config);
  EXPECT_EQ(missing.error().place, "GET /api/v1/people");
  auto connector = agency.connector();
  agency->stop();
  auto down = connector->check(TestCall());
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().error_class, sdk::ErrorClass::retry);
  ASSERT_TRUE(agency->start());
  EXPECT_TRUE(connector->check(TestCall()));
}

TEST(RestRead, is_not_asked_for_a_page_again_where_nothing_was_modified) {
  int full = 0, not_modified = 0;
  std::string asked;
  sim::HttpServer server(
      [&](const sim::HttpRequest& request) -> sim::HttpReply {
        if (request.path == "/token") return {200, R"({"access_token":"t"})"};
        asked = request.header("If-Modified-Since");
        const char* modified = "Mon, 02 Mar 2026 10:00:00 GMT";
        if (asked == modified) {
          ++not_modified;
          return {304, ""};
        }
        ++full;
        return {200,
                R"({"items":[{"id":"SYN-1","modified":"2026-03-02T10:00:00Z"}]})",
                "application/json",
                {{"Last-Modified", modified}}};
      },
      nullptr);
  ASSERT_TRUE(server.start());
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  auto connector = connector_of(R"({"rest":{"url":")" + url + R"(","token_url":")" + url +
                                R"(/token","client_id":"c","client_secret":"s"}})");
  auto first = read_all(*connector, "person");
  EXPECT_THAT(first.keys(), ElementsAre("SYN-1"));
  auto second = read_all(*connector, "person", first.checkpoint);
  EXPECT_THAT(second.records, IsEmpty());
  EXPECT_EQ(second.checkpoint, first.checkpoint);
  EXPECT_EQ(full, 1);
  EXPECT_EQ(not_modified, 1);
}

}  // namespace
}  // namespace concord::child_welfare
