#include "health/health.hpp"

#include <algorithm>
#include <chrono>

#include "health/describe.hpp"
#include "health/fhir_client.hpp"
#include "health/fhir_reader.hpp"
#include "health/fhir_writer.hpp"
#include "health/hl7_write.hpp"
#include "health/mllp_client.hpp"
#include "health/mllp_server.hpp"
#include "health/settings.hpp"
#include "health/tls.hpp"

namespace concord::health {
namespace {

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool is_hl7(std::string_view type) {
  return type == "adt" || type == "oru" || type == "siu";
}

class Health : public sdk::Connector {
 public:
  explicit Health(Settings settings) : settings_(std::move(settings)) {
    if (settings_.fhir) fhir_.emplace(*settings_.fhir);
    if (settings_.send) mllp_.emplace(*settings_.send);
  }

  sdk::Status check(const sdk::Call& call) override {
    if (fhir_) {
      const std::string url = fhir_->settings().base_url + "/metadata";
      auto response = fhir_->send("GET", url, call);
      if (!response) return std::move(response).error();
      const std::string place = "GET " + sdk::url_path(url);
      if (response->status != 200) return FhirClient::error_of(*response, place);
      if (response->body.find("CapabilityStatement") == std::string::npos) {
        return sdk::config_error("FHIR_NO_SERVER",
                                 place,
                                 "no CapabilityStatement in the answer",
                                 "check fhir.base_url: it must be a FHIR R4 endpoint");
      }
    }
    if (settings_.send) {
      MllpClient probe(*settings_.send);  // write() may be at work on the other one
      if (auto status = probe.connect(call.left()); !status) return status;
    }
    if (settings_.listen && settings_.listen->tls) {
      if (auto context = server_context(*settings_.listen->tls); !context) {
        return std::move(context).error();
      }
    }
    return sdk::Done{};
  }

  sdk::Result<std::string> describe(const sdk::Call&) override { return description(settings_); }

  sdk::Result<sdk::Batch> read(std::string_view record_type,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call) override {
    if (is_hl7(record_type)) {
      return sdk::config_error("EVENTS_ONLY",
                               std::string(record_type),
                               "HL7 v2 messages are sent to us, they cannot be asked for",
                               "give this job `on: event` instead of a schedule");
    }
    if (!fhir_) {
      return sdk::config_error(
          "NOT_CONFIGURED", "fhir", "no FHIR server is set", "set fhir.base_url");
    }
    const auto& types = settings_.fhir->read_types;
    if (std::find(types.begin(), types.end(), record_type) == types.end()) {
      return sdk::config_error("RECORD_TYPE",
                               std::string(record_type),
                               "not among fhir.read_types",
                               "add it there, or correct the job");
    }
    return read_fhir(*fhir_, record_type, checkpoint, limits, call);
  }

  sdk::Status listen(const sdk::Sink& sink, const sdk::Call& call) override {
    if (!settings_.listen) {
      return sdk::config_error(
          "NOT_CONFIGURED", "mllp_listen", "no port is set to listen on", "set mllp_listen");
    }
    MllpServer server(*settings_.listen, settings_.hl7);
    return server.run({[&](const sdk::Batch& batch) { return sink.deliver(batch); },
                       [&] { return call.cancelled(); },
                       [&](int level, std::string_view event, std::string_view fields) {
                         call.log(level, event, fields);
                       }});
  }

  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call& call) override {
    std::vector<sdk::Outcome> outcomes(deliveries.size());
    std::vector<sdk::Delivery> resources;
    std::vector<size_t> resource_at, message_at;
    std::vector<ToSend> messages;
    for (size_t i = 0; i < deliveries.size(); ++i) {
      const sdk::Delivery& delivery = deliveries[i];
      if (delivery.type == "adt" || delivery.type == "oru") {
        prepare(delivery, i, outcomes, messages, message_at);
        continue;
      }
      if (auto error = unwritable_type(delivery.type)) {
        outcomes[i].error = std::move(error);
        continue;
      }
      resources.push_back(delivery);
      resource_at.push_back(i);
    }
    if (!messages.empty()) {
      auto results = mllp_->send(messages, call.left());
      for (size_t i = 0; i < results.size(); ++i) {
        outcomes[message_at[i]].error = std::move(results[i]);
        outcomes[message_at[i]].remote_id = messages[i].control_id;
      }
    }
    if (!resources.empty()) {
      auto results = write_fhir(*fhir_, resources, call, now_us());
      for (size_t i = 0; i < results.size(); ++i) outcomes[resource_at[i]] = std::move(results[i]);
    }
    return outcomes;
  }

 private:
  void prepare(const sdk::Delivery& delivery,
               size_t at,
               std::vector<sdk::Outcome>& outcomes,
               std::vector<ToSend>& messages,
               std::vector<size_t>& message_at) {
    if (!mllp_) {
      outcomes[at].error = sdk::config_error(
          "NOT_CONFIGURED", "mllp_send", "no receiver of HL7 v2 messages is set", "set mllp_send");
      return;
    }
    auto message = write_message(delivery, *settings_.send, now_us());
    if (!message) {
      outcomes[at].error = std::move(message).error();
      return;
    }
    std::string group(delivery.subject.empty() ? delivery.key : delivery.subject);
    messages.push_back(
        {std::move(message->control_id), std::move(message->bytes), std::move(group)});
    message_at.push_back(at);
  }

  std::optional<sdk::Error> unwritable_type(std::string_view type) const {
    if (!fhir_) {
      return sdk::config_error(
          "NOT_CONFIGURED", "fhir", "no FHIR server is set", "set fhir.base_url");
    }
    const auto& types = settings_.fhir->write_types;
    if (std::find(types.begin(), types.end(), type) != types.end()) return std::nullopt;
    return sdk::config_error("RECORD_TYPE",
                             std::string(type),
                             "not among fhir.write_types",
                             "add it there, or correct the flow's mapping");
  }

  Settings settings_;
  std::optional<FhirClient> fhir_;
  std::optional<MllpClient> mllp_;
};

}  // namespace

sdk::Result<std::unique_ptr<sdk::Connector>> make_connector(std::string_view config) {
  auto settings = read_settings(config);
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<sdk::Connector>(std::make_unique<Health>(std::move(*settings)));
}

}  // namespace concord::health
