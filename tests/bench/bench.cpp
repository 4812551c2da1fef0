#include "tests/bench/bench.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "tests/bench/limits.hpp"

namespace concord::bench {
namespace {

using std::chrono::milliseconds;

double own_cpu_ms() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1000 + static_cast<double>(t.tv_usec) / 1000;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

bool wait(double seconds, const std::function<bool()>& until) {
  const auto ends = Clock::now() + std::chrono::duration<double>(seconds);
  while (!until()) {
    if (Clock::now() > ends) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

// What has been used up to now, to take the difference of two.
struct Mark {
  Clock::time_point at = Clock::now();
  double hub_cpu, runners_cpu = 0, own_cpu, commits, written;
  int64_t delivered;
  Mark(Hub& hub, const Traffic& traffic)
      : hub_cpu(hub.usage().cpu_ms),
        own_cpu(own_cpu_ms()),
        commits(hub.metric("concord_store_commits_total")),
        written(hub.usage().written_mb),
        delivered(traffic.delivered()) {
    for (const Usage& runner : hub.runners()) runners_cpu += runner.cpu_ms;
  }
};

class Bench {
 public:
  Bench(Folders folders, const Plan& plan)
      : folders_(std::move(folders)),
        plan_(plan),
        words_(plan.children),
        traffic_(plan.window),
        wires_{free_port(), free_port(), free_port(), free_port()},
        welfare_(traffic_, words_, wires_),
        court_(traffic_, words_, wires_),
        hospital_(traffic_, words_, wires_, plan.connections),
        probation_(traffic_, words_, folders_.run / "probation.db"),
        hub_(folders_, wires_) {}

  // False: something did not start.
  bool run() {
    if (!open()) return false;
    flood();
    pace();
    traffic_.end();
    check();
    if (hub_.stop() != 0) fault("the hub drained and ended in order");
    welfare_.stop();
    court_.stop();
    hospital_.stop();
    probation_.stop();
    if (welfare_.failures() + court_.failures() + hospital_.failures() + probation_.failures() > 0)
      fault("every record that was offered was accepted by the hub");
    return again() && limits();
  }
  [[nodiscard]] const Report& report() const { return report_; }

 private:
  void fault(const std::string& what) { report_.faults.push_back(what); }

  bool open() {
    if (!welfare_.start() || !court_.start() || !hospital_.start() || !probation_.start() ||
        !write_coalition(
            folders_, wires_, words_, welfare_.port(), court_.port(), hospital_.port()))
      return false;
    const auto ready = hub_.start();
    if (!ready) return false;
    report_.ready_ms = *ready;
    // Everybody is made known first, so that each record that follows finds its child.
    if (!hospital_.admit_all()) return false;
    const auto children = static_cast<double>(words_.children().size());
    const bool known = wait(60, [&] {
      for (const Flow flow : kFlows)
        if (hub_.metric("concord_records_read_total", std::string(name_of(flow))) < children)
          return false;
      return true;
    });
    if (!known || hub_.metric("concord_records_parked_total") > 0 ||
        hub_.metric("concord_records_rejected_total") > 0) {
      std::fprintf(stderr, "bench: the hub does not know every child\n");
      return false;
    }
    welfare_.announce();
    court_.announce();
    hospital_.send();
    probation_.work();
    return true;
  }

  void flood() {
    traffic_.flood();
    std::this_thread::sleep_for(std::chrono::duration<double>(plan_.beginning));
    const Mark from(hub_, traffic_);
    const auto ends = from.at + std::chrono::duration<double>(plan_.flood);
    while (Clock::now() < ends && hub_.runs()) {
      std::this_thread::sleep_for(milliseconds(100));
      const Usage usage = hub_.usage();
      report_.rss_load_mb = std::max(report_.rss_load_mb, usage.rss_mb);
      report_.threads = std::max(report_.threads, usage.threads);
    }
    for (const Usage& runner : hub_.runners())
      report_.runner_mb = std::max(report_.runner_mb, runner.rss_mb);
    const Mark to(hub_, traffic_);
    traffic_.close();
    const auto records = static_cast<double>(std::max<int64_t>(1, to.delivered - from.delivered));
    report_.seconds = std::chrono::duration<double>(to.at - from.at).count();
    report_.records_per_second = records / report_.seconds;
    report_.hub_cpu_ms = (to.hub_cpu - from.hub_cpu) / records;
    report_.runners_cpu_ms = (to.runners_cpu - from.runners_cpu) / records;
    report_.driver_cpu_ms = (to.own_cpu - from.own_cpu) / records;
    report_.commits = (to.commits - from.commits) / records;
    report_.written_kb = (to.written - from.written) * 1024 / records;
    settle();
  }

  void pace() {
    report_.paced_per_second = plan_.pace > 0 ? plan_.pace : report_.records_per_second / 2;
    const Mark from(hub_, traffic_);
    traffic_.pace(report_.paced_per_second);
    std::this_thread::sleep_for(std::chrono::duration<double>(plan_.paced));
    traffic_.close();
    settle();
    const Mark to(hub_, traffic_);
    const auto records = static_cast<double>(std::max<int64_t>(1, to.delivered - from.delivered));
    report_.paced_cpu_ms = (to.hub_cpu - from.hub_cpu) / records;
    report_.paced_commits = (to.commits - from.commits) / records;
    std::vector<double> all;
    for (const Flow flow : kFlows) {
      const std::vector<double> some = traffic_.latencies(flow);
      report_.by_source[std::string(name_of(flow))] = percentiles(some);
      all.insert(all.end(), some.begin(), some.end());
    }
    std::sort(all.begin(), all.end());
    report_.all = percentiles(all);
  }

  // Everything has arrived, and the hub has heard so.
  void settle() {
    if (wait(30, [&] { return traffic_.all_delivered() && hub_.metric("concord_waiting") == 0; }))
      return;
    for (const Flow flow : kFlows) {
      const Traffic::Count count = traffic_.count(flow);
      if (count.delivered < count.offered)
        fault("all " + std::to_string(count.offered) + " records from " +
              std::string(name_of(flow)) + " are at their destination: " +
              std::to_string(count.offered - count.delivered) + " are not");
    }
  }

  // The agencies' books against the hub's.
  void check() {
    for (const Flow flow : kFlows) {
      const Traffic::Count count = traffic_.count(flow);
      report_.delivered += count.delivered;
      report_.repeats += count.repeats;
      if (count.doubled > 0)
        fault("no record from " + std::string(name_of(flow)) + " came as two deliveries");
      if (count.strangers > 0)
        fault("nothing came that " + std::string(name_of(flow)) + " did not offer");
    }
    const rapidjson::Document ledger = hub_.ledger();
    if (!ledger.IsObject() || !ledger["balanced"].GetBool()) return fault("the ledger balances");
    report_.records = ledger["records"].GetInt64();
    const auto& deliveries = ledger["deliveries"];
    for (const auto& outcome : deliveries.GetObject()) {
      const bool delivered = std::string_view(outcome.name.GetString()) == "delivered";
      if (outcome.value.GetInt64() != (delivered ? report_.delivered : 0))
        fault("the hub counts " + std::to_string(outcome.value.GetInt64()) + " " +
              outcome.name.GetString() + ", its recipients " + std::to_string(report_.delivered) +
              " deliveries");
    }
  }

  bool again() {
    const auto ready = hub_.start();
    if (!ready) return false;
    report_.ready_full_ms = *ready;
    std::this_thread::sleep_for(milliseconds(500));
    report_.rss_idle_mb = hub_.usage().rss_mb;
    hub_.stop();
    return true;
  }

  bool limits() {
    const StoreSize size = size_of_store(folders_);
    report_.bytes_a_record =
        static_cast<double>(size.bytes) / static_cast<double>(std::max<int64_t>(1, size.records));
    const double per_commit = std::max(1.0, 1 / std::max(report_.commits, 0.0001));
    const milliseconds time(static_cast<int64_t>(plan_.limit * 1000));
    std::array<double, 3> rounds{};  // the disk's speed varies more than anything else
    for (double& round : rounds)
      round = committed_per_second(folders_.run,
                                   static_cast<size_t>(report_.bytes_a_record),
                                   static_cast<size_t>(per_commit),
                                   time / 3);
    std::sort(rounds.begin(), rounds.end());
    report_.limit_commits = rounds[1];
    // A record as it came and as it went, of each kind that is JSON: on average one of each.
    const std::string came = words_.placement(0);
    const std::string went = words_.hearing(0);
    report_.limit_json = parsed_and_written_per_second({came, went}, time);
    return true;
  }

  Folders folders_;
  Plan plan_;
  Words words_;
  Traffic traffic_;
  Wires wires_;
  Welfare welfare_;
  Court court_;
  Hospital hospital_;
  Probation probation_;
  Hub hub_;
  Report report_;
};

}  // namespace

bool measure(const Folders& folders, const Plan& plan, Report& report) {
  Bench bench(folders, plan);
  const bool ran = bench.run();
  report = bench.report();
  return ran;
}

}  // namespace concord::bench
