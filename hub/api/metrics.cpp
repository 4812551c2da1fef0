#include "hub/api/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <map>

namespace concord::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric labelled(const std::string& system) {
  ClientMetric metric;
  metric.label.push_back({"system", system});
  return metric;
}

using Member = std::atomic<uint64_t> pipeline::Counters::*;

MetricFamily count(pipeline::Hub& hub, const char* name, const char* help, Member member) {
  MetricFamily family{name, help, MetricType::Counter, {}};
  for (const auto& [system, station] : hub.stations()) {
    ClientMetric metric = labelled(system.value);
    metric.counter.value = static_cast<double>((station->counters().*member).load());
    family.metric.push_back(std::move(metric));
  }
  return family;
}

MetricFamily durations(pipeline::Hub& hub) {
  MetricFamily family{"concord_read_to_delivered_seconds",
                      "From the hub's reading to the recipient's acknowledgement.",
                      MetricType::Histogram,
                      {}};
  for (const auto& [system, station] : hub.stations()) {
    ClientMetric metric = labelled(system.value);
    const pipeline::Histogram& h = station->counters().read_to_delivered;
    uint64_t total = 0;
    for (size_t i = 0; i < h.buckets.size(); ++i) {
      total += h.buckets[i].load();
      const bool last = i == pipeline::kBoundsMs.size();
      metric.histogram.bucket.push_back(
          {total,
           last ? std::numeric_limits<double>::infinity() : pipeline::kBoundsMs[i] / 1000.0});
    }
    metric.histogram.sample_count = total;
    metric.histogram.sample_sum = static_cast<double>(h.sum_us.load()) / 1e6;
    family.metric.push_back(std::move(metric));
  }
  return family;
}

MetricFamily gauges(pipeline::Hub& hub,
                    const char* name,
                    const char* help,
                    double (*value)(const pipeline::SystemStatus&)) {
  MetricFamily family{name, help, MetricType::Gauge, {}};
  for (const pipeline::SystemStatus& status : hub.status()) {
    ClientMetric metric = labelled(status.id.value);
    metric.gauge.value = value(status);
    family.metric.push_back(std::move(metric));
  }
  return family;
}

MetricFamily gauge_alone(const char* name, const char* help, double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return {name, help, MetricType::Gauge, {metric}};
}

// Of all, by no label but how they ended.
void mandates(pipeline::Hub& hub, std::vector<MetricFamily>& all) {
  auto clocks = pipeline::mandates_in(hub.store());
  if (!clocks) return;
  const base::Instant now = base::now();
  double running = 0, late = 0;
  std::map<std::pair<std::string, bool>, double> ended;
  for (const model::MandateClock& clock : *clocks) {
    const bool runs = clock.state == model::MandateState::running;
    const bool is_late = model::is_late(clock, now);
    running += runs;
    late += runs && is_late;
    if (!runs) ++ended[{std::string(model::name_of(clock.state)), is_late}];
  }
  all.push_back(
      gauge_alone("concord_mandates_running", "Reports that must be made within a time.", running));
  all.push_back(gauge_alone("concord_mandates_late", "Those whose time is over.", late));
  MetricFamily family{
      "concord_mandates_ended_total", "How they ended, and whether late.", MetricType::Counter, {}};
  for (const auto& [how, count] : ended) {
    ClientMetric metric;
    metric.label = {{"how", how.first}, {"late", how.second ? "yes" : "no"}};
    metric.counter.value = count;
    family.metric.push_back(std::move(metric));
  }
  all.push_back(std::move(family));
}

}  // namespace

std::string metrics_text(pipeline::Hub& hub) {
  using pipeline::Counters;
  using pipeline::SystemStatus;
  std::vector<MetricFamily> all = {
      count(hub,
            "concord_records_read_total",
            "Records and rejects that the system gave.",
            &Counters::read),
      count(hub,
            "concord_records_known_total",
            "Records that were known already.",
            &Counters::duplicates),
      count(hub,
            "concord_records_rejected_total",
            "Records that could not be read or mapped.",
            &Counters::rejected),
      count(hub,
            "concord_records_parked_total",
            "Records whose person nobody is sure of.",
            &Counters::parked),
      count(hub,
            "concord_delivered_total",
            "Deliveries that the system acknowledged.",
            &Counters::delivered),
      count(hub,
            "concord_withheld_total",
            "Deliveries that were decided against at send time.",
            &Counters::withheld),
      count(hub,
            "concord_retried_total",
            "Attempts that failed and will be made again.",
            &Counters::retried),
      count(hub, "concord_parked_total", "Deliveries that were parked.", &Counters::parked_out),
      count(hub,
            "concord_calls_failed_total",
            "Calls to the system that failed as a whole.",
            &Counters::calls_failed),
      gauges(hub,
             "concord_waiting",
             "Deliveries on their way.",
             [](const SystemStatus& s) { return static_cast<double>(s.waiting); }),
      gauges(hub,
             "concord_parked_lanes",
             "Lanes that stand still.",
             [](const SystemStatus& s) { return static_cast<double>(s.parked_lanes); }),
      gauges(hub,
             "concord_system_down",
             "1 while the system fails.",
             [](const SystemStatus& s) { return s.fault ? 1.0 : 0.0; }),
      durations(hub),
  };
  MetricFamily commits{
      "concord_store_commits_total", "Flushes of the store.", MetricType::Counter, {}};
  ClientMetric metric;
  metric.counter.value = static_cast<double>(hub.store().commits());
  commits.metric.push_back(metric);
  all.push_back(std::move(commits));
  mandates(hub, all);
  all.push_back(gauge_alone("concord_audit_behind",
                            "1: the audit's newest head is not with every witness.",
                            hub.audit_behind() ? 1 : 0));
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace concord::api
