#include <algorithm>
#include <array>
#include <concord/xml.hpp>

#include "court/ecf.hpp"
#include "court/ecf_parties.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

using pugi::xml_node;
using sdk::find;
using sdk::local_name;
using sdk::xml_text;

constexpr std::string_view kEcf4 = "urn:oasis:names:tc:legalxml-courtfiling:schema:xsd:";
constexpr std::string_view kEcf5 = "https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/";

xml_node first_deep(const xml_node& node, std::string_view local) {
  const auto all = sdk::find_deep(node, "", local);
  return all.empty() ? xml_node{} : all.front();
}
std::string text_deep(const xml_node& node, std::string_view local) {
  return xml_text(first_deep(node, local));
}
// A NIEM date holds Date or DateTime.
std::string date_of(const xml_node& node) {
  std::string text = xml_text(node, "", "DateTime");
  return text.empty() ? xml_text(node, "", "Date") : text;
}

struct Message {
  xml_node node;
  const char* version;  // "5.0", "4.0"
};

// The filing within the document; a null node where it holds none.
Message message_of(const xml_node& root) {
  constexpr std::array<std::string_view, 3> filings{
      "FilingMessage", "CoreFilingMessage", "RecordDocketingMessage"};
  constexpr std::array<std::string_view, 2> wrappers{"ReviewFilingRequest",
                                                     "RecordDocketingRequest"};
  const std::string_view name = local_name(root);
  xml_node node = root;
  if (std::find(wrappers.begin(), wrappers.end(), name) != wrappers.end()) {
    node = {};
    for (const std::string_view filing : filings) {
      if (!node) node = find(root, "", filing);
    }
  } else if (std::find(filings.begin(), filings.end(), name) == filings.end()) {
    return {};
  }
  if (!node) return {};
  // A CoreFilingMessage may stand in a state's own namespace, a FilingMessage only in ECF 5's.
  const std::string ns = sdk::namespace_of(node);
  if (ns.starts_with(kEcf5)) return {node, "5.0"};
  if (ns.starts_with(kEcf4) || local_name(node) == "CoreFilingMessage") return {node, "4.0"};
  return {};
}

struct Protection {
  bool sealed = false;
  std::string sensitivity;  // the strictest that was said
};

bool said_no(const std::string& text) {
  return text == "false" || text == "0";
}
bool has_word(std::string text, std::string_view word) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text.find(word) != std::string::npos;
}

// All flags and markings below node. What is said anywhere holds for all: a filing is as protected
// as its most protected part, and a flag that is neither true nor false counts as true.
Protection protection_of(const xml_node& node) {
  Protection out;
  auto raise = [&](const char* to) {
    if (out.sensitivity != "sealed" &&
        !(out.sensitivity == "confidential" && to == std::string_view("public")))
      out.sensitivity = to;
  };
  struct Walk : pugi::xml_tree_walker {
    std::function<void(const xml_node&)> visit;
    bool for_each(xml_node& n) override {
      if (n.type() == pugi::node_element) visit(n);
      return true;
    }
  } walk;
  walk.visit = [&](const xml_node& n) {
    const std::string_view name = local_name(n);
    const bool flag = name.ends_with("Indicator");
    const std::string text = flag || name == "SensitivityText" || name == "StatusDescriptionText"
                                 ? xml_text(n)
                                 : std::string();
    if (flag && name.find("Seal") != std::string_view::npos && !text.empty() && !said_no(text)) {
      raise("sealed");
    } else if (flag && name.find("Confidential") != std::string_view::npos && !text.empty() &&
               !said_no(text)) {
      raise("confidential");
    } else if (name == "SensitivityText" && !text.empty()) {
      raise(has_word(text, "seal")     ? "sealed"
            : has_word(text, "public") ? "public"
                                       : "confidential");
    } else if (name == "StatusDescriptionText" && local_name(n.parent()) == "DocumentStatus" &&
               has_word(text, "seal")) {
      raise("sealed");
    }
  };
  xml_node(node).traverse(walk);
  out.sealed = out.sensitivity == "sealed";
  return out;
}

class Filing {
 public:
  Filing(Message message, std::string_view bytes, const std::string& place)
      : message_(message.node),
        version_(message.version),
        bytes_(bytes),
        place_(place),
        references_(message.node),
        parties_(ecf_parties(message.node, references_)) {}

  sdk::Result<std::vector<sdk::Record>> records() {
    // A wrapper, and RecordDocketing's corrected case, may hold more than one; the first rules.
    for (const xml_node child : message_.children()) {
      if (!case_ && local_name(child).ends_with("Case")) case_ = child;
    }
    if (!case_) case_ = first_deep(message_, "Case");
    id_ = message_id();
    const auto documents = documents_json();
    if (!documents) return documents.error();

    std::vector<const EcfParty*> children;
    for (const EcfParty& party : parties_) {
      if (party.juvenile && !party.organization) children.push_back(&party);
    }
    std::vector<sdk::Record> out;
    if (children.size() == 1) {
      out.push_back(record(id_, children.front(), *documents));
    } else if (children.empty()) {
      out.push_back(record(id_, nullptr, *documents));
    } else {
      for (const EcfParty* child : children)
        out.push_back(record(id_ + "/" + child->id, child, *documents));
    }
    return out;
  }

