#include "juvenile_justice/niem_graph.hpp"

#include <algorithm>
#include <concord/xml.hpp>

namespace concord::juvenile_justice {

namespace {

using sdk::local_name;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view uri_of(pugi::xml_node node) {
  return sdk::detail::namespace_at(node, sdk::detail::prefix_of(node.name()));
}

// The attribute in a structures namespace; GJXDM keeps its own with its elements.
std::string structure(pugi::xml_node node, std::string_view local) {
  for (const pugi::xml_attribute a : node.attributes()) {
    const std::string_view prefix = sdk::detail::prefix_of(a.name());
    if (local_name(a) != local || prefix.empty() || prefix == "xmlns") continue;
    const std::string_view uri = sdk::detail::namespace_at(node, prefix);
    if (family_of(uri) == Family::structures || has(uri, "it.ojp.gov/jxdm")) return a.value();
  }
  return {};
}

bool has_content(pugi::xml_node node) {
  return std::any_of(node.begin(), node.end(), [](pugi::xml_node child) {
    return child.type() == pugi::node_element;
  });
}

std::string after_hash(const std::string& uri) {
  const size_t hash = uri.find('#');
  return hash == std::string::npos ? uri : uri.substr(hash + 1);
}

// Depth first, without recursion.
std::vector<pugi::xml_node> elements_of(pugi::xml_node part) {
  std::vector<pugi::xml_node> out{part};
  pugi::xml_node at = part;
  while (true) {
    pugi::xml_node next = at.first_child();
    for (pugi::xml_node up = at; !next && up != part; up = up.parent()) next = up.next_sibling();
    if (!next) return out;
    if (next.type() == pugi::node_element) out.push_back(next);
    at = next;
  }
}

}  // namespace

Family family_of(std::string_view uri) {
  if (has(uri, "it.ojp.gov/jxdm")) return Family::core;  // GJXDM keeps all in one
  const bool niem = has(uri, "niem.gov/niem/") || has(uri, "/niemopen/ns/");
  if (!niem) return Family::none;
  if (has(uri, "/niem-core/")) return Family::core;
  if (has(uri, "/domains/jxdm/") || has(uri, "/domains/justice/")) return Family::justice;
  if (has(uri, "/domains/cyfs/")) return Family::youth;
  if (has(uri, "/domains/humanServices/")) return Family::human_services;
  if (has(uri, "/structures/")) return Family::structures;
  return Family::other_niem;
}

std::string version_of(std::string_view uri) {
  while (uri.ends_with('/')) uri.remove_suffix(1);
  const std::string last(uri.substr(uri.rfind('/') + 1));
  if (has(uri, "it.ojp.gov/jxdm")) return "gjxdm " + last;
  return has(uri, "/niem-core/") ? last : std::string();
}

sdk::Result<NiemGraph> NiemGraph::over(pugi::xml_node part, const std::string& place) {
  NiemGraph graph;
  graph.part_ = part;
  graph.elements_ = elements_of(part);
  for (const pugi::xml_node node : graph.elements_) {
    const std::string_view uri = uri_of(node);
    if (uri.empty() && !sdk::detail::prefix_of(node.name()).empty())
      return sdk::bad_record(
          "NIEM_PREFIX",
          place,
          "element " + std::string(node.name()) + " has a prefix that nothing declares",
          "send the whole document, with its namespaces");
    const Family family = family_of(uri);
    graph.families_.emplace(uri, family);
    graph.is_niem_ = graph.is_niem_ || (family != Family::none && family != Family::structures);
    if (graph.version_.empty()) graph.version_ = version_of(uri);
    const std::string id = graph.id_of(node);
    if (!id.empty() && !graph.by_id_.emplace(id, node).second)
      return sdk::bad_record(
          "NIEM_ID_TWICE",
          place,
          "two elements have the same structures:id, so references are ambiguous",
          "mend the ids at the source");
  }
  for (const pugi::xml_node node : graph.elements_) {
    const std::string reference = graph.reference_of(node);
    if (!reference.empty()) graph.references_[reference].push_back(node);
  }
  for (const auto& [id, nodes] : graph.references_) {
    if (!graph.by_id_.contains(id)) graph.unresolved_.push_back(id);
  }
  return graph;
}

Family NiemGraph::family(pugi::xml_node node) const {
  const auto found = families_.find(uri_of(node));
  return found == families_.end() ? Family::none : found->second;
}

std::string NiemGraph::id_of(pugi::xml_node node) const {
  std::string id = structure(node, "id");
  // NIEM 6: uri names an object where it has content, and refers to one where it has none.
  if (id.empty() && has_content(node)) id = after_hash(structure(node, "uri"));
  return id;
}

std::string NiemGraph::reference_of(pugi::xml_node node) const {
  std::string reference = structure(node, "ref");
  if (reference.empty() && !has_content(node)) reference = after_hash(structure(node, "uri"));
  return reference;
}

pugi::xml_node NiemGraph::by_id(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? pugi::xml_node() : found->second;
}

const std::vector<pugi::xml_node>& NiemGraph::references_to(const std::string& id) const {
  static const std::vector<pugi::xml_node> none;
  const auto found = references_.find(id);
  return found == references_.end() ? none : found->second;
}

pugi::xml_node NiemGraph::resolve(pugi::xml_node node) const {
  const std::string reference = reference_of(node);
  return reference.empty() ? node : by_id(reference);
}

std::vector<pugi::xml_node> NiemGraph::children(pugi::xml_node parent,
                                                std::string_view local) const {
  std::vector<pugi::xml_node> out;
  for (const pugi::xml_node child : sdk::find_all(parent, {}, local)) {
    if (const pugi::xml_node meant = resolve(child)) out.push_back(meant);
  }
  return out;
}

pugi::xml_node NiemGraph::child(pugi::xml_node parent, std::string_view local) const {
  const auto found = children(parent, local);
  return found.empty() ? pugi::xml_node() : found.front();
}

pugi::xml_node NiemGraph::below(pugi::xml_node parent, std::string_view local) const {
  for (const pugi::xml_node node : elements_of(parent)) {
    if (node != parent && local_name(node) == local) return node;
  }
  return {};
}

}  // namespace concord::juvenile_justice
