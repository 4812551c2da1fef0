#include "juvenile_justice/niem_reader.hpp"

#include <algorithm>
#include <concord/id.hpp>
#include <concord/xml.hpp>
#include <optional>
#include <set>

#include "juvenile_justice/config.hpp"
#include "juvenile_justice/niem_graph.hpp"
#include "juvenile_justice/niem_parts.hpp"

namespace concord::juvenile_justice {

namespace {

using pugi::xml_node;
using sdk::bad_record;
using sdk::Error;
using sdk::local_name;

// A document may be an envelope of several, each with ids of its own.
std::vector<xml_node> parts_of(xml_node root) {
  std::vector<xml_node> parts;
  const std::string_view name = local_name(root);
  if (name == "Submission") {
    parts = sdk::find_all(root, {}, "Report");
  } else if (name == "doPublish") {
    parts = sdk::find_deep(root, {}, "DataItemPackage");
  }
  if (parts.empty()) parts.push_back(root);
  return parts;
}

// Why the part is no data, where it says so. Its own words stay unread: they may name a person.
std::optional<Error> refusal_in(const NiemGraph& graph, const std::string& place) {
  for (const xml_node node : graph.elements()) {
    const std::string_view name = local_name(node);
    if (name == "InformationAccessDenialIndicator" && sdk::xml_text(node) != "false")
      return bad_record("NIEM_ACCESS_DENIED",
                        place,
                        "the answer is that access is denied",
                        "ask the agency for access");
    if (name == "SearchResultsExceedThresholdError")
      return bad_record("NIEM_TOO_MANY",
                        place,
                        "the answer is that too many records were found",
                        "narrow the query at its source");
    if (name == "SearchRequestError" || name == "QueryRequestError" || name == "Fault" ||
        (name == "status" && sdk::xml_text(node).starts_with("ERROR")))
      return bad_record("NIEM_ERROR_ANSWER",
                        place,
                        "the answer is an error, not data",
                        "ask the agency, or read its log");
  }
  return std::nullopt;
}

bool is_question(xml_node part) {
  const std::string_view name = local_name(part);
  return name.ends_with("Query") || name.ends_with("Request");
}

// A document is as protected as its most protected part; a flag that is neither true nor false
// counts as true.
bool is_sealed(const NiemGraph& graph) {
  return std::any_of(graph.elements().begin(), graph.elements().end(), [](const xml_node node) {
    const std::string_view name = local_name(node);
    if (!name.ends_with("Indicator") || name.find("Sealed") == std::string_view::npos) return false;
    const std::string text = sdk::xml_text(node);
    return !text.empty() && text != "false" && text != "0";
  });
}

struct Written {
  std::string body;
  size_t persons = 0, activities = 0;
};

Written body_of(const NiemGraph& graph) {
  Written out;
  std::vector<NiemPerson> persons = persons_of(graph);
  out.persons = persons.size();
  const std::string subject = subject_of(persons);
  // First of all, so that a mapping finds it without knowing its id.
  std::stable_partition(persons.begin(), persons.end(), [&](const NiemPerson& person) {
    return person.id == subject;
  });
  sdk::JsonWriter json;
  json.object().field("document", std::string(local_name(graph.part())));
  json.field("namespace", sdk::namespace_of(graph.part())).field("niem", graph.version());
  const std::string availability =
      sdk::xml_text(graph.below(graph.part(), "JuvenileInformationAvailabilityCode"));
  if (!availability.empty()) json.field("availability", availability);
  if (!subject.empty()) json.field("subject", subject);
  json.field("sealed", is_sealed(graph));
  json.key("persons").array();
  for (const NiemPerson& person : persons) write_person(graph, person, json);
  json.end_array();
  write_relationships(graph, persons, json);
  write_organizations(graph, json);
  out.activities = write_activities(graph, persons, json);
  json.key("unresolved").array();
  for (const std::string& reference : graph.unresolved()) json.value(reference);
  json.end_array().key("content");
  sdk::xml_to_json(graph.part(), json);
  json.end();
  out.body = json.text();
  return out;
}

}  // namespace

NiemAnswer read_niem(std::string_view bytes, const std::string& name, const sdk::Limits& limits) {
  NiemAnswer answer;
  const auto reject = [&](Error error) {
    answer.rejects.push_back({std::string(kNiemDocument),
                              name,
                              std::string(bytes.substr(0, limits.body_bytes_max)),
                              std::move(error)});
  };
  pugi::xml_document document;
  if (auto loaded =
          sdk::load_xml(bytes, document, name, {static_cast<size_t>(limits.body_bytes_max), 64});
      !loaded) {
    reject(std::move(loaded).error());
    return answer;
  }
  const std::string version = "sha256:" + sdk::sha256_hex(bytes);
  std::set<std::string> keys;
  for (const xml_node part : parts_of(document.document_element())) {
    const std::string place = name + " " + std::string(local_name(part));
    auto graph = NiemGraph::over(part, place);
    if (!graph) {
      reject(std::move(graph).error());
      continue;
    }
    std::optional<Error> refused;
    if (!graph->is_niem() && !refusal_in(*graph, place)) {
      refused = bad_record("NIEM_NOT_NIEM",
                           place,
                           "no element is of a NIEM or GJXDM namespace",
                           "send NIEM documents to this system");
    } else if (is_question(part)) {
      refused = bad_record("NIEM_QUERY",
                           place,
                           "the document is a question, not data",
                           "send only answers and reports to this system");
    }
    if (refused) {
      reject(std::move(*refused));
      continue;
    }
    Written written = body_of(*graph);
    // One source of several may have refused: what the others said is still data.
    if ((refused = refusal_in(*graph, place))) {
      reject(std::move(*refused));
      if (written.persons == 0) continue;
    }
    if (written.persons == 0 && written.activities == 0) {
      reject(bad_record("NIEM_EMPTY",
                        place,
                        "nothing in it speaks of a person or an activity",
                        "see whether it belongs to this system"));
      continue;
    }
    if (written.body.size() > limits.body_bytes_max) {
      reject(bad_record("NIEM_SIZE",
                        place,
                        std::to_string(written.body.size()) + " bytes as JSON, more than allowed",
                        "split the document at its source"));
      continue;
    }
    const std::string identifier = identifier_of(*graph);
    std::string key =
        std::string(local_name(part)) + ":" + (identifier.empty() ? name : identifier);
    // Two parts of one document with one number are still two records.
    const std::string first = key;
    for (int n = 2; !keys.insert(key).second; ++n) key = first + "#" + std::to_string(n);
    answer.records.push_back(
        {std::string(kNiemDocument), key, version, std::move(written.body), name});
  }
  return answer;
}

}  // namespace concord::juvenile_justice
