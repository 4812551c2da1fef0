#include "hub/pipeline/source.hpp"

#include <algorithm>

#include "hub/base/log.hpp"

namespace concord::pipeline {
namespace {

// The twin that the crash test must catch tells the source before the commit.
#ifdef CONCORD_ACK_BEFORE_COMMIT
constexpr bool kAckFirst = true;
#else
constexpr bool kAckFirst = false;
#endif

constexpr size_t kEventsAtOnce = 500;
constexpr int kTriesPerRun = 4;
constexpr size_t kAgainAtOnce = 500;
constexpr std::chrono::seconds kTryAgainAfter{30};

base::Error stopping() {
  return base::retry_error("STOPPING", "hub", "the hub is stopping", "send again when it is back");
}

}  // namespace

struct Source::Waiting {
  model::Batch batch;
  std::vector<std::optional<base::Error>> answers;
  bool done = false;
};

Source::Source(const Works& works,
               model::SystemId system,
               runtime::Connector& connector,
               Counters& counters,
               Told told)
    : works_(works),
      line_(works),
      system_(std::move(system)),
      connector_(&connector),
      counters_(counters),
      told_(std::move(told)) {}

Source::~Source() {
  stop();
}

void Source::acknowledge_again() {
  auto unacked = works_.store.unacked(system_);
  if (!unacked) return;
  store::RunRow row;
  row.system = system_;
  for (const auto& [type, checkpoint] : *unacked)
    if (connector_->ack(type, checkpoint)) row.acked.push_back(type);
  if (!row.acked.empty()) (void)works_.store.put_run(row);
}

void Source::start(bool listens) {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = false;
  }
  jobs_ = std::thread([this] {
    acknowledge_again();
    run_jobs();
  });
  if (listens) connector_->listen(*this);
}

void Source::stop() {
  connector_->stop_listening();
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (jobs_.joinable()) jobs_.join();
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [&] { return events_.empty() && !in_hand_; });
}

void Source::use(runtime::Connector& connector) {
  const std::scoped_lock lock(mutex_);
  connector_ = &connector;
  state_ = {};
}

int64_t Source::run_soon(const model::JobId& job, std::optional<base::Instant> due) {
  int64_t number = 0;
  {
    const std::scoped_lock lock(mutex_);
    number = runs_[job].started + 1;
    const auto same =
        std::find_if(wishes_.begin(), wishes_.end(), [&](const Wish& w) { return w.job == job; });
    if (same == wishes_.end()) {
      wishes_.push_back({job, due});
    } else if (due) {
      same->due = due;
    }
  }
  changed_.notify_all();
  return number;
}

Source::Runs Source::runs(const model::JobId& job) const {
  const std::scoped_lock lock(mutex_);
  const auto found = runs_.find(job);
  return found == runs_.end() ? Runs{} : found->second;
}

Source::State Source::state() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

bool Source::is_stopping() const {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void Source::run_jobs() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    while (!later_.empty() && later_.begin()->first <= works_.clock()) {
      wishes_.push_back(std::move(later_.begin()->second));
      later_.erase(later_.begin());
    }
    if (wishes_.empty()) {
      if (later_.empty()) {
        changed_.wait(lock);
      } else {
        changed_.wait_for(lock, kTryAgainAfter / 10);
      }
      continue;
    }
    const Wish wish = std::move(wishes_.front());
    wishes_.pop_front();
    state_.running = wish.job.value;
    Runs& runs = runs_[wish.job];
    ++runs.started;
    runs.records = 0;
    lock.unlock();
    run(wish);
    lock.lock();
    state_.running.clear();
  }
}

// A job of few runs is not left until the next one: the night's reading is tried again within the
// night. What runs often anyway needs no such thing.
void Source::try_later(const Wish& wish, base::Instant now) {
  const auto job = job_of(wish);
  if (!job || !job->schedule || job->schedule->kind == model::Schedule::Kind::every) return;
  const bool waits = std::any_of(
      later_.begin(), later_.end(), [&](const auto& l) { return l.second.job == wish.job; });
  if (!waits) later_.emplace(now + kTryAgainAfter, wish);
}

// As the coalition has it now: it may have changed since it was asked for.
std::optional<model::Job> Source::job_of(const Wish& wish) const {
  const auto view = works_.views.view();
  const model::Job* job = view->job(wish.job);
  return job == nullptr || job->system != system_ ? std::nullopt : std::optional(*job);
}

