#include "health/settings.hpp"

#include <concord/json.hpp>

#include "health/hl7_time.hpp"

namespace concord::health {
namespace {

using Json = rapidjson::Value;

const Json* member(const Json& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  auto it = object.FindMember(name);
  return it == object.MemberEnd() || it->value.IsNull() ? nullptr : &it->value;
}

void take(const Json& object, const char* name, std::string& out) {
  const Json* value = member(object, name);
  if (value != nullptr && value->IsString())
    out.assign(value->GetString(), value->GetStringLength());
}
void take(const Json& object, const char* name, bool& out) {
  const Json* value = member(object, name);
  if (value != nullptr && value->IsBool()) out = value->GetBool();
}
void take(const Json& object, const char* name, std::vector<std::string>& out) {
  const Json* value = member(object, name);
  if (value == nullptr || !value->IsArray()) return;
  out.clear();
  for (const Json& item : value->GetArray()) {
    if (item.IsString()) out.emplace_back(item.GetString(), item.GetStringLength());
  }
}
template <class Number>
void take_number(const Json& object, const char* name, Number& out) {
  const Json* value = member(object, name);
  if (value != nullptr && value->IsUint()) out = static_cast<Number>(value->GetUint());
}
template <class Duration>
void take_time(const Json& object, const char* name, Duration& out) {
  const Json* value = member(object, name);
  if (value != nullptr && value->IsUint()) out = Duration(value->GetUint());
}

std::optional<TlsSettings> tls_of(const Json& object) {
  const Json* tls = member(object, "tls");
  if (tls == nullptr) return std::nullopt;
  TlsSettings out;
  take(*tls, "certificate_file", out.certificate_file);
  take(*tls, "key_file", out.key_file);
  take(*tls, "ca_file", out.ca_file);
  take(*tls, "require_client_certificate", out.require_client_certificate);
  return out;
}

sdk::Error wrong(std::string place, std::string cause, std::string next) {
  return sdk::config_error("HEALTH_SETTINGS", std::move(place), std::move(cause), std::move(next));
}

sdk::Status read_hl7(const Json& hl7, Hl7Settings& out) {
  std::string charset;
  take(hl7, "character_set", charset);
  if (!charset.empty()) {
    const auto known = charset_named(charset);
    if (!known) {
      return wrong("hl7.character_set",
                   "no character set that is supported",
                   "use UNICODE UTF-8, 8859/1, 8859/15, windows-1252 or ASCII");
    }
    out.options.charset = *known;
  }
  take(hl7, "trust_msh18", out.options.trust_msh18);
  std::string ends;
  take(hl7, "segment_ends", ends);
  out.options.any_segment_end = ends != "cr";
  take(hl7, "time_zone", out.zone);
  if (!zone_exists(out.zone)) {
    return wrong("hl7.time_zone",
                 "no time zone of that name on this machine",
                 "use an IANA name such as America/New_York");
  }
  take(hl7, "processing_ids", out.processing_ids);
  take(hl7, "home_assigner", out.home_assigner);
  take(hl7, "identifier_type", out.identifier_type);
  return sdk::Done{};
}

sdk::Status read_listen(const Json& object, ListenSettings& out) {
  if (member(object, "port") == nullptr)
    return wrong("mllp_listen.port", "missing", "choose the port that messages come to");
  take(object, "host", out.host);
  take_number(object, "port", out.port);
  out.tls = tls_of(object);
  take_number(object, "connections_max", out.connections_max);
  take_number(object, "message_bytes_max", out.message_bytes_max);
  take_time(object, "frame_ms_max", out.frame_time_max);
  std::string answer;
  take(object, "when_not_kept", answer);
  out.answer_when_not_kept = answer == "AE";
  if (out.tls && (out.tls->certificate_file.empty() || out.tls->key_file.empty())) {
    return wrong("mllp_listen.tls",
                 "a listener needs a certificate and its key",
                 "set certificate_file and key_file");
  }
  if (out.tls && out.tls->require_client_certificate && out.tls->ca_file.empty()) {
    return wrong("mllp_listen.tls",
                 "client certificates cannot be judged without an authority",
                 "set ca_file");
  }
  return sdk::Done{};
}

sdk::Status read_send(const Json& object, SendSettings& out) {
  take(object, "host", out.host);
  take_number(object, "port", out.port);
  out.tls = tls_of(object);
  take(object, "sending_application", out.sending_application);
  take(object, "sending_facility", out.sending_facility);
  take(object, "receiving_application", out.receiving_application);
  take(object, "receiving_facility", out.receiving_facility);
  take(object, "processing_id", out.processing_id);
  take(object, "version", out.version);
  take_time(object, "ack_timeout_ms", out.ack_timeout);
  take_number(object, "pipeline", out.pipeline);
  take(object, "withdraw_event", out.withdraw_event);
  take(object, "control_segment", out.control_segment);
  if (out.host.empty() || out.port == 0) {
    return wrong("mllp_send", "host or port is missing", "set both");
  }
  if (out.pipeline == 0) out.pipeline = 1;
  return sdk::Done{};
}

sdk::Status read_fhir(const Json& object, FhirSettings& out) {
  take(object, "base_url", out.base_url);
  while (!out.base_url.empty() && out.base_url.back() == '/') out.base_url.pop_back();
  if (!out.base_url.starts_with("http://") && !out.base_url.starts_with("https://")) {
    return wrong(
        "fhir.base_url", "no http or https URL", "write it in full, as in https://host/fhir");
  }
  take(object, "ca_file", out.ca_file);
  take(object, "bearer_token", out.bearer_token);
  if (const Json* smart = member(object, "smart")) {
    SmartSettings s;
    take(*smart, "token_url", s.token_url);
    take(*smart, "client_id", s.client_id);
    take(*smart, "scope", s.scope);
    take(*smart, "private_key_file", s.private_key_file);
    take(*smart, "key_id", s.key_id);
    if (s.token_url.empty() || s.client_id.empty() || s.private_key_file.empty()) {
      return wrong(
          "fhir.smart", "token_url, client_id or private_key_file is missing", "set all three");
    }
    out.smart = std::move(s);
  }
  take(object, "read_types", out.read_types);
  std::string by;
  take(object, "read_by", by);
  out.by_history = by == "history";
  take_number(object, "page_count", out.page_count);
  take_time(object, "overlap_seconds", out.overlap);
  take_time(object, "timeout_ms", out.timeout);
  take(object, "write_types", out.write_types);
  take(object, "create_only_types", out.create_only_types);
  take(object, "identifier_system", out.identifier_system);
  take(object, "agent", out.agent);
  take(object, "provenance", out.provenance);
  take_number(object, "bundle_entries_max", out.bundle_entries_max);
  if (out.page_count == 0) out.page_count = 1;
  if (out.bundle_entries_max == 0) out.bundle_entries_max = 1;
  return sdk::Done{};
}

}  // namespace

sdk::Result<Settings> read_settings(std::string_view config) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(config, document, fault) || !document.IsObject()) {
    return wrong("settings", "no JSON object", "see the connector's README");
  }
  Settings out;
  if (const Json* hl7 = member(document, "hl7")) {
    if (auto status = read_hl7(*hl7, out.hl7); !status) return std::move(status).error();
  }
  if (const Json* listen = member(document, "mllp_listen")) {
    auto status = read_listen(*listen, out.listen.emplace());
    if (!status) return std::move(status).error();
  }
  if (const Json* send = member(document, "mllp_send")) {
    auto status = read_send(*send, out.send.emplace());
    if (!status) return std::move(status).error();
  }
  if (const Json* fhir = member(document, "fhir")) {
    auto status = read_fhir(*fhir, out.fhir.emplace());
    if (!status) return std::move(status).error();
  }
  if (!out.listen && !out.send && !out.fhir) {
    return wrong(
        "settings", "neither mllp_listen, mllp_send nor fhir is set", "set at least one of them");
  }
  return out;
}

}  // namespace concord::health
