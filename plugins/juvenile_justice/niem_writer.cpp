#include "juvenile_justice/niem_writer.hpp"

#include <concord/id.hpp>
#include <concord/json.hpp>
#include <concord/xml.hpp>
#include <filesystem>
#include <fstream>
#include <pugixml.hpp>
#include <set>

#include "juvenile_justice/niem_folder.hpp"
#include "juvenile_justice/niem_reader.hpp"

namespace concord::juvenile_justice {

namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kNamespaces[][2] = {
    {"xmlns:nc", "https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/"},
    {"xmlns:j", "https://docs.oasis-open.org/niemopen/ns/model/domains/justice/6.0/"},
    {"xmlns:hs", "https://docs.oasis-open.org/niemopen/ns/model/domains/humanServices/6.0/"},
    {"xmlns:structures", "https://docs.oasis-open.org/niemopen/ns/model/structures/6.0/"},
    {"xmlns:ext", "urn:concord:exchange:juvenile-justice:1.0"}};

// For the record types that describe() names; settings replace a table as a whole.
const std::map<std::string, NiemWriteConfig, std::less<>>& standard_tables() {
  static const std::map<std::string, NiemWriteConfig, std::less<>> tables{
      {"court_event",
       {"CourtEvent",
        {{"event", "nc:ActivityCategoryText"},
         {"docket", "nc:CaseDocketID"},
         {"kind", "hs:HearingCategoryCode"},
         {"status", "nc:ActivityStatus/nc:StatusText"},
         {"at", "nc:ActivityDate/nc:DateTime"},
         {"zone", "ext:TimeZoneText"},
         {"result", "nc:ActivityDisposition/nc:DispositionText"}}}},
      {"placement_notice",
       {"PlacementNotice",
        {{"kind", "hs:PlacementCategoryCode"},
         {"start_date", "nc:ActivityDateRange/nc:StartDate/nc:Date"},
         {"end_date", "nc:ActivityDateRange/nc:EndDate/nc:Date"},
         {"end_reason", "hs:PlacementChangeReasonCode"},
         {"facility", "hs:PlacementFacility/nc:FacilityName"}}}},
      {"health_event",
       {"HealthEvent",
        {{"event", "nc:ActivityCategoryText"},
         {"facility", "nc:Facility/nc:FacilityName"},
         {"starts_at", "nc:ActivityDateRange/nc:StartDate/nc:DateTime"},
         {"ends_at", "nc:ActivityDateRange/nc:EndDate/nc:DateTime"},
         {"left_to", "ext:DischargeDispositionCode"},
         {"follow_up_at", "nc:ScheduleDate/nc:DateTime"}}}},
      {"missing_notice",
       {"MissingNotice",
        {{"missing_since", "j:MissingPersonLastSeenDate/nc:DateTime"},
         {"kind", "j:MissingPersonDisappearanceCategoryText"},
         {"reported_to", "ext:ReportedToText"},
         {"report_number", "nc:IncidentIdentification/nc:IdentificationID"},
         {"found_at", "j:MissingPersonFoundDate/nc:DateTime"}}}}};
  return tables;
}

pugi::xml_node text_child(pugi::xml_node parent, const char* name, std::string_view text) {
  pugi::xml_node child = parent.append_child(name);
  child.text().set(sdk::xml_text(text).c_str());
  return child;
}

// The element at the end of the path; those on the way are shared, the last is always new.
pugi::xml_node element_at(pugi::xml_node root, std::string_view path) {
  pugi::xml_node at = root;
  while (true) {
    const size_t slash = path.find('/');
    const std::string step(path.substr(0, slash));
    if (slash == std::string_view::npos) return at.append_child(step.c_str());
    const pugi::xml_node known = at.child(step.c_str());
    at = known ? known : at.append_child(step.c_str());
    path.remove_prefix(slash + 1);
  }
}

const rapidjson::Value* value_at(const rapidjson::Value& root, std::string_view path) {
  const rapidjson::Value* at = &root;
  while (!path.empty()) {
    const size_t dot = path.find('.');
    if (!at->IsObject()) return nullptr;
    const auto found = at->FindMember(std::string(path.substr(0, dot)));
    if (found == at->MemberEnd()) return nullptr;
    at = &found->value;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

void put(pugi::xml_node root, const std::string& path, const rapidjson::Value& value) {
  if (value.IsNull()) return;
  if (value.IsArray()) {
    for (const auto& item : value.GetArray()) put(root, path, item);
    return;
  }
  const std::string text =
      value.IsString() ? sdk::xml_text(value.GetString()) : sdk::write_json(value);
  element_at(root, path).text().set(text.c_str());
}

// The first member (dotted) that no row of the table covers, or empty.
std::string uncovered(const rapidjson::Value& value,
                      const std::string& path,
                      const std::set<std::string, std::less<>>& covered) {
  if (value.IsNull() || covered.contains(path)) return {};
  if (!value.IsObject()) return path;
  for (const auto& member : value.GetObject()) {
    const std::string inner = (path.empty() ? "" : path + ".") + member.name.GetString();
    if (std::string found = uncovered(member.value, inner, covered); !found.empty()) return found;
  }
  return {};
}

bool is_path(std::string_view path) {
  if (path.empty() || path.starts_with('/') || path.ends_with('/')) return false;
  for (size_t from = 0; from <= path.size();) {
    const size_t end = std::min(path.find('/', from), path.size());
    const std::string_view step = path.substr(from, end - from);
    const size_t colon = step.find(':');
    if (colon == std::string_view::npos || !is_identifier(step.substr(colon + 1))) return false;
    const std::string declared = "xmlns:" + std::string(step.substr(0, colon));
    bool known = false;
    for (const auto& row : kNamespaces) known = known || declared == row[0];
    if (!known) return false;
    from = end + 1;
  }
  return true;
}

// What was written last of a record: "version idempotency-key".
struct Note {
  uint64_t version = 0;
  std::string idempotency_key;
};
Note read_note(const fs::path& file) {
  Note note;
  std::ifstream in(file);
  in >> note.version >> std::ws;
  std::getline(in, note.idempotency_key);
  return note;
}

}  // namespace

sdk::Result<std::string> niem_document(const sdk::Delivery& delivery,
                                       const NiemWriteConfig& given) {
  const std::string place = "write." + std::string(delivery.type) + ".niem";
  const auto standard = standard_tables().find(delivery.type);
  const bool is_given = !given.elements.empty();
  if (!is_given && standard == standard_tables().end())
    return sdk::config_error(
        "NIEM_TABLE", place, "there is no table of elements for this type", "add niem.elements");
  const Rows& rows = is_given ? given.elements : standard->second.elements;
  std::string root_name = given.root;
  if (root_name.empty())
    root_name = standard == standard_tables().end() ? "Record" : standard->second.root;

  rapidjson::Document body;
  sdk::JsonFault fault;
  if (!sdk::parse_json(delivery.body.empty() ? "{}" : delivery.body, body, fault))
    return sdk::bad_record(
        "DELIVERY_BODY", place, "the body is no JSON: " + fault.cause, "see the mapping");
  std::set<std::string, std::less<>> covered{"youth_id"};
  for (const auto& [member, path] : rows) {
    if (!is_path(path))
      return sdk::config_error("NIEM_PATH",
                               place + ".elements." + member,
                               "not a path of nc:, j:, hs: and ext: elements",
                               "write it as \"nc:ActivityDate/nc:Date\"");
    covered.insert(member);
  }
  if (const std::string member = uncovered(body, "", covered); !member.empty())
    return sdk::bad_record("NIEM_MEMBER",
                           place,
                           "there is no element for member \"" + member + "\"",
                           "add a row to niem.elements, or take it out of the mapping");

  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child(("ext:" + root_name).c_str());
  for (const auto& row : kNamespaces) root.append_attribute(row[0]) = row[1];
  const pugi::xml_node number = root.append_child("nc:DocumentIdentification");
  text_child(number, "nc:IdentificationID", delivery.key);
  text_child(root, "ext:DocumentVersionNumeric", std::to_string(delivery.version));
  text_child(root.append_child("nc:DocumentStatus"),
             "nc:StatusText",
             delivery.withdraw ? "withdrawn" : "active");
  for (const sdk::Obligation& one : delivery.obligations) {
    pugi::xml_node handling = root.append_child("ext:HandlingInstruction");
    text_child(handling, "ext:HandlingInstructionCode", one.code);
    if (!one.value.empty()) text_child(handling, "ext:HandlingInstructionValueText", one.value);
    text_child(handling, "ext:HandlingInstructionText", one.text);
  }
  // The agency's own key of the youth, by whichever way it came.
  const std::string_view youth =
      delivery.subject.empty() ? sdk::text_of(body, "youth_id") : delivery.subject;
  if (!youth.empty()) {
    pugi::xml_node person = root.append_child("nc:Person");
    person.append_attribute("structures:id") = "Child1";
    text_child(person.append_child("nc:PersonOtherIdentification"), "nc:IdentificationID", youth);
  }
  for (const auto& [member, path] : rows) {
    if (const auto* value = value_at(body, member)) put(root, path, *value);
  }
  return sdk::save_xml(document, "  ");
}

sdk::Outcome NiemWriter::write(const sdk::Delivery& delivery, const WriteConfig& write) {
  const std::string type(delivery.type);
  const std::string hash = sdk::sha256_hex(type + '\0' + std::string(delivery.key)).substr(0, 24);
  const fs::path notes = fs::path(config_.out_folder) / ".concord";
  const Note last = read_note(notes / hash);
  sdk::Outcome outcome;
  outcome.remote_id = type + "-" + hash + "-v" + std::to_string(delivery.version) +
                      (delivery.withdraw ? "-withdrawn.xml" : ".xml");
  const bool repeat = last.idempotency_key == delivery.idempotency_key;
  const bool stale = last.version > delivery.version;
  const bool same = last.version == delivery.version && !delivery.withdraw;
  if (!last.idempotency_key.empty() && (repeat || stale || same)) return outcome;
  auto document = niem_document(delivery, write.niem);
  if (!document) {
    outcome.error = std::move(document).error();
    return outcome;
  }
  std::error_code failed;
  fs::create_directories(notes, failed);
  auto put = put_file(config_.out_folder, outcome.remote_id, *document);
  if (put)
    put = put_file(notes.string(),
                   hash,
                   std::to_string(delivery.version) + ' ' + std::string(delivery.idempotency_key));
  if (!put) outcome.error = std::move(put).error();
  return outcome;
}

}  // namespace concord::juvenile_justice
