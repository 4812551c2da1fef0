// Takes in from one system: runs its jobs, and gathers its events. Reading, commit and ack happen
// in this order, always: a source that prunes on ack loses nothing.
// Threads: one for jobs. Intake's functions are called by the connector from any thread; one of
//          those who wait takes the events of all through the Line. One batch at a time, always.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "hub/pipeline/counters.hpp"
#include "hub/pipeline/line.hpp"
#include "hub/runtime/connector.hpp"

namespace concord::pipeline {

class Source : public runtime::Intake {
 public:
  // What the rest of the hub is told, from threads of the source.
  struct Told {
    std::function<void(const std::vector<model::Delivery>&)> handed;  // durable, for the senders
    std::function<void(const std::vector<model::PersonId>&)> learnt;  // more is known of them now
    std::function<void(const model::SystemId&, const std::string&)>
        poked;  // a type has news; "": all
  };
  Source(const Works& works,
         model::SystemId system,
         runtime::Connector& connector,
         Counters& counters,
         Told told);
  ~Source() override;

  // Tells the source again what was committed but perhaps not acknowledged when the hub last ended.
  void acknowledge_again();
  void start(bool listens);
  // Takes in nothing more, finishes what is in hand. May be started again: jobs that were asked for
  // or interrupted meanwhile run then.
  void stop();
  // Only between stop() and start(): from now on through this connector.
  void use(runtime::Connector& connector);

  // Runs a job soon. One that runs already runs once more after it; more wishes than one are one.
  // The number of the run that will do it, counted from the hub's start.
  int64_t run_soon(const model::JobId& job, std::optional<base::Instant> due);
  struct Runs {
    int64_t started = 0, ended = 0;
    int64_t records = 0;               // of the newest, as far as it is
    std::optional<base::Error> fault;  // of the last that ended
  };
  [[nodiscard]] Runs runs(const model::JobId& job) const;
  // Takes up again what is parked or was rejected.
  base::Result<Line::Processed> again(const std::vector<int64_t>& records);

  std::vector<std::optional<base::Error>> deliver(model::Batch batch) override;
  void poke(const std::string& record_type) override;

  struct State {
    std::string running;               // job, or empty
    std::optional<base::Error> fault;  // of the last run that failed
    std::optional<base::Instant> fault_since;
  };
  [[nodiscard]] State state() const;

 private:
  struct Waiting;  // an event batch whose connector waits for the answer
  struct Wish {
    model::JobId job;
    std::optional<base::Instant> due;
  };
  void run_jobs();
  void try_later(const Wish& wish, base::Instant now);  // with mutex_ held
  void take_events(std::unique_lock<std::mutex>& lock);
  void run(const Wish& wish);
  [[nodiscard]] std::optional<model::Job> job_of(const Wish& wish) const;
  void keep(store::RunRow row, const Wish& wish, std::optional<base::Error> fault, bool whole);
  // All that is new of one record type; counts the records that come, and tells the row what was
  // acknowledged. False: stopped before the end.
  base::Result<bool> read_all(const std::string& type, store::RunRow& row);
  [[nodiscard]] bool is_stopping() const;
  base::Result<Line::Processed> through_the_line(model::Batch batch,
                                                 const std::optional<std::string>& checkpoint_type);
  // One batch at a time; who is who stays as it is until what came of it is handed on.
  base::Result<Line::Processed> steadily(const std::function<base::Result<Line::Processed>()>& go);
  void tell(const Line::Processed& processed);
  void release_waiting(const std::vector<model::ChildRef>& now_known);

  Works works_;
  Line line_;
  const model::SystemId system_;
  runtime::Connector* connector_;
  Counters& counters_;
  Told told_;
  std::mutex line_mutex_;  // one batch of this system at a time
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Wish> wishes_;
  std::map<base::Instant, Wish> later_;  // runs that failed, when they are tried again
  std::condition_variable answered_;
  std::deque<Waiting*> events_;
  bool in_hand_ = false;  // events are going through the line
  State state_;
  std::map<model::JobId, Runs> runs_;
  bool stopping_ = false;
  std::thread jobs_;
};

}  // namespace concord::pipeline
