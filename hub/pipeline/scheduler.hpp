// Runs jobs when they are due.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/model/coalition.hpp"
#include "hub/store/changes.hpp"

namespace concord::pipeline {

// Which job is due when.
//
// Each job has a moment for which it was last asked to run. What was missed since is caught up
// once. A changed set of jobs is taken over with these moments: a job whose schedule stayed keeps
// its next time, one whose schedule changed goes on from the last moment that it was served for, so
// nothing runs twice and nothing is left out.
// Threads: one at a time.
class Timetable {
 public:
  // runs: the last of each job, from the store.
  void remember(const std::vector<store::RunRow>& runs);
  void take_over(std::vector<model::Job> jobs, base::Instant now);
  // What is due; from now on it was served.
  std::vector<model::Job> due(base::Instant now);
  // When something is due next; none: nothing ever.
  [[nodiscard]] std::optional<base::Instant> next() const;

 private:
  [[nodiscard]] std::optional<base::Instant> first_due(const model::Job& job,
                                                       base::Instant now) const;
  std::vector<model::Job> jobs_;
  std::map<model::JobId, base::Instant> served_, next_;
};

// Threads: one of its own; the functions from any.
class Scheduler {
 public:
  // Must not wait for the job.
  using Run = std::function<void(const model::Job& job, base::Instant due)>;
  Scheduler(base::Clock clock, Run run);
  ~Scheduler();

  void start(std::vector<model::Job> jobs, const std::vector<store::RunRow>& runs);
  void take_over(std::vector<model::Job> jobs);
  void stop();

 private:
  void run();

  base::Clock clock_;
  Run run_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Timetable timetable_;    // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace concord::pipeline
