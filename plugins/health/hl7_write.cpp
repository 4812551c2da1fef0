#include "health/hl7_write.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <concord/json.hpp>

#include "health/hl7_build.hpp"
#include "health/hl7_time.hpp"

namespace concord::health {
namespace {

sdk::Error unwritable(std::string place, std::string cause, std::string next) {
  return sdk::bad_record("HL7_BODY", std::move(place), std::move(cause), std::move(next));
}

// PID-3: the recipient's own key of the person comes first, then what else the body knows.
std::string identifiers_with_subject(const Json* patient, std::string_view subject) {
  const std::string rest = written_list(patient, "identifiers", written_identifier);
  if (subject.empty()) return rest;
  const size_t bar = subject.find('|');
  const std::string assigner(bar == subject.npos ? "" : subject.substr(0, bar));
  const std::string value(bar == subject.npos ? subject : subject.substr(bar + 1));
  if (const Json* list = json_member(patient, "identifiers"); list != nullptr && list->IsArray()) {
    for (const Json& one : list->GetArray()) {
      if (json_text(&one, "value") == value) return rest;
    }
  }
  std::string own = components({escaped(value), "", "", escaped(assigner), "MR"});
  return rest.empty() ? own : own + "~" + rest;
}

void write_pid(MessageBuilder& out, const Json* patient, std::string_view subject) {
  SegmentBuilder& pid = out.segment("PID");
  pid.set(1, "1");
  pid.set(3, identifiers_with_subject(patient, subject));
  pid.set(5, written_list(patient, "names", written_name));
  pid.set(7, written_time(patient, "birth_date"));
  pid.set(8, written_text(patient, "sex"));
  pid.set(10, written_list(patient, "races", written_coded));
  pid.set(11, written_list(patient, "addresses", written_address));
  pid.set(13, written_list(patient, "contacts", written_contact));
  pid.set(15, written_coded_member(patient, "language"));
  pid.set(22, written_list(patient, "ethnic_groups", written_coded));
  pid.set(25, written_text(patient, "birth_order"));
  pid.set(29, written_time(patient, "death_date"));
  pid.set(30, written_text(patient, "dead"));
}

void write_kin(MessageBuilder& out, const Json& body) {
  int number = 0;
  for_each(&body, "next_of_kin", [&](const Json& kin) {
    SegmentBuilder& nk1 = out.segment("NK1");
    nk1.set(1, std::to_string(++number));
    nk1.set(2, written_list(&kin, "names", written_name));
    nk1.set(3, written_coded_member(&kin, "relationship"));
    nk1.set(4, written_list(&kin, "addresses", written_address));
    nk1.set(5, written_list(&kin, "contacts", written_contact));
    nk1.set(7, written_coded_member(&kin, "role"));
    nk1.set(8, written_time(&kin, "start"));
    nk1.set(9, written_time(&kin, "end"));
    nk1.set(33, written_list(&kin, "identifiers", written_identifier));
  });
}

void write_visit(MessageBuilder& out, const Json& body) {
  const Json* visit = json_member(&body, "visit");
  SegmentBuilder& pv1 = out.segment("PV1");  // required by ADT: N is "not applicable"
  pv1.set(1, "1");
  const std::string kind = written_text(visit, "class");
  pv1.set(2, kind.empty() ? "N" : kind);
  if (visit == nullptr) return;
  if (const Json* place = json_member(visit, "location")) {
    pv1.set(3,
            components({written_text(place, "point_of_care"),
                        written_text(place, "room"),
                        written_text(place, "bed"),
                        written_text(place, "facility")}));
  }
  pv1.set(19, components({written_text(visit, "number"), "", "", written_text(visit, "assigner")}));
  pv1.set(36, written_text(visit, "discharge_disposition"));
  pv1.set(37, written_text(visit, "discharged_to"));
  pv1.set(44, written_time(visit, "admitted"));
  pv1.set(45, written_time(visit, "discharged"));
  if (json_member(visit, "reason") != nullptr) {
    out.segment("PV2").set(3, written_coded_member(visit, "reason"));
  }
}

void write_diagnoses(MessageBuilder& out, const Json& body) {
  int number = 0;
  for_each(&body, "diagnoses", [&](const Json& diagnosis) {
    SegmentBuilder& dg1 = out.segment("DG1");
    dg1.set(1, std::to_string(++number));
    dg1.set(3, written_coded_member(&diagnosis, "code"));
    dg1.set(4, written_text(&diagnosis, "description"));
    dg1.set(5, written_time(&diagnosis, "at"));
    const std::string type = written_text(&diagnosis, "type");
    dg1.set(6, type.empty() ? "W" : type);
  });
}

void write_observation(MessageBuilder& out, const Json& observation, int number) {
  SegmentBuilder& obx = out.segment("OBX");
  obx.set(1, std::to_string(number));
  const Json* coded = json_member(&observation, "coded");
  std::string type = written_text(&observation, "type");
  if (type.empty()) type = coded != nullptr ? "CWE" : "ST";
  obx.set(2, type);
  obx.set(3, written_coded_member(&observation, "code"));
  obx.set(4, written_text(&observation, "sub_id"));
  if (coded != nullptr) {
    obx.set(5, written_coded(*coded));
  } else if (type == "DT" || type == "TS" || type == "DTM") {
    obx.set(5, written_time(&observation, "value"));
  } else if (type == "SN") {
    obx.set(5,
            components({written_text(&observation, "comparator"),
                        written_text(&observation, "value"),
                        written_text(&observation, "separator"),
                        written_text(&observation, "second_value")}));
  } else {
    obx.set(5, written_text(&observation, "value"));
  }
  obx.set(6, written_coded_member(&observation, "unit"));
  obx.set(7, written_text(&observation, "range"));
  obx.set(8, written_list(&observation, "flags", written_coded));
  const std::string status = written_text(&observation, "status");
  obx.set(11, status.empty() ? "F" : status);
  obx.set(14, written_time(&observation, "at"));
  int note = 0;
  for_each(&observation, "notes", [&](const Json& text) {
    SegmentBuilder& nte = out.segment("NTE");
    nte.set(1, std::to_string(++note));
    nte.set(3, escaped(json_scalar(text)));
  });
}

// What must go along, where the receiver reads whom the message is about.
void write_obligations(MessageBuilder& out, const std::vector<sdk::Obligation>& obligations) {
  int number = 0;
  for (const sdk::Obligation& one : obligations) {
    SegmentBuilder& nte = out.segment("NTE");
    nte.set(1, std::to_string(++number));
    nte.set(3, escaped(one.text));
    nte.set(4, components({escaped(one.code), "", "L"}));
  }
}

// One OBR for observations in a row that name the same order.
void write_orders(MessageBuilder& out, const Json& body, const std::string& key) {
  std::string order_before;
  int orders = 0, number = 0;
  for_each(&body, "observations", [&](const Json& observation) {
    const Json* order = json_member(&observation, "order");
    std::string filler = written_text(order, "filler_number");
    if (filler.empty()) filler = escaped(key);
    const std::string placer = written_text(order, "placer_number");
    const std::string this_order = filler + "/" + placer;
    if (orders == 0 || this_order != order_before) {
      SegmentBuilder& obr = out.segment("OBR");
      obr.set(1, std::to_string(++orders));
      obr.set(2, placer);
      obr.set(3, filler);
      const std::string code = written_coded_member(order, "code");
      obr.set(4, code.empty() ? written_coded_member(&observation, "code") : code);
      const std::string at = written_time(order, "at");
      obr.set(7, at.empty() ? written_time(&observation, "at") : at);
      const std::string status = written_text(order, "status");
      obr.set(25, status.empty() ? "F" : status);
      order_before = this_order;
      number = 0;
    }
    write_observation(out, observation, ++number);
  });
}

sdk::Result<std::string> event_of(const sdk::Delivery& delivery,
                                  const Json* body,
                                  const SendSettings& settings) {
  if (delivery.withdraw) {
    if (settings.withdraw_event.empty()) {
      return sdk::bad_record("WITHDRAW_UNSUPPORTED",
                             "mllp_send",
                             "this receiver has no message for a withdrawal",
                             "tell the recipient another way, or set mllp_send.withdraw_event");
    }
    return settings.withdraw_event;
  }
  if (delivery.type == "oru") return std::string("R01");
  const Json* message = body == nullptr ? nullptr : json_member(body, "message");
  std::string event = json_text(message, "event");
  if (event.empty()) event = "A08";
  if (record_type_of("ADT", event).empty()) {
    return unwritable(
        "message.event", "no ADT event that is sent", "map it to A01-A08, A28 or A31");
  }
  return event;
}

}  // namespace

std::string control_id_of(std::string_view idempotency_key) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(idempotency_key.data()),
         idempotency_key.size(),
         digest.data());
  std::string out;
  unsigned bits = 0, held = 0;
  for (size_t i = 0; out.size() < 20;) {
    if (held < 5) {
      bits = (bits << 8) | digest[i++];
      held += 8;
    }
    held -= 5;
    out += kLetters[(bits >> held) & 31];
  }
  return out;
}

