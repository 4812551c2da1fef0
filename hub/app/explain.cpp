// concord explain: why a delivery was released or withheld, in words, decided anew on what is known
// now.
#include "hub/decide/explain.hpp"

#include <iostream>

#include "hub/app/commands.hpp"
#include "hub/app/serve.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"
#include "hub/decide/case_json.hpp"
#include "hub/pipeline/given.hpp"
#include "hub/pipeline/request.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

// Reasons that no rule gives.
std::string_view in_words(std::string_view reason) {
  if (reason == "SUBJECT_UNKNOWN_THERE")
    return "The recipient does not know the child yet; it is looked at again once it does.";
  if (reason == "WITHDRAWN") return "The source withdrew the document before it was sent.";
  if (reason == "NEVER_SENT") return "There was nothing to withdraw: it had never been sent.";
  if (reason == "FLOW_ENDED") return "The coalition has ended this flow.";
  return "";
}

std::string explain(const model::Delivery& delivery,
                    const model::Decision& decision,
                    const decide::Engine& engine,
                    bool json) {
  const std::string outcome(model::name_of(delivery.outcome));
  if (json)
    return "{\"delivery\":" + std::to_string(delivery.id) + ",\"outcome\":\"" + outcome +
           "\",\"reason\":\"" + delivery.reason +
           "\",\"decision\":" + decide::write_decision(decision) + "}";
  std::string text = "Delivery " + std::to_string(delivery.id) + " to " + delivery.to.value +
                     " is " + outcome + (delivery.reason.empty() ? "" : ": " + delivery.reason) +
                     ".";
  const std::string_view words = in_words(delivery.reason);
  if (!words.empty()) text += " " + std::string(words);
  return text +
         "\nOn what is known now: " + decide::explain(decision, engine, decide::Audience::source);
}

base::Result<std::string> explain(Whole& whole, int64_t id, bool json) {
  auto store = store::Store::open(whole.coalition->data_folder, store::Open::read);
  if (!store) return std::move(store).error();
  auto delivery = (*store)->delivery(id);
  if (!delivery) return std::move(delivery).error();
  if (!*delivery)
    return base::config_error("UNKNOWN",
                              "delivery",
                              "there is no delivery " + std::to_string(id),
                              "see: concord delivery list");
  auto entity = (*store)->entity((**delivery).entity, (**delivery).version);
  if (!entity) return std::move(entity).error();
  const model::Flow* flow = nullptr;
  for (const model::Flow& one : whole.coalition->flows)
    if (one.id == (**delivery).flow) flow = &one;
  if (flow == nullptr)
    return base::config_error("FLOW_ENDED",
                              "flow " + (**delivery).flow.value,
                              "the coalition has no such flow any more",
                              "see flows/");
  // What a running hub would rest on.
  auto rows = (*store)->evidence();
  if (!rows) return std::move(rows).error();
  pipeline::Given given;
  if (auto loaded = given.load(*rows); !loaded) return std::move(loaded).error();
  auto profiles = (*store)->profiles();
  if (!profiles) return std::move(profiles).error();
  pipeline::People people;
  people.load(std::move(*profiles));
  identify::PersonIndex index((*store)->keys().index_key());
  auto setup = std::make_shared<pipeline::Setup>();
  setup->coalition = whole.coalition;
  setup->evidence = std::move(whole.evidence);
  setup->schema = std::move(whole.schema);
  setup->mappings = std::move(whole.mappings);
  setup->engine = std::move(whole.engine);
  for (const auto& [reference, manifest] : whole.parts.manifests)
    setup->libraries[reference] = library_of(manifest);
  const auto view = std::make_shared<const pipeline::View>(setup, given.over(*setup));
  pipeline::Views views(view);
  pipeline::Identities identities;
  if (auto loaded = identities.load(*rows); !loaded) return std::move(loaded).error();
  pipeline::Gate gate;
  const pipeline::Works works{**store, index, people, identities, gate, views, base::now};
  auto decided = pipeline::decide_for(works, *view, *entity, *flow, base::now());
  if (!decided) return std::move(decided).error();
  return explain(**delivery, decided->decision, view->engine(), json);
}

}  // namespace

int explain_delivery(const std::string& folder, int64_t id, bool json) {
  auto whole = load_whole(folder);
  if (!whole) return tell(whole.error());
  auto words = explain(*whole, id, json);
  if (!words) return tell(words.error());
  while (words->ends_with('\n')) words->pop_back();
  std::cout << *words << "\n";
  return EX_OK;
}

}  // namespace concord::app
