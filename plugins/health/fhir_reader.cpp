#include "health/fhir_reader.hpp"

#include <algorithm>
#include <array>
#include <concord/json.hpp>
#include <cstdio>
#include <map>

#include "health/fhir_bundle.hpp"
#include "health/hl7_time.hpp"

namespace concord::health {
namespace {

constexpr size_t kSeenMax = 5000;
constexpr int kRestartsMax = 3;

struct Checkpoint {
  int64_t since = INT64_MIN, newest = INT64_MIN;  // microseconds; INT64_MIN: none yet
  std::map<std::string, int64_t> seen;            // hash -> lastUpdated
  std::string page;
  size_t first = 0;
  int restarts = 0;  // of this pass, because its pages had expired
};

std::string hash_of(const sdk::Record& record) {
  uint64_t hash = 1469598103934665603ull;
  for (const std::string_view part : {std::string_view(record.type),
                                      std::string_view(record.key),
                                      std::string_view(record.version)}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    hash *= 31;
  }
  std::array<char, 24> out{};
  std::snprintf(out.data(), out.size(), "%016llx", static_cast<unsigned long long>(hash));
  return out.data();
}

int64_t number_of(const rapidjson::Value& object, const char* name, int64_t otherwise) {
  auto it = object.FindMember(name);
  return it != object.MemberEnd() && it->value.IsInt64() ? it->value.GetInt64() : otherwise;
}

sdk::Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint out;
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (text.empty()) return out;
  if (!sdk::parse_json(text, document, fault) || !document.IsObject())
    return sdk::config_error("CHECKPOINT",
                             "checkpoint",
                             "it was not written by this connector",
                             "reset this job's checkpoint to read from the beginning");
  out.since = number_of(document, "since", INT64_MIN);
  out.newest = number_of(document, "newest", INT64_MIN);
  out.page = sdk::text_of(document, "page");
  out.first = static_cast<size_t>(std::max<int64_t>(0, number_of(document, "first", 0)));
  out.restarts = static_cast<int>(number_of(document, "restarts", 0));
  if (auto seen = document.FindMember("seen");
      seen != document.MemberEnd() && seen->value.IsArray()) {
    for (const auto& one : seen->value.GetArray()) {
      const std::string item = one.IsString() ? one.GetString() : "";
      const size_t colon = item.find(':');
      if (colon == std::string::npos || colon > 18) continue;
      out.seen[item.substr(colon + 1)] = std::strtoll(item.c_str(), nullptr, 10);
    }
  }
  return out;
}

std::string write_checkpoint(const Checkpoint& checkpoint) {
  sdk::JsonWriter w;
  w.object();
  if (checkpoint.since != INT64_MIN) w.field("since", checkpoint.since);
  if (checkpoint.newest != INT64_MIN) w.field("newest", checkpoint.newest);
  if (!checkpoint.page.empty()) {
    w.field("page", checkpoint.page).field("first", static_cast<int64_t>(checkpoint.first));
    if (checkpoint.restarts > 0) w.field("restarts", checkpoint.restarts);
  }
  w.key("seen").array();
  for (const auto& [hash, at] : checkpoint.seen) w.value(std::to_string(at) + ":" + hash);
  w.end_array().end();
  return w.text();
}

// Forgets what no later page brings again, and holds no more than kSeenMax: beyond that, repeats.
void forget_old(Checkpoint& checkpoint, int64_t before) {
  std::erase_if(checkpoint.seen, [&](const auto& one) { return one.second < before; });
  while (checkpoint.seen.size() > kSeenMax) checkpoint.seen.erase(checkpoint.seen.begin());
}

std::string first_page(const FhirSettings& settings,
                       std::string_view type,
                       int64_t since,
                       uint32_t records_max) {
  const std::string count = std::to_string(std::min<uint32_t>(settings.page_count, records_max));
  // Milliseconds: not every server reads more.
  std::string time = since == INT64_MIN ? "" : iso_utc(since);
  if (!time.empty()) time = time.substr(0, 23) + "Z";
  std::string path = sdk::url_path(settings.base_url + "/") + std::string(type);
  if (settings.by_history) {
    path += "/_history?_count=" + count;
    if (!time.empty()) path += "&_since=" + sdk::url_encode(time);
    return path;
  }
  path += "?_sort=_lastUpdated&_count=" + count;
  if (!time.empty()) path += "&_lastUpdated=ge" + sdk::url_encode(time);
  return path;
}

// "https://host:8443" of a URL; empty: it is none.
std::string server_of(const std::string& url) {
  const size_t scheme = url.find("://");
  return scheme == std::string::npos ? "" : url.substr(0, url.find_first_of("/?#", scheme + 3));
}

std::string origin_of(const std::string& url) {
  std::string origin = server_of(url);
  std::transform(origin.begin(), origin.end(), origin.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (origin.starts_with("https://") && origin.ends_with(":443")) origin.resize(origin.size() - 4);
  if (origin.starts_with("http://") && origin.ends_with(":80")) origin.resize(origin.size() - 3);
  return origin;
}

}  // namespace

std::optional<std::string> same_origin_path(const std::string& base_url, const std::string& url) {
  if (url.empty() || url.starts_with("//")) return std::nullopt;
  if (url[0] == '/') return url;
  const std::string base_path = sdk::url_path(base_url);
  if (url[0] == '?') return base_path + url;
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos || url.find_first_of("?/") < scheme) {  // "Patient?page=2"
    return base_path + (base_path.ends_with('/') ? "" : "/") + url;
  }
  if (url.find('@') < url.find('/', scheme + 3)) return std::nullopt;
  if (origin_of(url) != origin_of(base_url)) return std::nullopt;
  const size_t path = url.find_first_of("/?", scheme + 3);
  if (path == std::string::npos) return "/";
  return url[path] == '?' ? "/" + url.substr(path) : url.substr(path);
}

