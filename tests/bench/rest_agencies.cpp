// Child welfare and court: pages to fetch, webhooks to call, and lists of deliveries to take in.
#include <charconv>
#include <concord/http.hpp>
#include <concord/webhook.hpp>

#include "examples/simulators/court_docket.hpp"
#include "examples/simulators/welfare_records.hpp"
#include "tests/bench/agencies.hpp"

namespace concord::bench {
namespace {

using sim::HttpReply;
using sim::HttpRequest;
using std::chrono::milliseconds;

// The hub's webhooks serve so many callers at a time.
constexpr int kCallers = 16;
// A page is held back until there is something on it, as a queue would do.
constexpr milliseconds kHeld{500};
constexpr int64_t kPageLeast = 100;

int64_t limit_of(const HttpRequest& request) {
  int64_t limit = 100;
  const std::string_view text = request.parameter("limit");
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return limit;
}

// Items [after, after + limit) of a list that does not change; `next` is where the rest begins.
std::string part_of(const std::vector<std::string>& all, int64_t& after, int64_t limit) {
  std::string items;
  const auto size = static_cast<int64_t>(all.size());
  for (const int64_t end = std::min(after + limit, size); after < end; ++after)
    items += (items.empty() ? "" : ",") + all[static_cast<size_t>(after)];
  return items;
}

int64_t number_in(std::string_view cursor) {
  int64_t number = 0;
  if (!cursor.empty()) std::from_chars(cursor.data() + 1, cursor.data() + cursor.size(), number);
  return number;
}

}  // namespace

void Announcer::start(const std::string& url, std::function<std::string(int64_t)> body) {
  for (int i = 0; i < kCallers; ++i) threads_.emplace_back([this, url, body] { run(url, body); });
}

void Announcer::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Announcer::run(const std::string& url, const std::function<std::string(int64_t)>& body) {
  sdk::HttpClient http;
  while (traffic_.wait_for(Mode::paced)) {
    const auto range = traffic_.take(flow_, Mode::paced, 1, 1, milliseconds(100));
    if (range.empty()) continue;
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.body = body(range.from);
    const std::string time = std::to_string(std::time(nullptr));
    const std::string id = "SYN-" + std::to_string(range.from);
    request.headers = {
        {"Content-Type", "application/json"},
        {"X-Concord-Timestamp", time},
        {"X-Concord-Delivery", id},
        {"X-Concord-Signature", sdk::sign_webhook(wires_.secret, time, id, request.body)}};
    auto response = http.send(request);
    if (!response || response->status != 202) ++failures_;
  }
}

Welfare::Welfare(Traffic& traffic, const Words& words, const Wires& wires)
    : traffic_(traffic),
      words_(words),
      wires_(wires),
      announcer_(traffic, Flow::child_welfare, wires),
      server_([this](const HttpRequest& request) { return handle(request); }, nullptr) {
  sim::WelfareRecords records(words.children());
  sim::WelfareRecords::Page page;
  records.page("persons", 0, {}, SIZE_MAX, page);
  persons_ = std::move(page.items);
}

void Welfare::announce() {
  announcer_.start(
      "http://127.0.0.1:" + std::to_string(wires_.welfare_webhook) + "/",
      [this](int64_t n) { return R"({"type":"placement","record":)" + words_.placement(n) + "}"; });
}

HttpReply Welfare::handle(const HttpRequest& request) {
  if (request.path == "/oauth/token")
    return {200, R"({"access_token":"SYN-token","token_type":"Bearer","expires_in":3600})"};
  if (request.method == "POST" && request.path == "/api/v1/bulk") return take(request.body);
  if (request.method == "GET" && request.path.starts_with("/api/v1/"))
    return page(request.path.substr(8), request);
  return {200, "{}"};  // acknowledgements
}

HttpReply Welfare::page(const std::string& list, const HttpRequest& request) {
  const int64_t limit = limit_of(request);
  std::string items;
  bool more = false;
  int64_t at = number_in(request.parameter("cursor"));
  if (list == "persons") {
    // Once read to the end there is nothing newer.
    if (request.parameter("modified_since").empty()) items = part_of(persons_, at, limit);
    more = at > 0 && at < static_cast<int64_t>(persons_.size());
  } else if (list == "placements") {
    const auto range =
        traffic_.take(Flow::child_welfare, Mode::flood, std::min(limit, kPageLeast), limit, kHeld);
    for (int64_t n = range.from; n < range.to; ++n)
      items += (items.empty() ? "" : ",") + words_.placement(n);
    more = !range.empty();
    at = range.to;
  }
  std::string body = R"({"items":[)" + items + R"(],"next":)";
  body += more ? "\"c" + std::to_string(at) + '"' : "null";
  return {200, body + R"(,"receipt":"r)" + std::to_string(at) + "\"}"};
}

