#include "tests/bench/compare.hpp"

#include <algorithm>
#include <cstdio>

namespace concord::bench {
namespace {

struct Spread {
  double least = 0, median = 0, most = 0;
};

Spread spread(const std::vector<Report>& reports, double (*figure)(const Report&)) {
  std::vector<double> values;
  for (const Report& report : reports) values.push_back(figure(report));
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {values.front(), median, values.back()};
}

struct Figure {
  const char* name;
  const char* member;
  double (*of)(const Report&);
};
constexpr Figure kFigures[] = {
    {"records/s", "records_per_second", [](const Report& r) { return r.records_per_second; }},
    {"p50 ms", "p50_ms", [](const Report& r) { return r.all.p50; }},
    {"p99 ms", "p99_ms", [](const Report& r) { return r.all.p99; }},
    {"hub CPU ms a record", "hub_cpu_ms_per_record", [](const Report& r) { return r.hub_cpu_ms; }},
    {"runners' CPU ms a record",
     "runners_cpu_ms_per_record",
     [](const Report& r) { return r.runners_cpu_ms; }},
    {"hub MB in load", "rss_load_mb", [](const Report& r) { return r.rss_load_mb; }},
    {"largest runner MB", "runner_mb", [](const Report& r) { return r.runner_mb; }},
};

std::string to_text(const Spread& s) {
  return number(s.median) + " (" + number(s.least) + " to " + number(s.most) + ")";
}
std::string to_json(const Spread& s) {
  return "[" + number(s.least) + "," + number(s.median) + "," + number(s.most) + "]";
}

}  // namespace

int compare_isolation(const Folders& folders, const Plan& plan, int pairs, bool json) {
  std::vector<Report> inside, isolated;
  for (int pair = 0; pair < pairs; ++pair) {
    // Who goes first changes, so that neither has the warmer machine.
    for (const bool in_runners : {pair % 2 == 0, pair % 2 != 0}) {
      Folders mine = folders;
      mine.runs = in_runners ? "isolated" : "in_process";
      mine.run = folders.run / (mine.runs + std::to_string(pair));
      std::filesystem::create_directories(mine.run);
      Report report;
      if (!measure(mine, plan, report)) return 70;
      for (const std::string& fault : report.faults)
        std::fprintf(stderr, "%s: NOT %s\n", mine.runs.c_str(), fault.c_str());
      if (!report.faults.empty()) return 1;
      (in_runners ? isolated : inside).push_back(report);
      std::filesystem::remove_all(mine.run);
    }
  }
  std::string text = json ? "{\"pairs\":" + std::to_string(pairs) : "";
  if (!json)
    std::printf(
        "%d pairs of %s s; median (least to most), %s records/s for p50 and p99\n%-26s %-28s %s\n",
        pairs,
        number(plan.flood).c_str(),
        number(isolated[0].paced_per_second).c_str(),
        "",
        "in the hub",
        "in runners");
  for (const Figure& figure : kFigures) {
    const Spread here = spread(inside, figure.of);
    const Spread there = spread(isolated, figure.of);
    if (json)
      text += std::string(",\"") + figure.member + "\":{\"in_process\":" + to_json(here) +
              ",\"isolated\":" + to_json(there) + "}";
    else
      std::printf("%-26s %-28s %s\n", figure.name, to_text(here).c_str(), to_text(there).c_str());
  }
  const double throughput = spread(isolated, kFigures[0].of).median /
                            std::max(1.0, spread(inside, kFigures[0].of).median);
  const double later =
      spread(isolated, kFigures[2].of).median - spread(inside, kFigures[2].of).median;
  if (json)
    std::printf("%s,\"throughput_ratio\":%s,\"p99_more_ms\":%s}\n",
                text.c_str(),
                number(throughput).c_str(),
                number(later).c_str());
  else
    std::printf("isolation costs %s %% of the throughput and %s ms of p99\n",
                number((1 - throughput) * 100).c_str(),
                number(later).c_str());
  return 0;
}

}  // namespace concord::bench
