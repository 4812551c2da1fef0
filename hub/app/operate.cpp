#include "hub/app/operate.hpp"

#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "hub/api/views.hpp"
#include "hub/app/mandates.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/runner_lines.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/json.hpp"
#include "hub/decide/words.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

using model::Outcome;

// Reading needs no running hub: the store is open to readers beside it.
base::Result<std::unique_ptr<store::Store>> reader(const model::Coalition& coalition) {
  return store::Store::open(coalition.data_folder, store::Open::read);
}

int ask(const model::Coalition& coalition,
        const std::string& path,
        const std::string& body,
        const char* said,
        bool json) {
  auto answer = ask_hub(coalition.data_folder, "POST", path, body);
  if (!answer) return tell(answer.error());
  if (json) {
    std::cout << *answer << "\n";
  } else {
    std::fprintf(stderr, "%s\n", said);
  }
  return EX_OK;
}

std::string since(const std::optional<base::Instant>& at) {
  return at ? "since " + base::to_text(*at).substr(0, 19) + "Z" : "";
}

int64_t count_of(const store::Ledger& ledger, store::RecordState state) {
  const auto at = ledger.by_state.find(state);
  return at == ledger.by_state.end() ? 0 : at->second;
}

int64_t count_of(const store::Ledger& ledger, Outcome outcome) {
  const auto at = ledger.by_outcome.find(outcome);
  return at == ledger.by_outcome.end() ? 0 : at->second;
}

const char* next_of(const store::Ledger& ledger) {
  if (count_of(ledger, Outcome::parked) > 0) return "concord delivery list --outcome parked";
  for (const store::LedgerLine& line : ledger.lines)
    if (line.outcome == Outcome::parked && line.reason.starts_with("IDENTITY"))
      return "concord person review";
  const bool kept_back = count_of(ledger, store::RecordState::rejected) > 0 ||
                         count_of(ledger, store::RecordState::parked) > 0;
  return kept_back ? "concord record list" : "nothing to do";
}

void print_line(const store::LedgerLine& line) {
  std::printf("  %6lld %-9s %-18s %-28s move: %-16s %s\n",
              static_cast<long long>(line.count),
              std::string(model::name_of(line.outcome)).c_str(),
              line.system.c_str(),
              line.reason.empty() ? "on its way" : line.reason.c_str(),
              std::string(model::name_of(line.owner)).c_str(),
              since(line.since).c_str());
  if (!line.detail.empty()) std::printf("         %s\n", line.detail.c_str());
}

// Whether anything waits for somebody to do something.
bool stuck(const store::LedgerLine& line) {
  return (line.outcome == Outcome::parked || line.outcome == Outcome::rejected) &&
         line.owner != model::Owner::nobody;
}

void print_system(const base::JsonValue& s) {
  std::printf("  %-20s %-18s %6lld waiting %4lld parked  %s\n",
              s["system"].GetString(),
              s["connector"].GetString(),
              static_cast<long long>(s["waiting"].GetInt64()),
              static_cast<long long>(s["parked_lanes"].GetInt64()),
              s["running"].GetStringLength() == 0
                  ? ""
                  : ("running " + std::string(s["running"].GetString())).c_str());
  print_runner(s);
  if (!s.HasMember("fault")) return;
  const auto& fault = s["fault"];
  std::printf("    %s: %s %s\n      %s\n      next: %s\n",
              fault["code"].GetString(),
              fault["class"].GetString(),
              s.HasMember("since") ? ("since " + std::string(s["since"].GetString())).c_str() : "",
              fault["cause"].GetString(),
              fault["next"].GetString());
}

// Where a witness cannot be reached, or a head cannot be signed.
void print_audit(const base::JsonValue& status) {
  if (!status.HasMember("audit_behind")) return;
  const auto& behind = status["audit_behind"];
  std::printf("audit behind since %s: %s: %s\n      %s\n      next: %s\n",
              status["audit_behind_since"].GetString(),
              behind["code"].GetString(),
              behind["place"].GetString(),
              behind["cause"].GetString(),
              behind["next"].GetString());
}

void print_job(const base::JsonValue& job) {
  std::printf("  job %-28s last %s, %s%s%s\n",
              job["job"].GetString(),
              job.HasMember("ended_at")
                  ? (std::string(job["ended_at"].GetString()).substr(0, 19) + "Z").c_str()
                  : "never",
              counted(job["records"].GetInt64(), "record", "records").c_str(),
              job.HasMember("error") ? ", failed: " : "",
              job.HasMember("error") ? job["error"].GetString() : "");
}

}  // namespace

