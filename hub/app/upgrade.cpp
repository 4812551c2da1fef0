// concord connector upgrade: another version becomes current, is tried in the running hub, and
// stays only if each system's first check and first runs go well.
#include <concord/json.hpp>
#include <cstdio>
#include <optional>
#include <thread>

#include "hub/app/apply.hpp"
#include "hub/app/coalition.hpp"
#include "hub/app/installed.hpp"
#include "hub/app/installing.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/runtime/trust.hpp"
#include "hub/runtime/versions.hpp"

namespace concord::app {
namespace {

struct Step {
  std::string root, id, from, to;
  std::vector<model::SystemId> systems;  // those that run the current version
};

base::Error no_step(std::string cause, std::string next) {
  return base::config_error("UPGRADE_NONE", "connector upgrade", std::move(cause), std::move(next));
}

// From which version to which, for which systems; refused where the new one may not run.
base::Result<Step, base::Errors> plan(const model::Coalition& coalition,
                                      const std::string& id,
                                      const std::string& to) {
  auto root = install_folder(coalition);
  if (!root) return base::Errors{root.error()};
  auto all = installed(coalition);
  if (!all) return all.error();
  const runtime::Manifest* newest = nullptr;
  for (const runtime::Manifest& one : *all)
    if (one.id == id && one.root == *root) newest = &one;
  if (newest == nullptr)
    return base::Errors{no_step("no version of " + id + " is installed in " + *root,
                                "concord connector install FOLDER")};
  auto target = runtime::choose(*all, id + "@" + (to.empty() ? newest->version : to));
  if (!target) return base::Errors{target.error()};
  if (auto good = runtime::check_manifest(**target); !good) return base::Errors{good.error()};
  if (auto vouched = runtime::voucher(**target, coalition.trust); !vouched)
    return base::Errors{vouched.error()};
  Step step{*root, id, {}, (*target)->version, {}};
  auto now = runtime::choose(*all, id);
  if (now && (*now)->root != *root)
    return base::Errors{
        no_step("systems run the " + id + " in " + (*now)->root + ", for that folder comes first",
                "in concord.yaml name " + *root + " before it under connectors")};
  if (now) step.from = (*now)->version;
  if (step.from == step.to)
    return base::Errors{no_step(id + " " + step.to + " is current already",
                                "see concord connector list; say another: --to VERSION")};
  for (const model::System& system : coalition.systems)
    if (system.connector == id) step.systems.push_back(system.id);
  return step;
}

// Other changes of the directory would come into force with it, and be undone by nobody.
base::Status nothing_else_waits(const model::Coalition& coalition) {
  auto difference = ask_to_apply(coalition, {.dry_run = true});
  if (!difference) return std::move(difference).error();
  if (base::Errors faults = faults_of(*difference); !faults.empty()) return faults.front();
  if (!(*difference)["changes"].GetArray().Empty())
    return base::config_error(
        "CHANGES_WAIT",
        coalition.folder,
        "the folder differs from what the hub runs in more than this connector",
        "concord apply, then upgrade");
  return base::Done{};
}

base::Status apply_now(const model::Coalition& coalition) {
  auto applied = ask_to_apply(coalition, {});
  if (!applied) return std::move(applied).error();
  if (base::Errors faults = faults_of(*applied); !faults.empty()) return faults.front();
  return base::Done{};
}

// Each system's first check, then the first run of each of its jobs.
base::Status try_out(const model::Coalition& coalition, const Step& step) {
  for (const model::SystemId& id : step.systems) {
    std::fprintf(stderr, "%s: check\n", id.value.c_str());
    auto checked = ask_hub(coalition.data_folder, "POST", "systems/" + id.value + "/check", "{}");
    if (!checked) return std::move(checked).error();
    for (const model::Job& job : coalition.jobs) {
      if (job.system != id) continue;
      std::fprintf(stderr, "%s: run of %s\n", id.value.c_str(), job.id.value.c_str());
      auto run = run_and_wait(coalition, job.id.value, {});
      if (!run) return std::move(run).error();
      if (const base::JsonValue* fault = base::member(*run, "fault")) return error_of(*fault);
    }
  }
  return base::Done{};
}

int tell_upgraded(const Step& step, bool running, bool json) {
  if (json) {
    sdk::JsonWriter out;
    out.object().field("id", step.id).field("from", step.from).field("to", step.to);
    out.field("upgraded", true).field("tried", running).end();
    std::printf("%s\n", out.text().c_str());
    return EX_OK;
  }
  std::printf("upgraded %s: %s → %s, %s\n",
              step.id.c_str(),
              step.from.empty() ? "nothing" : step.from.c_str(),
              step.to.c_str(),
              !running               ? "no hub runs: it starts with it, untried"
              : step.systems.empty() ? "which no system runs"
                                     : "tried and in force");
  return EX_OK;
}

// The fault stays first: why it was undone.
int put_back(const model::Coalition& coalition, const Step& step, base::Error why, bool json) {
  base::Status back = make_current(step.root, step.id, step.from);
  if (back) back = apply_now(coalition);
  if (json) {
    std::printf(
        "{\"id\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"upgraded\":false,\"put_back\":%s,"
        "\"faults\":%s}\n",
        step.id.c_str(),
        step.from.c_str(),
        step.to.c_str(),
        back ? "true" : "false",
        errors_json(back ? base::Errors{why} : base::Errors{why, back.error()}).c_str());
    return exit_code_of(why);
  }
  const int code = tell(why);
  if (!back) {
    std::fprintf(stderr, "%s %s could not be put back:\n", step.id.c_str(), step.from.c_str());
    (void)tell(back.error());
  } else {
    std::fprintf(stderr,
                 "%s %s failed; %s runs again, at its checkpoints\n",
                 step.id.c_str(),
                 step.to.c_str(),
                 step.from.c_str());
  }
  return code;
}

}  // namespace

int upgrade_connector(const std::string& folder,
                      const std::string& id,
                      const std::string& to,
                      bool json) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  auto step = plan(*coalition, id, to);
  if (!step) return tell(step.error());
  const bool running = hub_runs(coalition->data_folder);
  if (running)
    if (auto alone = nothing_else_waits(*coalition); !alone) return tell(alone.error());
  if (auto made = make_current(step->root, step->id, step->to); !made) return tell(made.error());
  if (!running) return tell_upgraded(*step, running, json);
  base::Status good = apply_now(*coalition);
  if (good) good = try_out(*coalition, *step);
  if (good) return tell_upgraded(*step, running, json);
  return put_back(*coalition, *step, std::move(good).error(), json);
}

}  // namespace concord::app
