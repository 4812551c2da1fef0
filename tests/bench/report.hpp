// What a run of the bench found, and how it is told.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace concord::bench {

struct Percentiles {
  double p50 = 0, p99 = 0, most = 0;
};
Percentiles percentiles(const std::vector<double>& sorted);

struct Report {
  double seconds = 0;  // of the flood, without its beginning
  double records_per_second = 0;
  double hub_cpu_ms = 0, runners_cpu_ms = 0, driver_cpu_ms = 0;  // a record
  double commits = 0;                                            // a record
  double written_kb = 0;        // a record, to the disk, by the hub
  double paced_per_second = 0;  // the load of the second part
  Percentiles all;
  std::map<std::string, Percentiles> by_source;
  double paced_cpu_ms = 0, paced_commits = 0;  // a record, in the second part
  double ready_ms = 0, ready_full_ms = 0;      // with an empty store; with what the run left
  double rss_idle_mb = 0, rss_load_mb = 0;     // idle: started on what the run left, at rest
  double runner_mb = 0;                        // the largest, in load; 0: there are none
  double limit_commits = 0, limit_json = 0;    // records a second
  double bytes_a_record = 0;                   // of the store: tables and indices
  int64_t records = 0, delivered = 0, repeats = 0;
  int threads = 0;
  std::vector<std::string> faults;  // what must not be; empty: the run counts

  [[nodiscard]] double limit() const {
    return limit_commits < limit_json ? limit_commits : limit_json;
  }
};

std::string number(double value);  // rounded to what can be told from noise
std::string to_json(const Report& report);
std::string to_text(const Report& report);

}  // namespace concord::bench
