// The connector against the simulated hospital, in both directions, with its faults.
#include <concord/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "examples/simulators/health.hpp"
#include "tests/integration/health/host.hpp"

namespace concord::health::testing {
namespace {

class Hospital : public ::testing::Test {
 protected:
  Hospital() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "concord-hospital-XXXXXX").string();
    world_.dir = ::mkdtemp(pattern.data());
    world_.children = sim::make_children(7, 60);
    std::filesystem::create_directories(world_.dir / "health");
    auto journal = sim::Journal::open(world_.dir / "health.jsonl", "health");
    EXPECT_TRUE(journal);
    hospital_ = std::make_unique<sim::Health>(world_, std::move(*journal));
    EXPECT_TRUE(hospital_->start());
  }
  ~Hospital() override {
    hospital_.reset();
    std::filesystem::remove_all(world_.dir);
  }
  std::string setting(const std::string& name) {
    for (const auto& [key, value] : hospital_->settings()) {
      if (key == name) return value;
    }
    return "";
  }
  std::string fhir_settings() {
    return R"({"base_url":")" + setting("fhir_base_url") + R"(","smart":{"token_url":")" +
           setting("token_url") + R"(","client_id":")" + setting("client_id") + R"(","key_id":")" +
           setting("key_id") + R"(","private_key_file":")" + setting("private_key_file") +
           R"("},"page_count":10})";
  }
  uint16_t port(const std::string& name) {
    for (const auto& [key, value] : hospital_->ports()) {
      if (key == name) return value;
    }
    return 0;
  }
  sim::Reply act(const std::string& json) {
    rapidjson::Document document;
    sdk::JsonFault fault;
    EXPECT_TRUE(sdk::parse_json(json, document, fault));
    const sim::Reply reply = hospital_->control(sdk::text_of(document, "verb"), json);
    EXPECT_EQ(reply.status, 200) << json << " " << reply.json;
    return reply;
  }
  void connect_to(const Listening& hub, int pipeline = 16) {
    act(R"({"verb":"connect","port":)" + std::to_string(hub.port) + R"(,"pipeline":)" +
        std::to_string(pipeline) + "}");
  }
  uint64_t count(const char* name) {
    rapidjson::Document document;
    sdk::JsonFault fault;
    EXPECT_TRUE(sdk::parse_json(hospital_->control("events", "{}").json, document, fault));
    return document[name].GetUint64();
  }
  void await_none_waiting() {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (count("waiting") != 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(5ms);
    EXPECT_EQ(count("waiting"), 0u);
  }
  int children_known() {
    int known = 0;
    for (const auto& child : world_.children) known += child.known_to(sim::Agency::health) ? 1 : 0;
    return known;
  }

  sim::World world_;
  std::unique_ptr<sim::Health> hospital_;
};
constexpr const char* kHl7 = R"(,"hl7":{"home_assigner":"SYNHOSP"})";

TEST_F(Hospital, tells_of_a_discharge_and_forgets_it_once_it_is_acknowledged) {
  Listening hub(R"({"port":0})", kHl7);
  connect_to(hub);
  act(R"({"verb":"discharge","child":2})");
  const auto got = hub.sink.await(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].type, "adt");
  EXPECT_EQ(got[0].key, world_.children[1].mrn);
  for (const char* part :
       {R"("event":"A03")", R"("discharged_to":"HOME")", "F11.20", R"("discharged":"20)"}) {
    EXPECT_NE(got[0].body.find(part), std::string::npos) << part;
  }
  await_none_waiting();
  EXPECT_EQ(count("acknowledged"), 1u);
}

TEST_F(Hospital, sends_again_until_the_hub_has_kept_it) {
  Listening hub(R"({"port":0})", kHl7);
  std::atomic<int> failures{3};
  hub.sink.judge = [&](const HostSink::Got&) -> uint32_t {
    return failures-- > 0 ? CONCORD_RETRY : CONCORD_OK;
  };
  connect_to(hub);
  act(R"({"verb":"discharge","child":1})");
  EXPECT_EQ(hub.sink.await(1).size(), 1u);
  await_none_waiting();
  EXPECT_GE(count("resent"), 3u);
}

