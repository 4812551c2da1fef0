// The parts of a NIEM document as JSON: persons, organizations, activities, relationships.
//
// Threads: pure functions.
#pragma once

#include <concord/json.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "juvenile_justice/niem_graph.hpp"

namespace concord::juvenile_justice {

struct NiemPerson {
  pugi::xml_node node;
  std::string id;  // structures:id, or "#1", "#2" in document order
  std::vector<std::string> roles;
};

std::vector<NiemPerson> persons_of(const NiemGraph& graph);
// The person whom the roles mark as the one that the document is about, or empty.
std::string subject_of(const std::vector<NiemPerson>& persons);

void write_person(const NiemGraph& graph, const NiemPerson& person, sdk::JsonWriter& json);
void write_relationships(const NiemGraph& graph,
                         const std::vector<NiemPerson>& persons,
                         sdk::JsonWriter& json);
void write_organizations(const NiemGraph& graph, sdk::JsonWriter& json);
// Returns how many.
size_t write_activities(const NiemGraph& graph,
                        const std::vector<NiemPerson>& persons,
                        sdk::JsonWriter& json);

// The document's own identifier, as "number" or "number@source"; empty: it has none.
std::string identifier_of(const NiemGraph& graph);

}  // namespace concord::juvenile_justice