void Source::run(const Wish& wish) {
  store::RunRow row;
  row.job = wish.job.value;
  row.system = system_;
  row.due_at = wish.due;
  row.started_at = works_.clock();
  const auto job = job_of(wish);
  if (!job) {
    const std::scoped_lock lock(mutex_);
    Runs& runs = runs_[wish.job];
    ++runs.ended;
    runs.fault = base::config_error("JOB_REMOVED",
                                    "job " + wish.job.value,
                                    "the coalition has no such job of this system any more",
                                    "see flows/ in the coalition's folder");
    return;
  }
  std::optional<base::Error> fault;
  bool whole = true;
  for (const std::string& type : job->record_types) {
    // A type that fails does not keep the others from being read.
    auto read = read_all(type, row);
    if (!read) fault = std::move(read).error();
    whole &= !read || *read;
  }
  row.ended_at = works_.clock();
  if (!whole) row.due_at.reset();  // not served: the next start goes on
  keep(std::move(row), wish, std::move(fault), whole);
}

// What became of a run. One that was stopped before its end is to be run again.
void Source::keep(store::RunRow row,
                  const Wish& wish,
                  std::optional<base::Error> fault,
                  bool whole) {
  if (fault) {
    row.due_at.reset();  // only a good run counts as served, so that a restart catches it up
    row.error = fault->code;
    row.detail = to_text(*fault);
    ++counters_.calls_failed;
  }
  bool traceless = false;
  {
    // An event that had nothing to tell leaves no trace: there may be many a second.
    const std::scoped_lock lock(mutex_);
    traceless = whole && !wish.due && row.records == 0 && !fault && !state_.fault;
  }
  if (!traceless) (void)works_.store.put_run(row);
  const std::scoped_lock lock(mutex_);
  Runs& runs = runs_[wish.job];
  if (whole) {
    ++runs.ended;
    runs.fault = fault;
    if (fault) try_later(wish, *row.ended_at);
  } else {
    --runs.started;
    wishes_.push_front(wish);
  }
  if (fault && !state_.fault) state_.fault_since = row.ended_at;
  if (fault && (!state_.fault || state_.fault->code != fault->code))
    base::event(base::Level::warn,
                "run.failed",
                {{"job", base::Name(row.job)}, {"code", base::Name(fault->code)}});
  state_.fault = std::move(fault);
  if (!state_.fault) state_.fault_since.reset();
}

base::Result<bool> Source::read_all(const std::string& type, store::RunRow& row) {
  int failures = 0;
  for (;;) {
    if (is_stopping()) return false;
    auto checkpoint = works_.store.checkpoint(system_, type);
    if (!checkpoint) return std::move(checkpoint).error();
    const unsigned at_once = works_.views.view()->read_batch(system_);
    auto batch = connector_->read(type, *checkpoint, {at_once, 16u << 20});
    if (!batch) {
      const bool passes = batch.error().error.error_class == base::ErrorClass::retry;
      if (!passes || ++failures >= kTriesPerRun) return std::move(batch).error().error;
      std::unique_lock lock(mutex_);
      changed_.wait_for(
          lock,
          batch.error().retry_after.value_or(std::chrono::milliseconds(200 << failures)),
          [&] { return stopping_; });
      continue;
    }
    failures = 0;
    const bool more = batch->more;
    const std::string next = batch->checkpoint;
    const size_t count = batch->records.size() + batch->rejects.size();
    if (count == 0 && next == *checkpoint) return true;
    if (kAckFirst) (void)connector_->ack(type, next);
    auto processed = through_the_line(std::move(*batch), type);
    if (!processed) return std::move(processed).error();
    row.records += static_cast<int64_t>(count);
    {
      const std::scoped_lock lock(mutex_);
      runs_[model::JobId(row.job)].records = row.records;
    }
    // After the commit: a source that prunes on ack would lose it.
    auto told = connector_->ack(type, next);
    if (told && !more) row.acked.push_back(type);
    if (!told)
      base::event(
          base::Level::warn,
          "ack.failed",
          {{"system", base::Name(system_.value)}, {"code", base::Name(told.error().error.code)}});
    if (!more) return true;
  }
}

base::Result<Line::Processed> Source::steadily(
    const std::function<base::Result<Line::Processed>()>& go) {
  const Gate::Passing steady(works_.gate);
  const std::scoped_lock one(line_mutex_);
  auto done = go();
  if (done) told_.handed(done->queued);
  return done;
}