sdk::Result<OutMessage> write_message(const sdk::Delivery& delivery,
                                      const SendSettings& settings,
                                      int64_t now_us) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  const bool empty = delivery.body.empty();
  if (!empty && (!sdk::parse_json(delivery.body, document, fault) || !document.IsObject())) {
    return unwritable("body", "no JSON object", "see the mapping that made it");
  }
  if (empty) document.SetObject();
  auto event = event_of(delivery, &document, settings);
  if (!event) return std::move(event).error();
  const Json* patient = json_member(&document, "patient");
  const bool results = delivery.type == "oru";
  if (!delivery.withdraw && results && json_member(&document, "observations") == nullptr) {
    return unwritable("observations", "an oru message without results", "map at least one");
  }
  if (identifiers_with_subject(patient, delivery.subject).empty()) {
    return unwritable("patient.identifiers",
                      "nothing tells the receiver whose message it is",
                      "map an identifier, or link the person to one of this system");
  }

  OutMessage out{control_id_of(delivery.idempotency_key), {}};
  MessageBuilder message;
  SegmentBuilder& msh = message.segment("MSH");
  msh.set(2, "^~\\&");
  msh.set(3, escaped(settings.sending_application));
  msh.set(4, escaped(settings.sending_facility));
  msh.set(5, escaped(settings.receiving_application));
  msh.set(6, escaped(settings.receiving_facility));
  msh.set(7, hl7_utc(now_us));
  const std::string type = results && !delivery.withdraw ? "ORU" : "ADT";
  msh.set(9, components({type, *event, type + "_" + (type == "ADT" ? "A01" : "R01")}));
  msh.set(10, out.control_id);
  msh.set(11, escaped(settings.processing_id));
  msh.set(12, escaped(settings.version));
  msh.set(18, "UNICODE UTF-8");
  if (type == "ADT") message.segment("EVN").set(2, hl7_utc(now_us));
  write_pid(message, patient, delivery.subject);
  write_obligations(message, delivery.obligations);
  if (!delivery.withdraw) {
    write_kin(message, document);
    write_visit(message, document);
    if (results) {
      write_orders(message, document, std::string(delivery.key));
    } else {
      int number = 0;
      for_each(&document, "observations", [&](const Json& one) {
        write_observation(message, one, ++number);
      });
      write_diagnoses(message, document);
    }
  }
  if (!settings.control_segment.empty()) {
    SegmentBuilder& control = message.segment(settings.control_segment);
    control.set(1, escaped(delivery.key));
    control.set(2, std::to_string(delivery.version));
    control.set(3, delivery.withdraw ? "withdraw" : "upsert");
    control.set(4, escaped(delivery.type));
    control.set(5, escaped(delivery.idempotency_key));
  }
  out.bytes = message.text();
  return out;
}

}  // namespace concord::health
