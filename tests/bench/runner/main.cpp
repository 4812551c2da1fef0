// What isolation costs: four systems with a trivial connector, in this process and in runners, and
// how large and how quick to start a runner is. Prints one JSON object.
//
//   runner_bench [SECONDS]     of each measurement; left out: 3
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <concord/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "hub/runtime/connector.hpp"
#include "tests/bench/runner/channels.hpp"

namespace concord::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Connectors = std::vector<std::unique_ptr<runtime::Connector>>;

constexpr int kSystems = 4;
constexpr unsigned kReadBatch = 500, kWriteBatch = 50;

runtime::Manifest manifest() {
  auto read = runtime::read_manifest(std::string(CONCORD_BUILD_DIR) +
                                     "/tests/connectors/idle/idle.connector.json");
  if (!read) std::abort();
  return *read;
}

std::unique_ptr<runtime::Connector> load(bool isolated, int number) {
  const model::SystemId system("idle" + std::to_string(number));
  runtime::RunnerSettings settings;
  settings.binary = std::string(CONCORD_BUILD_DIR) + "/bin/concord-runner";
  auto loaded = isolated ? runtime::load_isolated(manifest(), system, "{}", {}, {}, settings)
                         : runtime::load_in_process(manifest(), system, "{}", {});
  if (!loaded) {
    std::fprintf(stderr, "%s\n", to_text(loaded.error()).c_str());
    std::abort();
  }
  (void)(*loaded)->begun();
  return std::move(*loaded);
}

struct Figures {
  double per_second = 0;
  double p50_us = 0, p99_us = 0;  // of one call
  double cpu_us = 0;              // of one record, in the hub and its runners together
};

// What this process and the runners have used of the processors; says the same however busy the
// machine is with other things.
double cpu_us(const Connectors& connectors) {
  const auto of = [](clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
  };
  double sum = of(CLOCK_PROCESS_CPUTIME_ID);
  for (const auto& connector : connectors)
    if (const auto isolation = connector->isolation()) {
      clockid_t clock{};
      if (::clock_getcpuclockid(isolation->pid, &clock) == 0) sum += of(clock);
    }
  return sum;
}

// All systems at once, each by a thread of its own, as a hub works.
Figures measure(Connectors& connectors,
                std::chrono::seconds time,
                const std::function<size_t(runtime::Connector&)>& call) {
  std::atomic<size_t> records{0};
  std::vector<std::vector<double>> times(connectors.size());
  std::vector<std::thread> threads;
  const auto ends = Clock::now() + time;
  const double before = cpu_us(connectors);
  for (size_t i = 0; i < connectors.size(); ++i)
    threads.emplace_back([&, i] {
      for (auto began = Clock::now(); began < ends;) {
        records += call(*connectors[i]);
        const auto now = Clock::now();
        times[i].push_back(std::chrono::duration<double, std::micro>(now - began).count());
        began = now;
      }
    });
  for (std::thread& thread : threads) thread.join();
  const double used = cpu_us(connectors) - before;
  std::vector<double> all;
  for (const auto& some : times) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  return {static_cast<double>(records) / static_cast<double>(time.count()),
          all[all.size() / 2],
          all[all.size() * 99 / 100],
          used / static_cast<double>(records)};
}

size_t read(runtime::Connector& connector) {
  auto batch = connector.read("syn", "", {kReadBatch, 1u << 20});
  return batch ? batch->records.size() : 0;
}

std::function<size_t(runtime::Connector&)> writes(size_t count) {
  std::vector<runtime::WriteItem> items;
  for (size_t i = 0; i < count; ++i)
    items.push_back({false, "i" + std::to_string(i), "note", "k", "s", std::string(1000, 'x'), 1});
  return [items](runtime::Connector& connector) {
    auto outcomes = connector.write(items);
    return outcomes ? outcomes->size() : 0;
  };
}

long kilobytes(int pid, const std::string& prefix) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
  long sum = 0;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(prefix))
      sum += std::strtol(line.c_str() + line.find(':') + 1, nullptr, 10);
  return sum;
}

void put(sdk::JsonWriter& out, const char* name, const Figures& figures) {
  out.key(name)
      .object()
      .field("records_per_second", static_cast<int64_t>(figures.per_second))
      .field("p50_us", static_cast<int64_t>(figures.p50_us))
      .field("p99_us", static_cast<int64_t>(figures.p99_us))
      .field("cpu_us_per_record", figures.cpu_us)
      .end();
}

void measure_place(sdk::JsonWriter& out, bool isolated, std::chrono::seconds time) {
  const auto began = Clock::now();
  Connectors connectors;
  for (int i = 0; i < kSystems; ++i) connectors.push_back(load(isolated, i));
  const std::chrono::duration<double, std::milli> started = Clock::now() - began;
  out.key(isolated ? "isolated" : "in_process").object();
  out.field("start_ms_each", started.count() / kSystems);
  put(out, "read_500", measure(connectors, time, read));
  put(out, "write_50", measure(connectors, time, writes(kWriteBatch)));
  Connectors one;
  one.push_back(load(isolated, kSystems));
  put(out, "write_1_alone", measure(one, time, writes(1)));
  if (isolated) {
    const int pid = one[0]->isolation()->pid;
    out.field("rss_kb", static_cast<int64_t>(kilobytes(pid, "Rss:")));
    out.field("pss_kb", static_cast<int64_t>(kilobytes(pid, "Pss:")));
    out.field("private_kb", static_cast<int64_t>(kilobytes(pid, "Private_")));
  }
  out.end();
}

}  // namespace
}  // namespace concord::bench

int main(int argc, char** argv) {
  using namespace concord;
  const std::chrono::seconds time(argc > 1 ? std::max(1, std::atoi(argv[1])) : 3);
  sdk::JsonWriter out;
  out.object().key("channels").array();
  for (const bench::Channel& channel : bench::measure_channels())
    out.object()
        .field("name", channel.name)
        .field("half_a_megabyte_us", channel.large_us)
        .field("a_kilobyte_us", channel.small_us)
        .end();
  out.end_array();
  for (const bool isolated : {false, true}) bench::measure_place(out, isolated, time);
  out.end();
  std::printf("%s\n", out.text().c_str());
  return 0;
}
