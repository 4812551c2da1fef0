// What changes for recipients when documents become another person's: what is asked back, what
// becomes owed. Told before it is done, and done as it was told.
//
// A document that was filed with its recipient under a key that is not its person's is asked back,
// whoever may know of it: it stands with the wrong child. So is what its recipient would not be
// given now. What a recipient may have and has not, becomes owed.
// Threads: any; reads the store, changes nothing.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "hub/pipeline/works.hpp"

namespace concord::pipeline {

struct Shift {
  std::vector<model::PersonId> people;  // whose documents are looked at, as they are now
  std::map<model::PersonId, store::Profile> after;
  std::function<model::PersonId(const model::EntityId&, int version)> whose;  // after it
  bool parts = false;  // one becomes two: what was given of the wrong one was never right
};

struct Effects {
  // As they are to be kept, the recalls first; without numbers.
  std::vector<model::Delivery> recalls, owed;
  // What waited for those who are asked: it would come before the recall.
  std::vector<model::Delivery> withdrawn;
  int64_t waiting = 0;  // decided again when they are sent
  struct Counts {
    int64_t owed = 0, recalled = 0;
  };
  std::map<model::SystemId, Counts> systems;
  bool sealed = false;     // an order seals or expunges records of one of them
  model::LabelSet labels;  // VSP, LOC, SEALED: borne by documents of one of them
};

base::Result<Effects> effects_of(const Works& works, const View& view, const Shift& shift);

}  // namespace concord::pipeline
