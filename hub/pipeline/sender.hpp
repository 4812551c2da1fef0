// Sends what waits for one system, round by round: takes due heads of its lanes, decides each again
// and cuts it down (prepare.cpp), makes durable in the audit that it starts, writes the batch
// through the connector, and commits what became of it. No audit, no send.
// What became of one round is committed together with the beginning of the next, in one flush,
// while a third is being written.
// Threads: two of its own, one that begins and settles and one that writes; the public functions
//          from any.
// Owns:    the lanes of its system. The outbox in the store is the truth; lanes are filled from it.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "hub/deliver/lanes.hpp"
#include "hub/pipeline/counters.hpp"
#include "hub/pipeline/line.hpp"
#include "hub/runtime/connector.hpp"

namespace concord::pipeline {

class Sender {
 public:
  // What was withheld of them was decided before the hub learnt more: from a thread of the sender.
  using LookAgain = std::function<void(const std::vector<model::PersonId>&)>;

  Sender(const Works& works,
         model::SystemId system,
         runtime::Connector& connector,
         Counters& counters,
         LookAgain look_again);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  base::Status load();  // what the outbox holds for this system
  void start();
  // Finishes what is in hand, takes nothing more. May be started again: what is added meanwhile
  // waits.
  void stop();
  // Only between stop() and start(): from now on through this connector.
  void use(runtime::Connector& connector);
  void add(const std::vector<model::Delivery>& deliveries);  // durable ones
  // A parked delivery waits again; or is given up, with a reason. False where it is not parked.
  bool retry(int64_t delivery);
  bool drop(int64_t delivery);
  // From its return, if true, until let_go(): nothing of this person starts, and what is added
  // waits aside. False: something is on its way, and waits aside too if it has to go again; ask
  // again.
  bool hold_back(const model::PersonId& person);
  // as_it_was: what waits aside goes on. Otherwise it is forgotten here: whoever has changed it
  // adds it anew.
  void let_go(const model::PersonId& person, bool as_it_was);
  // All that waits for a person, out of the lanes. False: something is on its way; ask again.
  bool withdraw(const model::PersonId& person, std::vector<model::Delivery>& taken_out);

  struct State {
    size_t waiting = 0, parked_lanes = 0;
    std::optional<base::Error> paused;  // why the whole system rests
    std::optional<base::Instant> paused_since, paused_until;
  };
  [[nodiscard]] State state() const;

 private:
  // A head on its way through one send: what is to be written, or what has become of it already.
  struct Prepared {
    model::Delivery delivery;
    std::optional<runtime::WriteItem> item;
    std::optional<store::DecisionRow> decision;
    audit::Entry audit;  // that it starts; or how it ended before
  };
  struct Round;
  void run();
  void run_writing();
  std::chrono::milliseconds nothing_to_do_for(base::Instant now, bool resting) const;
  Round begin(std::vector<model::Delivery> heads);
  Prepared prepare(model::Delivery head, const View& view);
  void keep(std::vector<Round>& written, Round& next);
  std::vector<audit::Entry> to_start(const Round& round) const;
  void go_on(Prepared& head, bool kept);  // its lane; with mutex_ held
  void write(Round& round);
  bool to_begin_again(const Round& round) const;
  void look_again_at(const std::vector<Prepared>& heads);
  void pause(const runtime::CallError& error);

  Works works_;
  const model::SystemId system_;
  runtime::Connector* connector_;
  Counters& counters_;
  LookAgain look_again_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  deliver::Lanes lanes_;                                               // guarded by mutex_
  std::map<model::PersonId, std::vector<model::Delivery>> held_back_;  // guarded by mutex_
  State state_;                                                        // guarded by mutex_
  int failures_ = 0;                                                   // whole calls in a row
  // Guarded by mutex_, as the rounds pass:
  std::vector<Round> begun_;    // in the audit, to be written
  std::vector<Round> written_;  // not committed yet
  size_t in_hand_ = 0;          // begun and not committed
  std::condition_variable begun_changed_;
  bool stopping_ = false;
  bool beginning_ended_ = false;
  // What the audit holds as started, without its time, of heads that are tried again. Of the thread
  // that begins.
  std::unordered_map<int64_t, audit::Entry> started_;
  std::thread thread_, writer_;
};

}  // namespace concord::pipeline
