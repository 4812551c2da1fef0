// A NIEM document as a graph: elements told by namespace family whatever the prefix and version,
// and structures:id, ref and uri resolved.
//
// NIEM 2.0 to 3.2 and 6.0 and GJXDM name the same things in many namespaces; a family is one such
// group. Scope of ids is the part that is read as one record.
//
// Threads: values. Borrows the XML tree, which outlives it.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace concord::juvenile_justice {

enum class Family : uint8_t { none, core, justice, youth, human_services, structures, other_niem };
Family family_of(std::string_view namespace_uri);

// "3.0" of ".../niem-core/3.0/"; "gjxdm 3.0.3"; empty for what is no core namespace.
std::string version_of(std::string_view namespace_uri);

class NiemGraph {
 public:
  // Looks at every element of the part once. Errors: bad_record NIEM_PREFIX, NIEM_ID_TWICE.
  static sdk::Result<NiemGraph> over(pugi::xml_node part, const std::string& place);

  [[nodiscard]] pugi::xml_node part() const { return part_; }
  [[nodiscard]] Family family(pugi::xml_node node) const;
  [[nodiscard]] bool is_niem() const { return is_niem_; }
  [[nodiscard]] const std::string& version() const { return version_; }

  // In document order; every element of the part, itself included.
  [[nodiscard]] const std::vector<pugi::xml_node>& elements() const { return elements_; }

  [[nodiscard]] std::string id_of(pugi::xml_node node) const;
  // What the element refers to; empty: it is no reference.
  [[nodiscard]] std::string reference_of(pugi::xml_node node) const;
  // Where it leads: the element itself, or the one that it refers to; null where that is missing.
  [[nodiscard]] pugi::xml_node resolve(pugi::xml_node node) const;
  [[nodiscard]] pugi::xml_node by_id(const std::string& id) const;
  // Every element that refers to it. A document may hold very many of both, so this is an index.
  [[nodiscard]] const std::vector<pugi::xml_node>& references_to(const std::string& id) const;
  // References that lead nowhere.
  [[nodiscard]] const std::vector<std::string>& unresolved() const { return unresolved_; }

  // The first child of one of these local names, in a NIEM namespace or an extension's; resolved.
  [[nodiscard]] pugi::xml_node child(pugi::xml_node parent, std::string_view local) const;
  [[nodiscard]] std::vector<pugi::xml_node> children(pugi::xml_node parent,
                                                     std::string_view local) const;
  // The first below, at any depth, not passing references.
  [[nodiscard]] pugi::xml_node below(pugi::xml_node parent, std::string_view local) const;

 private:
  pugi::xml_node part_;
  bool is_niem_ = false;
  std::string version_;
  std::vector<pugi::xml_node> elements_;
  std::map<std::string, pugi::xml_node> by_id_;
  std::map<std::string, std::vector<pugi::xml_node>> references_;
  std::vector<std::string> unresolved_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace concord::juvenile_justice
