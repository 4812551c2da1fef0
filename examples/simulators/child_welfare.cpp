#include "examples/simulators/child_welfare.hpp"

#include <Poco/Base64Decoder.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/DateTimeParser.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <charconv>
#include <concord/json.hpp>
#include <sstream>

namespace concord::sim {
namespace {

constexpr std::string_view kRoot = "/api/v1/";

HttpReply error(int status, std::string_view code) {
  return {status, R"({"code":")" + std::string(code) + "\"}"};
}

// Cursors and receipts mean nothing to whoever gets them; here they are a place in the list.
std::string place_text(const WelfareRecords::Place& place) {
  return "w1." + std::to_string(place.us) + "." + place.id;
}
bool read_place(std::string_view text, WelfareRecords::Place& place) {
  if (!text.starts_with("w1.")) return false;
  const auto [end, bad] = std::from_chars(text.data() + 3, text.data() + text.size(), place.us);
  if (bad != std::errc{} || end == text.data() + text.size() || *end != '.') return false;
  place.id.assign(end + 1, text.data() + text.size());
  return true;
}

int64_t http_date_seconds(std::string_view text) {
  Poco::DateTime time;
  int zone = 0;
  if (!Poco::DateTimeParser::tryParse(
          Poco::DateTimeFormat::HTTP_FORMAT, std::string(text), time, zone))
    return -1;
  return time.timestamp().epochTime();
}

// What the agency's API does not let pass, whoever's record it is.
const char* fault_in(const rapidjson::Value& item, Received& out) {
  if (!item.IsObject()) return "ITEM_SHAPE";
  out.idempotency_key = sdk::text_of(item, "idempotency_key");
  out.type = sdk::text_of(item, "type");
  out.key = sdk::text_of(item, "key");
  out.subject = sdk::text_of(item, "subject");
  const auto version = item.FindMember("version");
  if (version != item.MemberEnd() && version->value.IsUint64())
    out.version = version->value.GetUint64();
  if (out.idempotency_key.empty() || out.key.empty() || out.version == 0) return "ITEM_SHAPE";
  if (sdk::text_of(item, "operation") == "withdraw") {
    out.body = R"({"operation":"withdraw"})";
    return nullptr;
  }
  const auto record = item.FindMember("record");
  if (record == item.MemberEnd() || !record->value.IsObject()) return "RECORD_SHAPE";
  out.body = sdk::write_json(record->value);
  if (const auto along = item.FindMember("obligations"); along != item.MemberEnd())
    out.obligations = sdk::write_json(along->value);
  if (out.subject.empty()) out.subject = sdk::text_of(record->value, "person_id");
  return nullptr;
}

}  // namespace

ChildWelfare::ChildWelfare(const World& world, std::unique_ptr<Journal> journal)
    : System(world, std::move(journal)),
      records_(world.children),
      events_(faults_),
      server_([this](const HttpRequest& request) { return handle(request); }, &faults_) {}
ChildWelfare::~ChildWelfare() {
  stop();
}

sdk::Status ChildWelfare::start() {
  std::error_code failed;
  std::filesystem::create_directories(world_.dir / "child_welfare" / "drop", failed);
  if (failed)
    return sdk::config_error("DIR", "child_welfare/drop", failed.message(), "choose another --dir");
  auto started = server_.start();
  if (started) events_.start();
  return started;
}
void ChildWelfare::stop() {
  events_.stop();
  server_.stop();
}

std::vector<std::pair<std::string, std::string>> ChildWelfare::settings() const {
  const std::string base = "http://127.0.0.1:" + std::to_string(server_.port());
  const std::string seed = std::to_string(world_.seed);
  return {{"url", base + "/api/v1"},
          {"token_url", base + "/oauth/token"},
          {"client_id", "SYN-concord"},
          {"client_secret", "SYN-cw-secret-" + seed},
          {"folder", (world_.dir / "child_welfare" / "drop").string()},
          {"webhook_secret", "SYN-cw-webhook-secret-" + seed}};
}

HttpReply ChildWelfare::handle(const HttpRequest& request) {
  if (request.path == "/oauth/token") return token(request);
  if (!std::string_view(request.path).starts_with(kRoot)) return error(404, "NOT_FOUND");
  if (request.header("Authorization") != "Bearer SYN-cw-token-" + std::to_string(world_.seed))
    return error(401, "TOKEN");
  const std::string path = request.path.substr(kRoot.size());
  if (request.method == "GET") return path.empty() ? HttpReply{200, "{}"} : list(path, request);
  if (request.method == "POST" && path == "bulk") return bulk(request);
  if (request.method == "POST" && path.ends_with("/ack"))
    return acknowledge(path.substr(0, path.size() - 4), request);
  if (request.method == "PUT" || request.method == "DELETE") return one(path, request);
  return error(405, "METHOD");
}

HttpReply ChildWelfare::token(const HttpRequest& request) {
  const std::string_view header = request.header("Authorization");
  std::string known;
  if (header.starts_with("Basic ")) {
    std::istringstream in{std::string(header.substr(6))};
    Poco::Base64Decoder decoder(in);
    known.assign(std::istreambuf_iterator<char>(decoder), {});
  }
  const std::string seed = std::to_string(world_.seed);
  if (known != "SYN-concord:SYN-cw-secret-" + seed ||
      request.body.find("grant_type=client_credentials") == std::string::npos)
    return {401, R"({"error":"invalid_client"})"};
  return {
      200,
      R"({"access_token":"SYN-cw-token-)" + seed + R"(","token_type":"Bearer","expires_in":3600})"};
}

