#include "hub/app/mandates.hpp"

#include <concord/json.hpp>
#include <cstdio>
#include <iostream>

#include "hub/api/views.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/pipeline/mandates.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

using model::MandateClock;
using model::MandateState;

// As much of the document's id as tells it from others here.
constexpr size_t kTail = 28;

std::string brief(const std::string& id) {
  return id.size() > kTail + 1 ? id.substr(0, id.size() - kTail) : id;
}

std::string at(base::Instant time) {
  return base::to_text(time).substr(0, 16) + "Z";
}

std::string proof(const MandateClock& clock) {
  switch (clock.state) {
    case MandateState::running:
      return "move: " + model::to_text(model::whose_move(clock));
    case MandateState::delivered:
      return "delivered " + at(*clock.ended_at) + ", delivery " + std::to_string(clock.delivery);
    case MandateState::attested:
      return "attested " + at(*clock.ended_at) + " by " + clock.by + ": " + clock.how;
    case MandateState::withdrawn:
      return "withdrawn by its source " + at(*clock.ended_at);
  }
  return "";
}

void print(const MandateClock& clock, base::Instant now) {
  std::printf("  %-36s %-20s due %s%s  %s\n",
              brief(clock.id).c_str(),
              clock.event.c_str(),
              at(clock.due_at).c_str(),
              model::is_late(clock, now) ? " LATE" : "",
              proof(clock).c_str());
  for (const auto& step : clock.escalations)
    if (step.told_at)
      std::printf(
          "    escalated %s to %s\n", at(*step.told_at).c_str(), model::to_text(step.to).c_str());
}

}  // namespace

int list_mandates(const model::Coalition& coalition, bool all, bool json) {
  auto store = store::Store::open(coalition.data_folder, store::Open::read);
  if (!store) return tell(store.error());
  auto found = pipeline::mandates_in(**store);
  if (!found) return tell(found.error());
  if (!all)
    std::erase_if(*found, [](const auto& clock) { return clock.state != MandateState::running; });
  const base::Instant now = base::now();
  int64_t late = 0;
  for (const MandateClock& clock : *found)
    late += clock.state == MandateState::running && model::is_late(clock, now);
  if (json) {
    std::cout << api::mandates_json(*found, now) << "\n";
    return late == 0 ? EX_OK : 1;
  }
  std::printf("%s%s, %lld late\n",
              counted(static_cast<int64_t>(found->size()), "mandate", "mandates").c_str(),
              all ? "" : " running",
              static_cast<long long>(late));
  for (const MandateClock& clock : *found) print(clock, now);
  if (!found->empty() && !all)
    std::printf(
        "next: report it; where that is done by phone: concord mandate attest ID --by WHO --how "
        "TEXT\n");
  return late == 0 ? EX_OK : 1;
}

int attest_mandate(const model::Coalition& coalition,
                   const std::string& id,
                   const std::string& by,
                   const std::string& how,
                   bool json) {
  sdk::JsonWriter body;
  body.object().field("by", by).field("how", how).end();
  auto answer = ask_hub(coalition.data_folder, "POST", "mandates/" + id + "/attest", body.text());
  if (!answer) return tell(answer.error());
  if (json) {
    std::cout << *answer << "\n";
  } else {
    std::fputs("attested; its clock has stopped\n", stderr);
  }
  return EX_OK;
}

int64_t late_mandates(const base::JsonValue& status) {
  int64_t late = 0;
  for (const auto& mandate : status["mandates"].GetArray()) late += mandate["late"].IsTrue();
  return late;
}

void print_mandates(const base::JsonValue& status) {
  for (const auto& mandate : status["mandates"].GetArray())
    std::printf("  mandate %-36s due %.16sZ%s  move: %s\n",
                brief(mandate["id"].GetString()).c_str(),
                mandate["due_at"].GetString(),
                mandate["late"].IsTrue() ? " LATE" : "",
                mandate["move"].GetString());
}

}  // namespace concord::app
