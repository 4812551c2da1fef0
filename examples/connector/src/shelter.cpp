#include "shelter.hpp"

#include <concord/checkpoint.hpp>
#include <concord/page.hpp>
#include <concord/time.hpp>

namespace shelter {
namespace {

constexpr const char* kNotice = "notice";

// What the mapping editor shows. Samples are synthetic: no real person is in them.
constexpr const char* kDescription = R"json({"record_types": [
  {"name": "person", "reads": true, "writes": false, "key": "id",
   "description": "A child whom the agency knows.",
   "sample": {"id": "SYN-0001", "given": "Ada", "family": "Example-Testfamily",
              "birth_date": "2012-04-09", "sex": "F", "state_id": "SYN-000001"}},
  {"name": "placement", "reads": true, "writes": false, "key": "id",
   "description": "Where a child lives while in care.",
   "sample": {"id": "SYN-P-0001", "person_id": "SYN-0001", "kind": "FOSTER",
              "start_date": "2026-02-27", "end_date": "2026-05-01", "facility": "Example Home 4"}},
  {"name": "notice", "reads": false, "writes": true, "key": "the delivery's key",
   "description": "What another agency tells about a child.",
   "sample": {"person_id": "SYN-0001", "event": "placement", "on": "2026-02-27"}}
]})json";

bool reads(std::string_view type) {
  return type == "person" || type == "placement";
}

sdk::Error unknown_type(std::string_view type) {
  return sdk::config_error("RECORD_TYPE",
                           std::string(type),
                           "this system has no such record type to read",
                           "use person or placement");
}

sdk::Result<sdk::Checkpoint> position(std::string_view type, std::string_view checkpoint) {
  return sdk::Checkpoint::read(checkpoint, "shelter", 1, std::string(type) + " checkpoint");
}

// One line of the feed: {"id", "version", "changed_at", "deleted", "record": {...}}
sdk::Result<sdk::Record> read_line(std::string_view type, std::string_view line, std::string origin) {
  rapidjson::Document item;
  sdk::JsonFault fault;
  if (!sdk::parse_json(line, item, fault, {.bytes_max = 64u << 20}))
    return sdk::bad_record(fault.code, origin, fault.cause, "mend the record at the source");
  const std::string_view id = sdk::text_of(item, "id");
  if (id.empty())
    return sdk::bad_record("KEY_MISSING", origin, "there is no id", "mend the record at the source");
  sdk::Record record;
  record.type = type;
  record.key = id;
  record.version = sdk::text_of(item, "version");
  record.origin = std::move(origin);
  // Only where the source names a zone: a guess would move the change by hours.
  if (const auto at = sdk::read_instant(sdk::text_of(item, "changed_at")); at && at->zone_known)
    record.changed_at_us = at->us;
  const auto deleted = item.FindMember("deleted");
  record.deleted = deleted != item.MemberEnd() && deleted->value.IsTrue();
  const auto body = item.FindMember("record");
  const bool has_body = body != item.MemberEnd() && body->value.IsObject();
  if (!has_body && !record.deleted)
    return sdk::bad_record(
        "RECORD_SHAPE", record.origin, "\"record\" is no object", "mend the record at the source");
  if (has_body) record.body = sdk::write_json(body->value);
  return record;
}

}  // namespace

sdk::Result<std::unique_ptr<sdk::Connector>> Shelter::create(std::string_view config_json) {
  auto given = settings().read(config_json);
  if (!given) return std::move(given).error();
  return std::unique_ptr<sdk::Connector>(std::make_unique<Shelter>(std::move(given).value()));
}

sdk::Result<sdk::HttpResponse> Shelter::ask(sdk::HttpRequest request, const sdk::Call& call) {
  const std::string place = request.method + " " + sdk::url_path(request.url);
  request.headers.emplace_back("Authorization", "Bearer " + given_.token);
  request.timeout = std::min<std::chrono::milliseconds>(given_.timeout, call.left());
  request.cancelled = [&call] { return call.cancelled(); };
  auto answer = http_.send(request);
  if (!answer) return answer;
  if (answer->status / 100 != 2) return sdk::http_error(*answer, place);
  return answer;
}

