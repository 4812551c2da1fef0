#include "child_welfare/intake.hpp"

#include <concord/json.hpp>
#include <concord/page.hpp>
#include <concord/webhook.hpp>
#include <thread>

#include "child_welfare/fields.hpp"
#include "child_welfare/rest_page.hpp"

namespace concord::child_welfare {
namespace {

constexpr size_t kBodyMax = 1u << 20;

sdk::WebhookReply reply(int status, const std::string& code = {}) {
  sdk::WebhookReply out{status, code.empty() ? "{}" : "{\"error\":\"" + code + "\"}"};
  if (status == 503) out.retry_after = std::chrono::seconds(5);
  return out;
}

// Hands over records or rejects; the answer tells the sender the worst that became of them.
sdk::WebhookReply deliver(const sdk::Sink& sink, const sdk::Batch& batch) {
  const std::vector<sdk::Outcome> outcomes = sink.deliver(batch);
  bool understood = !outcomes.empty();
  for (const sdk::Outcome& outcome : outcomes) {
    if (!outcome.error) continue;
    if (outcome.error->error_class != sdk::ErrorClass::bad_record) return reply(503, "NOT_KEPT");
    understood = false;
  }
  return understood ? reply(202) : reply(422, "NOT_UNDERSTOOD");
}

// What is no such body at all.
sdk::WebhookReply refuse(const sdk::Sink& sink, std::string_view body, sdk::Error error) {
  const std::string code = error.code;
  sdk::Batch batch;
  batch.rejects.push_back({"", "", sdk::cut_raw(body, kBodyMax), std::move(error)});
  const sdk::WebhookReply kept = deliver(sink, batch);
  return kept.status == 503 ? kept : reply(400, code);
}

sdk::WebhookReply take(const Settings& settings,
                       const sdk::Sink& sink,
                       std::string_view body,
                       const std::string& id) {
  const std::string place = "webhook " + id;
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(body, document, fault, {.bytes_max = kBodyMax}))
    return refuse(sink,
                  body,
                  sdk::bad_record(fault.code,
                                  place + ":1:" + std::to_string(fault.offset + 1),
                                  fault.cause,
                                  "mend what the system sends"));
  if (document.IsObject() && document.HasMember("changed")) {
    const std::string_view changed = sdk::text_of(document, "changed");
    if (!changed.empty() && settings.find(changed) == nullptr) return reply(404, "TYPE_UNKNOWN");
    sink.poke(changed);
    return reply(202);
  }
  const std::string type(sdk::text_of(document, "type"));
  const RecordSettings* known = settings.find(type);
  std::vector<std::string_view> items;
  if (const std::string_view one = member_bytes(body, "record"); !one.empty()) {
    items.push_back(one);
  } else if (document.IsObject() && document.HasMember("records")) {
    RestSettings shape;
    shape.items = "records";
    if (auto page = read_page(body, shape, place)) items = std::move(page->items);
  }
  if (known == nullptr || items.empty())
    return refuse(sink,
                  body,
                  sdk::bad_record("WEBHOOK_BODY",
                                  place,
                                  known == nullptr ? "a record type that is not configured"
                                                   : "there is no record in it",
                                  "send {\"changed\":type} or {\"type\":type,\"record\":{…}}"));
  sdk::Batch batch;
  for (const std::string_view item : items) {
    auto read = read_item(body, item, *known, place);
    if (read)
      batch.records.push_back(std::move(read->record));
    else
      batch.rejects.push_back({type, "", std::string(item), std::move(read).error()});
  }
  const sdk::WebhookReply kept = deliver(sink, batch);
  // Kept, but the sender ought to know that some of it is no record.
  return kept.status == 202 && !batch.rejects.empty() ? reply(422, batch.rejects[0].error.code)
                                                      : kept;
}

}  // namespace

sdk::Status Intake::listen(const sdk::Sink& sink, const sdk::Call& call) {
  if (!settings_.webhook)
    return sdk::config_error("SETTING", "webhook", "has no settings", "add them, or do not listen");
  const WebhookSettings& hook = *settings_.webhook;
  sdk::WebhookConfig config;
  config.host = hook.host;
  config.port = hook.port;
  config.secret = hook.secret;
  config.tolerance = hook.tolerance;
  config.body_bytes_max = kBodyMax;
  sdk::WebhookServer server;
  auto started =
      server.start(config, [&](std::string_view, const std::string& body, const std::string& id) {
        return take(settings_, sink, body, id);
      });
  if (!started) return started;
  port_ = server.port();
  call.log(1, "webhook.listening", "{\"port\":" + std::to_string(server.port()) + "}");
  while (!call.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  server.stop();
  port_ = 0;
  return sdk::Done{};
}

}  // namespace concord::child_welfare