TEST_F(Hospital, sends_all_kinds_of_messages_that_the_connector_takes) {
  Listening hub(R"({"port":0})", kHl7);
  connect_to(hub, 1);
  for (const char* verb : {"discharge",
                           "admit",
                           "update_person",
                           "diagnose",
                           "result",
                           "appoint",
                           "cancel_appointment",
                           "merge"}) {
    act(std::string(R"({"verb":")") + verb + R"(","child":4})");
  }
  const auto got = hub.sink.await(8);
  std::vector<std::string> types;
  for (const auto& record : got) types.push_back(record.reject ? record.code : record.type);
  EXPECT_EQ(types,
            (std::vector<std::string>{"adt", "adt", "adt", "adt", "oru", "siu", "siu", "adt"}));
  EXPECT_EQ(got[5].key, got[6].key);
  act(R"({"verb":"send_raw","control_id":"X1","message":"MSH|^~\\&|A|B|C|D|2026||ADT^A60|X1|P|2.5\rPID|1||7\r"})");
  await_none_waiting();
  EXPECT_EQ(count("refused"), 1u);
}

TEST_F(Hospital, sends_a_load_in_the_order_of_each_child) {
  Listening hub(R"({"port":0})", kHl7);
  connect_to(hub, 64);
  const auto began = std::chrono::steady_clock::now();
  act(R"({"verb":"load","rate":4000,"seconds":0.5})");
  const auto got = hub.sink.await(2000);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  ASSERT_EQ(got.size(), 2000u);
  std::map<std::string, std::string> last;
  for (const auto& record : got) {
    EXPECT_LT(last[record.key], record.version);
    last[record.key] = record.version;
  }
  std::printf("  2000 messages over MLLP: %.0f/s, %zu commits\n",
              2000 / took.count(),
              hub.sink.calls.load());
}

TEST_F(Hospital, loses_nothing_when_connections_break_and_messages_come_twice) {
  Listening hub(R"({"port":0})", kHl7);
  connect_to(hub, 8);
  hospital_->faults().arm({sim::FaultKind::duplicate, 5, "/mllp", 0, 0ms});
  std::atomic<int> n{0};
  hub.sink.judge = [&](const HostSink::Got&) -> uint32_t {
    return n++ % 7 == 3 ? CONCORD_RETRY : CONCORD_OK;
  };
  act(R"({"verb":"load","rate":1000,"seconds":0.2})");
  std::set<std::string> versions;
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (versions.size() < 200 && std::chrono::steady_clock::now() < until) {
    for (const auto& got : hub.sink.got()) versions.insert(got.key + got.version);
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(versions.size(), 200u);
}

TEST_F(Hospital, is_read_by_pages_with_a_token) {
  auto c = connector(R"({"fhir":)" + fhir_settings() + "}");
  HostCall call;
  ASSERT_TRUE(c->check(call.call()));
  std::set<std::string> keys;
  std::string checkpoint;
  auto pass = [&](const char* type) {
    size_t records = 0;
    for (bool more = true; more;) {
      auto batch = c->read(type, checkpoint, {}, call.call());
      if (!batch) {
        ADD_FAILURE() << batch.error().code << " " << batch.error().cause;
        return records;
      }
      for (const auto& record : batch->records) keys.insert(record.key);
      records += batch->records.size();
      checkpoint = batch->checkpoint;
      more = batch->more;
    }
    return records;
  };
  EXPECT_EQ(pass("Patient"), static_cast<size_t>(children_known()));
  EXPECT_TRUE(keys.contains(world_.children[1].mrn));
  EXPECT_EQ(pass("Patient"), 0u);
  act(R"({"verb":"end_tokens"})");  // the 401 buys a new one
  act(R"({"verb":"update_person","child":2})");
  EXPECT_EQ(pass("Patient"), 1u);
  checkpoint.clear();
  EXPECT_EQ(pass("Encounter"), static_cast<size_t>(children_known()));
  act(R"({"verb":"discharge","child":2})");
  hospital_->faults().arm({sim::FaultKind::duplicate, 1, "/fhir/Encounter", 0, 0ms});
  EXPECT_EQ(pass("Encounter"), 1u);
}

TEST_F(Hospital, is_read_again_after_each_fault) {
  auto c = connector(R"({"fhir":)" + fhir_settings() + "}");
  HostCall call;
  using sim::FaultKind;
  for (const auto& [kind, code] : std::vector<std::pair<FaultKind, std::string>>{
           {FaultKind::status, "HTTP_503"},
           {FaultKind::rate_limited, "HTTP_429"},
           {FaultKind::truncated_body, "HTTP_NETWORK"},
           {FaultKind::reset_after_commit, "HTTP_NETWORK"}}) {
    hospital_->faults().arm({kind, 1, "/fhir/Patient", 503, 1000ms});
    auto batch = c->read("Patient", "", {}, call.call());
    ASSERT_FALSE(batch) << code;
    EXPECT_EQ(batch.error().code, code);
  }
  hospital_->faults().arm({FaultKind::bad_token, 1, "/fhir/Patient", 0, 0ms});
  EXPECT_TRUE(c->read("Patient", "", {}, call.call()));
}

TEST_F(Hospital, takes_each_written_resource_once) {
  auto c = connector(R"({"fhir":)" + fhir_settings() + "}");
  HostCall call;
  const std::string subject = world_.children[0].mrn;
  sdk::Delivery d;
  d.idempotency_key = "SYN-K-1";
  d.type = "Communication";
  d.key = "SYN-DOC-1";
  d.version = 1;
  d.subject = subject;
  d.body = R"({"resourceType":"Communication","status":"completed"})";
  hospital_->faults().arm({sim::FaultKind::reset_after_commit, 1, "/fhir", 0, 0ms});
  auto outcomes = c->write(std::vector{d}, call.call());
  ASSERT_TRUE(outcomes);
  // Done there, and not known here: the HTTP library asks once more by itself, or the hub does.
  if ((*outcomes)[0].error) {
    EXPECT_EQ((*outcomes)[0].error->error_class, sdk::ErrorClass::retry);
  }
  outcomes = c->write(std::vector{d}, call.call());
  ASSERT_TRUE(outcomes);
  EXPECT_FALSE((*outcomes)[0].error);
  EXPECT_EQ((*outcomes)[0].remote_id, "Communication/SYN-N-1");
  EXPECT_EQ(hospital_->journal().count(sim::Effect::applied), 1u);
  EXPECT_GE(hospital_->journal().count(sim::Effect::repeat), 1u);
  act(R"({"verb":"refuse","child":1})");
  d.version = 2;
  d.idempotency_key = "SYN-K-2";
  outcomes = c->write(std::vector{d}, call.call());
  EXPECT_EQ((*outcomes)[0].error->error_class, sdk::ErrorClass::bad_record);
  EXPECT_NE(hospital_->journal().since(0).at(0).find(R"("idempotency_key":"SYN-K-1")"),
            std::string::npos);
}

TEST_F(Hospital, takes_hl7_messages_and_each_only_once) {
  auto c = connector(R"({"mllp_send":{"host":"127.0.0.1","ack_timeout_ms":1000,"port":)" +
                     std::to_string(port("mllp")) + "}}");
  HostCall call;
  ASSERT_TRUE(c->check(call.call()));
  sdk::Delivery d;
  d.idempotency_key = "SYN-K-1";
  d.type = "adt";
  d.key = "SYN-DOC-1";
  d.version = 3;
  const std::string subject = world_.children[0].mrn;
  d.subject = subject;
  d.body = R"({"patient":{"addresses":[{"lines":["2 Sample Street"]}]}})";
  hospital_->faults().arm({sim::FaultKind::reset_after_commit, 1, "/mllp", 0, 0ms});
  auto outcomes = c->write(std::vector{d}, call.call());
  ASSERT_TRUE(outcomes);
  EXPECT_EQ((*outcomes)[0].error->error_class, sdk::ErrorClass::retry);
  outcomes = c->write(std::vector{d}, call.call());
  EXPECT_FALSE((*outcomes)[0].error);
  EXPECT_EQ(hospital_->journal().count(sim::Effect::applied), 1u);
  EXPECT_EQ(hospital_->journal().count(sim::Effect::repeat), 1u);
  const std::string line = hospital_->journal().since(0).at(0);
  EXPECT_NE(line.find(R"("key":"SYN-DOC-1","version":3)"), std::string::npos) << line;
  d.subject = "SYN-MRN-999999";
  d.idempotency_key = "SYN-K-9";
  outcomes = c->write(std::vector{d}, call.call());
  EXPECT_EQ((*outcomes)[0].error->error_class, sdk::ErrorClass::bad_record);
}

TEST_F(Hospital, goes_down_and_comes_back_with_what_it_had_to_say) {
  Listening hub(R"({"port":0})", kHl7);
  connect_to(hub);
  hospital_->stop();
  auto c = connector(R"({"mllp_send":{"host":"127.0.0.1","port":)" + std::to_string(port("mllp")) +
                     "}}");
  HostCall call;
  EXPECT_FALSE(c->check(call.call()));
  hospital_->control("discharge", R"({"verb":"discharge","child":1})");
  EXPECT_EQ(hub.sink.got().size(), 0u);
  ASSERT_TRUE(hospital_->start());
  EXPECT_EQ(hub.sink.await(1).size(), 1u);
  EXPECT_TRUE(c->check(call.call()));
}

}  // namespace
}  // namespace concord::health::testing
