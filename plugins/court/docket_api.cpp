#include "court/docket_api.hpp"

#include <algorithm>
#include <array>
#include <concord/http.hpp>
#include <concord/obligations.hpp>

#include "court/members.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

using rapidjson::Value;

// A version that is a number sorts as it counts; a text stays as it is.
std::string version_text(const Value& item) {
  const Value* version = member(item, "version");
  if (version == nullptr) return {};
  if (version->IsUint64()) return padded(version->GetUint64());
  return version->IsString() ? version->GetString() : std::string();
}

// What the court calls its refusal, if it is a name and no sentence.
std::string safe_code(std::string_view code) {
  const bool plain =
      !code.empty() && code.size() <= 40 && std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      });
  return plain ? std::string(code) : std::string();
}

// What became of one delivery, by the status that the court gave it.
sdk::Outcome outcome_of(const sdk::HttpResponse& response,
                        const Value& body,
                        const std::string& place) {
  sdk::Outcome out;
  std::string_view id = sdk::text_of(body, "id");
  out.remote_id = std::string(id.substr(0, 256));
  if (response.status >= 200 && response.status < 300) return out;
  const std::string code = safe_code(sdk::text_of(body, "code"));
  // The court holds a newer version: there is nothing left to deliver.
  if (response.status == 409 && code == "STALE_VERSION") return out;
  sdk::Error error = sdk::http_error(response, place);
  if (!code.empty()) error.code = code;
  if (response.status == 422) {
    error.cause = "the court understood it and does not accept it";
    error.next = "see the court's meaning of this code, and mend the mapping";
  }
  out.error = std::move(error);
  return out;
}

}  // namespace

std::string_view collection_of(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> collections{
      {{"party", "parties"},
       {"case", "cases"},
       {"hearing", "hearings"},
       {"order", "orders"},
       {"filing", "filings"}}};
  for (const auto& [name, collection] : collections) {
    if (name == type) return collection;
  }
  return {};
}

void read_item(const Value& item,
               std::string_view type,
               const std::string& place,
               const sdk::Limits& limits,
               DocketPage& out) {
  auto reject = [&](const char* code, const char* cause) {
    const std::string raw = sdk::write_json(item);
    out.rejects.push_back({std::string(type),
                           std::string(sdk::text_of(item, "id")),
                           cut(raw, limits.body_bytes_max),
                           sdk::bad_record(code, place, cause, "have it mended at the court")});
  };
  if (!item.IsObject()) return reject("DOCKET_ITEM", "an item that is no JSON object");
  const std::string_view id = sdk::text_of(item, "id");
  if (id.empty() || id.size() > 512)
    return reject("DOCKET_ITEM_ID", "an item without a text \"id\" of 1 to 512 bytes");
  sdk::Record record{std::string(type), std::string(id), version_text(item), "", place};
  if (record.version.empty())
    return reject("DOCKET_ITEM_VERSION", "an item without a \"version\" that is a number or text");
  record.deleted = is_true(item, "deleted");
  record.body = sdk::write_json(item);
  if (record.body.size() > limits.body_bytes_max)
    return reject("RECORD_SIZE", "an item that is larger than a record may be");
  if (const auto at = instant_of(sdk::text_of(item, "updated_at"))) record.changed_at_us = *at;
  out.records.push_back(std::move(record));
}

sdk::Result<DocketPage> read_page(std::string_view json,
                                  std::string_view type,
                                  const std::string& origin,
                                  const sdk::Limits& limits) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  auto no_page = [&](std::string cause) {
    return sdk::retry("DOCKET_PAGE",
                      origin,
                      std::move(cause),
                      "nothing, if it passes; else check api.url with the court");
  };
  if (!sdk::parse_json(json, document, fault, {.bytes_max = 64u << 20}))
    return no_page(fault.code + " at byte " + std::to_string(fault.offset) + ": " + fault.cause);
  const Value* items = array_member(document, "items");
  if (items == nullptr) return no_page("an answer without a list \"items\"");
  DocketPage page;
  page.next_cursor = sdk::text_of(document, "next_cursor");
  page.more = is_true(document, "more");
  if (page.next_cursor.empty() && (page.more || !items->Empty()))
    return no_page("an answer without a text \"next_cursor\"");
  page.records.reserve(items->Size());
  for (rapidjson::SizeType i = 0; i < items->Size(); ++i)
    read_item((*items)[i], type, origin + " items[" + std::to_string(i) + "]", limits, page);
  return page;
}