HttpReply Welfare::take(const std::string& body) {
  rapidjson::Document document;
  document.Parse(body.data(), body.size());
  if (!document.IsObject() || !document.HasMember("items")) return {400, "{}"};
  std::string outcomes;
  for (const auto& item : document["items"].GetArray()) {
    const std::string_view key = sdk::text_of(item, "idempotency_key");
    traffic_.arrived(Flow::health, words_.health_event(item["record"]), key);
    outcomes += (outcomes.empty() ? R"({"idempotency_key":")" : R"(,{"idempotency_key":")") +
                std::string(key) + R"(","status":"applied","id":"SYN-IN"})";
  }
  return {200, R"({"outcomes":[)" + outcomes + "]}"};
}

Court::Court(Traffic& traffic, const Words& words, const Wires& wires)
    : traffic_(traffic),
      words_(words),
      wires_(wires),
      announcer_(traffic, Flow::court, wires),
      server_([this](const HttpRequest& request) { return handle(request); }, nullptr) {
  const sim::CourtDocket docket(words.children());
  sim::CourtDocket::Page page;
  docket.page("parties", 0, SIZE_MAX, page);
  parties_ = std::move(page.items);
}

void Court::announce() {
  announcer_.start(
      "http://127.0.0.1:" + std::to_string(wires_.court_webhook) + "/events",
      [this](int64_t n) { return R"({"type":"hearing","records":[)" + words_.hearing(n) + "]}"; });
}

HttpReply Court::handle(const HttpRequest& request) {
  if (request.path == "/docket/v1/notes:bulk") return take(request.body);
  if (request.path == "/docket/v1/notes") {
    HttpReply reply = take(R"({"notes":[)" + request.body + "]}");
    return {reply.status == 200 ? 201 : reply.status, R"({"id":"SYN-N"})"};
  }
  if (request.method == "GET" && request.path.starts_with("/docket/v1/"))
    return page(request.path.substr(11), request);
  return {200, "{}"};
}

HttpReply Court::page(const std::string& list, const HttpRequest& request) {
  const int64_t limit = limit_of(request);
  std::string items;
  bool more = false;
  int64_t at = number_in(request.parameter("cursor"));
  if (list == "parties") {
    items = part_of(parties_, at, limit);
    more = at < static_cast<int64_t>(parties_.size());
  } else if (list == "hearings") {
    const auto range =
        traffic_.take(Flow::court, Mode::flood, std::min(limit, kPageLeast), limit, kHeld);
    for (int64_t n = range.from; n < range.to; ++n)
      items += (items.empty() ? "" : ",") + words_.hearing(n);
    more = !range.empty();
    if (more) at = range.to;
  }
  return {200,
          R"({"items":[)" + items + R"(],"next_cursor":"c)" + std::to_string(at) +
              (more ? R"(","more":true})" : R"(","more":false})")};
}

HttpReply Court::take(const std::string& body) {
  rapidjson::Document document;
  document.Parse(body.data(), body.size());
  if (!document.IsObject() || !document.HasMember("notes")) return {400, "{}"};
  std::string results;
  for (const auto& note : document["notes"].GetArray()) {
    traffic_.arrived(Flow::juvenile_justice,
                     words_.docket_note(note["note"]),
                     sdk::text_of(note, "idempotency_key"));
    results += (results.empty() ? "" : ",") + std::string(R"({"status":201,"id":"SYN-N"})");
  }
  return {200, R"({"results":[)" + results + "]}"};
}

}  // namespace concord::bench
