// Sends what waits for one system: takes due heads of its lanes, decides each again, cuts it down,
// writes the batch through the connector, and commits what became of it. While the outcomes of one
// batch are being committed, heads of other lanes are on their way already.
// Threads: two of its own, one that sends and one that settles; the public functions from any.
// Owns:    the lanes of its system. The outbox in the store is the truth; lanes are filled from it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
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
  };
  struct Sent;
  void run();
  void run_settling();
  Sent send(std::vector<model::Delivery> heads);
  Prepared prepare(model::Delivery head, const View& view);
  bool settle(std::vector<Sent>& batches);
  void go_on(model::Delivery& delivery, bool kept);  // its lane; with mutex_ held
  void look_again_at(const std::vector<Sent>& batches);
  void pause(const runtime::CallError& error);

  Works works_;
  const model::SystemId system_;
  runtime::Connector* connector_;
  Counters& counters_;
  LookAgain look_again_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  deliver::Lanes lanes_;  // guarded by mutex_
  State state_;           // guarded by mutex_
  int failures_ = 0;      // whole calls in a row
  std::condition_variable sent_changed_;
  std::vector<Sent> sent_;  // guarded by mutex_: not committed yet
  bool stopping_ = false;
  bool sending_ended_ = false;  // guarded by mutex_
  std::thread thread_, settler_;
};

}  // namespace concord::pipeline
