// All that decisions rest on, as one immutable view, and who is working under which view.
//
// A revocation swaps the view, then waits until every send and batch that began under an older one
// has ended: after that, no delivery of what was revoked can start, and what was withheld under the
// older view is there to be looked at.
// Threads: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hub/model/coalition.hpp"
#include "hub/model/evidence.hpp"

namespace concord::pipeline {

class EvidenceView {
 public:
  EvidenceView(std::shared_ptr<const model::Coalition> coalition, model::Evidence evidence);
  [[nodiscard]] const model::Coalition& coalition() const { return *coalition_; }
  [[nodiscard]] std::shared_ptr<const model::Coalition> shared_coalition() const {
    return coalition_;
  }
  [[nodiscard]] const model::Evidence& evidence() const { return evidence_; }

  // What speaks of a child that any of these names.
  using Known = std::vector<model::ChildRef>;
  [[nodiscard]] std::vector<model::Consent> consents(const Known& known) const;
  [[nodiscard]] std::vector<model::Order> orders(const Known& known) const;
  [[nodiscard]] std::vector<model::Fact> facts(const Known& known) const;
  [[nodiscard]] std::vector<const model::Assignment*> assignments(const Known& known) const;

 private:
  using Places = std::map<model::ChildRef, std::vector<size_t>>;
  std::shared_ptr<const model::Coalition> coalition_;
  model::Evidence evidence_;
  Places consents_, orders_, facts_, assignments_;
};

class EvidenceBook {
 public:
  explicit EvidenceBook(std::shared_ptr<const EvidenceView> first);
  [[nodiscard]] std::shared_ptr<const EvidenceView> view() const;

  // Held from decision to commit.
  class Holding {
   public:
    Holding(EvidenceBook& book, std::shared_ptr<const EvidenceView> view, uint64_t epoch);
    ~Holding();
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;
    [[nodiscard]] const EvidenceView& view() const { return *view_; }
    [[nodiscard]] std::shared_ptr<const EvidenceView> shared() const { return view_; }

   private:
    EvidenceBook& book_;
    std::shared_ptr<const EvidenceView> view_;
    uint64_t epoch_;
  };
  [[nodiscard]] std::unique_ptr<Holding> hold();

  // From now on every decision rests on this view. True once nothing older is under way; false
  // when patience ran out first (the swap stands all the same).
  bool replace(std::shared_ptr<const EvidenceView> next, std::chrono::milliseconds patience);

 private:
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::shared_ptr<const EvidenceView> view_;
  uint64_t epoch_ = 0;
  std::map<uint64_t, int> held_;  // epoch → how many hold it
};

}  // namespace concord::pipeline
