// "mandates:" in flows/*.yaml: what must be reported within which time, and whose move it is.
#include <algorithm>

#include "hub/app/coalition_files.hpp"
#include "hub/base/nearest.hpp"

namespace concord::app {
namespace {

// "{agency, role, name}": somebody can be told.
model::Contact read_contact(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  Fields fields(yaml, loading.where(file, "contact"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return {};
  model::Contact contact;
  contact.agency = loading.agency(fields, "agency");
  contact.role = fields.text("role");
  contact.name = fields.text_or("name", "");
  fields.end();
  return contact;
}

void read_step(const base::Yaml& yaml,
               const std::string& file,
               Loading& loading,
               model::Mandate& mandate) {
  Fields fields(yaml, loading.where(file, "escalation"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::Mandate::Step step;
  if (fields.need("after") != nullptr)
    step.after = fields.duration("after").value_or(std::chrono::milliseconds{1});
  if (const base::Yaml* to = fields.need("to")) step.to = read_contact(*to, file, loading);
  fields.end();
  if (!mandate.escalate.empty() && step.after <= mandate.escalate.back().after)
    fields.fault("CONFIG_VALUE", "after", "it does not come after the step before", "sort them");
  mandate.escalate.push_back(std::move(step));
}

void read_when(const base::Yaml& yaml,
               const std::string& file,
               Loading& loading,
               model::Mandate& mandate) {
  Fields fields(yaml, loading.where(file, "condition"), loading.errors);
  for (const auto& [member, ignored] : yaml.map)
    mandate.when.emplace_back(member, fields.list(member));
}

}  // namespace

void read_mandate(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  Fields fields(yaml, loading.where(file, "mandate"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::Mandate mandate;
  mandate.id = fields.id("id");
  loading.define("mandate", mandate.id, fields.place("id"));
  mandate.event = fields.text("event");
  if (fields.need("entities") != nullptr) mandate.entities = fields.list("entities");
  for (const std::string& id :
       loading.agencies_known ? fields.list_of("from", loading.agency_ids()) : fields.list("from"))
    mandate.from.emplace_back(id);
  if (const base::Yaml* when = fields.raw("when")) read_when(*when, file, loading, mandate);
  mandate.within = fields.duration("within").value_or(mandate.within);
  mandate.flow = model::FlowId(fields.text_or("flow", ""));
  if (const base::Yaml* owner = fields.need("owner"))
    mandate.owner = read_contact(*owner, file, loading);
  if (fields.need("escalate") != nullptr)
    each_item(yaml, "escalate", loading.folder + "/" + file, loading.errors, [&](const auto& item) {
      read_step(item, file, loading, mandate);
    });
  if (!mandate.escalate.empty() && mandate.escalate.front().after > mandate.within)
    fields.fault("CONFIG_VALUE",
                 "escalate",
                 "nobody is told before its time is over",
                 "let the first step come within " + fields.text_or("within", "24h"));
  fields.end();
  loading.coalition.mandates.push_back(std::move(mandate));
}

// The flow may stand in a later file.
void check_mandates(Loading& loading) {
  std::vector<std::string> flows;
  for (const model::Flow& flow : loading.coalition.flows) flows.push_back(flow.id.value);
  for (const model::Mandate& mandate : loading.coalition.mandates) {
    if (mandate.flow.empty()) continue;
    const auto& all = loading.coalition.flows;
    const auto flow =
        std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.id == mandate.flow; });
    const std::string place = loading.defined["mandate " + mandate.id];
    const std::string what = "mandate " + mandate.id + " flow: ";
    if (flow == all.end()) {
      loading.errors.push_back(
          base::config_error("CONFIG_UNKNOWN_FLOW",
                             place,
                             what + "there is no flow \"" + mandate.flow.value + "\"",
                             base::advice(mandate.flow.value, flows)));
    } else if (flow->trigger != "mandate") {
      loading.errors.push_back(base::config_error("CONFIG_VALUE",
                                                  place,
                                                  what + "its trigger is " + flow->trigger,
                                                  "give the flow trigger: mandate"));
    } else if (const bool carries = std::all_of(mandate.entities.begin(),
                                                mandate.entities.end(),
                                                [&](const auto& entity) {
                                                  return std::find(flow->entities.begin(),
                                                                   flow->entities.end(),
                                                                   entity) != flow->entities.end();
                                                });
               !carries) {
      loading.errors.push_back(
          base::config_error("CONFIG_VALUE",
                             place,
                             what + "it does not carry all that starts the clock",
                             "add the mandate's entities to the flow's"));
    }
  }
}

}  // namespace concord::app
