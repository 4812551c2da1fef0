// All that the line rests on at one moment, as one immutable value, and who is working under which.
//
// A batch holds one view from translation to commit, a send from decision to acknowledgement: none
// is half old, half new. A revocation or a changed coalition swaps the view, then waits until every
// send and batch that began under an older one has ended: after that, no delivery of what was
// revoked can start, and what was withheld under the older view is there to be looked at.
// Threads: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hub/pipeline/setup.hpp"

namespace concord::pipeline {

class View {
 public:
  // evidence: all that is in force, see Given::over().
  View(std::shared_ptr<const Setup> setup, model::Evidence evidence);
  [[nodiscard]] const Setup& setup() const { return *setup_; }
  [[nodiscard]] std::shared_ptr<const Setup> shared_setup() const { return setup_; }
  [[nodiscard]] const model::Coalition& coalition() const { return *setup_->coalition; }
  [[nodiscard]] const model::Schema& schema() const { return *setup_->schema; }
  [[nodiscard]] const translate::Mappings& mappings() const { return *setup_->mappings; }
  [[nodiscard]] const decide::Engine& engine() const { return *setup_->engine; }
  [[nodiscard]] const model::Evidence& evidence() const { return evidence_; }
  // Nothing where the coalition has no such job or flow.
  [[nodiscard]] const model::Job* job(const model::JobId& id) const;
  [[nodiscard]] const model::Flow* flow(const model::FlowId& id) const;
  // How much a system gives and takes at once; 1 where it is gone.
  [[nodiscard]] unsigned read_batch(const model::SystemId& system) const;
  [[nodiscard]] unsigned write_batch(const model::SystemId& system) const;
  // The library of a system's connector; nothing where the set-up does not tell of any.
  [[nodiscard]] const Library* library(const model::System& system) const;

  // What speaks of a child that any of these names.
  using Known = std::vector<model::ChildRef>;
  [[nodiscard]] std::vector<model::Consent> consents(const Known& known) const;
  [[nodiscard]] std::vector<model::Order> orders(const Known& known) const;
  [[nodiscard]] std::vector<model::Fact> facts(const Known& known) const;
  [[nodiscard]] std::vector<const model::Assignment*> assignments(const Known& known) const;

 private:
  using Places = std::map<model::ChildRef, std::vector<size_t>>;
  std::shared_ptr<const Setup> setup_;
  model::Evidence evidence_;
  Places consents_, orders_, facts_, assignments_;
};

class Views {
 public:
  using Shared = std::shared_ptr<const View>;
  explicit Views(Shared first);
  [[nodiscard]] Shared view() const;

  // Held from decision to commit.
  class Holding {
   public:
    Holding(Views& views, Shared view, uint64_t epoch);
    ~Holding();
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;
    [[nodiscard]] const View& view() const { return *view_; }

   private:
    Views& views_;
    Shared view_;
    uint64_t epoch_;
  };
  [[nodiscard]] std::unique_ptr<Holding> hold();

  // From now on everything that begins rests on this view. What began before still rests on an
  // older one, until older_ended() with the number that this returns.
  uint64_t replace(Shared next);
  // True once nothing is under way that began under a view older than this; false when patience ran
  // out first.
  bool older_ended(uint64_t epoch, std::chrono::milliseconds patience);

 private:
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  Shared view_;
  uint64_t epoch_ = 0;
  std::map<uint64_t, int> held_;  // epoch → how many hold it
};

}  // namespace concord::pipeline
