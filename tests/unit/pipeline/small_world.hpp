// A coalition of two agencies in memory, with connectors that a test holds in its hands: child
// welfare gives persons and placements, the court takes notes about them.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hub/pipeline/hub.hpp"

namespace concord::pipeline {

// What a test sees and says on one system's side of the boundary.
struct Side {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<model::Batch> to_read;                                // the next reads, in order
  std::function<model::Batch(const std::string& checkpoint)> next;  // instead of these
  std::vector<std::string> told;  // "read 1", "ack cp1", in the order of the calls
  std::vector<runtime::WriteItem> written;
  std::function<runtime::WriteOutcome(const runtime::WriteItem&)> answer;  // none: takes everything
  std::function<void()> before_write;
  std::optional<base::Error> down;  // every call fails with it
  runtime::Intake* intake = nullptr;
  int opened = 0, listens = 0;  // how often its connector was made, and listened

  std::vector<runtime::WriteItem> all_written() {
    const std::scoped_lock lock(mutex);
    return written;
  }
};

class SmallWorld {
 public:
  SmallWorld();
  ~SmallWorld();

  void start();  // opens and starts a hub on the same folder, as often as wished
  void stop();
  // The coalition as it is now, as a hub reads it from its directory.
  std::shared_ptr<Setup> setup();
  base::Result<Hub::Applied, base::Errors> apply() { return hub_->apply(setup()); }
  Hub& hub() { return *hub_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  Side& welfare() { return *sides_.at("child_welfare"); }
  Side& court() { return side("court"); }
  Side& side(const std::string& system);  // of a system that a test adds, too

  // Child welfare knows the child by this number, the court too; both say who it is.
  void know(int child);
  // The court alone says who its party is.
  void court_knows(int child);
  void place(int child, const std::string& version, const std::string& facility);
  void welfare_gives(std::vector<model::Record> records, const std::string& checkpoint);
  static model::Record person(int child);
  static model::Record party(int child);
  static model::Record placement(int child,
                                 const std::string& version,
                                 const std::string& facility);

  // The court works with the children 1 to n. Before start().
  void assign_to_court(int n);
  // Looks at the store, or changes it, behind the hub's back.
  void sql(const std::string& text);
  int64_t number(const std::string& select);
  // Somebody who reads the store as it is now, until let go.
  std::shared_ptr<void> read_on();

  bool wait(const std::function<bool()>& until);
  size_t notes() { return court().all_written().size(); }
  std::vector<model::Delivery> deliveries(model::Outcome outcome);
  store::Ledger ledger();
  // The audit verifies, and the ledger balances.
  void expect_whole();

  // Changed before start().
  model::Coalition coalition;
  model::Evidence evidence;
  std::vector<std::string> more_mappings;  // folders whose tables stand above the hub's own
  std::map<model::SystemId, std::string> settings;
  base::Clock clock = base::now;
  std::optional<base::Error> no_connector;  // why none can be loaded
  // Connectors of a test's own, by system: true ones, beside or in place of those it holds.
  std::map<std::string, Setup::Load> load_instead;

 private:
  std::string folder_;
  std::map<std::string, std::unique_ptr<Side>> sides_;
  std::unique_ptr<Hub> hub_;
};

}  // namespace concord::pipeline
