// concord connector new and test: from the template to a connector that keeps the rules.
#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/base/sign.hpp"
#include "hub/kit/new.hpp"
#include "hub/kit/report.hpp"
#include "hub/runtime/trust.hpp"
#include "hub/store/keys.hpp"

namespace concord::app {
namespace {

// Checks and the commands that test.yaml may give them.
int list_checks(bool json) {
  if (json) {
    sdk::JsonWriter out;
    out.array();
    for (const kit::Check& check : kit::all_checks())
      out.object().field("name", check.name).field("title", check.title).end();
    out.end_array();
    std::printf("%s\n", out.text().c_str());
    return EX_OK;
  }
  std::printf("%zu checks\n", kit::all_checks().size());
  for (const kit::Check& check : kit::all_checks())
    std::printf("  %-38s %s\n", check.name.c_str(), check.title.c_str());
  std::printf("commands of test.yaml\n");
  for (const auto& [name, does] : kit::known_commands())
    std::printf("  %-24s %s\n", name.c_str(), does.c_str());
  return EX_OK;
}

// A line each, as it is done.
void print_result(const kit::Result& result) {
  std::fprintf(stderr,
               "%-9s %s%s%s\n",
               std::string(kit::name_of(result.verdict)).c_str(),
               result.name.c_str(),
               result.why.empty() ? "" : ": ",
               result.why.c_str());
}

base::Status write_reports(const KitRun& run,
                           const runtime::Manifest& manifest,
                           const std::vector<kit::Result>& results,
                           uint64_t seed) {
  for (const std::string& file : run.reports) {
    const bool junit = file.ends_with(".xml");
    if (!junit && !file.ends_with(".json"))
      return base::config_error("REPORT_KIND",
                                file,
                                "a report is written as JUnit XML or JSON",
                                "end its name in .xml or .json");
    auto written = base::write_file(file,
                                    junit ? kit::report_junit(manifest, results, seed)
                                          : kit::report_json(manifest, results, seed) + "\n");
    if (!written) return written;
  }
  return base::Done{};
}

// The key that signs this hub's audit signs what it says of connectors too.
base::Result<base::Key> hub_key(const std::string& data) {
  auto keys = store::Keys::open(data, false);
  if (keys && keys->has_audit_secret()) return keys->audit_secret();
  return base::config_error("HUB_KEY_MISSING",
                            data,
                            keys ? "this hub has no key to sign with yet" : keys.error().cause,
                            "start the hub once: concord serve; or name its coalition with -C");
}

int sign_result(const base::Key& key,
                const runtime::Manifest& manifest,
                const kit::Counts& counts) {
  const runtime::TestResult result{static_cast<int64_t>(counts.passed),
                                   static_cast<int64_t>(counts.failed),
                                   static_cast<int64_t>(counts.left_out),
                                   base::to_text(base::now()),
                                   CONCORD_VERSION};
  const std::string path = runtime::tested_path(manifest.path);
  if (auto written = base::write_file(path, runtime::tested_line(manifest, result, key)); !written)
    return tell(written.error());
  std::fprintf(stderr,
               "signed in %s\nnext: where hubs are to demand it, in their concord.yaml:\n"
               "  testers:\n    - {name: NAME OF THIS HUB, key: \"%s\"}\n",
               path.c_str(),
               base::hex(base::public_key_of(key)).c_str());
  return EX_OK;
}

base::Error partly() {
  return base::config_error("SIGN_PARTLY",
                            "connector test --sign",
                            "a part of the checks says little of the whole",
                            "leave --check out, or --sign");
}

}  // namespace

int test_connector(const KitRun& run, const std::vector<std::string>& folders) {
  if (run.list) return list_checks(run.json);
  std::optional<base::Key> signs_with;
  if (run.sign) {
    if (!run.checks.empty()) return tell(partly());
    auto coalition = load_coalition(run.coalition);
    if (!coalition) return tell(coalition.error());
    auto key = hub_key(coalition->data_folder);
    if (!key) return tell(key.error());
    signs_with = *key;
  }
  auto manifest = find_connector(run.what, folders);
  if (!manifest) return tell(manifest.error());
  // Each check runs in a folder of its own.
  manifest->path = std::filesystem::absolute(manifest->path).string();
  auto plan = kit::read_plan(run.config);
  if (!plan) return tell(plan.error());
  kit::Options options;
  options.schemas = run.share + "/sdk/schema";
  options.only = run.checks;
  options.jobs = run.jobs != 0 ? run.jobs : std::max(1u, std::thread::hardware_concurrency());
  options.keep = run.keep;
  options.seed = run.seed;
  if (options.seed == 0) {
    uint32_t fresh = 0;
    base::random_bytes(&fresh, sizeof fresh);
    options.seed = fresh | 1u;
  }
  options.done = print_result;
  std::fprintf(stderr,
               "%s %s, seed=%llu\n",
               manifest->id.c_str(),
               manifest->version.c_str(),
               static_cast<unsigned long long>(options.seed));
  const auto results = kit::run_checks(*manifest, *plan, options);
  if (results.empty())
    return tell(base::config_error("CHECK_UNKNOWN",
                                   "connector test",
                                   "no check has such a name",
                                   "see concord connector test --list"));
  if (auto written = write_reports(run, *manifest, results, options.seed); !written)
    return tell(written.error());
  if (run.json) std::printf("%s\n", kit::report_json(*manifest, results, options.seed).c_str());
  const kit::Counts counts = kit::count(results);
  std::fprintf(run.json ? stderr : stdout,
               "%zu passed, %zu failed, %zu left out\n",
               counts.passed,
               counts.failed,
               counts.left_out);
  if (counts.failed != 0) return 1;
  return signs_with ? sign_result(*signs_with, *manifest, counts) : EX_OK;
}

int new_connector(const std::string& id, const std::string& into, const std::string& share) {
  const std::string folder = into.empty() ? id : into;
  if (auto written = kit::write_project({id, folder, share}); !written)
    return tell(written.error());
  std::printf("made %s\nnext: cmake -S %s -B %s/build && cmake --build %s/build\n",
              folder.c_str(),
              folder.c_str(),
              folder.c_str(),
              folder.c_str());
  return EX_OK;
}

}  // namespace concord::app
