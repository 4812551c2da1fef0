// The synthetic children that all simulated agencies know, each in its own words.
//
// The same seed and count give the same children on every machine: no std::distribution, whose
// results differ between libraries. Nobody here is real: every family name starts with "Example-"
// or is "Testfamily", and every identifier starts with "SYN".
//
// Every hundred children begin with the same twelve cases, so that a story can name them:
//   1 plain, known to all four     2 has a substance-use diagnosis     3 has a sealed juvenile
//   record 4 and 5 are twins              6 and 7 share name and birth date, told apart only by sex
//   and ids 8 has no birth date            9 is spelt with and without accents  10 has two family
//   names 11 no state identifier at all  12 known to health alone
// The rest are plain, known to two to four agencies.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace concord::sim {

enum class Agency : uint8_t { child_welfare, juvenile_justice, court, health };
inline constexpr std::array kAgencies{
    Agency::child_welfare, Agency::juvenile_justice, Agency::court, Agency::health};
std::string_view name_of(Agency agency);  // as the system is called: "child_welfare"

// Small and the same everywhere (splitmix64). Not for secrets.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  uint64_t below(uint64_t bound) { return bound == 0 ? 0 : next() % bound; }  // 0 .. bound-1
  bool one_in(uint64_t n) { return below(n) == 0; }

 private:
  uint64_t state_;
};

struct Child {
  int number = 0;  // from 1; position in the list plus one
  std::string given, middle, family;
  std::string birth_date;  // YYYY-MM-DD; empty: nobody knows it
  std::string sex;         // "F" or "M"
  std::string state_id;    // "SYN-000123", shared by some agencies; empty: never given one
  std::string street, city, state, zip, phone;  // synthetic; phone numbers are 555-01xx
  std::string guardian_given, guardian_family;

  // The child's key at each agency; empty where the agency does not know the child.
  std::string child_welfare_id, juvenile_id, court_party_id, mrn;

  bool substance_use = false;    // health holds a substance-use diagnosis
  bool sealed_juvenile = false;  // the juvenile record is sealed
  int twin = 0;                  // number of the twin; 0: none
  int namesake = 0;              // number of the child with the same name and birth date; 0: none
  bool accents = false;          // court and juvenile justice spell the name without accents

  [[nodiscard]] const std::string& key_at(Agency agency) const;
  [[nodiscard]] bool known_to(Agency agency) const { return !key_at(agency).empty(); }
};

// What one agency has on file about who the child is.
struct Sighting {
  std::string key;  // the agency's own
  std::string given, middle, family, birth_date;
  std::string sex;       // "F", "M" or "U": not recorded
  std::string state_id;  // empty: this agency does not hold it
};
// Health holds the state identifier of about two in three; court has not recorded the sex of
// namesakes and holds no state identifier for them, so that only a person can tell which one it is.
Sighting seen_by(const Child& child, Agency agency);

std::vector<Child> make_children(uint64_t seed, int count);

// All children as one JSON array: number, case, and what each agency has on file. For GET /truth.
std::string children_json(const std::vector<Child>& children);

}  // namespace concord::sim
