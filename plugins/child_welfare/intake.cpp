#include "child_welfare/intake.hpp"

#include <concord/json.hpp>
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

// Hands over one record or reject; the answer tells the sender what became of it.
sdk::WebhookReply deliver(const sdk::Sink& sink, const sdk::Batch& batch) {
  const std::vector<sdk::Outcome> outcomes = sink.deliver(batch);
  if (outcomes.empty()) return reply(503, "NOT_KEPT");
  const auto& error = outcomes.front().error;
  if (error && error->error_class != sdk::ErrorClass::bad_record) return reply(503, "NOT_KEPT");
  if (error) return reply(422, "NOT_UNDERSTOOD");
  return reply(202);
}

sdk::WebhookReply refuse(
    const sdk::Sink& sink, std::string type, std::string_view body, sdk::Error error, int status) {
  const std::string code = error.code;
  sdk::Batch batch;
  batch.rejects.push_back({std::move(type), "", cut_raw(body, kBodyMax), std::move(error)});
  const sdk::WebhookReply kept = deliver(sink, batch);
  return kept.status == 503 ? kept : reply(status, code);
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
                  "",
                  body,
                  sdk::bad_record(fault.code,
                                  place + ":1:" + std::to_string(fault.offset + 1),
                                  fault.cause,
                                  "mend what the system sends"),
                  400);
  if (document.IsObject() && document.HasMember("changed")) {
    const std::string_view changed = sdk::text_of(document, "changed");
    if (!changed.empty() && settings.find(changed) == nullptr) return reply(404, "TYPE_UNKNOWN");
    sink.poke(changed);
    return reply(202);
  }
  const std::string type(sdk::text_of(document, "type"));
  const RecordSettings* known = settings.find(type);
  const std::string_view record = member_bytes(body, "record");
  if (known == nullptr || record.empty())
    return refuse(sink,
                  "",
                  body,
                  sdk::bad_record("WEBHOOK_BODY",
                                  place,
                                  known == nullptr ? "a record type that is not configured"
                                                   : "there is no record in it",
                                  "send {\"changed\":type} or {\"type\":type,\"record\":{…}}"),
                  400);
  auto item = read_item(body, record, *known, place);
  if (!item) return refuse(sink, type, body, std::move(item).error(), 422);
  sdk::Batch batch;
  batch.records.push_back(std::move(item->record));
  return deliver(sink, batch);
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
