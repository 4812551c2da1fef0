#include "hub/identify/person_index.hpp"

#include <algorithm>

#include "hub/identify/match.hpp"

namespace concord::identify {
namespace {

constexpr const char* kReview = "concord person review";

Found parked(const char* code, std::string place, const char* cause, const char* next) {
  Found found;
  found.why = base::bad_record(code, std::move(place), cause, next);
  return found;
}

Found linked(const model::PersonId& person, double confidence) {
  Found found;
  found.kind = Found::Kind::linked;
  found.person = person;
  found.confidence = confidence;
  found.candidates = 1;
  found.people = {person};
  return found;
}

void append(IndexChange& change, IndexChange more) {
  std::move(more.rows.begin(), more.rows.end(), std::back_inserter(change.rows));
}

// The link and what its record says, in force.
IndexChange add(Sightings& index,
                const Digest& link,
                const Digest& system,
                const model::PersonId& person,
                const Features& features) {
  IndexChange change{{Sightings::link_row(link, system, person)}};
  index.apply(change);
  IndexChange said = index.restate(link, features);
  index.apply(said);
  append(change, std::move(said));
  return change;
}

// The key is known: the person is certain, and what the record says now replaces what it said.
Found known(Sightings& index, const Digest& link, const Seen& seen, bool temporary_name) {
  Found found = linked(index.find(link)->person, 1.0);
  if (seen.features.empty() && temporary_name) return found;
  found.change = index.restate(link, seen.features);
  index.apply(found.change);
  return found;
}

// Persons other than `here` whom the replaced keys belong to, unless staff said that they are not
// the same.
std::vector<model::PersonId> owners(const Sightings& index,
                                    const std::vector<Digest>& replaced,
                                    const Sightings::Sighting* here,
                                    const std::vector<model::PersonId>& apart) {
  std::vector<model::PersonId> people;
  for (const Digest& old : replaced)
    if (const auto* sighting = index.find(old))
      if (here == nullptr || sighting->person != here->person) people.push_back(sighting->person);
  std::erase_if(people, [&](const model::PersonId& person) {
    return std::binary_search(apart.begin(), apart.end(), person);
  });
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

// The source says that a record is the same person as others of its own. A new key simply joins
// its person. Two persons who both have documents do not become one without somebody looking.
Match merged(const Sightings& index,
             const std::vector<Digest>& replaced,
             const Seen& seen,
             const Sightings::Sighting* here,
             const std::vector<model::PersonId>& apart) {
  Match found;
  found.people = owners(index, replaced, here, apart);
  if (found.people.empty()) return found;
  if (here == nullptr && found.people.size() == 1 &&
      !contradicts(seen, index.view(found.people.front()))) {
    found.kind = Match::Kind::one;
    found.confidence = 1.0;
    return found;
  }
  found.kind = Match::Kind::unsure;
  found.code = "IDENTITY_MERGE";
  found.cause = "the source says that this is the same person as another of its records";
  if (here != nullptr) found.people.push_back(here->person);
  return found;
}

base::Error unknown_person() {
  return base::config_error("PERSON_UNKNOWN",
                            "person index",
                            "there is no such person",
                            "take an id from concord person review");
}

}  // namespace

PersonIndex::PersonIndex(const base::Key& key) : digester_(key) {}

void PersonIndex::load(const std::vector<IndexRow>& rows) {
  auto index = index_.lock();
  static_cast<Sightings&>(*index) = Sightings{};
  for (const IndexRow& row : rows) index->apply(row);
}

Found PersonIndex::identify(const model::Entity& person,
                            const model::IdentityHints& hints,
                            const model::System& system) {
  const std::string place = system.id.value + "." + person.record_type;
  const std::string& key = person.subject_record;
  if (!system.person_index)
    return parked("IDENTITY_BY_RELEASE",
                  place,
                  "persons of this system are never matched",
                  "name the person in a release: concord person link");
  if (key.empty())
    return parked("IDENTITY_INCOMPLETE",
                  place,
                  "the record gives no key of the person",
                  "map subject_record");
  const Digest link = digester_.link(system.id, key);
  const Digest origin = digester_.system(system.id);
  const Seen seen = digester_.look_at(hints, system.trusted_identifiers);
  std::vector<Digest> replaced;
  for (const std::string& old : hints.replaces)
    if (old != key) replaced.push_back(digester_.link(system.id, old));

  auto index = index_.lock();
  const Sightings::Sighting* here = index->find(link);
  const std::vector<model::PersonId> apart = apart_from(*index, link);
  Match matched = merged(*index, replaced, seen, here, apart);
  if (matched.kind == Match::Kind::nobody) {
    if (here != nullptr) return known(*index, link, seen, hints.temporary_name);
    matched = match(*index, seen, origin, hints.temporary_name, apart);
  }
  Found found;
  found.candidates = static_cast<int>(matched.people.size());
  found.people = matched.people;
  switch (matched.kind) {
    case Match::Kind::unsure:
      found.why = base::bad_record(matched.code, place, matched.cause, kReview);
      return found;
    case Match::Kind::one:
      found.kind = Found::Kind::linked;
      found.person = matched.people.front();
      found.confidence = matched.confidence;
      break;
    case Match::Kind::nobody:
      found.kind = Found::Kind::created;
      found.person = model::PersonId(base::uuid());
      found.confidence = 1.0;
      found.candidates = 1;
      break;
  }
  found.change = add(*index, link, origin, found.person, seen.features);
  return found;
}

Found PersonIndex::resolve(const model::SystemId& system, const std::string& key) const {
  if (key.empty())
    return parked("IDENTITY_INCOMPLETE",
                  system.value,
                  "the record does not say whom it is about",
                  "map subject_record");
  const Digest link = digester_.link(system, key);
  auto index = index_.lock();
  const Sightings::Sighting* here = index->find(link);
  if (here != nullptr) return linked(here->person, 1.0);
  return parked("WAITING_FOR_PERSON",
                system.value,
                "the person whom it is about is not known yet",
                "wait for the source to send the person; then see concord person review");
}

void PersonIndex::undo(const IndexChange& change) {
  index_.lock()->undo(change);
}

base::Result<IndexChange> PersonIndex::link(const model::SystemId& system,
                                            const std::string& key,
                                            const model::PersonId& person) {
  const Digest link = digester_.link(system, key);
  auto index = index_.lock();
  if (index->links_of(person) == nullptr) return unknown_person();
  if (index->find(link) == nullptr) return add(*index, link, digester_.system(system), person, {});
  IndexChange change = index->move(link, person);
  index->apply(change);
  return change;
}

PersonIndex::Made PersonIndex::new_person(const model::SystemId& system, const std::string& key) {
  Made made{model::PersonId(base::uuid()), {}};
  const Digest link = digester_.link(system, key);
  auto index = index_.lock();
  if (index->find(link) == nullptr) {
    made.change = add(*index, link, digester_.system(system), made.person, {});
  } else {
    made.change = index->move(link, made.person);
    index->apply(made.change);
  }
  return made;
}

base::Result<IndexChange> PersonIndex::merge(const model::PersonId& survivor,
                                             const model::PersonId& other) {
  auto index = index_.lock();
  const auto* theirs = index->links_of(other);
  if (theirs == nullptr || index->links_of(survivor) == nullptr) return unknown_person();
  IndexChange change;
  if (survivor == other) return change;
  const std::vector<Digest> links = *theirs;  // moving changes what it points at
  for (const Digest& link : links) {
    IndexChange moved = index->move(link, survivor);
    index->apply(moved);
    append(change, std::move(moved));
  }
  return change;
}

base::Result<std::vector<std::string>> PersonIndex::differences(
    const model::PersonId& one, const model::PersonId& other) const {
  auto index = index_.lock();
  if (index->links_of(one) == nullptr || index->links_of(other) == nullptr) return unknown_person();
  return identify::differences(index->view(one), index->view(other));
}

IndexChange PersonIndex::assign(const std::vector<model::ChildRef>& keys,
                                const model::PersonId& person) {
  auto index = index_.lock();
  IndexChange change;
  for (const model::ChildRef& key : keys) {
    const Digest link = digester_.link(key.system, key.key);
    if (index->find(link) == nullptr) {
      append(change, add(*index, link, digester_.system(key.system), person, {}));
      continue;
    }
    IndexChange moved = index->move(link, person);
    index->apply(moved);
    append(change, std::move(moved));
  }
  return change;
}

void PersonIndex::keep_apart(const Apart& pairs) {
  auto index = index_.lock();
  index->apart.clear();
  for (const auto& [one, other] : pairs) {
    const Digest first = digester_.link(one.system, one.key);
    const Digest second = digester_.link(other.system, other.key);
    index->apart.emplace(first, second);
    index->apart.emplace(second, first);
  }
}

std::vector<model::PersonId> PersonIndex::apart_from(const Held& index, const Digest& link) {
  std::vector<model::PersonId> people;
  if (index.apart.empty()) return people;
  std::vector<Digest> ours{link};
  if (const auto* here = index.find(link))
    if (const auto* links = index.links_of(here->person)) ours = *links;
  for (const Digest& mine : ours) {
    const auto [first, last] = index.apart.equal_range(mine);
    for (auto at = first; at != last; ++at)
      if (const auto* theirs = index.find(at->second)) people.push_back(theirs->person);
  }
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

IndexChange PersonIndex::forget(const model::PersonId& person) {
  auto index = index_.lock();
  IndexChange change;
  const auto* theirs = index->links_of(person);
  if (theirs == nullptr) return change;
  const std::vector<Digest> links = *theirs;  // taking out changes what it points at
  for (const Digest& link : links) {
    IndexChange out = index->forget(link);
    index->apply(out);
    append(change, std::move(out));
  }
  return change;
}

size_t PersonIndex::people() const {
  return index_.lock()->people();
}

}  // namespace concord::identify
