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

// A record of this system, whose key is not known yet. apart: who it is not, as staff said; sorted.
Match match(const Sightings& index,
            const Seen& seen,
            const Digest& system,
            bool temporary_name,
            const std::vector<model::PersonId>& apart = {});

// Birth date or sex differ.
bool contradicts(const Seen& seen, const PersonView& person);
// What speaks against two persons being one: "birth date", "sex", "identifier". An identifier
// counts where both have one of the same system, and fewer are alike than there are such systems.
std::vector<std::string> differences(const PersonView& one, const PersonView& other);

}  // namespace concord::identify
