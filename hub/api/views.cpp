#include "hub/api/views.hpp"

#include <algorithm>
#include <concord/json.hpp>

#include "hub/api/json_parts.hpp"

namespace concord::api {
namespace {

using sdk::JsonWriter;

void error(JsonWriter& out, const base::Error& e) {
  out.object()
      .field("class", base::name_of(e.error_class))
      .field("code", e.code)
      .field("place", e.place);
  out.field("cause", e.cause).field("next", e.next).end();
}

void members(JsonWriter& out, const model::Delivery& d) {
  out.object()
      .field("id", d.id)
      .field("record", d.record)
      .field("flow", d.flow.value)
      .field("to", d.to.value);
  out.field("person", d.person.value).field("entity", d.entity.value).field("version", d.version);
  out.field("outcome", model::name_of(d.outcome)).field("attempts", d.attempts);
  if (!d.reason.empty()) out.field("reason", d.reason);
  if (!d.detail.empty()) out.field("detail", d.detail);
  if (d.owner != model::Owner::nobody) out.field("move", model::name_of(d.owner));
  out.field("created_at", base::to_text(d.created_at));
  time(out, "due_at", d.due_at);
  time(out, "ended_at", d.ended_at);
  if (d.recall != model::Recall::none) out.field("recall", model::name_of(d.recall));
  time(out, "attested_at", d.attested_at);
}

void delivery(JsonWriter& out, const model::Delivery& d) {
  members(out, d);
  out.end();
}

void isolation(JsonWriter& out, const std::optional<runtime::Isolation>& given) {
  if (!given) {
    out.field("runs", "in_process");
    return;
  }
  const runtime::Isolation& i = *given;
  out.field("runs", "isolated").key("runner").object();
  out.field("state", i.state).field("pid", static_cast<int64_t>(i.pid));
  out.field("restarts", i.restarts).key("means").array();
  for (const runtime::Means& means : i.means)
    out.object()
        .field("part", means.part)
        .field("in_force", means.in_force)
        .field("brief", means.brief)
        .field("by", means.by)
        .end();
  out.end_array().key("refused").array();
  for (const runtime::Attempt& attempt : i.attempts)
    out.object()
        .field("what", attempt.what)
        .field("count", attempt.count)
        .field("last", base::to_text(attempt.last))
        .end();
  out.end_array();
  if (i.last_end) {
    out.key("last_end");
    error(out, *i.last_end);
    time(out, "last_end_at", i.last_end_at);
  }
  out.end();
}

}  // namespace

std::string ledger_json(const store::Ledger& ledger) {
  JsonWriter out;
  out.object()
      .field("balanced", ledger.balanced())
      .field("read", ledger.read)
      .field("known_already", ledger.duplicates);
  out.field("records", ledger.records).key("by_state").object();
  for (const auto& [state, count] : ledger.by_state) out.field(store::name_of(state), count);
  out.end().field("owed", ledger.owed).key("deliveries").object();
  for (const auto& [outcome, count] : ledger.by_outcome) out.field(model::name_of(outcome), count);
  out.end().key("lines").array();
  for (const store::LedgerLine& line : ledger.lines) {
    out.object()
        .field("outcome", model::name_of(line.outcome))
        .field("system", line.system)
        .field("reason", line.reason);
    out.field("detail", line.detail)
        .field("move", model::name_of(line.owner))
        .field("count", line.count);
    time(out, "since", line.since);
    out.end();
  }
  out.end_array();
  texts(out, "faults", ledger.faults);
  out.end();
  return out.text();
}

std::string delivery_json(const model::Delivery& d, const std::vector<std::string>& went_along) {
  JsonWriter out;
  members(out, d);
  if (!went_along.empty()) {
    out.key("went_along").array();
    for (const std::string& code : went_along) out.value(code);
    out.end_array();
  }
  out.end();
  return out.text();
}

std::string deliveries_json(const std::vector<model::Delivery>& deliveries) {
  JsonWriter out;
  out.object().key("deliveries").array();
  for (const model::Delivery& d : deliveries) delivery(out, d);
  out.end_array().end();
  return out.text();
}

std::string status_json(const std::vector<pipeline::SystemStatus>& systems,
                        const std::vector<store::RunRow>& runs,
                        const std::vector<model::Delivery>& open_recalls,
                        const std::vector<model::MandateClock>& mandates,
                        const std::optional<pipeline::HeadKeeper::Behind>& audit,
                        size_t people) {
  JsonWriter out;
  out.object().field("people", static_cast<uint64_t>(people));
  if (audit) {
    out.key("audit_behind");
    error(out, audit->error);
    out.field("audit_behind_since", base::to_text(audit->since));
  }
  const auto late = std::count_if(open_recalls.begin(), open_recalls.end(), [](const auto& recall) {
    return model::recall_due(recall) < base::now();
  });
  out.key("recalls").object().field("open", static_cast<uint64_t>(open_recalls.size()));
  out.field("late", static_cast<int64_t>(late)).end();
  const base::Instant now = base::now();
  out.key("mandates").array();
  for (const model::MandateClock& clock : mandates) {
    if (clock.state != model::MandateState::running) continue;
    out.object().field("id", clock.id).field("mandate", clock.mandate);
    out.field("due_at", base::to_text(clock.due_at)).field("late", model::is_late(clock, now));
    out.field("move", model::to_text(model::whose_move(clock))).end();
  }
  out.end_array().key("systems").array();
  for (const pipeline::SystemStatus& s : systems) {
    out.object()
        .field("system", s.id.value)
        .field("connector", s.connector)
        .field("running", s.running);
    out.field("waiting", static_cast<uint64_t>(s.waiting))
        .field("parked_lanes", static_cast<uint64_t>(s.parked_lanes));
    if (s.fault) {
      out.key("fault");
      error(out, *s.fault);
      time(out, "since", s.fault_since);
    }
    isolation(out, s.isolation);
    out.end();
  }
  out.end_array().key("jobs").array();
  for (const store::RunRow& run : runs) {
    out.object().field("job", run.job).field("records", run.records);
    time(out, "started_at", run.started_at);
    time(out, "ended_at", run.ended_at);
    if (!run.error.empty()) out.field("error", run.error).field("detail", run.detail);
    out.end();
  }
  out.end_array().end();
  return out.text();
}

std::string job_runs_json(const std::string& job, const pipeline::Source::Runs& runs) {
  JsonWriter out;
  out.object().field("job", job).field("started", runs.started).field("ended", runs.ended);
  out.field("records", runs.records);
  if (runs.fault) {
    out.key("fault");
    error(out, *runs.fault);
  }
  out.end();
  return out.text();
}

std::string expunged_json(const pipeline::Hub::Expunged& done) {
  JsonWriter out;
  out.object().field("entry", done.was.entry).field("records", done.was.records);
  out.field("documents", done.was.documents).field("withdrawn", done.was.withdrawn);
  out.field("evidence", done.was.evidence).field("in_files", static_cast<uint64_t>(done.in_files));
  out.field("receipt",
            base::hex({reinterpret_cast<const char*>(done.receipt.data()), done.receipt.size()}));
  out.key("delivered").object();
  for (const auto& [system, count] : done.was.delivered) out.field(system, count);
  out.end();
  if (done.unfinished) {
    out.key("unfinished");
    error(out, *done.unfinished);
  }
  out.end();
  return out.text();
}

std::string taken_up_json(const pipeline::Hub::TakenUp& taken) {
  JsonWriter out;
  out.object().field("records", taken.records).field("last", taken.last);
  out.field("left", taken.left).end();
  return out.text();
}

std::string difference_json(const pipeline::Difference& difference,
                            const std::string& proposal,
                            bool applied,
                            const base::Errors& to_look_at) {
  JsonWriter out;
  out.object().field("good", difference.faults.empty()).field("applied", applied);
  if (!proposal.empty()) out.field("proposal", proposal);
  out.key("faults").array();
  for (const base::Error& fault : difference.faults) error(out, fault);
  out.end_array().key("changes").array();
  for (const pipeline::Change& change : difference.changes) {
    out.object().field("kind", change.kind).field("name", change.name);
    out.field("how", pipeline::name_of(change.how));
    texts(out, "details", change.details);
    out.end();
  }
  out.end_array();
  texts(out, "notes", difference.notes);
  out.key("to_look_at").array();
  for (const base::Error& one : to_look_at) error(out, one);
  out.end_array().end();
  return out.text();
}

std::string error_json(const base::Error& e) {
  JsonWriter out;
  out.object().key("error");
  error(out, e);
  out.end();
  return out.text();
}

}  // namespace concord::api
