#include <algorithm>
#include <array>
#include <concord/xml.hpp>

#include "juvenile_justice/niem_parts.hpp"
#include "juvenile_justice/niem_text.hpp"

namespace concord::juvenile_justice {

namespace {

bool is_person(const NiemGraph& graph, xml_node node) {
  static constexpr std::array marks{std::string_view("PersonName"),
                                    std::string_view("PersonBirthDate"),
                                    std::string_view("PersonAgeMeasure"),
                                    std::string_view("PersonOtherIdentification"),
                                    std::string_view("PersonSSNIdentification")};
  for (const xml_node child : node.children()) {
    if (child.type() == pugi::node_element && is_niem(graph, child) &&
        std::find(marks.begin(), marks.end(), local_name(child)) != marks.end())
      return true;
  }
  // One told by nothing but what the sector adds.
  return local_name(node) == "Person" && is_niem(graph, node) && node.first_child();
}

// What the document calls whoever an id stands for. A role is an element of its own that holds
// RoleOfPerson and may be referred to in turn.
void gather_roles(const NiemGraph& graph,
                  const std::string& id,
                  std::set<std::string>& seen,
                  std::vector<std::string>& roles) {
  if (id.empty() || !seen.insert(id).second) return;
  for (const xml_node node : graph.references_to(id)) {
    const std::string name = without_suffix(local_name(node), "Reference");
    if (name.starts_with("RoleOfPerson")) {
      add_once(roles, std::string(local_name(node.parent())));
      gather_roles(graph, graph.id_of(node.parent()), seen, roles);
    } else if (name != "Person" && name != "Entity" && name != "EntityPerson") {
      add_once(roles, name);
    }
  }
}

void write_name(const NiemGraph& graph, xml_node name, JsonWriter& json) {
  json.object();
  field(json, "given", text_of(graph, name, {"PersonGivenName"}));
  field(json, "middle", text_of(graph, name, {"PersonMiddleName"}));
  field(json, "family", text_of(graph, name, {"PersonSurName"}));
  field(json, "prefix", text_of(graph, name, {"PersonNamePrefixText", "PersonPrefixName"}));
  field(json, "suffix", text_of(graph, name, {"PersonNameSuffixText", "PersonSuffixName"}));
  field(json, "full", text_of(graph, name, {"PersonFullName"}));
  std::string category = text_of(graph, name, {"PersonNameCategoryCode", "PersonNameCategoryText"});
  if (category.empty() && local_name(name) == "PersonAlternateName") category = "alias";
  field(json, "category", category);
  json.end();
}

void write_address(xml_node location, JsonWriter& json) {
  // A state or country comes under the name of its code list.
  const auto first = [&](std::initializer_list<std::string_view> starts) {
    std::vector<xml_node> open{location};
    for (size_t i = 0; i < open.size(); ++i) {
      for (const xml_node child : open[i].children()) {
        if (child.type() != pugi::node_element) continue;
        for (const std::string_view start : starts) {
          if (local_name(child).starts_with(start) && !xml_text(child).empty())
            return xml_text(child);
        }
        open.push_back(child);
      }
    }
    return std::string();
  };
  json.object();
  field(json, "street", first({"StreetFullText", "AddressFullText", "LocationStreetFullText"}));
  field(json, "unit", first({"AddressSecondaryUnitText"}));
  field(json, "city", first({"LocationCityName", "AddressCityName"}));
  field(json, "county", first({"LocationCounty"}));
  field(json, "state", first({"LocationState", "LocationCanadianProvince"}));
  field(json, "postal", first({"LocationPostalCode"}));
  field(json, "country", first({"LocationCountry"}));
  json.end();
}

// The elements of this kind that an association joins to the person.
std::vector<xml_node> joined(const NiemGraph& graph,
                             const NiemPerson& person,
                             std::string_view association,
                             std::string_view local) {
  std::vector<xml_node> out;
  for (const xml_node reference : graph.references_to(person.id)) {
    if (!local_name(reference.parent()).ends_with(association)) continue;
    for (const xml_node end : reference.parent().children()) {
      const xml_node meant = graph.resolve(end);
      if (meant && local_name(end).starts_with(local)) out.push_back(meant);
    }
  }
  return out;
}

void write_contacts(const NiemGraph& graph, const NiemPerson& person, JsonWriter& json) {
  json.key("contacts").array();
  for (const xml_node contact :
       joined(graph, person, "ContactInformationAssociation", "ContactInformation")) {
    const std::string mail = xml_text(graph.below(contact, "ContactEmailID"));
    const std::string phone = xml_text(graph.below(contact, "TelephoneNumberFullID"));
    if (!mail.empty()) json.object().field("system", "email").field("value", mail).end();
    if (!phone.empty()) json.object().field("system", "phone").field("value", phone).end();
  }
  json.end_array();
}

// Codes of a person stand in the standard's namespace or in the sector's own.
std::vector<std::string> codes(xml_node person, std::string_view start) {
  std::vector<std::string> out;
  for (const xml_node child : person.children()) {
    if (child.type() == pugi::node_element && local_name(child).starts_with(start))
      add_once(out, xml_text(child));
  }
  return out;
}

void write_age(const NiemGraph& graph, xml_node person, JsonWriter& json) {
  const xml_node age = graph.child(person, "PersonAgeMeasure");
  if (!age) return;
  field(json,
        "age",
        text_of(graph,
                age,
                {"MeasureIntegerValue",
                 "MeasureValueText",
                 "MeasureText",
                 "MeasurePointValue",
                 "MeasureDecimalValue"}));
  field(json, "age_min", xml_text(graph.below(age, "RangeMinimumIntegerValue")));
  field(json, "age_max", xml_text(graph.below(age, "RangeMaximumIntegerValue")));
}

}  // namespace

std::vector<NiemPerson> persons_of(const NiemGraph& graph) {
  std::vector<NiemPerson> persons;
  for (const xml_node node : graph.elements()) {
    if (!graph.reference_of(node).empty() || !is_person(graph, node)) continue;
    NiemPerson person{node, graph.id_of(node), {}};
    const std::string own(local_name(node));
    if (own != "Person" && own != "EntityPerson") add_once(person.roles, own);
    const std::string holder(local_name(node.parent()));
    if (own == "EntityPerson" || own.starts_with("RoleOfPerson")) add_once(person.roles, holder);
    std::set<std::string> seen;
    gather_roles(graph, person.id, seen, person.roles);
    if (person.id.empty()) person.id = "#" + std::to_string(persons.size() + 1);
    persons.push_back(std::move(person));
  }
  return persons;
}

std::string subject_of(const std::vector<NiemPerson>& persons) {
  static constexpr std::array subjects{"Child",
                                       "Juvenile",
                                       "Youth",
                                       "ReferralPerson",
                                       "BookingSubject",
                                       "Subject",
                                       "ArrestSubject",
                                       "DetentionSubject",
                                       "Probationer",
                                       "Parolee",
                                       "SupervisionPerson",
                                       "Arrestee",
                                       "Inmate"};
  for (const std::string_view role : subjects) {
    std::string found;
    int count = 0;
    for (const NiemPerson& person : persons) {
      if (std::find(person.roles.begin(), person.roles.end(), role) == person.roles.end()) continue;
      found = person.id;
      ++count;
    }
    if (count > 0) return count == 1 ? found : std::string();
  }
  return persons.size() == 1 ? persons.front().id : std::string();
}

void write_person(const NiemGraph& graph, const NiemPerson& person, JsonWriter& json) {
  json.object().field("id", person.id).key("roles").array();
  for (const std::string& role : person.roles) json.value(role);
  json.end_array().key("names").array();
  for (const std::string_view local : {"PersonName", "PersonAlternateName"}) {
    for (const xml_node name : graph.children(person.node, local)) write_name(graph, name, json);
  }
  json.end_array();
  field(json, "birth_date", date_of(graph, graph.child(person.node, "PersonBirthDate")));
  field(json, "death_date", date_of(graph, graph.child(person.node, "PersonDeathDate")));
  write_age(graph, person.node, json);
  const auto sexes = codes(person.node, "PersonSex");
  if (!sexes.empty()) json.field("sex", sexes.front());
  json.key("races").array();
  for (const std::string& race : codes(person.node, "PersonRace")) json.value(race);
  json.end_array();
  const auto ethnicities = codes(person.node, "PersonEthnicity");
  if (!ethnicities.empty()) json.field("ethnicity", ethnicities.front());
  field(json,
        "language",
        text_of(graph,
                graph.child(person.node, "PersonPrimaryLanguage"),
                {"LanguageName", "LanguageCode"}));
  write_identifiers(graph, person.node, json);
  json.key("addresses").array();
  for (const xml_node location : joined(graph, person, "ResidenceAssociation", "Location"))
    write_address(location, json);
  json.end_array();
  write_contacts(graph, person, json);
  json.end();
}

}  // namespace concord::juvenile_justice
