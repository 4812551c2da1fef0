#include "examples/simulators/health.hpp"

#include <algorithm>
#include <chrono>
#include <concord/json.hpp>

namespace concord::sim {
namespace {

std::string text_or(const rapidjson::Value& args, const char* name, const std::string& otherwise) {
  const std::string_view value = sdk::text_of(args, name);
  return value.empty() ? otherwise : std::string(value);
}
double number_or(const rapidjson::Value& args, const char* name, double otherwise) {
  const auto it = args.FindMember(name);
  return it != args.MemberEnd() && it->value.IsNumber() ? it->value.GetDouble() : otherwise;
}
bool flag_or(const rapidjson::Value& args, const char* name, bool otherwise) {
  const auto it = args.FindMember(name);
  return it != args.MemberEnd() && it->value.IsBool() ? it->value.GetBool() : otherwise;
}

int64_t clock_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Reply not_found() {
  return {404, R"({"error":"the hospital has no such child","next":"see GET /truth"})"};
}
Reply wrong(const char* cause) {
  return {409,
          std::string(R"({"error":")") + cause + R"(","next":"see GET /systems/health/truth"})"};
}
Reply sent(const std::string& control_id) {
  return {200, R"({"control_id":")" + control_id + "\"}"};
}

}  // namespace

Health::Health(const World& world, std::unique_ptr<Journal> journal)
    : System(world, std::move(journal)),
      fhir_(*journal_, faults_),
      outbox_(faults_),
      intake_(*journal_,
              faults_,
              [this](const std::string& mrn) {
                const std::lock_guard lock(mutex_);
                return by_mrn_.contains(mrn);
              }),
      server_([this](const HttpRequest& request) { return handle(request); }, &faults_) {
  // Some days ago and apart from each other, so that a first read has something to put in order.
  int64_t at = clock_us() - 10ll * 86400 * 1000000;
  for (const Child& child : world_.children) {
    if (!child.known_to(Agency::health)) continue;
    at += 1000;
    Patient patient;
    patient.child = &child;
    patient.street = child.street;
    patient.admitted = true;
    patient.admitted_at = iso_time(at);
    patient.diagnoses.push_back({"J45.20", "Mild intermittent asthma, uncomplicated", true});
    if (child.substance_use)
      patient.diagnoses.push_back({"F11.20", "Opioid dependence, uncomplicated", true});
    fhir_.put("Patient", child.mrn, patient_resource(patient), at);
    fhir_.put("Encounter", patient.visit_number(), encounter_resource(patient), at);
    for (size_t i = 0; i < patient.diagnoses.size(); ++i) {
      const std::string resource = condition_resource(patient, i);
      fhir_.put("Condition",
                "SYN-C-" + child.mrn.substr(child.mrn.size() - 6) + "-" + std::to_string(i + 1),
                resource,
                at);
    }
    by_mrn_[child.mrn] = patients_.size();
    patients_.push_back(std::move(patient));
  }
}

Health::~Health() {
  stop();
}

sdk::Status Health::start() {
  if (auto ready = token_.open(world_.dir / "health"); !ready) return ready;
  if (auto started = server_.start(); !started) return started;
  if (auto started = intake_.start(); !started) return started;
  outbox_.start();
  return sdk::Done{};
}

void Health::stop() {
  stop_load();
  outbox_.stop();
  intake_.stop();
  server_.stop();
}

std::vector<std::pair<std::string, std::string>> Health::settings() const {
  return {{"fhir_base_url", base() + "/fhir"},
          {"token_url", base() + "/token"},
          {"client_id", HealthToken::kClient},
          {"key_id", HealthToken::kKeyId},
          {"private_key_file", token_.private_key_file()},
          {"home_assigner", std::string(kHospital)}};
}

HttpReply Health::handle(const HttpRequest& request) {
  if (request.path == "/token" && request.method == "POST")
    return token_.handle(request, base() + "/token");
  if (!request.path.starts_with("/fhir")) return {404, R"({"error":"not found"})"};
  const std::string path = request.path.substr(5);
  if (path != "/metadata" && !token_.knows(request.header("Authorization"))) {
    return {401,
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login"}]})",
            "application/fhir+json"};
  }
  return fhir_.handle(request, path, base() + "/fhir");
}

std::string Health::next_control_id() {
  return "SYN-M-" + std::to_string(++message_);
}

Health::Event Health::admit(Patient& patient, int64_t at_us) {
  ++patient.visit;
  patient.admitted = true;
  patient.admitted_at = iso_time(at_us);
  patient.discharged_at.clear();
  fhir_.put("Encounter", patient.visit_number(), encounter_resource(patient), at_us);
  const std::string id = next_control_id();
  return {id, adt_message(patient, "A01", id, patient.admitted_at)};
}

Health::Event Health::discharge(Patient& patient, int64_t at_us) {
  patient.admitted = false;
  patient.discharged_at = iso_time(at_us);
  fhir_.put("Encounter", patient.visit_number(), encounter_resource(patient), at_us);
  const std::string id = next_control_id();
  return {id, adt_message(patient, "A03", id, patient.discharged_at)};
}

Patient* Health::find(const rapidjson::Value& args) {
  std::string mrn(sdk::text_of(args, "mrn"));
  const auto number = args.FindMember("child");
  if (number != args.MemberEnd() && number->value.IsUint64()) {
    const uint64_t child = number->value.GetUint64();
    if (child >= 1 && child <= world_.children.size()) mrn = world_.children[child - 1].mrn;
  }
  const auto it = by_mrn_.find(mrn);
  return mrn.empty() || it == by_mrn_.end() ? nullptr : &patients_[it->second];
}

Reply Health::control(std::string_view verb, std::string_view args_json) {
  rapidjson::Document args;
  sdk::JsonFault fault;
  if (!sdk::parse_json(args_json, args, fault) || !args.IsObject())
    return {400, R"({"error":"not a JSON object","next":"see health.hpp"})"};
  if (verb == "connect") {
    outbox_.connect_to(text_or(args, "host", "127.0.0.1"),
                       static_cast<uint16_t>(number_or(args, "port", 0)),
                       static_cast<size_t>(number_or(args, "pipeline", 16)));
    return {};
  }
  if (verb == "disconnect") return outbox_.connect_to("127.0.0.1", 0, 1), Reply{};
  if (verb == "events") return {200, outbox_.json()};
  if (verb == "answers") return {200, R"({"answers":)" + outbox_.answers_json() + "}"};
  if (verb == "end_tokens") return token_.forget_all(), Reply{};
  if (verb == "load")
    return start_load(number_or(args, "rate", 100), number_or(args, "seconds", 10));
  if (verb == "stop_load") return stop_load(), Reply{};
  if (verb == "send_raw") {
    const std::string id = text_or(args, "control_id", "");
    outbox_.send(id, text_or(args, "message", ""));
    return sent(id);
  }
  const std::lock_guard lock(mutex_);
  Patient* patient = find(args);
  if (patient == nullptr) {
    constexpr std::string_view kVerbs[] = {"discharge",
                                           "admit",
                                           "update_person",
                                           "diagnose",
                                           "result",
                                           "appoint",
                                           "cancel_appointment",
                                           "merge",
                                           "remove",
                                           "refuse"};
    return std::find(std::begin(kVerbs), std::end(kVerbs), verb) == std::end(kVerbs)
               ? unknown_verb()
               : not_found();
  }
  return act(verb, *patient, args);
}

Reply Health::act(std::string_view verb, Patient& patient, const rapidjson::Value& args) {
  // Rises always, so that the order of messages is the order of their times.
  last_us_ = std::max(clock_us(), last_us_ + 100);
  const int64_t at_us = last_us_;
  const std::string at = iso_time(at_us);
  auto send = [&](const Event& event) {
    outbox_.send(event.control_id, event.message);
    return sent(event.control_id);
  };
  auto send_adt = [&](const char* event, std::string_view former = {}) {
    const std::string id = next_control_id();
    return send({id, adt_message(patient, event, id, at, former)});
  };
  if (verb == "discharge")
    return patient.admitted ? send(discharge(patient, at_us)) : wrong("the child is at home");
  if (verb == "admit")
    return patient.admitted ? wrong("the child is here already") : send(admit(patient, at_us));
  if (verb == "update_person") {
    patient.street = text_or(args, "street", "2 Sample Street");
    fhir_.put("Patient", patient.child->mrn, patient_resource(patient), at_us);
    return send_adt("A08");
  }
  if (verb == "diagnose") {
    patient.diagnoses.push_back(
        {text_or(args, "code", "R10.9"), text_or(args, "text", "Abdominal pain"), true});
    const size_t last = patient.diagnoses.size() - 1;
    fhir_.put("Condition",
              "SYN-C-" + patient.child->mrn.substr(patient.child->mrn.size() - 6) + "-" +
                  std::to_string(last + 1),
              condition_resource(patient, last),
              at_us);
    return send_adt("A08");
  }
  if (verb == "merge") return send_adt("A40", text_or(args, "former", "SYN-MRN-FORMER"));
  if (verb == "result") {
    ++patient.results;
    rapidjson::Document resource;
    const std::string json = observation_resource(patient, at);
    sdk::JsonFault fault;
    if (sdk::parse_json(json, resource, fault))
      fhir_.put("Observation", sdk::text_of(resource, "id"), json, at_us);
    const std::string id = next_control_id();
    return send({id, oru_message(patient, id, at)});
  }
  if (verb == "appoint" || verb == "cancel_appointment") {
    const bool cancel = verb == "cancel_appointment";
    if (cancel && patient.appointments == 0) return wrong("the child has no appointment");
    if (!cancel) {
      ++patient.appointments;
      patient.appointment_at = text_or(args, "at", iso_time(at_us + 14ll * 86400 * 1000000));
    }
    patient.appointment_cancelled = cancel;
    fhir_.put("Appointment", patient.appointment_number(), appointment_resource(patient), at_us);
    const std::string id = next_control_id();
    return send({id, siu_message(patient, cancel ? "S15" : "S12", id, at)});
  }
  if (verb == "remove") return fhir_.remove("Encounter", patient.visit_number(), at_us), Reply{};
  if (verb == "refuse") {
    const bool on = flag_or(args, "on", true);
    fhir_.refuse(patient.child->mrn, on);
    intake_.refuse(patient.child->mrn, on);
    return {};
  }
  return unknown_verb();
}

Reply Health::start_load(double rate, double seconds) {
  if (rate <= 0 || seconds <= 0 || patients_.empty())
    return {400, R"({"error":"rate and seconds must be positive"})"};
  stop_load();
  const std::lock_guard lock(load_mutex_);
  load_running_ = true;
  load_ = std::thread([this, rate, seconds] { run_load(rate, seconds); });
  return {};
}

void Health::stop_load() {
  std::thread ended;
  {
    const std::lock_guard lock(load_mutex_);
    load_running_ = false;
    ended.swap(load_);
  }
  load_changed_.notify_all();
  if (ended.joinable()) ended.join();
}

void Health::run_load(double rate, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  const auto total = static_cast<uint64_t>(rate * seconds);
  for (uint64_t made = 0; made < total;) {
    const std::chrono::duration<double> due(static_cast<double>(made) / rate);
    {
      std::unique_lock lock(load_mutex_);
      const auto when = began + std::chrono::duration_cast<Clock::duration>(due);
      if (load_changed_.wait_until(lock, when, [this] { return !load_running_; })) return;
    }
    const std::chrono::duration<double> since = Clock::now() - began;
    const auto until = std::min(total, static_cast<uint64_t>(since.count() * rate) + 1);
    for (; made < until; ++made) {
      const std::lock_guard lock(mutex_);
      Patient& patient = patients_[made % patients_.size()];
      last_us_ = std::max(clock_us(), last_us_ + 100);
      const Event event =
          patient.admitted ? discharge(patient, last_us_) : admit(patient, last_us_);
      outbox_.send(event.control_id, event.message);
    }
  }
}

std::string Health::truth_json() const {
  sdk::JsonWriter w;
  w.object().key("patients").array();
  {
    const std::lock_guard lock(mutex_);
    for (const Patient& p : patients_) {
      w.object()
          .field("child", p.child->number)
          .field("mrn", p.child->mrn)
          .field("visit", p.visit_number());
      w.field("street", p.street).field("admitted", p.admitted).field("admitted_at", p.admitted_at);
      if (!p.admitted) w.field("discharged_at", p.discharged_at);
      w.key("diagnoses").array();
      for (const Diagnosis& d : p.diagnoses) w.value(d.code);
      w.end_array().end();
    }
  }
  w.end_array();
  std::string out = w.text();
  return out + R"(,"fhir":)" + fhir_.counts_json() + R"(,"events":)" + outbox_.json() + "}";
}

}  // namespace concord::sim
