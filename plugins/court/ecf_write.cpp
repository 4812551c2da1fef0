#include <concord/json.hpp>
#include <concord/xml.hpp>
#include <pugixml.hpp>

#include "court/ecf.hpp"
#include "court/members.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

using pugi::xml_node;

xml_node add(xml_node parent, const char* name, std::string_view text) {
  xml_node node = parent.append_child(name);
  node.text().set(sdk::xml_text(text).c_str());
  return node;
}
xml_node add_id(xml_node parent, const char* name, std::string_view id) {
  xml_node node = parent.append_child(name);
  add(node, "nc:IdentificationID", id);
  return node;
}
void add_where_there(xml_node parent, const char* name, std::string_view text) {
  if (!text.empty()) add(parent, name, text);
}
void add_date(xml_node parent, const char* name, std::string_view at) {
  add(parent.append_child(name),
      at.find('T') == std::string_view::npos ? "nc:Date" : "nc:DateTime",
      at);
}

xml_node begin(pugi::xml_document& document,
               const char* element,
               const char* prefix,
               const char* ns) {
  xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  xml_node root = document.append_child(element);
  auto declare = [&](const char* name, const char* uri) { root.append_attribute(name) = uri; };
  declare("xmlns:structures", "http://release.niem.gov/niem/structures/4.0/");
  declare("xmlns:nc", "http://release.niem.gov/niem/niem-core/4.0/");
  declare("xmlns:j", "http://release.niem.gov/niem/domains/jxdm/6.1/");
  declare("xmlns:hs", "http://release.niem.gov/niem/domains/humanServices/4.1/");
  declare("xmlns:ecf", "https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/ecf");
  declare("xmlns:juvenile", "https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/juvenile");
  declare(prefix, ns);
  return root;
}

void add_head(xml_node root, const sdk::Delivery& delivery, const FilingSettings& settings) {
  // The message's number is the delivery's: a court that sees it again has the same filing.
  xml_node id = add_id(root, "nc:DocumentIdentification", delivery.key);
  add(id, "nc:IdentificationCategoryDescriptionText", "messageID");
  add(id, "nc:IdentificationSourceText", "FilingAssembly");
  xml_node version = add_id(root, "nc:DocumentIdentification", std::to_string(delivery.version));
  add(version, "nc:IdentificationCategoryDescriptionText", "version");
  add_id(root, "ecf:SendingMDELocationID", settings.sender);
  add(root,
      "ecf:ServiceInteractionProfileCode",
      "urn:oasis:names:tc:legalxml-courtfiling:schema:xsd:WebServicesMessaging-5.0");
}

void add_party(xml_node parent, const rapidjson::Value& party, std::string_view party_id) {
  xml_node person = parent.append_child("ecf:CaseParty").append_child("nc:EntityPerson");
  person.append_attribute("structures:id") = "Person1";
  if (const auto born = sdk::text_of(party, "birth_date"); !born.empty())
    add(person.append_child("nc:PersonBirthDate"), "nc:Date", born);
  if (const auto* name = member(party, "name"); name != nullptr && name->IsObject()) {
    xml_node out = person.append_child("nc:PersonName");
    add_where_there(out, "nc:PersonNamePrefixText", sdk::text_of(*name, "prefix"));
    add_where_there(out, "nc:PersonGivenName", sdk::text_of(*name, "given"));
    add_where_there(out, "nc:PersonMiddleName", sdk::text_of(*name, "middle"));
    add_where_there(out, "nc:PersonSurName", sdk::text_of(*name, "family"));
    add_where_there(out, "nc:PersonNameSuffixText", sdk::text_of(*name, "suffix"));
    add_where_there(out, "nc:PersonFullName", sdk::text_of(*name, "full"));
  }
  add_where_there(person, "j:PersonSexCode", sdk::text_of(party, "sex"));
  xml_node augmentation = person.append_child("ecf:PersonAugmentation");
  const auto role = sdk::text_of(party, "role");
  add(augmentation, "ecf:CaseParticipantRoleCode", role.empty() ? "child" : role);
  add_id(augmentation, "ecf:ParticipantID", party_id);
}

void add_juvenile(xml_node in_case) {
  xml_node person = in_case.append_child("juvenile:CaseAugmentation")
                        .append_child("hs:JuvenileCase")
                        .append_child("hs:Juvenile")
                        .append_child("nc:RoleOfPerson");
  person.append_attribute("structures:ref") = "Person1";
}

