#include "tests/bench/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <concord/json.hpp>
#include <cstdio>

namespace concord::bench {
namespace {

class Members {
 public:
  Members& add(const std::string& name, const std::string& json) {
    text_ += (text_.size() > 1 ? ",\"" : "\"") + name + "\":" + json;
    return *this;
  }
  Members& add(const std::string& name, double value) { return add(name, number(value)); }
  [[nodiscard]] std::string text() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

std::string quoted(const std::string& text) {
  sdk::JsonWriter w;
  w.value(text);
  return w.text();
}

}  // namespace

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value >= 100 ? "%.0f" : "%.3g", value);
  return text.data();
}

Percentiles percentiles(const std::vector<double>& sorted) {
  if (sorted.empty()) return {};
  auto at = [&](double part) {
    const double place = std::ceil(part * static_cast<double>(sorted.size())) - 1;
    return sorted[static_cast<size_t>(std::max(place, 0.0))];
  };
  return {at(0.5), at(0.99), sorted.back()};
}

std::string to_json(const Report& r) {
  Members by_source;
  for (const auto& [name, p] : r.by_source)
    by_source.add(name,
                  Members().add("p50_ms", p.p50).add("p99_ms", p.p99).add("max_ms", p.most).text());
  std::string faults = "[";
  for (const std::string& fault : r.faults)
    faults += (faults.size() > 1 ? "," : "") + quoted(fault);
  return Members()
      .add("records_per_second", r.records_per_second)
      .add("p50_ms", r.all.p50)
      .add("p99_ms", r.all.p99)
      .add("ready_ms", r.ready_ms)
      .add("rss_idle_mb", r.rss_idle_mb)
      .add("rss_load_mb", r.rss_load_mb)
      .add("limit_records_per_second", r.limit())
      .add("ratio_to_limit", r.limit() > 0 ? r.records_per_second / r.limit() : 0)
      .add("seconds", r.seconds)
      .add("hub_cpu_ms_per_record", r.hub_cpu_ms)
      .add("runners_cpu_ms_per_record", r.runners_cpu_ms)
      .add("runner_mb", r.runner_mb)
      .add("driver_cpu_ms_per_record", r.driver_cpu_ms)
      .add("commits_per_record", r.commits)
      .add("disk_kb_per_record", r.written_kb)
      .add("store_bytes_per_record", r.bytes_a_record)
      .add("max_ms", r.all.most)
      .add("paced_records_per_second", r.paced_per_second)
      .add("paced_hub_cpu_ms_per_record", r.paced_cpu_ms)
      .add("paced_commits_per_record", r.paced_commits)
      .add("by_source", by_source.text())
      .add("ready_full_ms", r.ready_full_ms)
      .add("threads", std::to_string(r.threads))
      .add("limit_commits_per_second", r.limit_commits)
      .add("limit_json_per_second", r.limit_json)
      .add("records", std::to_string(r.records))
      .add("delivered", std::to_string(r.delivered))
      .add("repeats", std::to_string(r.repeats))
      .add("faults", faults + "]")
      .text();
}

std::string to_text(const Report& r) {
  std::array<char, 2048> out{};
  std::snprintf(
      out.data(),
      out.size(),
      "%s records/s, from source to acknowledged delivery, counted at the destinations (%.0f s)\n"
      "  each cost the hub %s ms of CPU, %s commits, %s kB written; its runners %s ms; the driver "
      "%s ms\n"
      "  limits here: %s/s for the commits alone, %s/s for the JSON alone: ratio %s\n"
      "at %s records/s, from event to delivery: p50 %s ms, p99 %s ms, longest %s ms\n",
      number(r.records_per_second).c_str(),
      r.seconds,
      number(r.hub_cpu_ms).c_str(),
      number(r.commits).c_str(),
      number(r.written_kb).c_str(),
      number(r.runners_cpu_ms).c_str(),
      number(r.driver_cpu_ms).c_str(),
      number(r.limit_commits).c_str(),
      number(r.limit_json).c_str(),
      number(r.limit() > 0 ? r.records_per_second / r.limit() : 0).c_str(),
      number(r.paced_per_second).c_str(),
      number(r.all.p50).c_str(),
      number(r.all.p99).c_str(),
      number(r.all.most).c_str());
  std::string text = out.data();
  for (const auto& [name, p] : r.by_source)
    text += "  from " + name + ": p50 " + number(p.p50) + ", p99 " + number(p.p99) + " ms\n";
  text += "ready in " + number(r.ready_ms) + " ms; with " + std::to_string(r.records) +
          " records in the store in " + number(r.ready_full_ms) + " ms\n";
  text += "memory: " + number(r.rss_idle_mb) + " MB idle, " + number(r.rss_load_mb) + " MB in load";
  text += r.runner_mb > 0 ? ", the largest runner " + number(r.runner_mb) + " MB\n" : "\n";
  for (const std::string& fault : r.faults) text += "NOT " + fault + "\n";
  if (r.faults.empty())
    text += std::to_string(r.delivered) + " delivered, each once; the ledger balances\n";
  return text;
}

}  // namespace concord::bench