sdk::Status Shelter::check(const sdk::Call& call) {
  auto answer = ask({.url = given_.url + "/feed/person?limit=0"}, call);
  if (!answer) return std::move(answer).error();
  return sdk::Done{};
}

sdk::Result<std::string> Shelter::describe(const sdk::Call&) {
  return std::string(kDescription);
}

sdk::Result<sdk::Batch> Shelter::read(std::string_view type,
                                      std::string_view checkpoint,
                                      const sdk::Limits& limits,
                                      const sdk::Call& call) {
  if (!reads(type)) return unknown_type(type);
  auto at = position(type, checkpoint);
  if (!at) return std::move(at).error();
  const std::string feed = "/feed/" + std::string(type);
  const uint32_t wanted = std::min(limits.records_max, given_.page_size);
  auto page = ask({.url = given_.url + feed + "?after=" + sdk::url_encode(at->text("cursor")) +
                          "&limit=" + std::to_string(wanted)},
                  call);
  if (!page) return std::move(page).error();

  sdk::Batch batch;
  std::string_view rest = page->body;
  for (int line_number = 1; !rest.empty(); ++line_number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    auto record = read_line(
        type, line, "GET " + feed + " line " + std::to_string(line_number));
    // One bad line is kept as a reject and holds up no other.
    if (record)
      sdk::add_record(batch, std::move(record).value(), limits);
    else
      sdk::add_reject(batch, std::string(type), "", line, std::move(record).error(), limits);
  }
  batch.more = page->header("X-More") == "yes";
  if (const auto next = page->header("X-Next"); !next.empty()) at->set("cursor", next);
  batch.checkpoint = at->write();
  return batch;
}

// After the hub's commit, and never before: the system forgets what it was told.
sdk::Status Shelter::ack(std::string_view type,
                         std::string_view checkpoint,
                         const sdk::Call& call) {
  if (!reads(type)) return unknown_type(type);
  auto at = position(type, checkpoint);
  if (!at) return std::move(at).error();
  if (at->text("cursor").empty()) return sdk::Done{};
  auto answer = ask({.method = "POST",
                     .url = given_.url + "/feed/" + std::string(type) +
                            "/ack?upto=" + sdk::url_encode(at->text("cursor"))},
                    call);
  if (!answer) return std::move(answer).error();
  return sdk::Done{};
}

sdk::Result<std::vector<sdk::Outcome>> Shelter::write(std::span<const sdk::Delivery> deliveries,
                                                      const sdk::Call& call) {
  std::vector<sdk::Outcome> outcomes;
  for (const sdk::Delivery& delivery : deliveries) outcomes.push_back(write_one(delivery, call));
  return outcomes;
}

sdk::Outcome Shelter::write_one(const sdk::Delivery& delivery, const sdk::Call& call) {
  if (delivery.type != kNotice)
    return {sdk::bad_record("RECORD_TYPE",
                            "delivery",
                            "this system takes notices only",
                            "name \"notice\" as $record in the mapping"),
            ""};
  // The idempotency key makes a repeat harmless, the version makes an older one stale.
  auto answer = ask({.method = delivery.withdraw ? "DELETE" : "PUT",
                     .url = given_.url + "/notices/" + sdk::url_encode(delivery.key),
                     .headers = {{"Content-Type", "application/json"},
                                 {"Idempotency-Key", std::string(delivery.idempotency_key)},
                                 {"X-Version", std::to_string(delivery.version)}},
                     .body = delivery.withdraw ? std::string() : std::string(delivery.body)},
                    call);
  if (!answer) {
    // Paths hold the document's key, which travels no further than the request.
    sdk::Error error = std::move(answer).error();
    error.place = delivery.withdraw ? "DELETE /notices" : "PUT /notices";
    return {std::move(error), ""};
  }
  return {std::nullopt, std::string(answer->header("X-Notice"))};
}

}  // namespace shelter

CONCORD_CONNECTOR(shelter::Shelter)
