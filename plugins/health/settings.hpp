// The settings of a health system, as the manifest's config_schema describes them.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "health/hl7_read.hpp"

namespace concord::health {

struct TlsSettings {
  std::string certificate_file, key_file;   // ours; PEM
  std::string ca_file;                      // who may have signed theirs; PEM
  bool require_client_certificate = false;  // listening only
};

struct ListenSettings {
  std::string host = "127.0.0.1";
  uint16_t port = 2575;  // 0: one that the machine picks; the log event mllp.listening tells it
  std::optional<TlsSettings> tls;
  size_t connections_max = 64;
  size_t message_bytes_max = 4u << 20;
  std::chrono::milliseconds frame_time_max{30000};  // from the first byte of a message to its last
  bool answer_when_not_kept = false;  // true: AE with 207; false: no answer, the connection closes
};

struct SendSettings {
  std::string host;
  uint16_t port = 0;
  std::optional<TlsSettings> tls;
  std::string sending_application = "CONCORD", sending_facility;
  std::string receiving_application, receiving_facility;
  std::string processing_id = "P", version = "2.5.1";
  std::chrono::milliseconds ack_timeout{10000};
  size_t pipeline = 32;  // messages on their way without acknowledgement; 1: one by one
  std::string
      withdraw_event;  // "A08", "Z99": how the receiver wants a withdrawal; empty: it cannot
  std::string control_segment = "ZCC";  // key, version and operation; empty: left out
};

struct SmartSettings {
  std::string token_url, client_id, scope = "system/*.read system/*.write";
  std::string private_key_file, key_id;  // PEM; RSA: RS384, EC P-384: ES384
};

struct FhirSettings {
  std::string base_url;  // without a slash at its end
  std::string ca_file;
  std::optional<SmartSettings> smart;
  std::string bearer_token;  // fixed token, instead of smart; from a secret
  std::vector<std::string> read_types{
      "Patient", "Encounter", "Condition", "Observation", "Appointment"};
  bool by_history = false;  // _history instead of search: tells deletions too
  unsigned page_count = 200;
  std::chrono::seconds overlap{5};  // read again, for what a server commits late
  std::chrono::milliseconds timeout{30000};
  std::vector<std::string> write_types{"Patient",
                                       "Encounter",
                                       "Condition",
                                       "Observation",
                                       "Appointment",
                                       "Communication",
                                       "Flag",
                                       "Task"};
  std::vector<std::string> create_only_types;  // ifNoneExist instead of conditional update
  std::string identifier_system = "urn:concord:delivery";
  std::string agent = "Concord";  // Provenance.agent.who.display
  bool provenance = true;
  size_t bundle_entries_max = 100;
};

struct Settings {
  Hl7Settings hl7;
  std::optional<ListenSettings> listen;
  std::optional<SendSettings> send;
  std::optional<FhirSettings> fhir;
};

// The host has checked config against the schema; this checks what a schema cannot say (zones,
// character sets, URLs) and fills in defaults.
sdk::Result<Settings> read_settings(std::string_view config);

}  // namespace concord::health
