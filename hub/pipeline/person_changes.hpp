// What staff ask of who is who, and what comes of it: values, and what they are made of.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hub/pipeline/effects.hpp"
#include "hub/pipeline/identities.hpp"
#include "hub/pipeline/person_parts.hpp"

namespace concord::pipeline {

struct PersonAsked {
  std::string by{}, why{};  // for the record
  bool dry_run = false;
  bool anyway = false;  // against what contradicts it
  // How many deliveries whoever asks was shown to become owed. Where it would be more, nothing is
  // done.
  std::optional<int64_t> owed{};
};

// What is to be done; after a dry run, what would be.
struct PersonChange {
  IdentityDecision decision;
  std::vector<IdentityDecision> ended;  // by it
  model::PersonId from, to;             // whose documents become whose
  bool whole = false;                   // from is nobody any more
  Part part;
  std::vector<store::Profile> before, after;  // of both
  Effects effects;
  bool done = false;
};

// Made of what the hub knows at the moment of the call.
using PersonPlan = std::function<base::Result<PersonChange>()>;

}  // namespace concord::pipeline