void add_document(xml_node root,
                  const rapidjson::Value& body,
                  bool sealed,
                  const std::vector<sdk::Obligation>& obligations) {
  xml_node document = root.append_child("filing:FilingLeadDocument");
  document.append_attribute("structures:id") = "Document1";
  document.append_attribute("structures:metadata") = "Metadata1";
  add(document, "nc:DocumentCategoryText", sdk::text_of(body, "kind"));
  add_where_there(document, "nc:DocumentTitleText", sdk::text_of(body, "title"));
  add_where_there(document, "nc:DocumentDescriptionText", sdk::text_of(body, "description"));
  xml_node augmentation = document.append_child("ecf:DocumentAugmentation");
  if (const auto* documents = array_member(body, "documents")) {
    xml_node rendition = augmentation.append_child("ecf:DocumentRendition");
    for (const auto& item : documents->GetArray()) {
      xml_node attachment = rendition.append_child("nc:Attachment");
      add_where_there(attachment, "nc:BinaryDescriptionText", sdk::text_of(item, "title"));
      add_where_there(attachment, "nc:BinaryFormatText", sdk::text_of(item, "media_type"));
      add_where_there(attachment, "nc:BinaryURI", sdk::text_of(item, "ref"));
      if (const uint64_t size = number(item, "size"); size > 0)
        add(attachment, "nc:BinarySizeValue", std::to_string(size));
    }
  }
  add(augmentation, "ecf:RegisterActionDescriptionCode", sdk::text_of(body, "kind"));
  xml_node metadata = augmentation.append_child("nc:Metadata");
  metadata.append_attribute("structures:id") = "Metadata1";
  const auto sensitivity = sdk::text_of(body, "sensitivity");
  // Whoever says nothing files about a child: never public by default.
  add(metadata,
      "nc:SensitivityText",
      sealed                ? "sealed"
      : sensitivity.empty() ? "confidential"
                            : sensitivity);
  // Where the clerk reads how the document is to be handled.
  for (const sdk::Obligation& one : obligations)
    add(metadata, "nc:CommentText", std::string(one.code) + ": " + std::string(one.text));
}

sdk::Error missing(const char* field) {
  return sdk::bad_record("ECF_FIELD_MISSING",
                         std::string("filing.") + field,
                         "missing or empty, and a filing cannot do without it",
                         "map it in the filing mapping");
}

}  // namespace

sdk::Result<std::string> write_ecf(const sdk::Delivery& delivery, const FilingSettings& settings) {
  pugi::xml_document document;
  if (delivery.withdraw) {
    xml_node root = begin(document,
                          "cancel:CancelFilingMessage",
                          "xmlns:cancel",
                          "https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/cancel");
    add_head(root, delivery, settings);
    return sdk::save_xml(document, " ");
  }
  rapidjson::Document body;
  sdk::JsonFault fault;
  if (!sdk::parse_json(delivery.body, body, fault) || !body.IsObject())
    return sdk::bad_record(
        "BODY_JSON", "filing", "the body is no JSON object", "report it: the hub gave it so");
  for (const char* field : {"docket", "kind", "filed_at"}) {
    if (sdk::text_of(body, field).empty()) return missing(field);
  }
  const auto own_party = sdk::text_of(body, "party_id");
  const std::string_view party_id = own_party.empty() ? delivery.subject : own_party;
  if (party_id.empty()) return missing("party_id");
  // Whatever is neither null nor false seals.
  const auto* flag = member(body, "sealed");
  const bool sealed = flag != nullptr && !flag->IsNull() && !flag->IsFalse();

  xml_node root = begin(document,
                        "filing:FilingMessage",
                        "xmlns:filing",
                        "https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/filing");
  add_head(root, delivery, settings);
  xml_node court = root.append_child("j:CaseCourt");
  add_id(court, "nc:OrganizationIdentification", settings.court_id);
  add_where_there(court, "j:CourtName", settings.court_name);
  add_date(root, "nc:DocumentPostDate", sdk::text_of(body, "filed_at"));
  add_document(root, body, sealed, delivery.obligations);
  xml_node in_case = root.append_child("nc:Case");
  add_where_there(in_case, "nc:CaseTitleText", sdk::text_of(body, "case_title"));
  add(in_case, "nc:CaseDocketID", sdk::text_of(body, "docket"));
  xml_node augmentation = in_case.append_child("ecf:CaseAugmentation");
  add_where_there(augmentation, "ecf:CaseCategoryCode", sdk::text_of(body, "case_category"));
  static const rapidjson::Value nobody(rapidjson::kObjectType);
  const auto* party = member(body, "party");
  add_party(augmentation, party != nullptr ? *party : nobody, party_id);
  add_juvenile(in_case);
  return sdk::save_xml(document, " ");
}

}  // namespace concord::court
