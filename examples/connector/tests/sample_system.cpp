#include "sample_system.hpp"

#include <concord/json.hpp>
#include <cstdio>

using concord::sdk::JsonWriter;
using concord::sdk::TestReply;
using concord::sdk::TestRequest;

namespace {

constexpr int kChildren = 12;

std::string numbered(const std::string& prefix, int64_t n) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%04lld", static_cast<long long>(n));
  return prefix + "-" + digits;
}

// One line of the feed.
std::string line_of(const std::string& id,
                    int version,
                    const std::string& changed_at,
                    const std::string& record) {
  JsonWriter out;
  out.object().field("id", id).field("version", std::to_string(version));
  out.field("changed_at", changed_at).field("deleted", record.empty()).end();
  std::string line = out.text();
  if (!record.empty()) line.insert(line.size() - 1, ",\"record\":" + record);
  return line;
}

}  // namespace

SampleSystem::SampleSystem(std::string prefix, uint16_t port)
    : prefix_(std::move(prefix)),
      server_([this](const TestRequest& request) { return handle(request); }, port) {
  const std::lock_guard lock(mutex_);
  for (int n = 1; n <= kChildren; ++n) {
    const std::string id = numbered(prefix_, n);
    JsonWriter person;
    person.object().field("id", id).field("given", "Ada");
    person.field("family", numbered("Example-Testfamily", n)).field("birth_date", "2012-04-09");
    person.field("sex", n % 2 == 0 ? "F" : "M").field("state_id", numbered("SYN-STATE", n)).end();
    add("person", line_of(id, 1, "2026-03-01T09:00:00Z", person.text()));
    keys_["person"].insert(id);
    if (prefix_ == "SYN") add_placement(numbered("SYN-P", n), "2026-03-01T09:00:00Z", "Example Home 4");
  }
}

SampleSystem::~SampleSystem() {
  tell("heal");
}

void SampleSystem::add(const std::string& type, const std::string& line) {
  feeds_[type][next_++] = line;
}

std::string SampleSystem::add_placement(const std::string& id,
                                        const std::string& changed_at,
                                        const std::string& facility) {
  JsonWriter out;
  out.object().field("id", id).field("person_id", numbered(prefix_, 1 + next_ % kChildren));
  out.field("kind", "FOSTER").field("start_date", "2026-02-27").field("facility", facility);
  if (next_ % 2 == 0) out.field("end_date", "2026-05-01");
  out.end();
  add("placement", line_of(id, static_cast<int>(next_), changed_at, out.text()));
  keys_["placement"].insert(id);
  return "placement " + id;
}

std::string SampleSystem::tell(const std::string& verb, const std::string& word) {
  const std::lock_guard lock(mutex_);
  const std::string now = "2026-03-02T10:00:00Z";
  std::string out;
  if (verb == "keys") {
    for (const std::string& key : keys_[word]) out += key + "\n";
  } else if (verb == "change") {
    return add_placement("SYN-P-0003", now, "Example Home 9");
  } else if (verb == "delete") {
    add("placement", line_of("SYN-P-0004", 9, now, ""));
    return "placement SYN-P-0004";
  } else if (verb == "add_large") {
    return add_placement("SYN-P-LARGE", now, std::string(std::stoul(word), 'x'));
  } else if (verb == "add_invalid_utf8") {
    add("placement", line_of("SYN-P-BYTES", 1, now, "{\"facility\":\"Example \xE9t\xE9\"}"));
  } else if (verb == "add_malformed") {
    add("placement", "{\"id\":\"SYN-P-CUT\",\"version\":\"1\",\"record\":{\"fac");
  } else if (verb == "add_empty_and_absent") {
    add("placement", line_of("SYN-P-EMPTY", 1, now, R"({"id":"SYN-P-EMPTY","facility":""})"));
    add("placement", line_of("SYN-P-ABSENT", 1, now, R"({"id":"SYN-P-ABSENT"})"));
    return "placement SYN-P-EMPTY SYN-P-ABSENT facility";
  } else if (verb == "add_same_instant") {
    add_placement("SYN-P-ZULU", "2026-03-02T13:00:00Z", "Example Home 1");
    add_placement("SYN-P-EAST", "2026-03-02T08:00:00-05:00", "Example Home 1");
    return "placement SYN-P-ZULU SYN-P-EAST";
  } else if (verb == "fail") {
    fail_ = std::stoi(word);
    return fail_ == 429 ? "7" : "";
  } else if (verb == "hang") {
    hang_ = true;
  } else if (verb == "heal") {
    fail_ = 0;
    hang_ = false;
    healed_.notify_all();
  } else if (verb == "notices") {
    for (const auto& [key, notice] : notices_)
      if (!notice.withdrawn) out += "notice " + key + " " + std::to_string(notice.version) + "\n";
  } else if (verb == "effects") {
    return std::to_string(effects_);
  }
  return out;
}

TestReply SampleSystem::handle(const TestRequest& request) {
  const std::string& path = request.path;
  if (path.starts_with("/tell/"))
    return {200, tell(path.substr(6), request.query.contains("word") ? request.query.at("word") : "")};
  std::unique_lock lock(mutex_);
  healed_.wait(lock, [this] { return !hang_; });
  if (fail_ == 429) return {429, "{}", {{"Retry-After", "7"}}};
  if (fail_ != 0) return {fail_, "{}"};
  if (request.header("Authorization") != "Bearer SYN-sample-token") return {401, "{}"};
  if (path.starts_with("/feed/")) return feed(request, path.substr(6));
  if (path.starts_with("/notices/")) return notice(request, path.substr(9));
  return {404, "{}"};
}

TestReply SampleSystem::feed(const TestRequest& request, const std::string& type) {
  auto number = [&](const char* name, int64_t otherwise) {
    const auto found = request.query.find(name);
    return found == request.query.end() || found->second.empty() ? otherwise
                                                                 : std::stoll(found->second);
  };
  if (request.method == "POST" && type.ends_with("/ack")) {
    auto& lines = feeds_[type.substr(0, type.size() - 4)];
    lines.erase(lines.begin(), lines.upper_bound(number("upto", 0)));
    return {};
  }
  const auto& lines = feeds_[type];
  const int64_t after = number("after", 0);
  auto at = lines.upper_bound(after);
  TestReply reply;
  int64_t last = after;
  for (int64_t n = number("limit", 100); n > 0 && at != lines.end(); --n, ++at) {
    reply.body += at->second + "\n";
    last = at->first;
  }
  reply.headers = {{"X-Next", std::to_string(last)}, {"X-More", at == lines.end() ? "no" : "yes"}};
  return reply;
}

TestReply SampleSystem::notice(const TestRequest& request, const std::string& key) {
  const bool withdraw = request.method == "DELETE";
  rapidjson::Document body;
  concord::sdk::JsonFault fault;
  if (!withdraw && (!concord::sdk::parse_json(request.body, body, fault) || !body.IsObject() ||
                    concord::sdk::text_of(body, "event").empty()))
    return {422, "{}"};
  Notice& held = notices_[key];
  const uint64_t version = std::stoull("0" + request.header("X-Version"));
  const bool repeat = !seen_.insert(request.header("Idempotency-Key")).second;
  if (!repeat && version >= held.version) {
    held = {version, withdraw, request.body};
    ++effects_;
  }
  return {200, "{}", {{"X-Notice", "N-" + key}}};
}
