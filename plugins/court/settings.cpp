#include "court/settings.hpp"

#include <algorithm>
#include <concord/json.hpp>

#include "court/members.hpp"

namespace concord::court {
namespace {

using rapidjson::Value;

void take(const Value& object, const char* name, std::string& out) {
  if (const Value* v = member(object, name); v != nullptr && v->IsString())
    out.assign(v->GetString(), v->GetStringLength());
}
void take(const Value& object, const char* name, std::filesystem::path& out) {
  std::string text;
  take(object, name, text);
  if (!text.empty()) out = text;
}
void take(const Value& object, const char* name, bool& out) {
  if (const Value* v = member(object, name); v != nullptr && v->IsBool()) out = v->GetBool();
}
template <class Number>
void take_number(const Value& object, const char* name, Number& out) {
  if (const Value* v = member(object, name); v != nullptr && v->IsInt64())
    out = static_cast<Number>(v->GetInt64());
}
void take(const Value& object, const char* name, std::chrono::seconds& out) {
  int64_t seconds = out.count();
  take_number(object, name, seconds);
  out = std::chrono::seconds(seconds);
}

sdk::Error fault(const char* place, const char* cause, const char* next) {
  return sdk::config_error("CONFIG", std::string("config.") + place, cause, next);
}
bool http_url(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

sdk::Result<sdk::Done> read_api(const Value& from, ApiSettings& api) {
  take(from, "url", api.url);
  take(from, "token", api.token);
  take(from, "ca_file", api.ca_file);
  take_number(from, "page_size", api.page_size);
  take(from, "ack", api.ack);
  take(from, "bulk_notes", api.bulk_notes);
  take(from, "timeout_seconds", api.timeout);
  while (!api.url.empty() && api.url.back() == '/') api.url.pop_back();
  if (!http_url(api.url))
    return fault("api.url", "not an http:// or https:// URL", "write the docket API's full URL");
  if (api.url.find('@') != std::string::npos)
    return fault("api.url", "a URL with credentials in it", "put the token into api.token");
  if (api.token.empty())
    return fault("api.token", "missing or empty", "set it by reference, as ${file:...}");
  if (api.page_size == 0)
    return fault("api.page_size", "zero", "choose how many items a page holds, as 500");
  return sdk::Done{};
}

void read_filings(const Value& from, FilingSettings& filings) {
  take(from, "folder", filings.folder);
  filings.done_folder = filings.folder / "done";
  take(from, "done_folder", filings.done_folder);
  filings.remove = sdk::text_of(from, "after_ack") == "remove";
  take(from, "settle_seconds", filings.settle);
  take(from, "out_folder", filings.out_folder);
  take(from, "court_id", filings.court_id);
  take(from, "court_name", filings.court_name);
  take(from, "sender", filings.sender);
}

sdk::Result<sdk::Done> read_calendar(const Value& from, CalendarSettings& calendar) {
  take(from, "url", calendar.url);
  take(from, "folder", calendar.folder);
  take(from, "docket_property", calendar.docket_property);
  take(from, "party_property", calendar.party_property);
  take_number(from, "days_back", calendar.days_back);
  take_number(from, "days_ahead", calendar.days_ahead);
  take_number(from, "instances_max", calendar.instances_max);
  if (const Value* aliases = member(from, "zone_aliases"); aliases && aliases->IsObject()) {
    for (const auto& alias : aliases->GetObject()) {
      if (!alias.value.IsString() || !zone_known(alias.value.GetString()))
        return fault("calendar.zone_aliases",
                     "an alias that stands for no known IANA zone",
                     "write names as America/New_York");
      calendar.zone_aliases[alias.name.GetString()] = alias.value.GetString();
    }
  }
  if (!calendar.url.empty() && !http_url(calendar.url))
    return fault("calendar.url", "not an http:// or https:// URL", "write the calendar's full URL");
  return sdk::Done{};
}

}  // namespace

bool zone_known(std::string_view name) {
  // Only names, never paths that lead elsewhere.
  const bool plain = !name.empty() && name.front() != '/' && name.size() < 64 &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' ||
                              c == '+';
                     });
  std::error_code ignored;
  return plain && (name == "UTC" || std::filesystem::is_regular_file(
                                        "/usr/share/zoneinfo/" + std::string(name), ignored));
}

sdk::Result<Settings> read_settings(std::string_view json) {
  rapidjson::Document document;
  sdk::JsonFault json_fault;
  if (!sdk::parse_json(json, document, json_fault) || !document.IsObject())
    return sdk::config_error("CONFIG", "config", "no JSON object", "see the connector's schema");
  Settings settings;
  take(document, "zone", settings.zone);
  if (!zone_known(settings.zone))
    return fault("zone", "no known IANA time zone", "write the court's zone, as America/New_York");
  if (const Value* api = member(document, "api"); api != nullptr && api->IsObject()) {
    settings.api.emplace();
    if (auto read = read_api(*api, *settings.api); !read) return std::move(read).error();
  }
  if (const Value* filings = member(document, "filings"); filings && filings->IsObject())
    read_filings(*filings, settings.filings);
  if (const Value* calendar = member(document, "calendar"); calendar && calendar->IsObject()) {
    if (auto read = read_calendar(*calendar, settings.calendar); !read)
      return std::move(read).error();
  }
  if (const Value* webhook = member(document, "webhook"); webhook && webhook->IsObject()) {
    WebhookSettings& hook = settings.webhook.emplace();
    if (member(*webhook, "port") == nullptr)
      return fault("webhook.port", "missing", "choose the port that events come to");
    if (sdk::text_of(*webhook, "secret").empty())
      return fault("webhook.secret", "missing or empty", "set it by reference, as ${file:...}");
    take(*webhook, "host", hook.host);
    take_number(*webhook, "port", hook.port);
    take(*webhook, "secret", hook.secret);
    take(*webhook, "path", hook.path);
    take(*webhook, "tolerance_seconds", hook.tolerance);
  }
  const bool any = settings.api || settings.has_calendar() || !settings.filings.folder.empty() ||
                   !settings.filings.out_folder.empty() || settings.webhook;
  if (!any)
    return sdk::config_error("CONFIG",
                             "config",
                             "none of api, filings, calendar and webhook is set",
                             "set at least one of them");
  return settings;
}

}  // namespace concord::court
