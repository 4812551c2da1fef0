// The county's hospital: sends HL7 v2 over MLLP, takes HL7 v2 in over MLLP, and keeps a FHIR R4
// server with a token endpoint, as the connector `health` speaks with one.
//
//   POST /token                                   SMART Backend Services (private_key_jwt, ES384)
//   GET  /fhir/<Type>?_lastUpdated=ge…&_count=N   searchset, with next links
//   GET  /fhir/<Type>/_history?_since=…           tells deletions too
//   GET  /fhir/<Type>/<id>, GET /fhir/metadata
//   POST /fhir                                    batch: conditional PUT, POST with ifNoneExist,
//   DELETE
//
// At the start each child that health knows has a stay (most are inpatients), an asthma diagnosis,
// and some a substance-use diagnosis (F11.20) beside it. A message is forgotten once it is
// acknowledged.
//
// Verbs (POST /systems/health/do); a child by "child": number or "mrn": text. Each answers with the
// control id of the message that it sends, if any, and changes the FHIR server too:
//   {"verb":"connect","host":"127.0.0.1","port":2575,"pipeline":16}   where the hub listens
//   {"verb":"disconnect"}
//   {"verb":"discharge","child":1}       A03     {"verb":"admit","child":1}        A01, a new stay
//   {"verb":"update_person","child":1,"street":"2 Sample Street"}                  A08
//   {"verb":"diagnose","child":1,"code":"F10.20","text":"Alcohol dependence"}      A08
//   {"verb":"result","child":1}          ORU
//   {"verb":"appoint","child":1,"at":"2026-04-02T13:00:00.000Z"}  S12
//   {"verb":"cancel_appointment","child":1}  S15  {"verb":"merge","child":1,"former":"SYN-MRN-OLD"}
//   A40
//   {"verb":"send_raw","control_id":"X","message":"MSH|…"}    anything, as it is (no framing)
//   {"verb":"remove","child":1}          the Encounter is deleted from the FHIR server
//   {"verb":"load","rate":500,"seconds":10}    admissions and discharges in turn, at that rate;
//                                        returns at once; {"verb":"stop_load"} ends it
//   {"verb":"refuse","child":1,"on":true}   everything written about the child is refused
//   {"verb":"events"}                    sent, acknowledged, waiting, times; {"verb":"answers"}
//   {"verb":"end_tokens"}                every token is void from now on
// Faults: HTTP's on /fhir and /token; MLLP's with place "/mllp" (health_mllp.hpp); duplicate and
// out_of_order for pages (place "/fhir/Patient") and messages that we send (place "/mllp").
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "examples/simulators/health_fhir.hpp"
#include "examples/simulators/health_mllp.hpp"
#include "examples/simulators/health_token.hpp"
#include "examples/simulators/health_words.hpp"
#include "examples/simulators/http.hpp"
#include "examples/simulators/system.hpp"

namespace concord::sim {

class Health : public System {
 public:
  Health(const World& world, std::unique_ptr<Journal> journal);
  ~Health() override;

  [[nodiscard]] std::string_view name() const override { return "health"; }
  sdk::Status start() override;
  void stop() override;
  [[nodiscard]] std::vector<std::pair<std::string, uint16_t>> ports() const override {
    return {{"http", server_.port()}, {"mllp", intake_.port()}};
  }
  // fhir_base_url, token_url, client_id, key_id, private_key_file, home_assigner
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override;
  Reply control(std::string_view verb, std::string_view args_json) override;
  // {"patients":[{"child","mrn","visit","admitted","discharged_at","diagnoses":[…]}],"fhir":{counts},
  //  "events":{…}}
  [[nodiscard]] std::string truth_json() const override;

 private:
  struct Event {  // one message on its way out
    std::string control_id, message;
  };
  [[nodiscard]] std::string base() const {
    return "http://127.0.0.1:" + std::to_string(server_.port());
  }
  HttpReply handle(const HttpRequest& request);
  Patient* find(const rapidjson::Value& args);
  Reply act(std::string_view verb, Patient& patient, const rapidjson::Value& args);
  Event admit(Patient& patient, int64_t at_us);  // these with mutex_ held
  Event discharge(Patient& patient, int64_t at_us);
  std::string next_control_id();
  Reply start_load(double rate, double seconds);
  void stop_load();
  void run_load(double rate, double seconds);

  mutable std::mutex mutex_;  // guards patients_ and numbers; held while a message is queued
  std::vector<Patient> patients_;
  std::map<std::string, size_t> by_mrn_;
  uint64_t message_ = 0;
  int64_t last_us_ = 0;
  HealthFhir fhir_;
  HealthToken token_;
  MllpOutbox outbox_;
  MllpIntake intake_;
  HttpServer server_;
  std::mutex load_mutex_;
  std::condition_variable load_changed_;
  bool load_running_ = false;
  std::thread load_;
};

}  // namespace concord::sim