base::Result<Line::Processed> Source::through_the_line(
    model::Batch batch, const std::optional<std::string>& checkpoint_type) {
  auto processed =
      steadily([&] { return line_.process(std::move(batch), system_, checkpoint_type); });
  if (!processed) {
    base::event(
        base::Level::error,
        "batch.not_kept",
        {{"system", base::Name(system_.value)}, {"code", base::Name(processed.error().code)}});
    return processed;
  }
  counters_.read += static_cast<uint64_t>(processed->read);
  counters_.duplicates += static_cast<uint64_t>(processed->duplicates);
  counters_.rejected += static_cast<uint64_t>(processed->rejected);
  counters_.parked += static_cast<uint64_t>(processed->parked);
  tell(*processed);
  return processed;
}

// After it was handed on.
void Source::tell(const Line::Processed& processed) {
  release_waiting(processed.now_known);
  if (!processed.look_again.empty()) told_.learnt(processed.look_again);
}

// Records that waited for a person who is known now.
void Source::release_waiting(const std::vector<model::ChildRef>& now_known) {
  std::vector<int64_t> ids;
  for (const model::ChildRef& child : now_known) {
    auto waiting = works_.store.records_waiting_for(child.system, child.key);
    if (waiting) ids.insert(ids.end(), waiting->begin(), waiting->end());
  }
  if (!ids.empty()) (void)again(ids);
}

base::Result<Line::Processed> Source::again(const std::vector<int64_t>& records) {
  Line::Processed all;
  for (size_t from = 0; from < records.size(); from += kAgainAtOnce) {
    const size_t to = std::min(records.size(), from + kAgainAtOnce);
    const std::vector<int64_t> some(records.begin() + static_cast<std::ptrdiff_t>(from),
                                    records.begin() + static_cast<std::ptrdiff_t>(to));
    auto processed = steadily([&] { return line_.again(some, system_); });
    if (!processed) return processed;
    tell(*processed);
    all.queued.insert(all.queued.end(), processed->queued.begin(), processed->queued.end());
    all.rejected += processed->rejected;
    all.parked += processed->parked;
  }
  return all;
}

std::vector<std::optional<base::Error>> Source::deliver(model::Batch batch) {
  Waiting waiting;
  waiting.batch = std::move(batch);
  const size_t count = waiting.batch.records.size() + waiting.batch.rejects.size();
  if (kAckFirst) {
    std::vector<std::optional<base::Error>> accepted(count);
    std::thread([this, late = std::move(waiting.batch)]() mutable {
      (void)through_the_line(std::move(late), std::nullopt);
    }).detach();
    return accepted;
  }
  std::unique_lock lock(mutex_);
  if (stopping_) return std::vector<std::optional<base::Error>>(count, stopping());
  events_.push_back(&waiting);
  for (;;) {
    answered_.wait(lock, [&] { return waiting.done || !in_hand_; });
    if (waiting.done) return std::move(waiting.answers);
    take_events(lock);
  }
}

void Source::poke(const std::string& record_type) {
  told_.poked(system_, record_type);
}

// Events that came while the last ones were being committed go through the line together, in the
// thread of one of those who wait for them.
void Source::take_events(std::unique_lock<std::mutex>& lock) {
  std::vector<Waiting*> now;
  model::Batch together;
  while (!events_.empty() && together.records.size() + together.rejects.size() < kEventsAtOnce) {
    now.push_back(events_.front());
    events_.pop_front();
    auto& batch = now.back()->batch;
    std::move(batch.records.begin(), batch.records.end(), std::back_inserter(together.records));
    std::move(batch.rejects.begin(), batch.rejects.end(), std::back_inserter(together.rejects));
  }
  const size_t records = together.records.size();
  in_hand_ = true;
  lock.unlock();
  auto processed = through_the_line(std::move(together), std::nullopt);
  lock.lock();
  in_hand_ = false;
  size_t record = 0;
  size_t reject = records;
  for (Waiting* waiting : now) {
    const size_t r = waiting->batch.records.size();
    const size_t j = waiting->batch.rejects.size();
    if (processed) {
      for (size_t i = 0; i < r; ++i) waiting->answers.push_back(processed->answers[record++]);
      for (size_t i = 0; i < j; ++i) waiting->answers.push_back(processed->answers[reject++]);
    } else {
      base::Error not_kept = processed.error();
      not_kept.error_class = base::ErrorClass::retry;
      waiting->answers.assign(r + j, not_kept);
    }
    waiting->done = true;
  }
  answered_.notify_all();
}

}  // namespace concord::pipeline
