#include "hub/pipeline/scheduler.hpp"

#include <algorithm>

#include "hub/pipeline/schedule.hpp"

namespace concord::pipeline {

void Timetable::remember(const std::vector<store::RunRow>& runs) {
  for (const store::RunRow& row : runs)
    if (row.due_at) served_[model::JobId(row.job)] = *row.due_at;
}

void Timetable::take_over(std::vector<model::Job> jobs, base::Instant now) {
  std::map<model::JobId, base::Instant> next;
  for (const model::Job& job : jobs) {
    const auto before = std::find_if(
        jobs_.begin(), jobs_.end(), [&](const model::Job& other) { return other.id == job.id; });
    const auto due = next_.find(job.id);
    const bool stays =
        before != jobs_.end() && before->schedule == job.schedule && due != next_.end();
    if (const auto at = stays ? std::optional(due->second) : first_due(job, now))
      next[job.id] = *at;
  }
  jobs_ = std::move(jobs);
  next_ = std::move(next);
}

std::optional<base::Instant> Timetable::first_due(const model::Job& job, base::Instant now) const {
  if (!job.schedule) return std::nullopt;
  const auto last = served_.find(job.id);
  const bool first_of_many =
      last == served_.end() && job.schedule->kind == model::Schedule::Kind::every;
  if (first_of_many) return now;
  auto due = next_due(*job.schedule, last == served_.end() ? now : last->second);
  return due ? std::optional(*due) : std::nullopt;
}

std::vector<model::Job> Timetable::due(base::Instant now) {
  std::vector<model::Job> found;
  for (const model::Job& job : jobs_) {
    const auto at = next_.find(job.id);
    if (at == next_.end() || at->second > now) continue;
    served_[job.id] = now;
    found.push_back(job);
    if (auto following = next_due(*job.schedule, now)) at->second = *following;
  }
  return found;
}

std::optional<base::Instant> Timetable::next() const {
  std::optional<base::Instant> first;
  for (const auto& [job, at] : next_)
    if (!first || at < *first) first = at;
  return first;
}

Scheduler::Scheduler(base::Clock clock, Run run) : clock_(std::move(clock)), run_(std::move(run)) {}

Scheduler::~Scheduler() {
  stop();
}

void Scheduler::start(std::vector<model::Job> jobs, const std::vector<store::RunRow>& runs) {
  {
    const std::scoped_lock lock(mutex_);
    timetable_.remember(runs);
    timetable_.take_over(std::move(jobs), clock_());
  }
  thread_ = std::thread([this] { run(); });
}

void Scheduler::take_over(std::vector<model::Job> jobs) {
  {
    const std::scoped_lock lock(mutex_);
    timetable_.take_over(std::move(jobs), clock_());
  }
  changed_.notify_all();
}

void Scheduler::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Scheduler::run() {
  using std::chrono::milliseconds;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const base::Instant now = clock_();
    for (const model::Job& job : timetable_.due(now)) run_(job, now);
    // Not for long: the clock may be set.
    const base::Instant latest = now + std::chrono::seconds(30);
    const base::Instant wake = std::min(timetable_.next().value_or(latest), latest);
    const auto rest = std::chrono::duration_cast<milliseconds>(wake - now) + milliseconds(1);
    changed_.wait_for(lock, std::max(rest, milliseconds(1)));
  }
}

}  // namespace concord::pipeline
