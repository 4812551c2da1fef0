// A coalition from its folder of text files. Every fault of every file is told at once, with file
// and line.
//
//   concord.yaml        name, jurisdiction, coordinator, where things are
//   agencies.yaml       agencies and their capacities
//   systems/*.yaml      a connector at an agency, each
//   flows/*.yaml        flows and jobs
//   roster.yaml         who sits in the team
//   assignments.csv     agency,system,child,start,end
//   consents/ orders/ facts/   *.yaml, or consents.yaml, orders.yaml, facts.yaml
//
// Paths are relative to the folder. What texts may refer to: substitute.hpp.
// examples/coalition/README.md tells every key.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "hub/app/substitute.hpp"
#include "hub/base/yaml.hpp"
#include "hub/model/coalition.hpp"
#include "hub/model/evidence.hpp"

namespace concord::app {

// Where connectors, mappings and rule packs are when concord.yaml does not say.
struct Places {
  std::vector<std::string> connectors, mappings, policy;
  std::string share;  // share/concord, where it is
};
// Beside the running binary: as built, or as installed.
Places places_of_binary();
std::string runner_beside_binary();

// concord.yaml alone: where a running hub keeps its data. For commands that ask it, so that they
// work while other files are being edited.
base::Result<model::Coalition, base::Errors> load_head(const std::string& folder,
                                                       const Places& otherwise = places_of_binary(),
                                                       const Environment& environment = ::getenv);

// Reads the texts and checks what they say of each other. Looks at no connector.
base::Result<model::Coalition, base::Errors> load_coalition(
    const std::string& folder,
    const Places& otherwise = places_of_binary(),
    const Environment& environment = ::getenv);

// Consents, orders and facts of the coalition's folder.
base::Result<model::Evidence, base::Errors> load_evidence(
    const model::Coalition& coalition, const Environment& environment = ::getenv);

// In the form of consents/*.yaml, orders.yaml, roster.yaml; from a file anywhere, or built from
// options. file names it in errors.
base::Result<std::vector<model::Consent>, base::Errors> load_consents(
    const model::Coalition& coalition, const base::Yaml& yaml, const std::string& file);
base::Result<std::vector<model::Order>, base::Errors> load_orders(const model::Coalition& coalition,
                                                                  const base::Yaml& yaml,
                                                                  const std::string& file);
base::Result<std::vector<model::RosterEntry>, base::Errors> load_seats(
    const model::Coalition& coalition, const base::Yaml& yaml, const std::string& file);
// "assignments:" with agency, child: {system, key}, start, end.
base::Result<std::vector<model::Assignment>, base::Errors> load_assignments(
    const model::Coalition& coalition, const base::Yaml& yaml, const std::string& file);
// In the form of assignments.csv.
base::Result<std::vector<model::Assignment>, base::Errors> load_assignments_csv(
    const model::Coalition& coalition, const std::string& file);

}  // namespace concord::app
