#include "hub/app/whole.hpp"

#include <algorithm>
#include <set>

#include "hub/app/duties.hpp"
#include "hub/base/nearest.hpp"

namespace concord::app {
namespace {

void take(base::Errors& all, base::Errors more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

void load_texts_of_meaning(Whole& whole, base::Errors& errors) {
  const std::string folder = schema_folder(*whole.coalition);
  if (folder.empty()) return;  // told with the parts
  auto schema = model::Schema::load(folder);
  if (!schema) return take(errors, std::move(schema).error());
  whole.schema = std::make_unique<model::Schema>(std::move(*schema));
  auto mappings = translate::Mappings::load(whole.coalition->mapping_folders, *whole.schema);
  if (!mappings) return take(errors, std::move(mappings).error());
  whole.mappings = std::make_unique<translate::Mappings>(std::move(*mappings));
}

// A flow that names fields or entities in vain would withhold everything without a word.
void check_flows(const Whole& whole, base::Errors& errors) {
  const std::string place = whole.coalition->folder + "/flows";
  for (const model::Flow& flow : whole.coalition->flows) {
    std::vector<std::string> known;
    for (const std::string& entity : flow.entities)
      if (const model::EntitySchema* schema = whole.schema->find(entity)) {
        std::string prefix;
        for (const char c : entity) {
          const bool upper = c >= 'A' && c <= 'Z';
          if (upper && !prefix.empty()) prefix += '_';
          prefix += upper ? static_cast<char>(c - 'A' + 'a') : c;
        }
        for (const model::SchemaField& field : schema->fields)
          known.push_back(prefix + "." + field.path);
      }
    for (const std::string& field : flow.fields)
      if (!known.empty() && std::find(known.begin(), known.end(), field) == known.end())
        errors.push_back(base::config_error(
            "FIELD_UNKNOWN",
            place,
            "flow " + flow.id.value + ": its entities have no field \"" + field + "\"",
            base::nearest(field, known).empty() ? "see the entities in mappings/schema"
                                                : base::advice(field, known)));
    const model::System* to = whole.coalition->system(flow.to);
    for (const std::string& entity : flow.entities)
      if (to != nullptr && whole.mappings && !whole.mappings->record_type_for(to->mapping, entity))
        errors.push_back(base::config_error(
            "FLOW_UNMAPPED",
            place,
            "flow " + flow.id.value + ": no table in " + to->mapping + "/out takes " + entity,
            "write the table, or leave the entity out of the flow"));
  }
}

// A mandate that names an entity or member in vain would never start its clock.
void check_mandates(const Whole& whole, base::Errors& errors) {
  for (const model::Mandate& mandate : whole.coalition->mandates)
    for (const std::string& entity : mandate.entities) {
      const model::EntitySchema* schema = whole.schema->find(entity);
      std::vector<std::string> entities, members;
      for (const model::EntitySchema& one : whole.schema->entities()) entities.push_back(one.name);
      if (schema != nullptr)
        for (const model::SchemaField& field : schema->fields) members.push_back(field.path);
      auto tell = [&](const std::string& what, const std::string& word, const auto& known) {
        errors.push_back(base::config_error("MANDATE_NEVER",
                                            whole.coalition->folder + "/flows",
                                            "mandate " + mandate.id + ": there is no " + what +
                                                " \"" + word + "\", so it never starts",
                                            base::advice(word, known)));
      };
      if (schema == nullptr) tell("entity", entity, entities);
      for (const auto& [member, codes] : mandate.when)
        if (schema != nullptr && std::find(members.begin(), members.end(), member) == members.end())
          tell("member", member, members);
    }
}

void check_jobs(const Whole& whole, base::Errors& errors) {
  for (const model::Job& job : whole.coalition->jobs) {
    const model::System* system = whole.coalition->system(job.system);
    for (const std::string& type : job.record_types)
      if (system != nullptr && !whole.mappings->reads(system->mapping, type))
        errors.push_back(
            base::config_error("JOB_UNMAPPED",
                               whole.coalition->folder + "/flows",
                               "job " + job.id.value + ": no table in " + system->mapping +
                                   "/in reads \"" + type + "\"",
                               "write the table, or leave the record type out of the job"));
  }
}

void check_forms(const Whole& whole, base::Errors& errors) {
  std::vector<std::string> known;
  for (const decide::RulePack& pack : whole.packs)
    for (const decide::Form& form : pack.forms) known.push_back(form.id);
  for (const model::Consent& consent : whole.evidence.consents)
    if (std::find(known.begin(), known.end(), consent.form) == known.end())
      errors.push_back(base::config_error(
          "CONSENT_FORM",
          whole.coalition->folder + "/consents",
          "consent " + consent.id.value + ": no rule pack knows the form \"" + consent.form + "\"",
          base::advice(consent.form, known)));
}

void note(Whole& whole) {
  size_t unreviewed = 0;
  for (const decide::RulePack& pack : whole.packs)
    for (const decide::Rule& rule : pack.rules) unreviewed += rule.reviewed ? 0 : 1;
  if (unreviewed > 0)
    whole.notes.push_back(
        std::to_string(unreviewed) +
        " rules say \"reviewed: false\": their law was not read in full; see: concord policy list");
  std::set<std::string> seated;
  for (const model::RosterEntry& seat : whole.coalition->roster) seated.insert(seat.agency.value);
  std::set<std::string> told;
  for (const model::Flow& flow : whole.coalition->flows) {
    const model::System* to = whole.coalition->system(flow.to);
    if (to == nullptr || seated.contains(to->agency.value)) continue;
    if (told.insert(to->agency.value).second)
      whole.notes.push_back("agency " + to->agency.value +
                            " gets data by a flow, and has no seat on the roster");
  }
  for (const model::Agency& agency : whole.coalition->agencies)
    if (agency.capacities.empty())
      whole.notes.push_back("agency " + agency.id.value +
                            " has no capacity: what it gives is unlabelled, so it is withheld");
  for (std::string& unmet : duties_unmet(whole, base::now()))
    whole.notes.push_back(std::move(unmet));
}

}  // namespace

base::Result<Whole, base::Errors> load_whole(const std::string& folder, const Places& otherwise) {
  auto coalition = load_coalition(folder, otherwise);
  if (!coalition) return std::move(coalition).error();
  Whole whole;
  whole.coalition = std::make_shared<const model::Coalition>(std::move(*coalition));
  base::Errors errors;
  auto evidence = load_evidence(*whole.coalition);
  if (evidence) {
    whole.evidence = std::move(*evidence);
  } else {
    take(errors, std::move(evidence).error());
  }
  auto parts = load_parts(*whole.coalition);
  if (parts) {
    whole.parts = std::move(*parts);
  } else {
    take(errors, std::move(parts).error());
  }
  load_texts_of_meaning(whole, errors);
  auto policy = load_policy(whole.coalition->policy_folders);
  if (policy) {
    whole.packs = std::move(policy->packs);
    whole.engine = std::move(policy->engine);
    check_forms(whole, errors);
    take(errors, check_capacities(*whole.coalition, whole.packs));
  } else {
    take(errors, std::move(policy).error());
  }
  if (whole.schema) check_flows(whole, errors);
  if (whole.schema) check_mandates(whole, errors);
  if (whole.mappings) check_jobs(whole, errors);
  if (!errors.empty()) return errors;
  note(whole);
  return whole;
}

}  // namespace concord::app
