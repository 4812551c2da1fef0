#include "hub/identify/match.hpp"

#include <algorithm>

namespace concord::identify {
namespace {

using People = std::vector<model::PersonId>;

// A record beside one person.
struct Compared {
  bool birth_differs = false, sex_differs = false, identifier_differs = false;
  bool given_differs = false;   // no given name in common
  bool second_differs = false;  // first given names alike, others not
  bool same_system = false;
  bool sex_missing = false, second_missing = false;  // on one side

  // Of two who share name and birth date.
  [[nodiscard]] int differences() const {
    return int{sex_differs} + int{identifier_differs} + int{second_differs} + int{same_system};
  }
};

// Both say something of that kind, and nothing of it is the same.
bool differs(Kind kind, const Seen& seen, const PersonView& person) {
  return seen.has(kind) && person.has(kind) && !person.shares(kind, seen.features);
}

// An identifier system in which both have one, and none the same.
bool identifier_differs(const Seen& seen, const PersonView& person) {
  return std::any_of(seen.identifiers.begin(), seen.identifiers.end(), [&](const auto& mine) {
    const bool agrees =
        std::any_of(seen.identifiers.begin(), seen.identifiers.end(), [&](const auto& other) {
          return other.system == mine.system && person.has({Kind::identifier, other.value});
        });
    return !agrees && person.has({Kind::identifier_system, mine.system});
  });
}

// "Ann" beside "Ann Lee": nothing differs, but nothing says that it is the same name either.
bool second_missing(const Seen& seen, const PersonView& person) {
  return std::any_of(seen.features.begin(), seen.features.end(), [&](const Feature& feature) {
    return (feature.kind == Kind::bare && person.has({Kind::name, feature.digest})) ||
           (feature.kind == Kind::name && person.has({Kind::bare, feature.digest}));
  });
}

Compared compare(const Seen& seen, const PersonView& person, const Digest& system) {
  Compared out;
  out.birth_differs = differs(Kind::birth_date, seen, person);
  out.sex_differs = differs(Kind::sex, seen, person);
  out.sex_missing = !seen.has(Kind::sex) || !person.has(Kind::sex);
  out.identifier_differs = identifier_differs(seen, person);
  out.given_differs = differs(Kind::given, seen, person);
  out.same_system = person.systems.contains(system);
  if (!person.shares(Kind::full_name, seen.features)) {
    out.second_missing = second_missing(seen, person);
    out.second_differs = !out.second_missing;
  }
  return out;
}

// A record, and who it is not.
struct Asked {
  const Seen& seen;
  const Digest& system;
  const People& apart;
};

People with_any(const Sightings& index, const Asked& asked, Kind kind) {
  const Seen& seen = asked.seen;
  People people;
  for (const Feature& feature : seen.features) {
    if (feature.kind != kind) continue;
    const People more = index.with(feature);
    people.insert(people.end(), more.begin(), more.end());
  }
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  std::erase_if(people, [&](const model::PersonId& person) {
    return std::binary_search(asked.apart.begin(), asked.apart.end(), person);
  });
  return people;
}

Match one(const model::PersonId& person, double confidence) {
  return {Match::Kind::one, {person}, confidence, "", ""};
}

Match unsure(People people, const char* code, const char* cause) {
  return {Match::Kind::unsure, std::move(people), 0, code, cause};
}

Match by_identifier(const Sightings& index, const Asked& asked) {
  const People people = with_any(index, asked, Kind::identifier);
  if (people.empty()) return {};
  if (people.size() > 1)
    return unsure(
        people, "IDENTITY_AMBIGUOUS", "its identifiers belong to different persons of the index");
  const Compared c = compare(asked.seen, index.view(people.front()), asked.system);
  if (c.birth_differs || c.sex_differs)
    return unsure(people,
                  "IDENTITY_CONTRADICTION",
                  c.birth_differs ? "an identifier fits one person, but the birth date differs"
                                  : "an identifier fits one person, but the sex differs");
  if (c.identifier_differs)
    return unsure(people,
                  "IDENTITY_CONTRADICTION",
                  "one identifier fits one person, but another one differs");
  // Twins, a number that was typed in twice: a trusted number is not enough against the name.
  if (c.given_differs)
    return unsure(people,
                  "IDENTITY_CONTRADICTION",
                  "an identifier fits one person, but the given name differs");
  if (c.same_system)
    return unsure(people,
                  "IDENTITY_DUPLICATE",
                  "an identifier fits a person who has another key in the same system");
  return one(people.front(), 0.99);
}

// What the persons of the same name and birth date are to the record.
struct Sorted {
  People fits, unclear, doubtful;
  bool doubt_beyond_sex = false, duplicate = false;
};

Sorted sort_out(const Sightings& index, const Asked& asked) {
  Sorted sorted;
  for (const model::PersonId& person : with_any(index, asked, Kind::name_and_birth)) {
    const Compared c = compare(asked.seen, index.view(person), asked.system);
    if (c.birth_differs || c.differences() > 1) continue;
    if (c.differences() == 1) {
      sorted.doubtful.push_back(person);
      sorted.doubt_beyond_sex |= !c.sex_differs;
      sorted.duplicate |= c.same_system;
    } else if (c.sex_missing || c.second_missing) {
      sorted.unclear.push_back(person);
    } else {
      sorted.fits.push_back(person);
    }
  }
  return sorted;
}

Match by_name_and_birth(const Sightings& index, const Asked& asked) {
  Sorted sorted = sort_out(index, asked);
  if (sorted.fits.size() == 1 && sorted.unclear.empty() && !sorted.doubt_beyond_sex)
    return one(sorted.fits.front(), 0.97);
  People people = sorted.fits;
  people.insert(people.end(), sorted.unclear.begin(), sorted.unclear.end());
  if (people.size() > 1 || !sorted.fits.empty()) {
    people.insert(people.end(), sorted.doubtful.begin(), sorted.doubtful.end());
    return unsure(
        std::move(people), "IDENTITY_AMBIGUOUS", "several persons have this name and birth date");
  }
  if (people.size() == 1)
    return unsure(std::move(people),
                  "IDENTITY_INCOMPLETE",
                  "one person has this name and birth date, but the sex or the second given name "
                  "is known on one side only");
  if (sorted.duplicate)
    return unsure(std::move(sorted.doubtful),
                  "IDENTITY_DUPLICATE",
                  "a person of this name and birth date has another key in the same system: twins, "
                  "or the same child twice");
  if (!sorted.doubtful.empty())
    return unsure(std::move(sorted.doubtful),
                  "IDENTITY_CONTRADICTION",
                  "one person has this name and birth date, but the sex, an identifier or the "
                  "second given name differs");
  return {};
}

// Same name, and no birth date on one side: a mother and her child, or one person.
Match by_name_alone(const Sightings& index, const Asked& asked) {
  const Seen& seen = asked.seen;
  People people;
  for (const model::PersonId& person : with_any(index, asked, Kind::name)) {
    const PersonView view = index.view(person);
    if (seen.has(Kind::birth_date) && view.has(Kind::birth_date)) continue;  // compared already
    if (compare(seen, view, asked.system).differences() < 2) people.push_back(person);
  }
  if (people.empty()) return {};
  return unsure(std::move(people),
                "IDENTITY_INCOMPLETE",
                "the name is known, but the birth date is missing on one side");
}

}  // namespace

bool contradicts(const Seen& seen, const PersonView& person) {
  return differs(Kind::birth_date, seen, person) || differs(Kind::sex, seen, person);
}

std::vector<std::string> differences(const PersonView& one, const PersonView& other) {
  auto shared = [&](Kind kind) {
    return std::count_if(one.features.begin(), one.features.end(), [&](const Feature& feature) {
      return feature.kind == kind && other.has(feature);
    });
  };
  std::vector<std::string> found;
  for (const auto& [kind, word] :
       {std::pair{Kind::birth_date, "birth date"}, std::pair{Kind::sex, "sex"}})
    if (one.has(kind) && other.has(kind) && shared(kind) == 0) found.emplace_back(word);
  if (shared(Kind::identifier) < shared(Kind::identifier_system)) found.emplace_back("identifier");
  return found;
}

Match match(const Sightings& index,
            const Seen& seen,
            const Digest& system,
            bool temporary_name,
            const std::vector<model::PersonId>& apart) {
  const Asked asked{seen, system, apart};
  Match found = by_identifier(index, asked);
  if (found.kind != Match::Kind::nobody) return found;
  if (!seen.has(Kind::full_name))
    return unsure({},
                  temporary_name ? "IDENTITY_TEMPORARY_NAME" : "IDENTITY_INCOMPLETE",
                  temporary_name ? "the name is a temporary one"
                                 : "there is no full name, and no identifier that is known");
  found = by_name_and_birth(index, asked);
  if (found.kind != Match::Kind::nobody) return found;
  return by_name_alone(index, asked);
}

}  // namespace concord::identify
