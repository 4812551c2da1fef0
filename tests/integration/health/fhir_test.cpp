#include <algorithm>
#include <concord/json.hpp>
#include <set>

#include "examples/simulators/http.hpp"
#include "tests/integration/health/host.hpp"

namespace concord::health::testing {
namespace {

using sdk::ErrorClass;
using sim::HttpReply;
using sim::HttpRequest;

// A FHIR server whose every answer the test decides.
class Server {
 public:
  std::function<HttpReply(const HttpRequest&)> answer;
  Server() : http_([this](const HttpRequest& request) { return take(request); }, nullptr) {
    EXPECT_TRUE(http_.start());
  }
  [[nodiscard]] std::string base() const {
    return "http://127.0.0.1:" + std::to_string(http_.port()) + "/fhir";
  }
  std::vector<HttpRequest> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  HttpReply take(const HttpRequest& request) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    return answer(request);
  }
  std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  sim::HttpServer http_;
};

std::string patient(int id, const std::string& time, int version = 1) {
  return R"({"resourceType":"Patient","id":"p)" + std::to_string(id) +
         R"(","meta":{"versionId":")" + std::to_string(version) +
         R"(","lastUpdated":"2026-03-01T12:00:)" + time + R"(Z"}})";
}
std::string bundle(const std::vector<std::string>& resources,
                   const std::string& next = "",
                   const std::string& type = "searchset") {
  std::string out = R"({"resourceType":"Bundle","type":")" + type + "\"";
  if (!next.empty()) out += R"(,"link":[{"relation":"next","url":")" + next + "\"}]";
  out += R"(,"entry":[)";
  for (size_t i = 0; i < resources.size(); ++i) {
    out += (i > 0 ? "," : "") + (R"({"resource":)" + resources[i] + "}");
  }
  return out + "]}";
}

std::unique_ptr<sdk::Connector> reading(const std::string& base, const std::string& more = "") {
  return connector(R"({"fhir":{"base_url":")" + base + "\"" + more + "}}");
}

// Reads until the pass is complete; keys with versions, and the checkpoint to go on from.
struct Pass {
  std::vector<std::string> keys;
  std::string checkpoint;
  size_t reads = 0;
  std::optional<sdk::Error> error;
};
Pass read_all(sdk::Connector& connector, std::string checkpoint = "", uint32_t records_max = 100) {
  Pass pass;
  pass.checkpoint = std::move(checkpoint);
  HostCall call;
  sdk::Limits limits;
  limits.records_max = records_max;
  for (bool more = true; more && pass.reads < 100; ++pass.reads) {
    auto batch = connector.read("Patient", pass.checkpoint, limits, call.call());
    if (!batch) {
      pass.error = batch.error();
      break;
    }
    EXPECT_LE(batch->records.size(), records_max);
    for (const auto& record : batch->records)
      pass.keys.push_back(record.key + (record.deleted ? "-" : ""));
    pass.checkpoint = batch->checkpoint;
    more = batch->more;
  }
  return pass;
}

TEST(FhirRead, follows_pages_and_then_asks_from_the_newest_on) {
  Server server;
  std::vector<std::string> second_pass{patient(3, "02.000"), patient(4, "03.000")};
  server.answer = [&](const HttpRequest& request) -> HttpReply {
    if (request.parameter("page") == "2") return {200, bundle({patient(3, "02.000")})};
    if (request.parameter("_lastUpdated").empty()) {
      return {
          200,
          bundle({patient(1, "01.000"), patient(2, "02.000")}, server.base() + "/Patient?page=2")};
    }
    return {200, bundle(second_pass)};
  };
  auto c = reading(server.base(), R"(,"overlap_seconds":0)");
  Pass pass = read_all(*c);
  EXPECT_EQ(pass.keys, (std::vector<std::string>{"p1", "p2", "p3"}));
  pass = read_all(*c, pass.checkpoint);
  EXPECT_EQ(pass.keys, (std::vector<std::string>{"p4"}));  // p3 has an equal time, and was given
  const auto requests = server.requests();
  EXPECT_EQ(requests.back().parameter("_lastUpdated"), "ge2026-03-01T12:00:02.000Z");
  EXPECT_EQ(requests.back().parameter("_sort"), "_lastUpdated");
}

TEST(FhirRead, skips_nothing_that_bears_the_time_of_the_last_one) {
  Server server;
  std::vector<std::string> held{patient(1, "01.000")};
  server.answer = [&](const HttpRequest&) -> HttpReply { return {200, bundle(held)}; };
  auto c = reading(server.base());
  Pass pass = read_all(*c);
  held.push_back(patient(2, "01.000"));     // the same millisecond, committed later
  held.push_back(patient(3, "00.000"));     // stamped before, committed after: within the overlap
  held.push_back(patient(1, "01.000", 2));  // the same resource in the same millisecond
  pass = read_all(*c, pass.checkpoint);
  EXPECT_EQ(pass.keys, (std::vector<std::string>{"p2", "p3", "p1"}));
  EXPECT_TRUE(read_all(*c, pass.checkpoint).keys.empty());
}