HttpReply ChildWelfare::list(const std::string& name, const HttpRequest& request) {
  WelfareRecords::Place after;
  const std::string_view cursor = request.parameter("cursor");
  if (!cursor.empty() && !read_place(cursor, after)) return error(410, "CURSOR");
  int64_t since = 0;
  if (const auto text = request.parameter("modified_since"); !text.empty())
    if (since = utc_us(text); since < 0) return error(400, "MODIFIED_SINCE");
  size_t limit = 100;
  const std::string_view wanted = request.parameter("limit");
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), limit);
  limit = std::clamp<size_t>(limit, 1, 10000);
  const bool twice = faults_.take(FaultKind::duplicate, "/" + name).has_value();
  const bool disorder = faults_.take(FaultKind::out_of_order, "/" + name).has_value();
  // The page stays within its limit, whatever is wrong with it.
  if (twice || disorder) limit = std::max<size_t>(1, (limit - 1) / 2);
  WelfareRecords::Page page;
  if (!records_.page(name, since, after, limit, page)) return error(404, "NOT_FOUND");
  const Poco::Timestamp newest(page.newest_us);
  const int64_t if_modified = http_date_seconds(request.header("If-Modified-Since"));
  if (cursor.empty() && if_modified >= 0 && newest.epochTime() <= if_modified) return {304, ""};
  if (disorder) {
    std::reverse(page.items.begin(), page.items.end());
    for (const std::string& old : page.previous)
      if (!old.empty()) page.items.push_back(old);
  }
  if (twice && !page.items.empty()) page.items.push_back(page.items.front());
  std::string body = R"({"items":[)";
  for (size_t i = 0; i < page.items.size(); ++i) body += (i > 0 ? "," : "") + page.items[i];
  sdk::JsonWriter rest;
  rest.object().key("next");
  page.more ? rest.value(place_text(page.last)) : rest.null();
  if (!page.last.id.empty()) rest.field("receipt", place_text(page.last));
  rest.end();
  HttpReply reply{200, body + "]," + rest.text().substr(1)};
  if (page.newest_us > 0)
    reply.headers.emplace_back(
        "Last-Modified",
        Poco::DateTimeFormatter::format(newest, Poco::DateTimeFormat::HTTP_FORMAT));
  return reply;
}

HttpReply ChildWelfare::acknowledge(const std::string& name, const HttpRequest& request) {
  rapidjson::Document body;
  sdk::JsonFault fault;
  WelfareRecords::Place up_to;
  if (!sdk::parse_json(request.body, body, fault) ||
      !read_place(sdk::text_of(body, "receipt"), up_to))
    return error(400, "RECEIPT");
  {
    const std::lock_guard lock(mutex_);
    if (!prune_on_ack_) return {200, "{}"};
  }
  records_.prune(name, up_to);
  return {200, "{}"};
}

Effect ChildWelfare::take(Received& received, std::string& code) {
  if (code.empty() && !records_.knows(received.subject)) code = "PERSON_UNKNOWN";
  if (code.empty()) {
    const std::lock_guard lock(mutex_);
    if (refused_.contains(received.subject)) code = "NOT_ACCEPTED";
  }
  if (code.empty()) {
    received.status = 200;
    return journal().receive(received);
  }
  received.status = 422;
  if (received.body.empty()) received.body = "{}";
  journal().write(received, Effect::refused);
  return Effect::refused;
}

HttpReply ChildWelfare::bulk(const HttpRequest& request) {
  rapidjson::Document body;
  sdk::JsonFault fault;
  if (!sdk::parse_json(request.body, body, fault, {.bytes_max = 64u << 20}) || !body.IsObject() ||
      !body.HasMember("items") || !body["items"].IsArray())
    return error(400, "BULK_SHAPE");
  sdk::JsonWriter w;
  w.object().key("outcomes").array();
  for (const auto& item : body["items"].GetArray()) {
    Received received;
    const char* wrong = fault_in(item, received);
    std::string code = wrong == nullptr ? "" : wrong;
    const Effect effect = take(received, code);
    w.object().field("idempotency_key", received.idempotency_key);
    w.field("status", name_of(effect)).field("id", "SYN-IN-" + received.key);
    if (!code.empty()) w.field("code", code);
    w.end();
  }
  w.end_array().end();
  return {200, w.text()};
}

HttpReply ChildWelfare::one(const std::string& path, const HttpRequest& request) {
  const size_t slash = path.find('/');
  if (slash == std::string::npos || slash < 2 || path[slash - 1] != 's')
    return error(404, "NOT_FOUND");
  Received received;
  received.type = path.substr(0, slash - 1);
  received.key = path.substr(slash + 1);
  received.idempotency_key = request.header("Idempotency-Key");
  received.subject = request.header("X-Concord-Subject");
  const std::string_view version = request.header("X-Concord-Version");
  std::from_chars(version.data(), version.data() + version.size(), received.version);
  received.body = request.method == "DELETE" ? R"({"operation":"withdraw"})" : request.body;
  rapidjson::Document record;
  sdk::JsonFault fault;
  std::string code;
  if (received.idempotency_key.empty() || received.version == 0)
    code = "ITEM_SHAPE";
  else if (!sdk::parse_json(received.body, record, fault) || !record.IsObject())
    code = "RECORD_SHAPE";
  const Effect effect = take(received, code);
  if (effect == Effect::refused) return error(422, code);
  return {effect == Effect::stale ? 409 : 200, R"({"id":"SYN-IN-)" + received.key + "\"}"};
}

}  // namespace concord::sim
