#include "examples/simulators/children.hpp"

#include <concord/json.hpp>
#include <cstdio>
#include <unordered_set>

namespace concord::sim {
namespace {

constexpr std::array kGivenF{"Ada",   "Bela",  "Chloé", "Dara",  "Elif",  "Fern",  "Gia",  "Hana",
                             "Ines",  "Joy",   "Kaya",  "Lena",  "María", "Nadia", "Opal", "Petra",
                             "Quinn", "Renée", "Sofía", "Tessa", "Uma",   "Vera",  "Wren", "Zoë"};
constexpr std::array kGivenM{"Aron",  "Bilal", "Cruz", "Dario", "Emil",  "Felix", "Gus",  "Hugo",
                             "Ivan",  "José",  "Kofi", "Liam",  "Mateo", "Noah",  "Omar", "Pablo",
                             "Quade", "Raúl",  "Seth", "Tomás", "Ugo",   "Vito",  "Wade", "Zane"};
constexpr std::array kMiddle{"", "", "", "A", "B", "Lee", "Mae", "Ray", "Sol", "Jo"};
constexpr std::array kFamily{"Rivera",  "Okafor", "Nguyen", "Larsen", "Haddad", "Kowalski",
                             "Tanaka",  "Mensah", "Silva",  "Novak",  "Begay",  "Moreau",
                             "Patel",   "Castro", "Weber",  "Ivanov", "Osman",  "Quispe",
                             "Farrell", "Dubois", "Haile",  "Sato",   "Ortega", "Lindgren"};
constexpr std::array kStreet{"Sample Street", "Test Avenue", "Specimen Road", "Model Lane"};
constexpr std::array kCity{"Exampleton", "Sampleville", "Testborough"};
constexpr int kBlock = 100;  // the twelve cases come back in every block

std::string numbered(const char* format, int number) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), format, number);
  return {text.data(), static_cast<size_t>(size)};
}

template <class Table>
std::string pick(const Table& table, Random& random) {
  return table[random.below(table.size())];
}

std::string birth_date(Random& random) {
  const int year = 2008 + static_cast<int>(random.below(10));
  const int month = 1 + static_cast<int>(random.below(12));
  const int day = 1 + static_cast<int>(random.below(28));
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", year, month, day);
  return {text.data(), static_cast<size_t>(size)};
}

std::string without_accents(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> letters{
      {{"á", "a"}, {"é", "e"}, {"í", "i"}, {"ó", "o"}, {"ú", "u"}, {"ë", "e"}, {"ñ", "n"}}};
  for (const auto& [from, to] : letters) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from)) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

void give_keys(Child& child, bool welfare, bool juvenile, bool court, bool health) {
  child.child_welfare_id = welfare ? numbered("SYN-CW-%06d", child.number) : "";
  child.juvenile_id = juvenile ? numbered("SYN-JJ-%06d", child.number) : "";
  child.court_party_id = court ? numbered("SYN-CP-%06d", child.number) : "";
  child.mrn = health ? numbered("SYN-MRN-%06d", child.number) : "";
}

Child plain_child(int number, Random& random) {
  Child child;
  child.number = number;
  child.sex = random.one_in(2) ? "F" : "M";
  child.given = child.sex == "F" ? pick(kGivenF, random) : pick(kGivenM, random);
  child.middle = pick(kMiddle, random);
  child.family = "Example-" + pick(kFamily, random);
  child.birth_date = birth_date(random);
  child.state_id = numbered("SYN-%06d", number);
  child.street = std::to_string(1 + random.below(900)) + " " + pick(kStreet, random);
  child.city = pick(kCity, random);
  child.state = "ZZ";  // no such state
  child.zip = "00000";
  child.phone = numbered("555-01%02d", static_cast<int>(random.below(100)));
  child.guardian_given = pick(kGivenF, random);
  child.guardian_family = child.family;
  // Two to four agencies: never fewer, or there would be nobody to tell.
  const uint64_t unknown_a = random.below(4);
  const uint64_t unknown_b = random.below(8);  // 4 to 7: none
  auto knows = [&](uint64_t i) { return random.one_in(3) || (i != unknown_a && i != unknown_b); };
  const bool welfare = knows(0), juvenile = knows(1), court = knows(2), health = knows(3);
  give_keys(child, welfare, juvenile, court, health);
  return child;
}

// A family name that no other block has: "Testfamily", "Testfamily-B", "Testfamily-BA".
std::string block_family(int number) {
  std::string letters;
  for (int block = (number - 1) / kBlock; block > 0; block /= 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + block % 26));
  }
  return letters.empty() ? "Testfamily" : "Testfamily-" + letters;
}

