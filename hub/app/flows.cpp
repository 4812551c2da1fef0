// flows/*.yaml: what is read when, and who gets what.
#include <algorithm>
#include <charconv>

#include "hub/app/coalition_files.hpp"
#include "hub/pipeline/schedule.hpp"

namespace concord::app {
namespace {

// "02:30" into hours and minutes; -1 where it is none.
void read_wall(const std::string& text, model::Schedule& schedule) {
  schedule.hour = schedule.minute = -1;
  const size_t colon = text.find(':');
  if (colon == std::string::npos || text.size() != colon + 3) return;
  auto part = [&](size_t from, size_t to) {
    int value = -1;
    const char* end = text.data() + to;
    const auto [at, fault] = std::from_chars(text.data() + from, end, value);
    return fault == std::errc{} && at == end ? value : -1;
  };
  schedule.hour = part(0, colon);
  schedule.minute = part(colon + 1, text.size());
}

std::optional<model::Schedule> read_schedule(Fields& fields, const Loading& loading) {
  const bool every = fields.has("every");
  const bool daily = fields.has("daily");
  const bool cron = fields.has("cron");
  model::Schedule schedule;
  schedule.zone = fields.text_or("zone", loading.zone);
  if (int{every} + int{daily} + int{cron} > 1) {
    fields.fault("SCHEDULE_INVALID",
                 every ? "every" : "daily",
                 "a job has one schedule",
                 "keep one of every, daily and cron");
    return std::nullopt;
  }
  const char* key = every ? "every" : daily ? "daily" : "cron";
  if (every) {
    const auto length = fields.duration("every");
    if (!length) return std::nullopt;
    schedule.every = *length;
  } else if (daily) {
    schedule.kind = model::Schedule::Kind::daily;
    read_wall(fields.text_or("daily", ""), schedule);
  } else if (cron) {
    schedule.kind = model::Schedule::Kind::cron;
    schedule.cron = fields.text_or("cron", "");
  } else {
    return std::nullopt;
  }
  auto checked = pipeline::check_schedule(schedule);
  if (!checked)
    fields.fault(checked.error().code, key, checked.error().cause, checked.error().next);
  return schedule;
}

void read_job(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  Fields fields(yaml, loading.where(file, "job"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::Job job;
  job.id = model::JobId(fields.id("id"));
  loading.define("job", job.id.value, fields.place("id"));
  job.system = loading.system(fields, "system");
  if (fields.need("records") != nullptr) job.record_types = fields.list("records");
  job.schedule = read_schedule(fields, loading);
  job.on_event = fields.flag("on_event", true);
  fields.end();
  loading.coalition.jobs.push_back(std::move(job));
}

void read_flow(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  Fields fields(yaml, loading.where(file, "flow"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::Flow flow;
  flow.id = model::FlowId(fields.id("id"));
  loading.define("flow", flow.id.value, fields.place("id"));
  if (fields.need("entities") != nullptr) flow.entities = fields.list("entities");
  for (const std::string& id :
       loading.agencies_known ? fields.list_of("from", loading.agency_ids()) : fields.list("from"))
    flow.from.emplace_back(id);
  flow.to = loading.system(fields, "to");
  flow.purpose = fields.text_or("purpose", "");
  flow.fields = fields.list("fields");
  flow.trigger = fields.one_of(
      "trigger", {"schedule", "event", "request", "mandate", "emergency"}, "schedule");
  fields.end();
  const model::System* to = loading.coalition.system(flow.to);
  if (to != nullptr && flow.from.size() == 1 && flow.from.front() == to->agency)
    fields.fault("CONFIG_VALUE",
                 "from",
                 "\"" + to->agency.value + "\" would get its own records back",
                 "name another agency");
  loading.coalition.flows.push_back(std::move(flow));
}

}  // namespace

void read_flows(Loading& loading) {
  std::vector<std::string> files = loading.files_of("jobs");
  const auto more = loading.files_of("flows");
  files.insert(files.end(), more.begin(), more.end());
  for (const std::string& file : files) {
    const auto yaml = loading.read(file, true);
    if (!yaml) continue;
    const std::string whole = loading.folder + "/" + file;
    Fields fields(*yaml, loading.where(file, "file of flows and jobs"), loading.errors);
    if (yaml->kind != base::Yaml::Kind::map) continue;
    if (fields.has("jobs"))
      each_item(*yaml, "jobs", whole, loading.errors, [&](const auto& item) {
        read_job(item, file, loading);
      });
    if (fields.has("flows"))
      each_item(*yaml, "flows", whole, loading.errors, [&](const auto& item) {
        read_flow(item, file, loading);
      });
    if (fields.has("mandates"))
      each_item(*yaml, "mandates", whole, loading.errors, [&](const auto& item) {
        read_mandate(item, file, loading);
      });
    fields.end();
  }
  check_mandates(loading);
}

}  // namespace concord::app
