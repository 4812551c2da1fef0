#include "examples/simulators/health_fhir.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <concord/json.hpp>
#include <ctime>

#include "examples/simulators/health_words.hpp"

namespace concord::sim {
namespace {

constexpr const char* kFhirJson = "application/fhir+json";

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string outcome(std::string_view code, std::string_view expression = {}) {
  sdk::JsonWriter w;
  w.object().field("resourceType", "OperationOutcome").key("issue").array().object();
  w.field("severity", "error").field("code", code);
  if (!expression.empty()) w.key("expression").array().value(expression).end_array();
  w.end().end_array().end();
  return w.text();
}
HttpReply refusal(int status, std::string_view code) {
  return {status, outcome(code), kFhirJson};
}

uint64_t number_of(std::string_view text, uint64_t otherwise) {
  uint64_t out = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// "ge2026-03-01T12:00:00.123Z" and the like; all that our own times look like.
int64_t time_of(std::string_view text) {
  if (text.starts_with("ge")) text.remove_prefix(2);
  std::tm utc{};
  const std::string copy(text);
  const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (rest == nullptr) return INT64_MIN;
  int64_t micros = 0, unit = 100000;
  if (*rest == '.')
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) micros += (*rest - '0') * unit;
  return static_cast<int64_t>(timegm(&utc)) * 1000000 + micros;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ec == std::errc{}) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The code of the tag whose system ends so.
std::string tag_of(const rapidjson::Value& resource, std::string_view system_end) {
  const auto meta = resource.FindMember("meta");
  if (meta == resource.MemberEnd() || !meta->value.IsObject()) return {};
  const auto tags = meta->value.FindMember("tag");
  if (tags == meta->value.MemberEnd() || !tags->value.IsArray()) return {};
  for (const auto& tag : tags->value.GetArray()) {
    if (sdk::text_of(tag, "system").ends_with(system_end))
      return std::string(sdk::text_of(tag, "code"));
  }
  return {};
}

// Whom it is about: the patient reference, wherever this type keeps it.
std::string subject_of(const rapidjson::Value& resource) {
  const std::string json = sdk::write_json(resource);
  const size_t at = json.find("\"Patient/");
  if (at == std::string::npos) return {};
  return json.substr(at + 9, json.find('"', at + 9) - at - 9);
}

}  // namespace

void HealthFhir::store(const Key& key, std::string resource, int64_t at_us) {
  Stored& held = held_[key];
  auto& changes = changes_[key.first];
  if (held.change != 0) changes.erase(held.change);
  last_us_ = std::max(last_us_, at_us);
  held.version += 1;
  held.change = ++change_;
  held.at_us = last_us_;
  held.json.clear();
  if (!resource.empty()) {
    // meta goes first: {"meta":{...},"resourceType"...
    held.json = R"({"meta":{"versionId":")" + std::to_string(held.version) +
                R"(","lastUpdated":")" + iso_time(held.at_us) + "\"}," + resource.substr(1);
  }
  changes[held.change] = key.second;
}

void HealthFhir::put(std::string_view type,
                     std::string_view id,
                     std::string resource,
                     int64_t at_us) {
  const std::lock_guard lock(mutex_);
  store({std::string(type), std::string(id)}, std::move(resource), at_us);
}

void HealthFhir::remove(std::string_view type, std::string_view id, int64_t at_us) {
  const std::lock_guard lock(mutex_);
  store({std::string(type), std::string(id)}, "", at_us);
}

void HealthFhir::refuse(const std::string& mrn, bool on) {
  const std::lock_guard lock(mutex_);
  if (on)
    refused_.insert(mrn);
  else
    refused_.erase(mrn);
}

std::string HealthFhir::counts_json() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, int> counts;
  for (const auto& [key, held] : held_)
    if (!held.json.empty()) ++counts[key.first];
  sdk::JsonWriter w;
  w.object();
  for (const auto& [type, count] : counts) w.field(type, count);
  w.end();
  return w.text();
}