 private:
  std::string message_id() const {
    for (const xml_node node : sdk::find_all(message_, "", "DocumentIdentification")) {
      if (std::string id = xml_text(node, "", "IdentificationID"); !id.empty()) return id;
    }
    // A filer that numbers nothing: the same message again is the same filing.
    return "sha256-" + sha256_hex(bytes_).substr(0, 32);
  }

  std::string filed_at() const {
    for (const char* name : {"DocumentFiledDate",
                             "DocumentSubmittedDate",
                             "DocumentReceivedDate",
                             "DocumentPostDate"}) {
      for (const xml_node from : {message_, find(case_, "", "CaseFiling")}) {
        if (std::string at = date_of(find(from, "", name)); !at.empty()) return at;
      }
    }
    return {};
  }

  std::string docket() const {
    for (const char* name : {"CaseDocketID", "CaseNumberText"}) {
      if (std::string id = text_deep(message_, name); !id.empty()) return id;
    }
    return {};
  }
  std::string tracking() const {
    const xml_node node = first_deep(message_, "CaseTrackingID");
    std::string id = xml_text(node, "", "IdentificationID");
    return id.empty() ? xml_text(node) : id;
  }

  // In ECF, metadata stand apart from their document and are tied to it by structures:metadata.
  Protection protection_of_document(const xml_node& document) const {
    Protection out = protection_of(document);
    const std::string ids = sdk::find_attribute(document, "", "metadata").value();
    for (const xml_node metadata : sdk::find_deep(message_, "", "Metadata")) {
      const std::string id = sdk::find_attribute(metadata, "", "id").value();
      if (id.empty() || ids.find(id) == std::string::npos) continue;
      const Protection more = protection_of(metadata);
      if (more.sealed || out.sensitivity.empty() || out.sensitivity == "public") {
        if (!more.sensitivity.empty()) out = more;
      }
    }
    return out;
  }

  // One JSON array of all documents, or the error of one whose content is broken.
  sdk::Result<std::string> documents_json() const {
    sdk::JsonWriter w;
    w.array();
    for (const char* name : {"FilingLeadDocument",
                             "FilingConnectedDocument",
                             "ReviewedLeadDocument",
                             "ReviewedConnectedDocument",
                             "ReviewedDocument"}) {
      for (const xml_node document : sdk::find_deep(message_, "", name)) {
        if (auto written = write_document(document, w); !written) return std::move(written).error();
      }
    }
    w.end_array();
    return w.text();
  }

  sdk::Status write_document(const xml_node& document, sdk::JsonWriter& w) const {
    const bool lead = local_name(document).find("Lead") != std::string_view::npos;
    std::string id = xml_text(find(document, "", "DocumentIdentification"), "", "IdentificationID");
    const std::string own = sdk::find_attribute(document, "", "id").value();
    if (id.empty()) id = own;
    std::string title = xml_text(document, "", "DocumentTitleText");
    if (title.empty()) title = xml_text(document, "", "DocumentDescriptionText");
    const Protection protection = protection_of_document(document);

    std::vector<xml_node> files;
    for (const char* name : {"Attachment", "DocumentAttachment"}) {
      const auto found = sdk::find_deep(document, "", name);
      files.insert(files.end(), found.begin(), found.end());
    }
    if (files.empty()) files = sdk::find_deep(document, "", "DocumentBinary");
    if (files.empty()) files.emplace_back();
    for (size_t i = 0; i < files.size(); ++i) {
      const xml_node file = files[i];
      std::string ref = text_deep(file, "BinaryURI");
      if (ref.empty()) ref = text_deep(file, "BinaryLocationURI");
      if (ref.empty()) ref = id_ + "#" + (id.empty() ? std::to_string(i + 1) : id);
      w.object().field("ref", ref);
      auto text = [&](const char* key, const std::string& value) {
        if (!value.empty()) w.field(key, value);
      };
      text("id", id);
      text("title", title);
      text("kind", kind_of(document));
      w.field("lead", lead);
      text("media_type",
           text_deep(file, "BinaryFormatText").empty() ? text_deep(file, "BinaryDescriptionText")
                                                       : text_deep(file, "BinaryFormatText"));
      if (auto sized = write_content(file, document, w); !sized) return sized;
      text("sensitivity", protection.sensitivity);
      w.field("sealed", protection.sealed);
      const std::string redact = text_deep(document, "RedactionRequiredIndicator");
      if (!redact.empty()) w.field("redaction_required", !said_no(redact));
      w.end();
    }
    return sdk::Done{};
  }