struct DocketApi::Client {
  sdk::HttpClient http;

  sdk::Result<sdk::HttpResponse> send(const ApiSettings& settings,
                                      sdk::HttpRequest request,
                                      const sdk::Call& call) {
    request.url = settings.url + request.url;
    request.headers.emplace_back("Authorization", "Bearer " + settings.token);
    request.headers.emplace_back("Accept", "application/json");
    request.ca_file = settings.ca_file;
    request.timeout = std::min<std::chrono::milliseconds>(settings.timeout, call.left());
    request.cancelled = [&call] { return call.cancelled(); };
    return http.send(request);
  }
};

DocketApi::DocketApi(ApiSettings settings)
    : settings_(std::move(settings)), client_(std::make_unique<Client>()) {}
DocketApi::~DocketApi() = default;

sdk::Status DocketApi::check(const sdk::Call& call) {
  sdk::HttpRequest request;
  request.url = "/status";
  auto response = client_->send(settings_, std::move(request), call);
  if (!response) return std::move(response).error();
  if (response->status != 200) return sdk::http_error(*response, "GET /status");
  return sdk::Done{};
}

sdk::Result<DocketPage> DocketApi::page(std::string_view type,
                                        const std::string& cursor,
                                        const sdk::Limits& limits,
                                        const sdk::Call& call) {
  const std::string path = "/" + std::string(collection_of(type));
  sdk::HttpRequest request;
  request.url =
      path + "?limit=" + std::to_string(std::min(settings_.page_size, limits.records_max));
  if (!cursor.empty()) request.url += "&cursor=" + sdk::url_encode(cursor);
  auto response = client_->send(settings_, std::move(request), call);
  if (!response) return std::move(response).error();
  const std::string origin = "GET " + path;
  if (response->status != 200) {
    sdk::Error error = sdk::http_error(*response, origin);
    // About a page, no status speaks of one record.
    if (error.error_class == sdk::ErrorClass::bad_record)
      error.error_class = sdk::ErrorClass::config;
    if (response->status == 410) {
      error.code = "DOCKET_CURSOR_GONE";
      error.cause = "the court no longer knows the place where reading stopped";
      error.next = "reset this job's checkpoint, so that it reads from the beginning";
    }
    return error;
  }
  return read_page(response->body, type, origin, limits);
}

sdk::Status DocketApi::ack(std::string_view type,
                           const std::string& cursor,
                           const sdk::Call& call) {
  if (!settings_.ack || cursor.empty()) return sdk::Done{};
  sdk::HttpRequest request;
  request.method = "POST";
  request.url = "/" + std::string(collection_of(type)) + "/ack";
  const std::string place = "POST " + request.url;
  request.headers = {{"Content-Type", "application/json"}};
  sdk::JsonWriter w;
  w.object().field("cursor", cursor).end();
  request.body = w.text();
  auto response = client_->send(settings_, std::move(request), call);
  if (!response) return std::move(response).error();
  if (response->status < 200 || response->status > 299) return sdk::http_error(*response, place);
  return sdk::Done{};
}

namespace {

void write_note(const sdk::Delivery& note, sdk::JsonWriter& w) {
  w.object()
      .field("idempotency_key", note.idempotency_key)
      .field("key", note.key)
      .field("version", note.version)
      .field("operation", note.withdraw ? "withdraw" : "upsert")
      .field("party_id", note.subject);
  if (!note.obligations.empty()) sdk::write_obligations(w.key("obligations"), note.obligations);
  w.key("note");
  rapidjson::Document body;
  sdk::JsonFault fault;
  if (!note.body.empty() && sdk::parse_json(note.body, body, fault) && body.IsObject()) {
    w.value(body);
  } else {
    w.null();
  }
  w.end();
}

}  // namespace

