// The readers of a coalition's files. Internal to this room.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hub/app/coalition.hpp"
#include "hub/app/fields.hpp"

namespace concord::app {

struct Loading {
  std::string folder;
  Environment environment;
  model::Coalition coalition;
  base::Errors errors;
  std::string zone;                            // concord.yaml's; of dates, and where none is said
  std::map<std::string, std::string> defined;  // "agency x" → place, to tell the second one

  // False where a file of them cannot be read: that one fault is told, and not that it makes every
  // other file name agencies or systems that are not there.
  bool agencies_known = true, systems_known = true;
  [[nodiscard]] bool knows(const model::AgencyId& id) const {
    return !agencies_known || coalition.agency(id) != nullptr;
  }
  [[nodiscard]] bool knows(const model::SystemId& id) const {
    return !systems_known || coalition.system(id) != nullptr;
  }

  // The file's tree, references replaced. Nothing where it is missing (told if needed) or faulty.
  std::optional<base::Yaml> read(const std::string& file, bool needed);
  // name.yaml and name/*.yaml, as far as they are there.
  [[nodiscard]] std::vector<std::string> files_of(const std::string& name) const;
  [[nodiscard]] Where where(const std::string& file, const char* what) const;
  // Tells when this kind of thing was named so before.
  void define(const char* kind, const std::string& id, const std::string& place);
  // Absolute, or below the folder.
  [[nodiscard]] std::string path(const std::string& given) const;

  [[nodiscard]] std::vector<std::string> agency_ids() const;
  [[nodiscard]] std::vector<std::string> system_ids() const;
  // Told where id names no agency or system.
  model::AgencyId agency(Fields& fields, std::string_view key, bool needed = true);
  model::SystemId system(Fields& fields, std::string_view key);
  // "child: {system: …, key: …}"
  model::ChildRef child(Fields& fields, const Where& where);
};

// For a file from anywhere, which names the coalition's agencies and systems.
Loading loading_for(const model::Coalition& coalition, const Environment& environment = ::getenv);
// The items of one file, and nothing else in it.
void read_items(const base::Yaml& yaml,
                const char* name,
                const std::string& file,
                Loading& loading,
                const std::function<void(const base::Yaml&)>& read);

void read_concord_yaml(Loading& loading, const Places& otherwise);
void read_agencies(Loading& loading);
void read_systems(Loading& loading);
void read_flows(Loading& loading);
void read_mandate(const base::Yaml& yaml, const std::string& file, Loading& loading);
void check_mandates(Loading& loading);
void read_roster(Loading& loading);
void read_assignments(Loading& loading);
void check_file_names(Loading& loading);

}  // namespace concord::app
