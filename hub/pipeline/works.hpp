// What the stages work with, handed to whoever runs a part of the line.
#pragma once

#include "hub/identify/person_index.hpp"
#include "hub/pipeline/gate.hpp"
#include "hub/pipeline/identities.hpp"
#include "hub/pipeline/people.hpp"
#include "hub/pipeline/view.hpp"
#include "hub/store/store.hpp"

namespace concord::pipeline {

// Shared, immutable or guarded by itself; outlives every user.
struct Works {
  store::Store& store;
  identify::PersonIndex& index;
  People& people;
  const Identities& identities;
  Gate& gate;  // passed by whoever gives records their persons, until what that made is handed on
  Views& views;
  base::Clock clock;
};

}  // namespace concord::pipeline
