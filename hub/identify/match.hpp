// Who a record may be about: the rules, over one view of the index at a time.
//
// By a trusted identifier, or by name, birth date and sex. One difference is a doubt, two are
// another person; where the index is in doubt, a person decides. Differences: sex, another
// identifier of the same kind, another second given name, and that the same system already has a
// key for that person.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "hub/identify/sightings.hpp"

namespace concord::identify {

struct Match {
  enum class Kind { one, nobody, unsure };
  Kind kind = Kind::nobody;
  std::vector<model::PersonId> people;  // one: the person; unsure: who it may be
  double confidence = 0;
  const char* code = "";
  const char* cause = "";  // of unsure
};

// A record of this system, whose key is not known yet.
Match match(const Sightings& index, const Seen& seen, const Digest& system, bool temporary_name);

// Birth date or sex differ.
bool contradicts(const Seen& seen, const PersonView& person);

}  // namespace concord::identify