sdk::Result<sdk::Batch> read_fhir(FhirClient& client,
                                  std::string_view type,
                                  std::string_view checkpoint_text,
                                  const sdk::Limits& limits,
                                  const sdk::Call& call) {
  const FhirSettings& settings = client.settings();
  auto parsed = parse_checkpoint(checkpoint_text);
  if (!parsed) return std::move(parsed).error();
  Checkpoint checkpoint = std::move(parsed).value();
  const std::string path = checkpoint.page.empty()
                               ? first_page(settings, type, checkpoint.since, limits.records_max)
                               : checkpoint.page;
  const std::string url = server_of(settings.base_url) + path;
  const std::string place = "GET " + sdk::url_path(url);
  auto response = client.send("GET", url, call);
  if (!response) return std::move(response).error();

  sdk::Batch batch;
  const bool expired = response->status == 404 || response->status == 410;
  if (expired && !checkpoint.page.empty() && checkpoint.restarts < kRestartsMax) {
    // Servers keep the pages of a search for a while only. From the start of this pass again.
    checkpoint.page = first_page(settings, type, checkpoint.since, limits.records_max);
    checkpoint.first = 0;
    ++checkpoint.restarts;
    batch.checkpoint = write_checkpoint(checkpoint);
    batch.more = true;
    return batch;
  }
  if (response->status != 200) {
    sdk::Error error = FhirClient::error_of(*response, place);
    // A refused question is nobody's record.
    if (error.error_class == sdk::ErrorClass::bad_record)
      error.error_class = sdk::ErrorClass::config;
    return error;
  }
  auto page = read_bundle(
      response->body, place, limits.body_bytes_max, checkpoint.first, limits.records_max);
  if (!page) return std::move(page).error();
  if (page->outcomes > 0) {
    call.log(2, "fhir.remarks", R"({"count":)" + std::to_string(page->outcomes) + "}");
  }

  for (sdk::Record& record : page->records) {
    const int64_t at = record.changed_at_us;
    std::string hash = hash_of(record);
    const bool known = checkpoint.seen.contains(hash);
    if (at != CONCORD_TIME_UNKNOWN) {
      checkpoint.newest = std::max(checkpoint.newest, at);
      checkpoint.seen[std::move(hash)] = at;
    }
    if (!known) batch.records.push_back(std::move(record));
  }
  batch.rejects = std::move(page->rejects);
  // History gives the newest first; within a page we put the oldest first.
  if (settings.by_history) {
    std::stable_sort(
        batch.records.begin(), batch.records.end(), [](const sdk::Record& a, const sdk::Record& b) {
          return a.version < b.version;
        });
  }

  const int64_t overlap = std::chrono::microseconds(settings.overlap).count();
  if (checkpoint.first + limits.records_max < page->entries) {
    checkpoint.page = path;
    checkpoint.first += limits.records_max;
    batch.more = true;
  } else if (!page->next.empty()) {
    auto next = same_origin_path(settings.base_url, page->next);
    if (!next) {
      return sdk::config_error("FHIR_NEXT_ORIGIN",
                               place,
                               "the next page is at another server",
                               "set fhir.base_url to the address that the server gives itself");
    }
    if (*next == path) {
      return sdk::retry(
          "FHIR_NEXT_LOOP", place, "the next page is this page", "tell the server's owner");
    }
    checkpoint.page = std::move(*next);
    checkpoint.first = 0;
    batch.more = true;
  } else {
    checkpoint.page.clear();
    checkpoint.first = 0;
    checkpoint.restarts = 0;
    if (checkpoint.newest != INT64_MIN) {
      // Down to the millisecond that we can ask for.
      const int64_t since = (checkpoint.newest - overlap) / 1000 * 1000;
      checkpoint.since = std::max(checkpoint.since, since);
    }
  }
  // Pages come sorted, so that later ones bring nothing older than the newest so far.
  const bool any = checkpoint.newest != INT64_MIN;
  forget_old(checkpoint, batch.more && any ? checkpoint.newest - overlap - 1000 : checkpoint.since);
  batch.checkpoint = write_checkpoint(checkpoint);
  return batch;
}

}  // namespace concord::health