// The twelve cases. before: the child just made, which 5 and 7 are made like.
void make_special(Child& child, const Child* before) {
  const int place = (child.number - 1) % kBlock + 1;
  if (place > 12) return;
  give_keys(child, true, true, true, true);
  switch (place) {
    case 2:
      child.substance_use = true;
      break;
    case 3:
      child.sealed_juvenile = true;
      break;
    case 4:
      child.twin = child.number + 1;
      break;
    case 5:
      child.twin = before->number;
      child.family = child.guardian_family = before->family;
      child.guardian_given = before->guardian_given;
      child.birth_date = before->birth_date;
      child.street = before->street;
      child.city = before->city;
      child.sex = before->sex;
      if (child.given == before->given) child.given += "-Jo";
      break;
    case 6:
      child.namesake = child.number + 1;
      child.given = "Robin";
      child.family = child.guardian_family = block_family(child.number);
      break;
    case 7:
      child.namesake = before->number;
      child.given = before->given;
      child.middle = before->middle;
      child.family = child.guardian_family = before->family;
      child.birth_date = before->birth_date;
      child.sex = before->sex == "F" ? "M" : "F";
      break;
    case 8:
      child.birth_date.clear();
      child.family = child.guardian_family = block_family(child.number);
      break;
    case 9:
      child.given = child.sex == "F" ? "Renée" : "José";
      child.accents = true;
      break;
    case 10:
      child.family = child.guardian_family = "Testfamily Example-Rivera";
      break;
    case 11:
      child.state_id.clear();
      break;
    case 12:
      give_keys(child, false, false, false, true);
      break;
    default:
      break;
  }
}

std::string identity(const Child& child) {
  return child.given + '|' + child.family + '|' + child.birth_date + '|' + child.sex;
}

}  // namespace

uint64_t Random::next() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

std::string_view name_of(Agency agency) {
  switch (agency) {
    case Agency::child_welfare:
      return "child_welfare";
    case Agency::juvenile_justice:
      return "juvenile_justice";
    case Agency::court:
      return "court";
    case Agency::health:
      return "health";
  }
  return "";
}

const std::string& Child::key_at(Agency agency) const {
  switch (agency) {
    case Agency::juvenile_justice:
      return juvenile_id;
    case Agency::court:
      return court_party_id;
    case Agency::health:
      return mrn;
    case Agency::child_welfare:
      break;
  }
  return child_welfare_id;
}

Sighting seen_by(const Child& child, Agency agency) {
  Sighting seen{child.key_at(agency),
                child.given,
                child.middle,
                child.family,
                child.birth_date,
                child.sex,
                child.state_id};
  const bool plain_letters = agency == Agency::court || agency == Agency::juvenile_justice;
  if (child.accents && plain_letters) seen.given = without_accents(seen.given);
  // Numbers, not chance: the same child keeps its lot when the list grows.
  if (agency == Agency::health && child.number % 3 == 0) seen.state_id.clear();
  if (agency == Agency::court && child.namesake != 0) {
    seen.state_id.clear();
    seen.sex = "U";
  }
  return seen;
}

std::vector<Child> make_children(uint64_t seed, int count) {
  std::vector<Child> children;
  children.reserve(static_cast<size_t>(count > 0 ? count : 0));
  std::unordered_set<std::string> taken;  // so that only the namesakes are alike
  for (int number = 1; number <= count; ++number) {
    // A stream of its own for each child, so that a longer list starts with the shorter one.
    Random random(seed * 0x100000001b3ull + static_cast<uint64_t>(number));
    Child child;
    do {
      child = plain_child(number, random);
      make_special(child, children.empty() ? nullptr : &children.back());
    } while (!taken.insert(identity(child)).second);
    children.push_back(std::move(child));
  }
  // A list that ends between two who belong together leaves the last one alone.
  if (!children.empty()) {
    Child& last = children.back();
    if (last.twin > last.number) last.twin = 0;
    if (last.namesake > last.number) last.namesake = 0;
  }
  return children;
}

std::string children_json(const std::vector<Child>& children) {
  sdk::JsonWriter out;
  out.array();
  for (const Child& child : children) {
    out.object().field("number", child.number).field("state_id", child.state_id);
    out.field("given", child.given).field("family", child.family);
    out.field("birth_date", child.birth_date).field("sex", child.sex);
    out.field("substance_use", child.substance_use);
    out.field("sealed_juvenile", child.sealed_juvenile);
    out.field("twin", child.twin).field("namesake", child.namesake);
    out.key("agencies").object();
    for (const Agency agency : kAgencies) {
      if (!child.known_to(agency)) continue;
      const Sighting seen = seen_by(child, agency);
      out.key(name_of(agency)).object().field("key", seen.key).field("given", seen.given);
      out.field("family", seen.family).field("birth_date", seen.birth_date);
      out.field("sex", seen.sex).field("state_id", seen.state_id).end();
    }
    out.end().end();
  }
  out.end_array();
  return out.text();
}

}  // namespace concord::sim
