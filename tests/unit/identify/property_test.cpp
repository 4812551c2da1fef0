// What must hold for any people, with a mutant for each property that it must catch.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <set>

#include "tests/unit/identify/builders.hpp"

namespace concord::identify {
namespace {

// A record, and who it is really about.
struct Truth {
  int person = 0;
  std::string system;
  Child child;
};
using World = std::vector<Truth>;
// What the index is told of a record. A mutant tells less than there is.
using Telling = std::function<Child(const Child&)>;

Child as_it_is(const Child& child) {
  return child;
}
Child without_given_names(const Child& child) {
  Child told = child;
  told.given = "X";
  return told;
}
Child without_birth_dates(const Child& child) {
  Child told = child;
  told.birth_date = "2010-01-01";
  return told;
}

const std::vector<std::string> kSystems = {"cw", "court", "jj", "health"};

std::string spelt(const std::string& name, std::mt19937_64& random) {
  std::string out = name;
  if (random() % 3 == 0)
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (random() % 3 == 0) std::replace(out.begin(), out.end(), '-', ' ');
  return out;
}

// Children, twins and mothers of their name, each known to some systems, complete everywhere.
World a_world(uint64_t seed) {
  std::mt19937_64 random(seed);
  const char* given[] = {"Ada", "Bela", "Chloe", "Dara", "Elif"};
  const char* family[] = {"Testfamily", "Example-Rivera", "Example-Sato"};
  std::set<std::string> taken;
  World world;
  for (int person = 0; person < 30; ++person) {
    Child child{
        "", given[random() % 5], family[random() % 3], "", random() % 2 ? "female" : "male"};
    child.birth_date =
        "201" + std::to_string(random() % 3) + "-05-0" + std::to_string(1 + random() % 3);
    if (random() % 5 == 0) child.birth_date = "1985-05-01";
    if (!taken.insert(child.given + child.family + child.birth_date).second) continue;
    if (random() % 2) child.state_id = "SYN-" + std::to_string(1000 + person);
    for (const std::string& system : kSystems) {
      if (random() % 3 == 0) continue;
      Child seen = child;
      seen.key = system + std::to_string(person);
      seen.given = spelt(seen.given, random);
      seen.family = spelt(seen.family, random);
      if (random() % 3 == 0) seen.state_id.clear();
      world.push_back({person, system, seen});
    }
  }
  return world;
}

struct Outcome {
  std::map<int, std::set<std::string>> index_of;  // true person → persons of the index
  std::map<std::string, std::set<int>> truly_of;  // person of the index → true persons
  int parked = 0;
};

Outcome run(const World& world, const Telling& tell) {
  Kept kept;
  Outcome outcome;
  for (const Truth& record : world) {
    const Found found = kept.see(record.system, tell(record.child));
    if (found.kind == Found::Kind::parked) {
      ++outcome.parked;
      continue;
    }
    outcome.index_of[record.person].insert(found.person.value);
    outcome.truly_of[found.person.value].insert(record.person);
  }
  return outcome;
}

// The seed that breaks it, if any.
using Property = bool (*)(uint64_t seed, const Telling& tell);
std::optional<uint64_t> search(Property holds, const Telling& tell) {
  for (uint64_t seed = 1; seed <= 60; ++seed)
    if (!holds(seed, tell)) return seed;
  return std::nullopt;
}

bool nobody_is_merged_with_another(uint64_t seed, const Telling& tell) {
  const Outcome outcome = run(a_world(seed), tell);
  return std::all_of(outcome.truly_of.begin(), outcome.truly_of.end(), [](const auto& entry) {
    return entry.second.size() == 1;
  });
}

bool complete_records_come_together_in_any_order(uint64_t seed, const Telling& tell) {
  World world = a_world(seed);
  std::mt19937_64 random(seed);
  for (int order = 0; order < 4; ++order) {
    const Outcome outcome = run(world, tell);
    if (outcome.parked != 0) return false;
    for (const auto& [person, found] : outcome.index_of)
      if (found.size() != 1) return false;
    std::shuffle(world.begin(), world.end(), random);
  }
  return true;
}

TEST(IdentifyProperty, nobody_is_merged_with_another) {
  const auto seed = search(nobody_is_merged_with_another, as_it_is);
  EXPECT_FALSE(seed) << "seed=" << *seed;
}

TEST(IdentifyProperty, and_it_catches_an_index_that_is_blind_to_given_names) {
  EXPECT_TRUE(search(nobody_is_merged_with_another, without_given_names));
}

TEST(IdentifyProperty, and_it_catches_an_index_that_is_blind_to_birth_dates) {
  EXPECT_TRUE(search(nobody_is_merged_with_another, without_birth_dates));
}

TEST(IdentifyProperty, complete_records_come_together_in_any_order) {
  const auto seed = search(complete_records_come_together_in_any_order, as_it_is);
  EXPECT_FALSE(seed) << "seed=" << *seed;
}

TEST(IdentifyProperty, and_it_catches_an_index_that_takes_no_notice_of_spelling) {
  const auto letters_as_written = [](const Child& child) {
    Child told = child;
    if (std::all_of(told.family.begin(), told.family.end(), [](char c) { return c < 'a'; }))
      told.family += "X";
    return told;
  };
  EXPECT_TRUE(search(complete_records_come_together_in_any_order, letters_as_written));
}

// Undoing all changes, last first, leaves an empty index.
TEST(IdentifyProperty, every_change_can_be_undone) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const World world = a_world(seed);
    Kept kept;
    std::vector<IndexChange> changes;
    for (const Truth& record : world)
      changes.push_back(kept.see(record.system, record.child).change);
    ASSERT_GT(kept.index.people(), 0u);
    for (auto change = changes.rbegin(); change != changes.rend(); ++change)
      kept.index.undo(*change);
    EXPECT_EQ(kept.index.people(), 0u) << "seed=" << seed;
    for (const Truth& record : world)
      EXPECT_EQ(kept.index.resolve(model::SystemId(record.system), record.child.key).kind,
                Found::Kind::parked);
    const Found fresh =
        kept.index.identify(person_of("Z"), hints_of(world.front().child), a_system("z"));
    EXPECT_EQ(fresh.kind, Found::Kind::created) << "seed=" << seed;
  }
}

}  // namespace
}  // namespace concord::identify