std::vector<sdk::Outcome> DocketApi::send_notes(std::span<const sdk::Delivery* const> notes,
                                                const sdk::Call& call) {
  if (settings_.bulk_notes && notes.size() > 1) return send_bulk(notes, call);
  std::vector<sdk::Outcome> out;
  out.reserve(notes.size());
  for (const sdk::Delivery* note : notes) out.push_back(send_note(*note, call));
  return out;
}

std::vector<sdk::Outcome> DocketApi::send_bulk(std::span<const sdk::Delivery* const> notes,
                                               const sdk::Call& call) {
  const std::string place = "POST /notes:bulk";
  auto all = [&](const sdk::Error& error) {
    return std::vector<sdk::Outcome>(notes.size(), sdk::Outcome{error, ""});
  };
  sdk::JsonWriter w;
  w.object().key("notes").array();
  for (const sdk::Delivery* note : notes) write_note(*note, w);
  w.end_array().end();
  sdk::HttpRequest request;
  request.method = "POST";
  request.url = "/notes:bulk";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = w.text();
  auto response = client_->send(settings_, std::move(request), call);
  if (!response) return all(response.error());
  if (response->status != 200) {
    sdk::Error error = sdk::http_error(*response, place);
    // The whole request was refused: that says nothing of any one note.
    if (error.error_class == sdk::ErrorClass::bad_record)
      error.error_class = sdk::ErrorClass::config;
    return all(error);
  }
  rapidjson::Document document;
  sdk::JsonFault fault;
  const bool read = sdk::parse_json(response->body, document, fault, {.bytes_max = 64u << 20});
  const Value* results = read ? array_member(document, "results") : nullptr;
  if (results == nullptr || results->Size() != notes.size())
    // Written or not, nobody knows; the idempotency keys make the repeat harmless.
    return all(sdk::retry("DOCKET_ANSWER",
                          place,
                          "an answer without a result for each note",
                          "nothing; the notes are sent again"));
  std::vector<sdk::Outcome> out;
  out.reserve(notes.size());
  for (rapidjson::SizeType i = 0; i < results->Size(); ++i) {
    const Value& result = (*results)[i];
    const Value* status = member(result, "status");
    sdk::HttpResponse one;
    one.status = status != nullptr && status->IsInt() ? status->GetInt() : 500;
    out.push_back(outcome_of(one, result, place + " notes[" + std::to_string(i) + "]"));
  }
  return out;
}

sdk::Outcome DocketApi::send_note(const sdk::Delivery& note, const sdk::Call& call) {
  sdk::JsonWriter w;
  write_note(note, w);
  sdk::HttpRequest request;
  request.method = "POST";
  request.url = "/notes";
  request.headers = {{"Content-Type", "application/json"},
                     {"Idempotency-Key", std::string(note.idempotency_key)}};
  request.body = w.text();
  auto response = client_->send(settings_, std::move(request), call);
  if (!response) return {std::move(response).error(), ""};
  rapidjson::Document body;
  sdk::JsonFault fault;
  sdk::parse_json(response->body, body, fault);
  return outcome_of(*response, body, "POST /notes");
}

sdk::Outcome DocketApi::send_filing(const sdk::Delivery& delivery,
                                    std::string ecf,
                                    const sdk::Call& call) {
  sdk::HttpRequest request;
  request.method = "POST";
  request.url = "/filings";
  request.headers = {{"Content-Type", "application/xml"},
                     {"Idempotency-Key", std::string(delivery.idempotency_key)},
                     {"X-Filing-Version", std::to_string(delivery.version)}};
  request.body = std::move(ecf);
  auto response = client_->send(settings_, std::move(request), call);
  if (!response) return {std::move(response).error(), ""};
  rapidjson::Document body;
  sdk::JsonFault fault;
  sdk::parse_json(response->body, body, fault);
  return outcome_of(*response, body, "POST /filings");
}

}  // namespace concord::court
