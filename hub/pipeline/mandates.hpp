// Mandates with clocks: a report of a missing or trafficked child must be with those who are to
// have it within a time. The clock starts in the commit that keeps the report, so no crash loses
// it; that of the same document starts once. The outbox holds the proof of delivery; what is done
// by phone, somebody attests. Threads: any; one of its own looks what has become of those that run.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/model/entity.hpp"
#include "hub/model/mandate.hpp"
#include "hub/store/store.hpp"

namespace concord::pipeline {

std::string to_json(const model::MandateClock& clock);
base::Result<model::MandateClock> mandate_of(const base::JsonValue& json);

// The clocks that this document starts, for the commit that keeps it.
std::vector<store::EvidenceRow> clocks_started_by(const model::Entity& entity,
                                                  const model::Coalition& coalition);
// The mandate whose proof this flow's deliveries are; or nullptr.
const model::Mandate* mandate_of_flow(const model::Coalition& coalition, const model::FlowId& flow);

// All that ever ran, the oldest first. For readers of the store, too.
base::Result<std::vector<model::MandateClock>> mandates_in(store::Store& store);

class Mandates {
 public:
  Mandates(store::Store& store, base::Clock clock) : store_(store), clock_(std::move(clock)) {}
  ~Mandates() { stop(); }
  Mandates(const Mandates&) = delete;
  Mandates& operator=(const Mandates&) = delete;

  void start();
  void stop();
  // Of each that runs: was it delivered or taken back, is it somebody else's move now?
  base::Status look();
  // id: or as much of its beginning as no other has.
  base::Status attest(const std::string& id, const std::string& by, const std::string& how);

 private:
  base::Result<bool> look_at(model::MandateClock& clock);  // whether it changed
  base::Result<bool> taken_back(const model::MandateClock& clock);

  store::Store& store_;
  base::Clock clock_;
  std::mutex looking_;  // one look or attestation at a time
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace concord::pipeline
