// The running hub: every system's source and sender, the scheduler, and the operations that people
// ask for. Built by app, which gives it all it works with.
// Threads: start() and stop() from one; the operations from any.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hub/base/guarded.hpp"
#include "hub/pipeline/second_look.hpp"
#include "hub/pipeline/sender.hpp"
#include "hub/pipeline/source.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::pipeline {

// All that a hub is made from; checked by app before.
struct Setup {
  std::shared_ptr<const model::Coalition> coalition;
  model::Evidence evidence;  // of the coalition's files
  std::unique_ptr<model::Schema> schema;
  std::unique_ptr<translate::Mappings> mappings;
  std::unique_ptr<decide::Engine> engine;
  base::Clock clock = base::now;
  // How a system's connector comes to be; tests hand in their own.
  using Load =
      std::function<base::Result<std::unique_ptr<runtime::Connector>>(const model::System&)>;
  Load load;
};

// Loads connectors into this process.
Setup::Load load_from(std::vector<runtime::Manifest> manifests,
                      std::map<model::SystemId, std::string> configs,
                      runtime::Timeouts timeouts = {});

struct SystemStatus {
  model::SystemId id;
  std::string connector;
  std::string running;  // job
  size_t waiting = 0, parked_lanes = 0;
  std::optional<base::Error> fault;  // reading, listening or writing
  std::optional<base::Instant> fault_since;
};

class Hub {
 public:
  // Opens the store, loads what it holds, loads every connector. No port is open yet.
  static base::Result<std::unique_ptr<Hub>, base::Errors> open(Setup setup);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void start();
  // Takes in nothing more, finishes what is in hand.
  void stop();

  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] const model::Coalition& coalition() const { return *setup_.coalition; }
  [[nodiscard]] const EvidenceBook& evidence() const { return *book_; }
  [[nodiscard]] std::vector<SystemStatus> status() const;
  [[nodiscard]] const std::map<model::SystemId, std::unique_ptr<Counters>>& counters() const {
    return counters_;
  }
  [[nodiscard]] size_t people() const { return people_.size(); }

  base::Status run_job(const model::JobId& job);
  base::Status retry_delivery(int64_t id);
  base::Status drop_delivery(int64_t id, const std::string& why);
  // Takes up parked and rejected records again, of one system or all. How many.
  base::Result<int64_t> take_up_again(const std::string& system);
  base::Status grant(model::Consent consent);
  // Acknowledged once nothing more can start under it.
  base::Status revoke(const model::ConsentId& consent);
  // A person that nobody was sure of: this key of this system is that person, or a new one ("").
  base::Status answer_review(const model::ChildRef& key, const model::PersonId& person);

 private:
  struct Station {
    model::System system;
    std::unique_ptr<runtime::Connector> connector;
    std::unique_ptr<Sender> sender;
    std::unique_ptr<Source> source;
  };
  explicit Hub(Setup setup);
  base::Status load_people();
  base::Status load_evidence();
  base::Status open_station(const model::System& system);
  void hand_on(const std::vector<model::Delivery>& deliveries);
  void poked(const model::SystemId& system, const std::string& type);
  void schedule();
  base::Status swap_evidence(std::chrono::milliseconds patience);
  // Of these persons more is known: what was withheld may be due.
  void look_again(const std::vector<model::PersonId>& people);
  // At everyone, in the background: the last hub may have been killed before it looked, and may
  // have known less.
  void look_at_everyone();
  [[nodiscard]] Works works();

  Setup setup_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<identify::PersonIndex> index_;
  People people_;
  std::unique_ptr<EvidenceBook> book_;
  std::unique_ptr<SecondLook> second_look_;
  base::Guarded<std::map<std::string, model::Consent>>
      consents_;  // all: of files and of the store, by id
  std::map<model::SystemId, std::unique_ptr<Counters>> counters_;
  std::map<model::SystemId, std::unique_ptr<Station>> stations_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool started_ = false;
  std::thread scheduler_, looker_;
};

}  // namespace concord::pipeline
