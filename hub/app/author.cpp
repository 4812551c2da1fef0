// concord connector new and test: from the template to a connector that keeps the rules.
#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "hub/app/commands.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/kit/new.hpp"
#include "hub/kit/report.hpp"

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

}  // namespace

int test_connector(const KitRun& run, const std::vector<std::string>& folders) {
  if (run.list) return list_checks(run.json);
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
  return counts.failed == 0 ? EX_OK : 1;
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
