// What the stages work with, handed to whoever runs a part of the line.
#pragma once

#include "hub/decide/engine.hpp"
#include "hub/identify/person_index.hpp"
#include "hub/model/schema.hpp"
#include "hub/pipeline/evidence_book.hpp"
#include "hub/pipeline/people.hpp"
#include "hub/store/store.hpp"
#include "hub/translate/mappings.hpp"

namespace concord::pipeline {

// What the stages work with. Shared, immutable or guarded by itself; outlives every user.
struct Works {
  const model::Schema& schema;
  const translate::Mappings& mappings;
  const decide::Engine& engine;
  store::Store& store;
  identify::PersonIndex& index;
  People& people;
  EvidenceBook& evidence;
  base::Clock clock;
};

}  // namespace concord::pipeline
