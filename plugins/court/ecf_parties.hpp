// Who takes part in an ECF filing: persons and organisations, whatever the version calls them.
#pragma once

#include <concord/json.hpp>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <vector>

namespace concord::court {

struct EcfParty {
  pugi::xml_node entity;  // the person's or organisation's element, references followed
  bool organization = false;
  bool juvenile = false;
  std::string role;
  std::string id;  // as the filer knows the party; unique among the filing's parties
};

// What structures:id and structures:ref tie together.
class EcfReferences {
 public:
  explicit EcfReferences(const pugi::xml_node& message);
  // The element itself, or the one that it (or its only child) refers to.
  [[nodiscard]] pugi::xml_node follow(const pugi::xml_node& node) const;

 private:
  std::map<std::string, pugi::xml_node> by_id_;
};

// In document order, each once.
std::vector<EcfParty> ecf_parties(const pugi::xml_node& message, const EcfReferences& references);

// {"party_id", "role", "juvenile", "name", "birth_date", "sex", "identifiers", "address", "phone",
//  "placement"}; what is not there is left out.
void write_party(const EcfParty& party, const EcfReferences& references, sdk::JsonWriter& out);

}  // namespace concord::court