int show_ledger(const model::Coalition& coalition, bool json) {
  auto store = reader(coalition);
  if (!store) return tell(store.error());
  auto found = (*store)->ledger();
  if (!found) return tell(found.error());
  const store::Ledger& ledger = *found;
  if (json) {
    std::cout << api::ledger_json(ledger) << "\n";
    return ledger.balanced() ? EX_OK : 1;
  }
  auto records = [&](store::RecordState state) -> long long { return count_of(ledger, state); };
  auto deliveries = [&](Outcome outcome) -> long long { return count_of(ledger, outcome); };
  std::printf(
      "%s: %lld read = %lld known already + %lld taken up + %lld unchanged + %lld older + %lld "
      "rejected + %lld parked\n",
      ledger.balanced() ? "balanced" : "NOT BALANCED",
      static_cast<long long>(ledger.read),
      static_cast<long long>(ledger.duplicates),
      records(store::RecordState::done),
      records(store::RecordState::unchanged),
      records(store::RecordState::history),
      records(store::RecordState::rejected),
      records(store::RecordState::parked));
  std::printf(
      "          %lld owed = %lld delivered + %lld withheld + %lld rejected + %lld parked + %lld "
      "on their way\n",
      static_cast<long long>(ledger.owed),
      deliveries(Outcome::delivered),
      deliveries(Outcome::withheld),
      deliveries(Outcome::rejected),
      deliveries(Outcome::parked),
      deliveries(Outcome::waiting));
  for (const store::LedgerLine& line : ledger.lines) print_line(line);
  for (const std::string& fault : ledger.faults) std::printf("  fault: %s\n", fault.c_str());
  std::printf("next: %s\n", next_of(ledger));
  return ledger.balanced() ? EX_OK : 1;
}

int show_status(const model::Coalition& coalition, bool json) {
  auto answer = ask_hub(coalition.data_folder, "GET", "status");
  if (!answer) return tell(answer.error());
  if (json) {
    std::cout << *answer << "\n";
    return EX_OK;
  }
  auto status = base::read_json(*answer, "status");
  if (!status) return tell(status.error());
  const base::JsonValue& systems = (*status)["systems"];
  int64_t waiting = 0;
  int64_t parked = 0;
  int failing = 0;
  for (const auto& s : systems.GetArray()) {
    waiting += s["waiting"].GetInt64();
    parked += s["parked_lanes"].GetInt64();
    failing += s.HasMember("fault");
  }
  auto store = reader(coalition);
  if (!store) return tell(store.error());
  auto ledger = (*store)->ledger();
  if (!ledger) return tell(ledger.error());
  const bool kept_back = std::any_of(ledger->lines.begin(), ledger->lines.end(), stuck);
  const int64_t late = late_mandates(*status);
  if (late > 0)
    std::printf("%s: concord mandate list\n",
                counted(late, "mandate is late", "mandates are late").c_str());
  if (failing == 0 && parked == 0 && !kept_back) {
    std::printf("nothing is stuck: %lld on their way\n", static_cast<long long>(waiting));
  } else {
    std::printf("stuck: %s, %s, %s kept back; %lld on their way\n",
                counted(failing, "system fails", "systems fail").c_str(),
                counted(parked, "lane stands still", "lanes stand still").c_str(),
                counted(count_of(*ledger, store::RecordState::parked) +
                            count_of(*ledger, store::RecordState::rejected),
                        "record is",
                        "records are")
                    .c_str(),
                static_cast<long long>(waiting));
  }
  print_mandates(*status);
  print_audit(*status);
  for (const auto& s : systems.GetArray()) print_system(s);
  for (const store::LedgerLine& line : ledger->lines)
    if (stuck(line)) print_line(line);
  for (const auto& job : (*status)["jobs"].GetArray()) print_job(job);
  const base::JsonValue& recalls = (*status)["recalls"];
  if (recalls["open"].GetInt64() > 0)
    std::printf("  %s open, %lld late: concord recall list\n",
                counted(recalls["open"].GetInt64(), "recall is", "recalls are").c_str(),
                static_cast<long long>(recalls["late"].GetInt64()));
  std::printf("next: %s\n",
              late > 0      ? "concord mandate list"
              : failing > 0 ? "see the faults above"
              : kept_back   ? next_of(*ledger)
                            : "concord ledger");
  return EX_OK;
}