  // Content in the message is measured and left out; else what the message says of its size.
  sdk::Status write_content(const xml_node& file,
                            const xml_node& document,
                            sdk::JsonWriter& w) const {
    xml_node content;
    for (const xml_node from : {file, document}) {
      for (const char* name : {"BinaryBase64Object", "Base64BinaryObject"}) {
        if (!content) content = first_deep(from, name);
      }
    }
    if (content && !xml_text(content).empty()) {
      const auto decoded = decode_base64(xml_text(content));
      if (!decoded) {
        const sdk::XmlPlace at = sdk::place_of(content, bytes_);
        return sdk::bad_record("ECF_BASE64",
                               place_ + ":" + std::to_string(at.line),
                               "a document's content is not base64",
                               "send the filing again with the document encoded whole");
      }
      w.field("size", static_cast<uint64_t>(decoded->size()));
      w.field("sha256", sha256_hex(*decoded));
      return sdk::Done{};
    }
    const std::string size = text_deep(file, "BinarySizeValue");
    if (!size.empty() && size.size() < 16 &&
        size.find_first_not_of("0123456789") == std::string::npos)
      w.field("size", static_cast<uint64_t>(std::stoull(size)));
    return sdk::Done{};
  }

  static std::string kind_of(const xml_node& document) {
    for (const char* name : {"DocumentCategoryText",
                             "RegisterActionDescriptionCode",
                             "RegisterActionDescriptionText",
                             "DocumentDescriptionText"}) {
      if (std::string kind = text_deep(document, name); !kind.empty()) return kind;
    }
    return {};
  }

  sdk::Record record(const std::string& key, const EcfParty* child, const std::string& documents) {
    sdk::JsonWriter w;
    auto text = [&](const char* name, const std::string& value) {
      if (!value.empty()) w.field(name, value);
    };
    w.object().field("filing_id", id_).field("ecf_version", version_);
    text("message", std::string(local_name(message_)));
    text("docket", docket());
    text("tracking_id", tracking());
    const xml_node court = first_deep(message_, "CaseCourt");
    w.key("court").object();
    text("id", xml_text(find(court, "", "OrganizationIdentification"), "", "IdentificationID"));
    std::string court_name = xml_text(court, "", "CourtName");
    if (court_name.empty()) court_name = xml_text(court, "", "OrganizationUnitName");
    text("name", court_name);
    w.end();
    text("case_title", xml_text(case_, "", "CaseTitleText"));
    const std::string category = text_deep(case_, "CaseCategoryCode");
    text("case_category", category.empty() ? xml_text(case_, "", "CaseCategoryText") : category);
    text("case_type", text_deep(case_, "CaseTypeCode"));
    const xml_node lead = first_deep(message_, "FilingLeadDocument");
    text("kind", kind_of(lead ? lead : first_deep(message_, "ReviewedLeadDocument")));
    const std::string filed = filed_at();
    text("filed_at", filed);
    const Protection protection = protection_of(message_);
    text("sensitivity", protection.sensitivity);
    w.field("sealed", protection.sealed);
    if (child != nullptr) {
      w.field("party_id", child->id).key("party");
      write_party(*child, references_, w);
    }
    w.key("parties").array();
    for (const EcfParty& party : parties_) write_party(party, references_, w);
    w.end_array();
    rapidjson::Document list;
    list.Parse(documents.data(), documents.size());
    w.key("documents").value(list).end();

    sdk::Record out{"filing",
                    key,
                    "",
                    w.text(),
                    place_ + ":" + std::to_string(sdk::place_of(message_, bytes_).line)};
    out.version = (filed.empty() ? "0" : cut(filed, 40)) + "." + sha256_hex(out.body).substr(0, 12);
    if (const auto at = instant_of(filed)) out.changed_at_us = *at;
    return out;
  }

  xml_node message_;
  std::string version_;
  std::string_view bytes_;
  const std::string& place_;
  EcfReferences references_;
  std::vector<EcfParty> parties_;
  xml_node case_;
  std::string id_;
};

}  // namespace

sdk::Result<std::vector<sdk::Record>> read_ecf(std::string_view bytes, const std::string& place) {
  pugi::xml_document document;
  if (auto loaded = sdk::load_xml(bytes, document, place); !loaded)
    return std::move(loaded).error();
  const Message message = message_of(document.document_element());
  if (!message.node) {
    const bool ecf = sdk::namespace_of(document.document_element()).find("legalxml-courtfiling") !=
                     std::string::npos;
    return sdk::bad_record(
        "ECF_NOT_A_FILING",
        place + ":" + std::to_string(sdk::place_of(document.document_element(), bytes).line),
        ecf ? "an ECF message of another kind than filing or docketing" : "no ECF message",
        "let only filing and docketing messages come to this folder");
  }
  return Filing(message, bytes, place).records();
}

}  // namespace concord::court