HttpReply HealthFhir::handle(const HttpRequest& request,
                             std::string_view path,
                             const std::string& base_url) {
  if (path == "/metadata" && request.method == "GET") {
    return {200,
            R"({"resourceType":"CapabilityStatement","status":"active","fhirVersion":"4.0.1"})",
            kFhirJson};
  }
  if ((path.empty() || path == "/") && request.method == "POST") return batch(request);
  if (request.method != "GET" || path.size() < 2) return refusal(405, "not-supported");
  std::string_view rest = path.substr(1);
  const size_t slash = rest.find('/');
  const std::string type(rest.substr(0, slash));
  if (slash == std::string_view::npos) return page(request, type, false, base_url);
  if (rest.substr(slash) == "/_history") return page(request, type, true, base_url);
  const std::lock_guard lock(mutex_);
  const auto held = held_.find({type, std::string(rest.substr(slash + 1))});
  if (held == held_.end()) return refusal(404, "not-found");
  if (held->second.json.empty()) return refusal(410, "deleted");
  return {200, held->second.json, kFhirJson};
}

HttpReply HealthFhir::page(const HttpRequest& request,
                           const std::string& type,
                           bool history,
                           const std::string& base_url) {
  const size_t count = std::clamp<size_t>(number_of(request.parameter("_count"), 100), 1, 5000);
  const uint64_t after = number_of(request.parameter("_after"), 0);
  const std::string_view since = request.parameter(history ? "_since" : "_lastUpdated");
  const int64_t from = since.empty() ? INT64_MIN : time_of(since);
  std::vector<std::string> entries;
  uint64_t last = 0;
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    const auto& changes = changes_[type];
    auto it = changes.upper_bound(after);
    if (after == 0 && !since.empty()) {  // from the end, since most of a store is old
      for (it = changes.end(); it != changes.begin();) {
        if (held_.at({type, std::prev(it)->second}).at_us < from) break;
        --it;
      }
    }
    for (; it != changes.end(); ++it) {
      const Stored& held = held_.at({type, it->second});
      if (held.json.empty() && !history) continue;
      if (entries.size() == count) {
        more = true;
        break;
      }
      last = it->first;
      const std::string url = base_url + "/" + type + "/" + it->second;
      if (held.json.empty()) {
        entries.push_back(R"({"fullUrl":")" + url + R"(","request":{"method":"DELETE","url":")" +
                          type + "/" + it->second +
                          R"("},"response":{"status":"204","etag":"W/\")" +
                          std::to_string(held.version) + R"(\"","lastModified":")" +
                          iso_time(held.at_us) + "\"}}");
      } else {
        entries.push_back(R"({"fullUrl":")" + url + R"(","resource":)" + held.json + "}");
      }
    }
  }
  const std::string place = "/fhir/" + type;
  if (!entries.empty() && faults_.take(FaultKind::duplicate, place))
    entries.push_back(entries.front());
  if (faults_.take(FaultKind::out_of_order, place)) std::reverse(entries.begin(), entries.end());
  std::string body = R"({"resourceType":"Bundle","type":")" +
                     std::string(history ? "history" : "searchset") + "\"";
  if (more) {
    std::string url = base_url + "/" + type + (history ? "/_history" : "") +
                      "?_after=" + std::to_string(last) + "&_count=" + std::to_string(count);
    if (!since.empty())
      url += std::string(history ? "&_since=" : "&_lastUpdated=") + std::string(since);
    body += R"(,"link":[{"relation":"next","url":")" + url + "\"}]";
  }
  body += R"(,"entry":[)";
  for (size_t i = 0; i < entries.size(); ++i) body += (i > 0 ? "," : "") + entries[i];
  return {200, body + "]}", kFhirJson};
}

HttpReply HealthFhir::batch(const HttpRequest& request) {
  rapidjson::Document bundle;
  sdk::JsonFault fault;
  if (!sdk::parse_json(request.body, bundle, fault, {.bytes_max = 32u << 20}) ||
      sdk::text_of(bundle, "resourceType") != "Bundle" || sdk::text_of(bundle, "type") != "batch" ||
      !bundle.HasMember("entry") || !bundle["entry"].IsArray()) {
    return refusal(400, "structure");
  }
  std::string body = R"({"resourceType":"Bundle","type":"batch-response","entry":[)";
  bool first = true;
  for (const auto& entry : bundle["entry"].GetArray()) {
    const auto asked = entry.FindMember("request");
    const auto resource = entry.FindMember("resource");
    Answer answer{400, "", outcome("structure")};
    if (asked != entry.MemberEnd()) {
      answer = apply(sdk::text_of(asked->value, "method"),
                     sdk::text_of(asked->value, "url"),
                     sdk::text_of(asked->value, "ifNoneExist"),
                     resource == entry.MemberEnd() ? nullptr : &resource->value);
    }
    sdk::JsonWriter w;
    w.object().field("status", std::to_string(answer.status));
    if (!answer.location.empty()) w.field("location", answer.location);
    w.end();
    std::string response = w.text();
    if (!answer.outcome.empty()) {
      response.back() = ',';
      response += R"("outcome":)" + answer.outcome + "}";
    }
    body += (first ? "" : ",") + (R"({"response":)" + response + "}");
    first = false;
  }
  return {200, body + "]}", kFhirJson};
}

