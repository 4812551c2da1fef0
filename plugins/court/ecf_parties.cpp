#include "court/ecf_parties.hpp"

#include <algorithm>
#include <array>
#include <concord/xml.hpp>

namespace concord::court {
namespace {

using pugi::xml_node;
using sdk::find;
using sdk::local_name;
using sdk::xml_text;

constexpr std::array<std::string_view, 9> kPartyElements{"CaseParty",
                                                         "CaseParticipant",
                                                         "CaseOfficial",
                                                         "CaseInitiatingParty",
                                                         "CaseDefendantParty",
                                                         "CaseRespondentParty",
                                                         "CaseOtherEntity",
                                                         "CaseJudge",
                                                         "Parent"};

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

xml_node first_deep(const xml_node& node, std::string_view local) {
  const auto all = sdk::find_deep(node, "", local);
  return all.empty() ? xml_node{} : all.front();
}
std::string text_deep(const xml_node& node, std::string_view local) {
  return xml_text(first_deep(node, local));
}

bool means_yes(const std::string& text) {
  return !text.empty() && text != "false" && text != "0";
}

// The entity within a party element: by its usual name, or the party element itself.
xml_node entity_of(const xml_node& party, const EcfReferences& references) {
  for (const xml_node child : party.children()) {
    const std::string_view name = local_name(child);
    if (name.starts_with("EntityPerson") || name.starts_with("EntityOrganization") ||
        name.starts_with("RoleOfPerson") || name.starts_with("RoleOfOrganization") ||
        name == "Person" || name == "Organization")
      return references.follow(child);
  }
  return references.follow(party);
}

// ECF 5 has the role inside the entity, ECF 4 beside it, and some roles are the element's name.
std::string role_of(const xml_node& party, const xml_node& entity) {
  for (const xml_node from : {party, entity}) {
    for (const char* name : {"CaseParticipantRoleCode", "PartyRoleText"}) {
      if (std::string role = text_deep(from, name); !role.empty()) return role;
    }
  }
  const std::string_view name = local_name(party);
  if (name == "CaseInitiatingParty") return "initiating party";
  if (name == "CaseDefendantParty") return "defendant";
  if (name == "CaseRespondentParty") return "respondent";
  if (name == "CaseJudge") return "judge";
  if (name == "Parent") return "parent";
  return {};
}

bool role_of_a_child(const std::string& role) {
  const std::string text = lower(role);
  for (const char* child : {"child", "juvenile", "minor", "minor child", "youth", "ward", "chd"}) {
    if (text == child) return true;
  }
  return false;
}

void write_name(const xml_node& entity, sdk::JsonWriter& out) {
  const xml_node name = find(entity, "", "PersonName");
  if (!name) return;
  out.key("name").object();
  constexpr std::array<std::pair<const char*, const char*>, 7> parts{
      {{"prefix", "PersonNamePrefixText"},
       {"given", "PersonGivenName"},
       {"middle", "PersonMiddleName"},
       {"family", "PersonSurName"},
       {"suffix", "PersonNameSuffixText"},
       {"maiden", "PersonMaidenName"},
       {"full", "PersonFullName"}}};
  for (const auto& [key, element] : parts) {
    if (const std::string text = xml_text(name, "", element); !text.empty()) out.field(key, text);
  }
  out.end();
}

void write_identifiers(const xml_node& entity, sdk::JsonWriter& out) {
  // Element -> what kind of number it is.
  constexpr std::array<std::pair<const char*, const char*>, 9> kinds{
      {{"ParticipantID", "participant"},
       {"PartyIdentification", "party"},
       {"PersonOtherIdentification", "other"},
       {"PersonStateIdentification", "state"},
       {"PersonStateFingerprintIdentification", "state_fingerprint"},
       {"PersonFBIIdentification", "fbi"},
       {"PersonSSNIdentification", "ssn"},
       {"PersonTaxIdentification", "tax"},
       {"OrganizationIdentification", "organization"}}};
  bool any = false;
  for (const auto& [element, kind] : kinds) {
    for (const xml_node node : sdk::find_deep(entity, "", element)) {
      const std::string value = xml_text(node, "", "IdentificationID");
      if (value.empty()) continue;
      if (!any) out.key("identifiers").array();
      any = true;
      std::string system = xml_text(node, "", "PersonIdentificationCategoryCode");
      if (system.empty()) system = xml_text(node, "", "IdentificationCategoryDescriptionText");
      if (system.empty()) system = xml_text(node, "", "IdentificationCategoryText");
      out.object().field("system", system.empty() ? kind : system).field("value", value);
      if (const std::string assigner = xml_text(node, "", "IdentificationSourceText");
          !assigner.empty())
        out.field("assigner", assigner);
      out.end();
    }
  }
  if (any) out.end_array();
}

void write_address(const xml_node& entity, sdk::JsonWriter& out) {
  const xml_node address = first_deep(entity, "ContactMailingAddress");
  if (!address) return;
  std::string street = text_deep(address, "StreetFullText");
  if (street.empty()) {
    street = text_deep(address, "StreetNumberText");
    const std::string name = text_deep(address, "StreetName");
    street += street.empty() || name.empty() ? name : " " + name;
  }
  std::string state = text_deep(address, "LocationStateUSPostalServiceCode");
  if (state.empty()) state = text_deep(address, "LocationStateName");
  if (state.empty()) state = text_deep(address, "LocationStateNCICLISCode");
  out.key("address").object();
  auto text = [&](const char* key, const std::string& value) {
    if (!value.empty()) out.field(key, value);
  };
  text("street", street);
  text("unit", text_deep(address, "AddressSecondaryUnitText"));
  text("city", text_deep(address, "LocationCityName"));
  text("state", state);
  text("zip", text_deep(address, "LocationPostalCode"));
  out.end();
}

// Where a juvenile is placed, as the filing has it.
void write_placement(const EcfParty& party, const EcfReferences& references, sdk::JsonWriter& out) {
  const xml_node root = party.entity.root();
  for (const xml_node juvenile : sdk::find_deep(root, "", "Juvenile")) {
    if (references.follow(find(juvenile, "", "RoleOfPerson")) != party.entity) continue;
    const xml_node placement = first_deep(juvenile, "JuvenilePlacement");
    if (!placement) return;
    out.key("placement").object();
    auto text = [&](const char* key, const std::string& value) {
      if (!value.empty()) out.field(key, value);
    };
    text("kind", text_deep(placement, "PlacementCategoryCode"));
    text("facility", text_deep(placement, "FacilityName"));
    text("status", text_deep(placement, "StatusText"));
    const xml_node date = find(placement, "", "ActivityDate");
    text("at",
         text_deep(date, "DateTime").empty() ? text_deep(date, "Date")
                                             : text_deep(date, "DateTime"));
    out.end();
    return;
  }
}

void mark_juveniles(std::vector<EcfParty>& parties,
                    const xml_node& message,
                    const EcfReferences& references) {
  for (const char* element : {"Juvenile", "JuvenileCaseJuvenile", "CaseJuvenile"}) {
    for (const xml_node node : sdk::find_deep(message, "", element)) {
      xml_node person = references.follow(find(node, "", "RoleOfPerson"));
      if (!person) person = references.follow(find(node, "", "RoleOfPersonReference"));
      for (EcfParty& party : parties)
        party.juvenile = party.juvenile || (person && party.entity == person);
    }
  }
  for (EcfParty& party : parties) {
    party.juvenile = party.juvenile || role_of_a_child(party.role) ||
                     means_yes(text_deep(party.entity, "PersonJuvenileIndicator"));
  }
}

}  // namespace

EcfReferences::EcfReferences(const xml_node& message) {
  struct Walk : pugi::xml_tree_walker {
    std::map<std::string, xml_node>* out = nullptr;
    bool for_each(xml_node& node) override {
      const pugi::xml_attribute id = sdk::find_attribute(node, "", "id");
      // Where an id stands twice, the first holds: the text of a message is read from the top.
      if (id && std::string_view(id.name()) != "id") out->emplace(id.value(), node);
      return true;
    }
  } walk;
  walk.out = &by_id_;
  xml_node(message).traverse(walk);
}

xml_node EcfReferences::follow(const xml_node& node) const {
  if (!node) return {};
  const pugi::xml_attribute ref = sdk::find_attribute(node, "", "ref");
  if (!ref || find(node, "", "PersonName")) return node;
  const auto found = by_id_.find(ref.value());
  return found == by_id_.end() ? node : found->second;
}

std::vector<EcfParty> ecf_parties(const xml_node& message, const EcfReferences& references) {
  std::vector<EcfParty> parties;
  xml_node at = message.first_child();
  auto step = [&](xml_node node) {
    xml_node next = node.first_child();
    for (xml_node up = node; !next && up && up != message; up = up.parent())
      next = up.next_sibling();
    return next;
  };
  for (; at; at = step(at)) {
    const std::string_view name = local_name(at);
    if (std::find(kPartyElements.begin(), kPartyElements.end(), name) == kPartyElements.end())
      continue;
    const xml_node entity = entity_of(at, references);
    const auto known = std::find_if(
        parties.begin(), parties.end(), [&](const EcfParty& p) { return p.entity == entity; });
    const std::string role = role_of(at, entity);
    if (known != parties.end()) {
      if (known->role.empty()) known->role = role;
      if (known->id.empty())
        known->id = xml_text(find(at, "", "PartyIdentification"), "", "IdentificationID");
      continue;
    }
    EcfParty party;
    party.entity = entity;
    party.organization = local_name(entity).find("Organization") != std::string_view::npos;
    party.role = role;
    party.id = xml_text(first_deep(entity, "ParticipantID"), "", "IdentificationID");
    if (party.id.empty())
      party.id = xml_text(first_deep(at, "PartyIdentification"), "", "IdentificationID");
    parties.push_back(std::move(party));
  }
  mark_juveniles(parties, message, references);
  // A party without a number of its own is told by its place in the message's own references.
  for (size_t i = 0; i < parties.size(); ++i) {
    EcfParty& party = parties[i];
    auto taken = [&](const std::string& id) {
      return std::any_of(parties.begin(),
                         parties.begin() + static_cast<ptrdiff_t>(i),
                         [&](const EcfParty& p) { return p.id == id; });
    };
    if (party.id.empty()) party.id = sdk::find_attribute(party.entity, "", "id").value();
    if (party.id.empty()) party.id = "party-" + std::to_string(i + 1);
    if (taken(party.id)) party.id += "-" + std::to_string(i + 1);
  }
  return parties;
}

void write_party(const EcfParty& party, const EcfReferences& references, sdk::JsonWriter& out) {
  out.object().field("party_id", party.id);
  if (!party.role.empty()) out.field("role", party.role);
  out.field("juvenile", party.juvenile);
  if (party.organization) {
    out.field("organization", true);
    std::string name = text_deep(party.entity, "OrganizationName");
    if (!name.empty()) out.key("name").object().field("full", name).end();
  } else {
    write_name(party.entity, out);
    auto text = [&](const char* key, const std::string& value) {
      if (!value.empty()) out.field(key, value);
    };
    text("birth_date", text_deep(find(party.entity, "", "PersonBirthDate"), "Date"));
    text("sex", text_deep(party.entity, "PersonSexCode"));
  }
  write_identifiers(party.entity, out);
  write_address(party.entity, out);
  if (const std::string phone = text_deep(party.entity, "TelephoneNumberFullID"); !phone.empty())
    out.field("phone", phone);
  if (party.juvenile) write_placement(party, references, out);
  out.end();
}

}  // namespace concord::court
