// What the court pushes: POST to the webhook path, signed (see concord/webhook.hpp).
//   {"changed":"hearing"}                      the hub reads hearings soon; 202
//   {"type":"hearing","records":[{item},…]}    records now; 202 once the hub has committed them,
//                                              422 where one is kept for repair, 503 send again
#include <concord/json.hpp>
#include <concord/webhook.hpp>
#include <thread>

#include "court/connector.hpp"
#include "court/members.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

constexpr const char* kShape = "send {\"changed\":type} or {\"type\":type,\"records\":[{…},…]}";
constexpr const char* kTypes = "use one of party, case, hearing, order, filing";

sdk::WebhookReply error_reply(int status, const char* code) {
  return {status, sdk::WebhookGate::error(code)};
}

sdk::WebhookReply not_kept() {
  sdk::WebhookReply again = error_reply(503, "NOT_KEPT");
  again.retry_after = std::chrono::seconds(5);
  return again;
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
    if (outcome.error->error_class != sdk::ErrorClass::bad_record) return not_kept();
    status = 422;
  }
  if (status == 422) return error_reply(422, "KEPT_FOR_REPAIR");
  return {202, R"({"accepted":)" + std::to_string(batch.records.size()) + "}"};
}

// What is no such event is kept for repair all the same: its sender may never look at the answer.
sdk::WebhookReply refuse(int status,
                         std::string_view body,
                         sdk::Error error,
                         const sdk::Sink& sink) {
  const std::string code = error.code;
  sdk::Batch batch;
  batch.rejects.push_back({"", "", cut(body, sdk::Limits{}.body_bytes_max), std::move(error)});
  const std::vector<sdk::Outcome> outcomes = sink.deliver(batch);
  const bool kept = !outcomes.empty() && (!outcomes[0].error || outcomes[0].error->error_class ==
                                                                    sdk::ErrorClass::bad_record);
  return kept ? error_reply(status, code.c_str()) : not_kept();
}

sdk::WebhookReply take_event(std::string_view body,
                             const std::string& event_id,
                             const sdk::Sink& sink) {
  const std::string place = "webhook " + event_id;
  rapidjson::Document event;
  sdk::JsonFault fault;
  if (!sdk::parse_json(body, event, fault))
    return refuse(400,
                  body,
                  sdk::bad_record(fault.code,
                                  place + ":byte " + std::to_string(fault.offset),
                                  fault.cause,
                                  "mend what the court sends"),
                  sink);
  auto refused = [&](int status, const char* code, const char* cause, const char* next) {
    return refuse(status, body, sdk::bad_record(code, place, cause, next), sink);
  };
  if (!event.IsObject())
    return refused(400, "EVENT_SHAPE", "an event that is no JSON object", kShape);
  const std::string_view changed = sdk::text_of(event, "changed");
  if (changed == "all") {
    sink.poke("");
    return {202, R"({"accepted":0})"};
  }
  if (!changed.empty()) {
    if (collection_of(changed).empty())
      return refused(422, "RECORD_TYPE", "\"changed\" names no record type", kTypes);
    sink.poke(changed);
    return {202, R"({"accepted":0})"};
  }
  const std::string_view type = sdk::text_of(event, "type");
  const auto* records = array_member(event, "records");
  if (collection_of(type).empty())
    return refused(422, "RECORD_TYPE", "\"type\" names no record type", kTypes);
  if (records == nullptr || records->Empty() || records->Size() > 1000)
    return refused(400, "EVENT_SHAPE", "\"records\" is no list of 1 to 1000", kShape);
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