HealthFhir::Answer HealthFhir::apply(std::string_view method,
                                     std::string_view url,
                                     std::string_view if_none_exist,
                                     const rapidjson::Value* resource) {
  const size_t question = url.find('?');
  std::string_view path = url.substr(0, question);
  const bool create_only = method == "POST" && !if_none_exist.empty();
  const std::string_view condition = create_only ? if_none_exist
                                     : question == std::string_view::npos
                                         ? ""
                                         : url.substr(question + 1);
  if (method == "PUT" && condition.empty() && resource != nullptr) {  // Provenance/<id>
    const size_t slash = path.find('/');
    if (slash == std::string_view::npos) return {400, "", outcome("structure")};
    const std::lock_guard lock(mutex_);
    const Key key{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
    const bool made = !held_.contains(key);
    store(key, sdk::write_json(*resource), now_us());
    return {made ? 201 : 200,
            key.first + "/" + key.second + "/_history/" + std::to_string(held_[key].version),
            ""};
  }
  if (!condition.starts_with("identifier=")) return {400, "", outcome("structure")};
  const std::string identifier = decoded(condition.substr(11));
  const std::string our_key =
      identifier.substr(std::min(identifier.find('|') + 1, identifier.size()));
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    std::string& known = by_identifier_[{std::string(path), identifier}];
    if (known.empty() && method != "DELETE") known = "SYN-N-" + std::to_string(++made_);
    id = known;
  }
  if (method == "DELETE") return withdraw(path, our_key, id);
  if (resource == nullptr || (method != "PUT" && !create_only))
    return {400, "", outcome("structure")};
  return write_ours(path, our_key, id, *resource, create_only);
}

HealthFhir::Answer HealthFhir::write_ours(std::string_view type,
                                          const std::string& our_key,
                                          const std::string& id,
                                          const rapidjson::Value& resource,
                                          bool create_only) {
  Received received;
  received.type = type;
  received.key = our_key;
  received.version = number_of(tag_of(resource, ":version"), 1);
  received.idempotency_key = tag_of(resource, ":delivery");
  if (received.idempotency_key.empty()) {
    received.idempotency_key =
        received.type + "/" + our_key + "/" + std::to_string(received.version);
  }
  received.subject = subject_of(resource);
  received.body = sdk::write_json(resource);
  const Key key{received.type, id};
  const std::lock_guard lock(mutex_);
  const char* wrong = nullptr;
  if (sdk::text_of(resource, "resourceType") != type) wrong = "structure";
  if (refused_.contains(received.subject)) wrong = "business-rule";
  if (!received.subject.empty() && !held_.contains({"Patient", received.subject}))
    wrong = "not-found";
  if (wrong != nullptr) {
    received.status = 422;
    journal_.write(received, Effect::refused);
    return {422, "", outcome(wrong, received.type)};
  }
  const auto held = held_.find(key);
  const bool made = held == held_.end() || held->second.json.empty();
  received.status = made ? 201 : 200;
  if (!made && create_only) {
    journal_.write(received, Effect::repeat);
  } else if (journal_.receive(received) == Effect::applied) {
    rapidjson::Document copy;
    copy.CopyFrom(resource, copy.GetAllocator());
    copy.RemoveMember("meta");
    copy.AddMember("id", rapidjson::Value(id.c_str(), copy.GetAllocator()), copy.GetAllocator());
    store(key, sdk::write_json(copy), now_us());
  }
  return {received.status,
          received.type + "/" + id + "/_history/" + std::to_string(held_[key].version),
          ""};
}

HealthFhir::Answer HealthFhir::withdraw(std::string_view type,
                                        const std::string& our_key,
                                        const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find({std::string(type), id});
  const bool there = held != held_.end() && !held->second.json.empty();
  Received received;
  received.type = type;
  received.key = our_key;
  received.status = there ? 204 : 404;
  received.body = R"({"operation":"withdraw"})";
  journal_.write(received, there ? Effect::applied : Effect::repeat);
  if (there) store(held->first, "", now_us());
  return {received.status, "", ""};
}

}  // namespace concord::sim
