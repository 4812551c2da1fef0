#include "health/fhir_resource.hpp"

#include <algorithm>
#include <array>
#include <concord/http.hpp>
#include <concord/json.hpp>

#include "health/hl7_time.hpp"
#include "health/hl7_write.hpp"
#include "health/json_slices.hpp"

namespace concord::health {
namespace {

sdk::Error unwritable(std::string place, std::string cause, std::string next) {
  return sdk::bad_record("FHIR_BODY", std::move(place), std::move(cause), std::move(next));
}

// Where a resource type keeps whom it is about.
std::string_view subject_member(std::string_view type) {
  struct Row {
    std::string_view type, member;
  };
  static constexpr std::array kRows{Row{"Encounter", "subject"},
                                    Row{"Condition", "subject"},
                                    Row{"Observation", "subject"},
                                    Row{"Communication", "subject"},
                                    Row{"CommunicationRequest", "subject"},
                                    Row{"Flag", "subject"},
                                    Row{"ServiceRequest", "subject"},
                                    Row{"CarePlan", "subject"},
                                    Row{"CareTeam", "subject"},
                                    Row{"MedicationRequest", "subject"},
                                    Row{"DocumentReference", "subject"},
                                    Row{"QuestionnaireResponse", "subject"},
                                    Row{"Task", "for"},
                                    Row{"AllergyIntolerance", "patient"},
                                    Row{"Immunization", "patient"},
                                    Row{"RelatedPerson", "patient"},
                                    Row{"EpisodeOfCare", "patient"},
                                    Row{"Coverage", "beneficiary"}};
  for (const Row& row : kRows) {
    if (row.type == type) return row.member;
  }
  return {};
}

// "123" is an id on that server; "HOSPITAL|123" an identifier that it knows.
void write_reference(sdk::JsonWriter& w, std::string_view subject) {
  const size_t bar = subject.find('|');
  w.object();
  if (bar == std::string_view::npos) {
    w.field(
        "reference",
        subject.starts_with("Patient/") ? std::string(subject) : "Patient/" + std::string(subject));
  } else {
    w.field("type", "Patient").key("identifier").object();
    w.field("system", subject.substr(0, bar)).field("value", subject.substr(bar + 1)).end();
  }
  w.end();
}

// An array, given as text, with one more item.
std::string with_item(std::string_view array, const std::string& item) {
  const auto items = array.empty() ? std::nullopt : json_items(array);
  if (!items || items->empty()) return "[" + item + "]";
  const size_t end = array.rfind(']');
  return std::string(array.substr(0, end)) + "," + item + "]";
}

// HL7's own codes (v3 ActCode) for what must go along; the words stand with a code of ours.
std::string_view act_code_of(std::string_view obligation) {
  if (obligation == "notice_part2") return "42CFRPart2";
  if (obligation == "copy_of_consent") return "CPLYCD";     // comply with the consent directive
  if (obligation == "no_redisclosure") return "NORDSCLCD";  // not without a consent directive
  if (obligation == "destroy_by") return "DELAU";           // delete after use
  if (obligation == "label_sticky") return "PERSISTLABEL";
  return {};
}

// Items of meta.security, joined by commas; empty: none.
std::string security_of(const std::vector<sdk::Obligation>& obligations) {
  std::string out;
  auto add = [&out](std::string_view system, std::string_view code, std::string_view display) {
    sdk::JsonWriter w;
    w.object().field("system", system).field("code", code);
    if (!display.empty()) w.field("display", display);
    w.end();
    out += (out.empty() ? "" : ",") + w.text();
  };
  for (const sdk::Obligation& one : obligations) {
    if (const auto code = act_code_of(one.code); !code.empty())
      add("http://terminology.hl7.org/CodeSystem/v3-ActCode", code, "");
    add("urn:concord:obligation", one.code, one.text);
  }
  return out;
}

std::string meta_with(std::string_view meta, const std::string& ours, const std::string& security) {
  const auto members = meta.empty() ? std::nullopt : json_members(meta);
  std::string out = "{";
  std::string_view tags, labels;
  if (members) {
    for (const auto& [name, value] : *members) {
      if (name == "tag") tags = value;
      if (name == "security") labels = value;
      // Theirs to write, not ours.
      if (name == "tag" || name == "versionId" || name == "lastUpdated") continue;
      if (name == "security" && !security.empty()) continue;
      out += "\"" + std::string(name) + "\":" + std::string(value) + ",";
    }
  }
  if (!security.empty()) out += "\"security\":" + with_item(labels, security) + ",";
  return out + "\"tag\":" + with_item(tags, ours) + "}";
}

std::string provenance_of(const sdk::Delivery& delivery,
                          const FhirSettings& settings,
                          const std::string& id,
                          int64_t now_us) {
  sdk::JsonWriter w;
  w.object().field("resourceType", "Provenance").field("id", id);
  // By identifier: within a batch, entries do not know each other's ids.
  w.key("target").array().object().field("type", delivery.type).key("identifier").object();
  w.field("system", settings.identifier_system).field("value", delivery.key);
  w.end().end().end_array();
  w.field("recorded", iso_utc(now_us).substr(0, 23) + "Z");
  w.key("activity").object().key("coding").array().object();
  w.field("system", "http://terminology.hl7.org/CodeSystem/v3-DataOperation")
      .field("code", "UPDATE");
  w.end().end_array().end();
  w.key("agent").array().object();
  w.key("type").object().key("coding").array().object();
  w.field("system", "http://terminology.hl7.org/CodeSystem/provenance-participant-type");
  w.field("code", "transmitter").end().end_array().end();
  w.key("who").object().field("display", settings.agent).end().end().end_array().end();
  return w.text();
}

// {"resource": ..., "request": {"method", "url", "ifNoneExist"?}}
std::string entry(const std::string& resource,
                  const char* method,
                  const std::string& url,
                  const std::string& if_none_exist = {}) {
  sdk::JsonWriter request;
  request.object().field("method", method).field("url", url);
  if (!if_none_exist.empty()) request.field("ifNoneExist", if_none_exist);
  request.end();
  std::string out = "{";
  if (!resource.empty()) out += "\"resource\":" + resource + ",";
  return out + "\"request\":" + request.text() + "}";
}

}  // namespace

sdk::Result<std::string> resource_of(const sdk::Delivery& delivery, const FhirSettings& settings) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(delivery.body, document, fault)) {
    return unwritable("body, byte " + std::to_string(fault.offset + 1),
                      fault.code + ": " + fault.cause,
                      "see the mapping that made it");
  }
  const auto members = json_members(delivery.body);
  if (!members || sdk::text_of(document, "resourceType") != delivery.type) {
    return unwritable("resourceType",
                      "expected the record type's own name, saw something else",
                      "set resourceType in the mapping to the record type");
  }
  sdk::JsonWriter identifier, tag, mark;
  identifier.object()
      .field("system", settings.identifier_system)
      .field("value", delivery.key)
      .end();
  // Two tags, joined by a comma: which version this is, and which delivery brought it.
  const std::string idempotency(delivery.idempotency_key);
  tag.object()
      .field("system", settings.identifier_system + ":version")
      .field("code", std::to_string(delivery.version))
      .end();
  mark.object()
      .field("system", settings.identifier_system + ":delivery")
      .field("code", idempotency)
      .end();
  const std::string tags = tag.text() + "," + mark.text();

  std::string_view identifiers, meta, links, participants;
  std::string out = "{";
  for (const auto& [name, value] : *members) {
    if (name == "id") continue;  // the server's to give
    if (name == "identifier") {
      identifiers = value;
    } else if (name == "meta") {
      meta = value;
    } else if (name == "link" && delivery.type == "Patient") {
      links = value;
    } else if (name == "participant" && delivery.type == "Appointment") {
      participants = value;
    } else {
      out += "\"" + std::string(name) + "\":" + std::string(value) + ",";
    }
  }
  const bool single = delivery.type == "QuestionnaireResponse" || delivery.type == "Composition";
  out +=
      "\"identifier\":" + (single ? identifier.text() : with_item(identifiers, identifier.text()));
  out += ",\"meta\":" + meta_with(meta, tags, security_of(delivery.obligations));
  sdk::JsonWriter reference;
  if (!delivery.subject.empty()) write_reference(reference, delivery.subject);
  const std::string_view member = subject_member(delivery.type);
  if (!delivery.subject.empty() && !member.empty() && json_slice(*members, member).empty()) {
    out += ",\"" + std::string(member) + "\":" + reference.text();
  }
  if (delivery.type == "Patient" && !delivery.subject.empty()) {
    // Never over their own Patient: beside it, and linked.
    links = {};
    out += R"(,"link":[{"other":)" + reference.text() + R"(,"type":"seealso"}])";
  } else if (!links.empty()) {
    out += ",\"link\":" + std::string(links);
  }
  if (delivery.type == "Appointment") {
    const bool add =
        !delivery.subject.empty() && participants.find("Patient") == std::string_view::npos;
    if (add) {
      out +=
          ",\"participant\":" +
          with_item(participants, R"({"actor":)" + reference.text() + R"(,"status":"accepted"})");
    } else if (!participants.empty()) {
      out += ",\"participant\":" + std::string(participants);
    }
  }
  return out + "}";
}