TEST(FhirRead, takes_a_page_in_parts_where_the_server_gives_too_much) {
  Server server;
  server.answer = [&](const HttpRequest&) -> HttpReply {
    std::vector<std::string> all;
    for (int i = 0; i < 10; ++i) all.push_back(patient(i, "0" + std::to_string(i) + ".000"));
    return {200, bundle(all)};
  };
  auto c = reading(server.base());
  const Pass pass = read_all(*c, "", 4);
  EXPECT_EQ(pass.keys.size(), 10u);
  EXPECT_EQ(pass.reads, 3u);
}

TEST(FhirRead, begins_its_pass_again_when_a_page_has_expired) {
  Server server;
  int asked = 0;
  server.answer = [&](const HttpRequest& request) -> HttpReply {
    if (request.parameter("page") == "2")
      return asked++ == 0 ? HttpReply{410, "{}"} : HttpReply{200, bundle({patient(2, "02.000")})};
    return {200, bundle({patient(1, "01.000")}, "?page=2")};
  };
  auto c = reading(server.base());
  const Pass pass = read_all(*c);
  ASSERT_FALSE(pass.error) << pass.error->cause;
  EXPECT_EQ(std::set<std::string>(pass.keys.begin(), pass.keys.end()),
            (std::set<std::string>{"p1", "p2"}));
}

TEST(FhirRead, does_not_begin_again_for_ever) {
  Server server;
  server.answer = [&](const HttpRequest& request) -> HttpReply {
    if (request.parameter("page") == "2") return {404, "{}"};
    return {200, bundle({patient(1, "01.000")}, "?page=2")};
  };
  auto c = reading(server.base());
  const Pass pass = read_all(*c);
  ASSERT_TRUE(pass.error);
  EXPECT_LT(pass.reads, 20u);
}

TEST(FhirRead, follows_no_link_to_another_server) {
  Server server;
  server.answer = [&](const HttpRequest&) -> HttpReply {
    return {200, bundle({patient(1, "01.000")}, "http://127.0.0.1:1/fhir?page=2")};
  };
  auto c = reading(server.base());
  const Pass pass = read_all(*c);
  ASSERT_TRUE(pass.error);
  EXPECT_EQ(pass.error->code, "FHIR_NEXT_ORIGIN");
}

TEST(FhirRead, tells_deletions_by_history) {
  Server server;
  server.answer = [&](const HttpRequest& request) -> HttpReply {
    EXPECT_EQ(request.path, "/fhir/Patient/_history");
    return {
        200,
        R"({"resourceType":"Bundle","type":"history","entry":[{"request":{"method":"DELETE","url":"Patient/p9"},"response":{"status":"204","etag":"W/\"2\"","lastModified":"2026-03-01T12:00:05Z"}},{"resource":)" +
            patient(1, "01.000") + R"(,"request":{"method":"PUT","url":"Patient/p1"}}]})"};
  };
  auto c = reading(server.base(), R"(,"read_by":"history")");
  EXPECT_EQ(read_all(*c).keys, (std::vector<std::string>{"p1", "p9-"}));  // oldest first
}

struct ErrorCase {
  const char* name;
  int status;
  const char* body;
  ErrorClass want;
};
class FhirReadError : public ::testing::TestWithParam<ErrorCase> {};
TEST_P(FhirReadError, has_the_right_class_and_no_content) {
  Server server;
  server.answer = [&](const HttpRequest&) -> HttpReply {
    return {GetParam().status, GetParam().body};
  };
  auto c = reading(server.base());
  const Pass pass = read_all(*c);
  ASSERT_TRUE(pass.error);
  EXPECT_EQ(pass.error->error_class, GetParam().want);
  EXPECT_EQ(pass.error->cause.find("SECRET"), std::string::npos);
  EXPECT_EQ(pass.error->place.substr(0, 17), "GET /fhir/Patient");
}
INSTANTIATE_TEST_SUITE_P(
    Table,
    FhirReadError,
    ::testing::Values(
        ErrorCase{"server_fails", 503, "SECRET", ErrorClass::retry},
        ErrorCase{"too_many", 429, "{}", ErrorClass::rate_limited},
        ErrorCase{"forbidden", 403, "{}", ErrorClass::auth},
        ErrorCase{
            "question_refused",
            400,
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"SECRET"}]})",
            ErrorClass::config},
        ErrorCase{"no_json", 200, "<html>SECRET", ErrorClass::retry},
        ErrorCase{
            "cut_off",
            200,
            R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"SECRET)",
            ErrorClass::retry},
        ErrorCase{
            "other_resource", 200, R"({"resourceType":"Patient","id":"1"})", ErrorClass::config}),
    [](const auto& row) { return row.param.name; });

// --- writing
// ---------------------------------------------------------------------------------------

sdk::Delivery delivery(const char* key,
                       const char* body,
                       uint64_t version = 1,
                       const char* type = "Observation") {
  sdk::Delivery d;
  d.idempotency_key = key;
  d.type = type;
  d.key = key;
  d.version = version;
  d.subject = "p1";
  d.body = body;
  return d;
}
constexpr const char* kBody = R"({"resourceType":"Observation","status":"final"})";

