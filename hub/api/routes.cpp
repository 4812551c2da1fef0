#include "hub/api/routes.hpp"

#include <charconv>
#include <vector>

#include "hub/api/apply.hpp"
#include "hub/api/person_routes.hpp"
#include "hub/api/views.hpp"
#include "hub/base/json.hpp"
#include "hub/pipeline/given.hpp"

namespace concord::api {
namespace {

constexpr int kListMost = 500;

Answer failed(const base::Error& error) {
  const bool asked_wrong = error.error_class == base::ErrorClass::config ||
                           error.error_class == base::ErrorClass::bad_record;
  return {asked_wrong                                    ? 400
          : error.error_class == base::ErrorClass::retry ? 503
                                                         : 500,
          error_json(error)};
}

Answer done(const base::Status& status) {
  return status ? Answer{200, R"({"done":true})"} : failed(status.error());
}

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  size_t from = 0;
  while (from <= path.size()) {
    const size_t to = std::min(path.find('/', from), path.size());
    if (to > from) parts.push_back(path.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

int64_t number(const std::string& text) {
  int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Evidence stands under these names, and is kept under those.
std::string kind_at(const std::string& path) {
  if (path == "consents") return "consent";
  if (path == "orders") return "order";
  if (path == "roster") return "seat";
  return path == "assignments" ? "assignment" : "";
}

// One piece, or "items" of them: all are put in force in one step, or none.
Answer put_evidence(pipeline::Hub& hub, const std::string& kind, const base::Json& body) {
  const base::JsonValue* items = base::member(body, "items");
  std::vector<const base::JsonValue*> all;
  if (items != nullptr && items->IsArray()) {
    for (const auto& item : items->GetArray()) all.push_back(&item);
  } else {
    all.push_back(&body);
  }
  std::vector<pipeline::Piece> pieces;
  for (const base::JsonValue* item : all) {
    auto piece = pipeline::piece_of(kind, *item);
    if (!piece) return failed(piece.error());
    pieces.push_back(std::move(*piece));
  }
  return done(hub.grant(pieces));
}

Answer get(pipeline::Hub& hub, const std::vector<std::string>& at) {
  if (at[0] == "status") {
    auto runs = hub.store().runs();
    if (!runs) return failed(runs.error());
    auto recalls = hub.store().recalls(true, kListMost);
    if (!recalls) return failed(recalls.error());
    auto mandates = pipeline::mandates_in(hub.store());
    if (!mandates) return failed(mandates.error());
    return {
        200,
        status_json(hub.status(), *runs, *recalls, *mandates, hub.audit_behind(), hub.people())};
  }
  if (at[0] == "ledger") {
    auto ledger = hub.store().ledger();
    return ledger ? Answer{200, ledger_json(*ledger)} : failed(ledger.error());
  }
  if (at.size() == 1 && !kind_at(at[0]).empty())
    return {200, evidence_json(hub.view()->evidence(), at[0])};
  if (at[0] == "jobs" && at.size() == 2) {
    auto runs = hub.job_runs(model::JobId(at[1]));
    return runs ? Answer{200, job_runs_json(at[1], *runs)} : failed(runs.error());
  }
  if (at[0] == "deliveries" && at.size() == 1) {
    auto found = hub.store().deliveries(std::nullopt, INT64_MAX, kListMost);
    return found ? Answer{200, deliveries_json(*found)} : failed(found.error());
  }
  return {404, "{}"};
}

Answer post(pipeline::Hub& hub,
            Apply& apply,
            const std::vector<std::string>& at,
            const std::string& body) {
  auto json = base::read_json(
      body.empty() ? "{}" : body, "request body", {.bytes_max = kBodyBytesMax, .depth_max = 16});
  if (!json) return failed(json.error());
  auto text = [&](const char* name) { return std::string(base::text_of(*json, name)); };
  if (at.size() == 3 && at[0] == "jobs" && at[2] == "run") {
    auto run = hub.run_job(model::JobId(at[1]));
    return run ? Answer{200, "{\"run\":" + std::to_string(*run) + "}"} : failed(run.error());
  }
  if (at.size() == 1 && at[0] == "apply") return apply.answer(*json);
  if (at.size() == 3 && at[0] == "deliveries" && at[2] == "retry")
    return done(hub.retry_delivery(number(at[1])));
  if (at.size() == 3 && at[0] == "deliveries" && at[2] == "drop")
    return done(hub.drop_delivery(number(at[1]), text("why")));
  if (at.size() == 3 && at[0] == "recalls" && at[2] == "attest")
    return done(hub.attest_recall(number(at[1]), text("by")));
  if (at.size() == 3 && at[0] == "mandates" && at[2] == "attest")
    return done(hub.mandates().attest(at[1], text("by"), text("how")));
  if (at.size() == 2 && at[0] == "records" && at[1] == "again") {
    const base::JsonValue* after = base::member(*json, "after");
    auto taken = hub.take_up_again(text("system"),
                                   after != nullptr && after->IsInt64() ? after->GetInt64() : 0);
    return taken ? Answer{200, taken_up_json(*taken)} : failed(taken.error());
  }
  if (at.size() == 3 && at[0] == "systems" && at[2] == "release")
    return done(hub.release_runner(model::SystemId(at[1])));
  if (at.size() == 3 && at[0] == "systems" && at[2] == "check")
    return done(hub.check_system(model::SystemId(at[1])));
  if (const std::string kind = kind_at(at[0]); !kind.empty()) {
    if (at.size() == 1) return put_evidence(hub, kind, *json);
    if (at.size() == 3 && at[2] == (kind == "consent" ? "revoke" : "end"))
      return done(hub.end(kind, at[1]));
  }
  if (at.size() == 2 && at[0] == "audit" && at[1] == "head") return done(hub.sign_head());
  if (at.size() == 2 && at[0] == "people" && at[1] == "expunge") {
    model::PersonId person(text("person"));
    if (person.empty())
      person = hub.person_of({model::SystemId(text("system")), text("key")}).value_or(person);
    auto expunged = hub.expunge(person, text("order"));
    return expunged ? Answer{200, expunged_json(*expunged)} : failed(expunged.error());
  }
  if (at.size() == 2 && at[0] == "people" &&
      (at[1] == "merge" || at[1] == "split" || at[1] == "unmerge")) {
    auto changed = change_persons(hub, at[1], *json);
    return changed ? Answer{200, std::move(*changed)} : failed(changed.error());
  }
  if (at.size() == 2 && at[0] == "people" && at[1] == "review")
    return done(hub.answer_review({model::SystemId(text("system")), text("key")},
                                  model::PersonId(text("person"))));
  return {404, "{}"};
}

}  // namespace

Answer answer(pipeline::Hub& hub,
              Apply& apply,
              const std::string& method,
              const std::string& path,
              const std::string& body) {
  const std::vector<std::string> at = parts_of(path);
  if (at.empty()) return {404, "{}"};
  if (method == "GET") return get(hub, at);
  if (method == "POST") return post(hub, apply, at, body);
  return {405, "{}"};
}

}  // namespace concord::api