std::string conditional_url(const sdk::Delivery& delivery, const FhirSettings& settings) {
  return std::string(delivery.type) + "?identifier=" +
         sdk::url_encode(settings.identifier_system + "|" + std::string(delivery.key));
}

sdk::Result<Entries> entries_of(const sdk::Delivery& delivery,
                                const FhirSettings& settings,
                                int64_t now_us) {
  const std::string url = conditional_url(delivery, settings);
  if (delivery.withdraw) return Entries{entry("", "DELETE", url), 1};
  auto resource = resource_of(delivery, settings);
  if (!resource) return std::move(resource).error();
  const auto& create_only = settings.create_only_types;
  const bool create =
      std::find(create_only.begin(), create_only.end(), delivery.type) != create_only.end();
  Entries out;
  out.text =
      create ? entry(*resource, "POST", std::string(delivery.type), url.substr(url.find('?') + 1))
             : entry(*resource, "PUT", url);
  out.count = 1;
  if (settings.provenance) {
    // An id of our own making, so that a repeat meets the same Provenance.
    const std::string id =
        "concord-" + control_id_of(std::string(delivery.type) + "/" + std::string(delivery.key) +
                                   "/" + std::to_string(delivery.version));
    out.text +=
        "," + entry(provenance_of(delivery, settings, id, now_us), "PUT", "Provenance/" + id);
    out.count = 2;
  }
  return out;
}

}  // namespace concord::health