// Answers each entry with a status, by the key in its URL.
HttpReply batch_answer(const HttpRequest& request,
                       const std::function<std::string(const std::string&)>& status) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(request.body, document, fault)) return {400, "{}"};
  std::string out = R"({"resourceType":"Bundle","type":"batch-response","entry":[)";
  for (const auto& entry : document["entry"].GetArray()) {
    if (out.back() != '[') out += ",";
    out += R"({"response":{"status":")" + status(entry["request"]["url"].GetString()) +
           R"(","location":"Observation/77/_history/1"}})";
  }
  return {200, out + "]}"};
}

std::vector<std::string> codes(sdk::Connector& connector,
                               const std::vector<sdk::Delivery>& deliveries) {
  HostCall call;
  auto outcomes = connector.write(deliveries, call.call());
  EXPECT_TRUE(outcomes) << (outcomes ? "" : outcomes.error().cause);
  std::vector<std::string> out;
  for (const auto& outcome : *outcomes)
    out.push_back(outcome.error ? outcome.error->code : outcome.remote_id);
  return out;
}

TEST(FhirWrite, tells_for_each_entry_what_became_of_it) {
  Server server;
  server.answer = [&](const HttpRequest& request) {
    return batch_answer(request, [](const std::string& url) {
      return url.find("bad") != std::string::npos ? "422 Unprocessable" : "201 Created";
    });
  };
  auto c = reading(server.base());
  EXPECT_EQ(codes(*c, {delivery("good1", kBody), delivery("bad", kBody), delivery("good2", kBody)}),
            (std::vector<std::string>{"Observation/77", "HTTP_422", "Observation/77"}));
  EXPECT_EQ(server.requests().size(), 1u);  // all in one Bundle
}

TEST(FhirWrite, never_puts_two_versions_of_a_document_into_one_bundle) {
  Server server;
  server.answer = [&](const HttpRequest& request) {
    return batch_answer(request, [](const std::string&) { return "200"; });
  };
  auto c = reading(server.base());
  codes(*c, {delivery("a", kBody, 1), delivery("b", kBody, 1), delivery("a", kBody, 2)});
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[0].body.find(R"("code":"1")"), std::string::npos);
  EXPECT_NE(requests[1].body.find(R"("code":"2")"), std::string::npos);
}

TEST(FhirWrite, holds_back_a_newer_version_when_the_older_must_go_again) {
  Server server;
  server.answer = [&](const HttpRequest&) -> HttpReply { return {503, "{}"}; };
  auto c = reading(server.base());
  EXPECT_EQ(codes(*c, {delivery("a", kBody, 1), delivery("a", kBody, 2)}),
            (std::vector<std::string>{"HTTP_503", "FHIR_BEHIND"}));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(FhirWrite, finds_the_poison_in_a_bundle_that_is_refused_as_a_whole) {
  Server server;
  server.answer = [&](const HttpRequest& request) -> HttpReply {
    if (request.body.find("poison") != std::string::npos) return {400, "{}"};
    return batch_answer(request, [](const std::string&) { return "201"; });
  };
  auto c = reading(server.base());
  std::vector<sdk::Delivery> deliveries;
  const std::vector<std::string> keys{"a", "b", "c", "poison", "e", "f", "g"};
  for (const auto& key : keys) deliveries.push_back(delivery(key.c_str(), kBody));
  const auto got = codes(*c, deliveries);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(got[i], keys[i] == "poison" ? "HTTP_400" : "Observation/77") << keys[i];
  }
}

TEST(FhirWrite, is_not_done_until_its_provenance_is) {
  Server server;
  server.answer = [&](const HttpRequest& request) {
    return batch_answer(request, [](const std::string& url) {
      return url.starts_with("Provenance") ? "503" : "201";
    });
  };
  auto c = reading(server.base());
  EXPECT_EQ(codes(*c, {delivery("a", kBody)}), (std::vector<std::string>{"HTTP_503"}));
}

TEST(FhirWrite, takes_an_answer_that_tells_too_little_for_none) {
  Server server;
  server.answer = [&](const HttpRequest&) -> HttpReply {
    return {
        200,
        R"({"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"201"}}]})"};
  };
  auto c = reading(server.base());
  EXPECT_EQ(codes(*c, {delivery("a", kBody), delivery("b", kBody)}),
            (std::vector<std::string>(2, "FHIR_BATCH_ANSWER")));
}

TEST(FhirWrite, deletes_by_identifier_what_is_withdrawn_and_minds_not_when_it_is_gone) {
  Server server;
  server.answer = [&](const HttpRequest& request) {
    EXPECT_NE(request.body.find(R"("method":"DELETE","url":"Observation?identifier=)"),
              std::string::npos);
    return batch_answer(request, [](const std::string&) { return "404"; });
  };
  auto c = reading(server.base());
  sdk::Delivery withdrawal = delivery("a", "");
  withdrawal.withdraw = true;
  EXPECT_EQ(codes(*c, {withdrawal}), (std::vector<std::string>{"Observation/77"}));
}

}  // namespace
}  // namespace concord::health::testing
