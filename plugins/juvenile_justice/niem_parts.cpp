#include "juvenile_justice/niem_parts.hpp"

#include <array>
#include <map>

#include "juvenile_justice/niem_text.hpp"

namespace concord::juvenile_justice {

namespace {

using PersonIndex = std::map<pugi::xml_node, const NiemPerson*>;
PersonIndex index_of(const std::vector<NiemPerson>& persons) {
  PersonIndex index;
  for (const NiemPerson& person : persons) index.emplace(person.node, &person);
  return index;
}
// The person who stands there, or null.
const NiemPerson* person_at(const PersonIndex& index, xml_node node) {
  const auto found = node ? index.find(node) : index.end();
  return found == index.end() ? nullptr : found->second;
}

}  // namespace

void write_relationships(const NiemGraph& graph,
                         const std::vector<NiemPerson>& persons,
                         JsonWriter& json) {
  const PersonIndex index = index_of(persons);
  json.key("relationships").array();
  for (const xml_node node : graph.elements()) {
    if (!local_name(node).ends_with("Association")) continue;
    std::vector<std::pair<std::string, std::string>> ends;
    for (const xml_node end : node.children()) {
      if (const NiemPerson* person = person_at(index, graph.resolve(end)))
        ends.emplace_back(without_suffix(local_name(end), "Reference"), person->id);
    }
    if (ends.size() < 2) continue;
    json.object().field("kind", std::string(local_name(node))).key("persons").array();
    for (const auto& [role, id] : ends) json.object().field("role", role).field("id", id).end();
    json.end_array().end();
  }
  json.end_array();
}

void write_organizations(const NiemGraph& graph, JsonWriter& json) {
  json.key("organizations").array();
  for (const xml_node node : graph.elements()) {
    if (!graph.reference_of(node).empty()) continue;
    const std::string name = text_of(graph, node, {"OrganizationName"});
    if (name.empty()) continue;
    json.object();
    field(json, "id", graph.id_of(node));
    json.field("kind", std::string(local_name(node))).field("name", name);
    write_identifiers(graph, node, json);
    json.end();
  }
  json.end_array();
}

size_t write_activities(const NiemGraph& graph,
                        const std::vector<NiemPerson>& persons,
                        JsonWriter& json) {
  // Activities by what they hold, and those that often hold no date or number.
  static constexpr std::array kinds{
      "Charge", "Detention", "Booking", "Arrest", "Offense", "Referral", "Supervision", "Incident"};
  const PersonIndex index = index_of(persons);
  size_t count = 0;
  json.key("activities").array();
  for (const xml_node node : graph.elements()) {
    if (!graph.reference_of(node).empty()) continue;
    const bool dated = std::any_of(node.begin(), node.end(), [&](xml_node child) {
      return child.type() == pugi::node_element && is_niem(graph, child) &&
             local_name(child).starts_with("Activity");
    });
    const bool named = is_niem(graph, node) && node.first_child() &&
                       std::find(kinds.begin(), kinds.end(), local_name(node)) != kinds.end();
    if (!dated && !named) continue;
    ++count;
    json.object();
    field(json, "id", graph.id_of(node));
    json.field("kind", std::string(local_name(node)));
    write_identifiers(graph, node, json);
    const xml_node range = graph.child(node, "ActivityDateRange");
    std::string date = date_of(graph, graph.child(node, "ActivityDate"));
    if (date.empty()) date = date_of(graph, graph.child(range, "StartDate"));
    field(json, "date", date);
    field(json, "end_date", date_of(graph, graph.child(range, "EndDate")));
    field(json, "category", text_of(graph, node, {"ActivityCategoryText", "ActivityCategoryCode"}));
    field(json,
          "status",
          text_of(graph,
                  graph.child(node, "ActivityStatus"),
                  {"StatusText", "StatusDescriptionText", "StatusCode"}));
    field(
        json,
        "description",
        text_of(graph, node, {"ActivityDescriptionText", "ChargeDescriptionText", "ActivityName"}));
    json.key("persons").array();
    std::vector<std::string> named_persons;
    for (const xml_node inner : node.children()) {
      for (const xml_node end : {graph.resolve(inner),
                                 graph.child(inner, "RoleOfPerson"),
                                 graph.child(inner, "RoleOfPersonReference"),
                                 graph.child(inner, "EntityPerson")}) {
        if (const NiemPerson* person = person_at(index, end)) add_once(named_persons, person->id);
      }
    }
    for (const std::string& id : named_persons) json.value(id);
    json.end_array().end();
  }
  json.end_array();
  return count;
}

std::string identifier_of(const NiemGraph& graph) {
  static constexpr std::array names{"JuvenileInformationRecordID",
                                    "BookingAgencyRecordIdentification",
                                    "SupervisionIdentification",
                                    "CaseTrackingID",
                                    "CaseDocketID",
                                    "DocumentIdentification",
                                    "ActivityIdentification",
                                    "IncidentIdentification",
                                    "MessageIdentification",
                                    "PersonPersistentIdentification",
                                    "SystemIdentifier"};
  for (const std::string_view name : names) {
    for (const xml_node node : graph.elements()) {
      if (local_name(node) != name) continue;
      const std::string number = text_of(graph, node, {"IdentificationID", "ID"});
      const std::string source = text_of(graph, node, {"IdentificationSourceText"});
      if (!number.empty()) return source.empty() ? number : number + "@" + source;
    }
  }
  return {};
}

}  // namespace concord::juvenile_justice
