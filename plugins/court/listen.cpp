// What the court pushes: POST to the webhook path, signed (see concord/webhook.hpp).
//   {"changed":"hearing"}                      the hub reads hearings soon; 202
//   {"type":"hearing","records":[{item},…]}    records now; 202 once the hub has committed them,
//                                              422 where one is kept for repair, 503 send again
#include <concord/json.hpp>
#include <concord/webhook.hpp>
#include <thread>

#include "court/connector.hpp"
#include "court/members.hpp"

namespace concord::court {
namespace {

sdk::WebhookReply error_reply(int status, const char* code) {
  return {status, sdk::WebhookGate::error(code)};
}

sdk::WebhookReply take_records(const rapidjson::Value& records,
                               std::string_view type,
                               const std::string& event_id,
                               const sdk::Sink& sink) {
  DocketPage page;
  const std::string origin = "webhook " + event_id;
  for (rapidjson::SizeType i = 0; i < records.Size(); ++i)
    read_item(
        records[i], type, origin + " records[" + std::to_string(i) + "]", sdk::Limits{}, page);
  sdk::Batch batch;
  batch.records = std::move(page.records);
  batch.rejects = std::move(page.rejects);
  int status = batch.rejects.empty() ? 202 : 422;
  for (const sdk::Outcome& outcome : sink.deliver(batch)) {
    if (!outcome.error) continue;
    if (outcome.error->error_class != sdk::ErrorClass::bad_record) {
      sdk::WebhookReply again = error_reply(503, "NOT_KEPT");
      again.retry_after = std::chrono::seconds(5);
      return again;
    }
    status = 422;
  }
  if (status == 422) return error_reply(422, "KEPT_FOR_REPAIR");
  return {202, R"({"accepted":)" + std::to_string(batch.records.size()) + "}"};
}

sdk::WebhookReply take_event(std::string_view body,
                             const std::string& event_id,
                             const sdk::Sink& sink) {
  rapidjson::Document event;
  sdk::JsonFault fault;
  if (!sdk::parse_json(body, event, fault)) return error_reply(400, fault.code.c_str());
  if (!event.IsObject()) return error_reply(400, "EVENT_SHAPE");
  const std::string_view changed = sdk::text_of(event, "changed");
  if (changed == "all") {
    sink.poke("");
    return {202, R"({"accepted":0})"};
  }
  if (!changed.empty()) {
    if (collection_of(changed).empty()) return error_reply(422, "RECORD_TYPE");
    sink.poke(changed);
    return {202, R"({"accepted":0})"};
  }
  const std::string_view type = sdk::text_of(event, "type");
  const auto* records = array_member(event, "records");
  if (collection_of(type).empty()) return error_reply(422, "RECORD_TYPE");
  if (records == nullptr || records->Empty() || records->Size() > 1000)
    return error_reply(400, "EVENT_SHAPE");
  return take_records(*records, type, event_id, sink);
}

}  // namespace

sdk::Status Court::listen(const sdk::Sink& sink, const sdk::Call& call) {
  if (!settings_.webhook)
    return sdk::config_error("NOT_CONFIGURED",
                             "config.webhook",
                             "not set",
                             "set webhook.port and webhook.secret, or drop the listening");
  const WebhookSettings& hook = *settings_.webhook;
  sdk::WebhookConfig config;
  config.host = hook.host;
  config.port = hook.port;
  config.secret = hook.secret;
  config.tolerance = hook.tolerance;
  config.body_bytes_max = 16u << 20;
  sdk::WebhookServer server;
  auto started = server.start(
      std::move(config), [&](std::string_view path, std::string body, const std::string& event_id) {
        if (path != hook.path) return error_reply(404, "PATH");
        return take_event(body, event_id, sink);
      });
  if (!started) return started;
  call.log(1, "webhook.listening", "{\"port\":" + std::to_string(server.port()) + "}");
  // The hub only lets itself be asked, so this asks.
  while (!call.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  server.stop();
  return sdk::Done{};
}

}  // namespace concord::court
