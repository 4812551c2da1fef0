#include "hub/app/recalls.hpp"

#include <concord/json.hpp>
#include <cstdio>
#include <iostream>

#include "hub/api/views.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

constexpr int kMost = 10000;

// Where it stands, in a word or two.
const char* standing(const model::Delivery& recall) {
  if (recall.attested_at) return "attested";
  switch (recall.outcome) {
    case model::Outcome::delivered:
      return recall.recall == model::Recall::destroy_and_attest ? "to be attested" : "acknowledged";
    case model::Outcome::parked:
      return "to be done by hand";
    case model::Outcome::rejected:
      return "given up";
    default:
      return "on its way";
  }
}

}  // namespace

int list_recalls(const model::Coalition& coalition, bool all, bool json) {
  auto store = store::Store::open(coalition.data_folder, store::Open::read);
  if (!store) return tell(store.error());
  auto found = (*store)->recalls(!all, kMost);
  if (!found) return tell(found.error());
  const base::Instant now = base::now();
  auto late = [&](const model::Delivery& r) {
    return model::recall_open(r) && model::recall_due(r) < now;
  };
  size_t overdue = 0;
  for (const model::Delivery& recall : *found) overdue += late(recall);
  if (json) {
    std::cout << api::deliveries_json(*found) << "\n";
    return overdue == 0 ? EX_OK : 1;
  }
  std::printf("%zu recalls%s, %zu late\n", found->size(), all ? "" : " open", overdue);
  for (const model::Delivery& r : *found)
    std::printf("  %8lld %-18s from %-18s %-18s due %s%s%s%s\n",
                static_cast<long long>(r.id),
                std::string(model::name_of(r.recall)).c_str(),
                r.to.value.c_str(),
                standing(r),
                base::to_text(model::recall_due(r)).substr(0, 10).c_str(),
                late(r) ? " LATE" : "",
                r.detail.empty() ? "" : "  ",
                r.detail.c_str());
  if (!found->empty() && !all)
    std::printf("next: when the agency says that it is done: concord recall attest ID --by WHO\n");
  return overdue == 0 ? EX_OK : 1;
}

int attest_recall(const model::Coalition& coalition, int64_t id, const std::string& who) {
  sdk::JsonWriter body;
  body.object().field("by", who).end();
  auto answer = ask_hub(
      coalition.data_folder, "POST", "recalls/" + std::to_string(id) + "/attest", body.text());
  if (!answer) return tell(answer.error());
  std::fputs("attested\n", stderr);
  return EX_OK;
}

}  // namespace concord::app
