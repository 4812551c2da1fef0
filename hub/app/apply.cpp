// concord apply: shows what the changed directory would change in the running hub, and has it taken
// over.
#include "hub/app/apply.hpp"

#include <unistd.h>

#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>
#include <utility>
#include <vector>

#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"

namespace concord::app {
namespace {

constexpr std::chrono::seconds kPatience{600};  // systems that are stopped finish what is in hand
constexpr size_t kShownOfAKind = 12;
constexpr size_t kShownOfOne = 12;

std::string text(const base::JsonValue& of, const char* name) {
  return std::string(base::text_of(of, name));
}

void print_change(const base::JsonValue& change) {
  std::printf("  %-7s %s %s\n",
              text(change, "how").c_str(),
              text(change, "kind").c_str(),
              text(change, "name").c_str());
  const auto details = change["details"].GetArray();
  for (size_t i = 0; i < details.Size() && i < kShownOfOne; ++i)
    std::printf("            %s\n", details[static_cast<rapidjson::SizeType>(i)].GetString());
  if (details.Size() > kShownOfOne)
    std::printf("            %zu more; --json has them all\n", details.Size() - kShownOfOne);
}

// The first line answers, then each change; of a kind that has many, the first.
void print(const base::JsonValue& difference) {
  const auto changes = difference["changes"].GetArray();
  std::printf("%u change%s\n", changes.Size(), changes.Size() == 1 ? "" : "s");
  std::vector<std::pair<std::string, std::vector<const base::JsonValue*>>> kinds;
  for (const auto& change : changes) {
    const std::string kind = text(change, "how") + " " + text(change, "kind");
    auto at =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == kind; });
    if (at == kinds.end()) at = kinds.insert(kinds.end(), {kind, {}});
    at->second.push_back(&change);
  }
  for (const auto& [kind, some] : kinds) {
    const size_t shown = std::min(some.size(), kShownOfAKind);
    for (size_t i = 0; i < shown; ++i) print_change(*some[i]);
    if (some.size() > shown)
      std::printf("  %s: %zu more; --json has them all\n", kind.c_str(), some.size() - shown);
  }
  for (const auto& note : difference["notes"].GetArray())
    std::printf("  note: %s\n", note.GetString());
}

int refuse(const base::JsonValue& answer, const std::string& folder, bool json) {
  const base::Errors faults = faults_of(answer);
  if (json) {
    std::printf("%s\n", base::write_json(answer).c_str());
  } else {
    std::printf("%zu fault%s in %s; nothing was changed\n",
                faults.size(),
                faults.size() == 1 ? "" : "s",
                folder.c_str());
    for (const base::Error& fault : faults)
      std::printf("  %s: %s\n", fault.code.c_str(), shown(fault).c_str());
  }
  return faults.empty() ? EX_SOFTWARE : exit_code_of(faults.front());
}

bool confirmed() {
  std::fputs("apply this? [y/N] ", stderr);
  std::string line;
  return std::getline(std::cin, line) && (line == "y" || line == "Y" || line == "yes");
}

// After it is in force: what to look at, what to do.
int tell_applied(const base::JsonValue& answer, bool json) {
  const auto to_look_at = answer["to_look_at"].GetArray();
  if (json) {
    std::printf("%s\n", base::write_json(answer).c_str());
  } else {
    std::printf("applied\n");
    for (const auto& one : to_look_at)
      std::printf("  %s: %s\n", text(one, "code").c_str(), shown(error_of(one)).c_str());
    bool meaning = false;
    for (const auto& change : answer["changes"].GetArray())
      meaning |= text(change, "kind").ends_with("table");
    std::printf("next: %s\n",
                meaning ? "concord record again, for what was rejected or parked before"
                        : "concord status");
  }
  return to_look_at.Empty() ? EX_OK : exit_code_of(error_of(to_look_at[0]));
}

// The data folder is where a hub is looked for.
base::Error with_hint(base::Error error) {
  if (error.code == "HUB_NOT_RUNNING")
    error.next += "; if \"data\" was changed in concord.yaml, put it back: that takes a restart";
  return error;
}

int cannot_ask() {
  std::fputs(
      "concord apply: it asks on a terminal, and not with --json.  Next: look with --dry-run, then "
      "give --yes.\n",
      stderr);
  return EX_USAGE;
}

int refuse_folder(const base::Errors& errors, bool json) {
  if (!json) return tell(errors);
  std::printf("{\"good\":false,\"applied\":false,\"faults\":%s}\n", errors_json(errors).c_str());
  return EX_CONFIG;
}

}  // namespace

base::Errors faults_of(const base::JsonValue& answer) {
  base::Errors faults;
  for (const auto& fault : answer["faults"].GetArray()) faults.push_back(error_of(fault));
  return faults;
}

base::Result<base::Json> ask_to_apply(const model::Coalition& coalition, const AskToApply& how) {
  sdk::JsonWriter body;
  body.object().field("dry_run", how.dry_run);
  if (how.proposal.empty())
    body.field("folder", coalition.folder);
  else
    body.field("proposal", how.proposal);
  body.end();
  auto answer = ask_hub(coalition.data_folder, "POST", "apply", body.text(), kPatience);
  if (!answer) return std::move(answer).error();
  return base::read_json(*answer, "answer");
}

int apply_coalition(const std::string& folder, const Applying& how) {
  auto coalition = load_head(folder);
  if (!coalition) return refuse_folder(coalition.error(), how.json);
  const bool must_ask = !how.dry_run && !how.yes;
  if (must_ask && (how.json || isatty(STDIN_FILENO) == 0)) return cannot_ask();

  auto difference = ask_to_apply(*coalition, {.dry_run = true});
  if (!difference) return tell(with_hint(difference.error()));
  if (!(*difference)["good"].IsTrue()) return refuse(*difference, coalition->folder, how.json);
  const bool nothing = (*difference)["changes"].GetArray().Empty();
  if (!how.json) print(*difference);
  if (nothing || how.dry_run) {
    if (how.json) std::printf("%s\n", base::write_json(*difference).c_str());
    if (!how.json) std::printf("%s\n", nothing ? "next: nothing to apply" : "next: concord apply");
    return EX_OK;
  }
  if (must_ask && !confirmed()) {
    std::fputs("nothing was changed\n", stderr);
    return 1;
  }

  auto applied = ask_to_apply(*coalition, {.proposal = text(*difference, "proposal")});
  if (!applied) return tell(applied.error());
  if (!(*applied)["good"].IsTrue()) return refuse(*applied, coalition->folder, how.json);
  return tell_applied(*applied, how.json);
}

}  // namespace concord::app