int list_deliveries(const model::Coalition& coalition,
                    const std::string& outcome,
                    int most,
                    bool json) {
  std::optional<Outcome> wanted;
  if (!outcome.empty()) {
    wanted = model::outcome_of(outcome);
    if (!wanted)
      return tell(base::config_error("OUTCOME_UNKNOWN",
                                     "--outcome",
                                     "there is no outcome \"" + outcome + "\"",
                                     "use waiting, delivered, withheld, rejected or parked"));
  }
  auto store = reader(coalition);
  if (!store) return tell(store.error());
  auto found = (*store)->deliveries(wanted, INT64_MAX, most);
  if (!found) return tell(found.error());
  if (json) {
    std::cout << api::deliveries_json(*found) << "\n";
    return EX_OK;
  }
  std::printf("%s%s\n",
              counted(static_cast<int64_t>(found->size()), "delivery", "deliveries").c_str(),
              found->size() == static_cast<size_t>(most) ? ", the newest" : "");
  for (const model::Delivery& d : *found)
    std::printf("  %8lld %-9s to %-18s %-24s flow %-24s %s\n",
                static_cast<long long>(d.id),
                std::string(model::name_of(d.outcome)).c_str(),
                d.to.value.c_str(),
                d.reason.c_str(),
                d.flow.value.c_str(),
                base::to_text(d.created_at).substr(0, 19).c_str());
  if (!found->empty())
    std::printf("next: concord delivery show %lld, concord explain %lld; or another number\n",
                static_cast<long long>(found->front().id),
                static_cast<long long>(found->front().id));
  return EX_OK;
}

int show_delivery(const model::Coalition& coalition, int64_t id, bool json) {
  auto store = reader(coalition);
  if (!store) return tell(store.error());
  auto found = (*store)->delivery(id);
  if (!found) return tell(found.error());
  if (!*found)
    return tell(base::config_error("UNKNOWN",
                                   "delivery",
                                   "there is no delivery " + std::to_string(id),
                                   "see: concord delivery list"));
  const model::Delivery& d = **found;
  std::vector<std::string> along;
  if (d.outcome == Outcome::delivered) {
    auto codes = (*store)->went_along(id);
    if (!codes) return tell(codes.error());
    std::istringstream words(*codes);
    for (std::string code; words >> code;) along.push_back(code);
  }
  if (json) {
    std::cout << api::delivery_json(d, along) << "\n";
    return EX_OK;
  }
  std::printf("delivery %lld is %s%s%s\n",
              static_cast<long long>(d.id),
              std::string(model::name_of(d.outcome)).c_str(),
              d.reason.empty() ? "" : ": ",
              d.reason.c_str());
  std::printf("  to %s by flow %s, document %s version %d, %s\n",
              d.to.value.c_str(),
              d.flow.value.c_str(),
              d.entity.value.c_str(),
              d.version,
              counted(d.attempts, "attempt", "attempts").c_str());
  if (!d.detail.empty()) std::printf("  %s\n", d.detail.c_str());
  for (const std::string& code : along)
    std::printf("  went along: %s [%s]\n",
                std::string(decide::words_of_obligation(code)).c_str(),
                code.c_str());
  if (d.outcome == Outcome::parked)
    std::printf(
        "move: %s\nnext: concord delivery retry %lld, or: concord delivery drop %lld --why TEXT\n",
        std::string(model::name_of(d.owner)).c_str(),
        static_cast<long long>(id),
        static_cast<long long>(id));
  else
    std::printf("next: concord explain %lld\n", static_cast<long long>(id));
  return EX_OK;
}

int retry_delivery(const model::Coalition& coalition, int64_t id, bool json) {
  return ask(coalition, "deliveries/" + std::to_string(id) + "/retry", "", "waits again", json);
}

int drop_delivery(const model::Coalition& coalition,
                  int64_t id,
                  const std::string& why,
                  bool json) {
  sdk::JsonWriter body;
  body.object().field("why", why).end();
  return ask(coalition,
             "deliveries/" + std::to_string(id) + "/drop",
             body.text(),
             "given up; its lane goes on",
             json);
}

int release_runner(const model::Coalition& coalition, const std::string& system) {
  return ask(
      coalition, "systems/" + system + "/release", "{}", "its runner is started again", false);
}

int answer_review(const model::Coalition& coalition,
                  const model::ChildRef& key,
                  const std::string& person,
                  bool json) {
  sdk::JsonWriter body;
  body.object()
      .field("system", key.system.value)
      .field("key", key.key)
      .field("person", person)
      .end();
  return ask(
      coalition,
      "people/review",
      body.text(),
      person.empty() ? "a person of its own; its records go on" : "linked; its records go on",
      json);
}

}  // namespace concord::app
