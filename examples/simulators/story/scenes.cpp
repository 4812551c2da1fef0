#include "examples/simulators/story/scenes.hpp"

#include <algorithm>
#include <set>

namespace concord::story {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kWelfare = "SYN-CW-";
constexpr const char* kCourt = "SYN-CP-";

std::string verb(const char* name, int child, const std::string& more = "") {
  return std::string("{\"verb\":\"") + name + "\",\"child\":" + std::to_string(child) + more + "}";
}

// Lines of a type about one child, that took effect at or after a moment.
std::vector<Line> about(const Play& play,
                        const std::string& system,
                        const std::string& type,
                        const std::string& subject,
                        Clock::time_point since = {}) {
  std::vector<Line> found;
  for (Line& line : play.received(system))
    if ((type.empty() || line.type == type) && line.effect == "applied" && line.at >= since &&
        (line.subject == subject || line.body.find("\"" + subject + "\"") != std::string::npos))
      found.push_back(std::move(line));
  return found;
}

bool arrives(const Play& play,
             const std::string& system,
             const std::string& type,
             const std::string& subject,
             Clock::time_point since,
             milliseconds patience) {
  return play.wait(patience, [&] { return !about(play, system, type, subject, since).empty(); });
}

int64_t lines_of(const rapidjson::Document& ledger,
                 std::string_view outcome,
                 std::string_view reason_start) {
  int64_t count = 0;
  for (const auto& line : ledger["lines"].GetArray())
    if (sdk::text_of(line, "outcome") == outcome &&
        sdk::text_of(line, "reason").starts_with(reason_start))
      count += line["count"].GetInt64();
  return count;
}

int64_t waiting(const Play& play) {
  const rapidjson::Document ledger = play.ledger();
  return ledger.IsObject() && ledger["deliveries"].HasMember("waiting")
             ? ledger["deliveries"]["waiting"].GetInt64()
             : 0;
}

void first_look(Play& play) {
  play.scene("1. Four agencies, 200 children. The hub reads what each of them has.");
  play.claim(play.settle(seconds(60)),
             "the hub has read all four systems and nothing is on its way");
  const rapidjson::Document ledger = play.ledger();
  play.say(play.concord({"ledger"}), 2);
  play.claim(ledger.IsObject() && ledger["balanced"].GetBool(), "every record is accounted for");
  play.claim(ledger.IsObject() && ledger["deliveries"].HasMember("delivered") &&
                 ledger["deliveries"]["delivered"].GetInt64() > 0,
             "consented updates have reached their recipients");
}

void discharge(Play& play) {
  play.scene(
      "2. The hospital discharges a child (HL7 A03 over MLLP). The case coordinator must know at "
      "once.");
  const Clock::time_point now = Clock::now();
  play.act("health", verb("discharge", 1));
  const bool came =
      arrives(play, "child_welfare", "health_event", play.key(1, kWelfare), now, seconds(10));
  play.claim(came, "the coordinator's system has the discharge");
  if (!came) return;
  const auto first =
      about(play, "child_welfare", "health_event", play.key(1, kWelfare), now).front();
  const auto took = std::chrono::duration_cast<milliseconds>(first.at - now);
  play.claim(took <= seconds(2),
             "it took " + std::to_string(took.count()) +
                 " ms from the bedside to the coordinator (at most 2,000)");
}

void placement(Play& play) {
  play.scene("3. A child moves to another foster home. Court and hospital learn it on schedule.");
  const Clock::time_point now = Clock::now();
  play.act(
      "child_welfare",
      verb("place_child", 1, R"(,"placement_type":"FFH","facility":"Example Foster Home 77")"));
  play.claim(arrives(play, "court", "docket_note", play.key(1, kCourt), now, seconds(15)),
             "the court has a note on its docket");
  play.claim(arrives(play, "health", "", "SYN-MRN-000001", now, seconds(15)),
             "the hospital has it in the child's FHIR record");
}

void hearing(Play& play) {
  play.scene("4. The court sets a hearing. Child welfare and probation must be there.");
  const Clock::time_point now = Clock::now();
  play.act("court",
           verb("schedule_hearing", 1, R"(,"kind":"review","local":"2027-03-09T09:30:00")"));
  play.claim(arrives(play, "child_welfare", "court_event", play.key(1, kWelfare), now, seconds(15)),
             "child welfare has the hearing");
  play.claim(
      arrives(play, "juvenile_justice", "court_event", play.key(1, "SYN-JJ-"), now, seconds(15)),
      "probation has the hearing");
  const auto events = about(play, "child_welfare", "court_event", play.key(1, kWelfare), now);
  play.claim(!events.empty() && events.front().body.find("09:30") != std::string::npos,
             "it is at 09:30 by the court's clock, as the court set it");
}

// Child 98 has the consent under part 2 that names department and hub.
void with_consent(Play& play) {
  constexpr int kChild = 98;
  const Clock::time_point now = Clock::now();
  play.act("health", verb("diagnose", kChild, R"(,"code":"F10.20","text":"Alcohol dependence")"));
  const std::string child = play.key(kChild, kWelfare);
  Line diagnosis;
  const bool came = play.wait(seconds(15), [&] {
    for (Line& line : about(play, "child_welfare", "health_event", child, now))
      if (line.body.find("F10.20") != std::string::npos) diagnosis = std::move(line);
    return !diagnosis.body.empty();
  });
  play.claim(came, "with that consent, the coordinator's system has a child's diagnosis");
  play.claim(diagnosis.obligations.find("42 CFR part 2 prohibits unauthorized use or disclosure") !=
                     std::string::npos &&
                 diagnosis.obligations.find("C-000098-P2") != std::string::npos,
             "and beside it the notice that must accompany it, and the consent's scope (42 CFR "
             "2.32)");
}

void substance_use(Play& play) {
  play.scene(
      "5. A substance-use diagnosis. Federal law (42 CFR part 2) wants its own consent; there is "
      "none.");
  play.act("health", verb("diagnose", 2, R"(,"code":"F10.20","text":"Alcohol dependence")"));
  play.settle(seconds(15));
  bool leaked = false;
  for (const char* system : {"child_welfare", "court", "juvenile_justice"})
    for (const Line& line : play.received(system))
      leaked |=
          line.body.find("F10") != std::string::npos || line.body.find("F11") != std::string::npos;
  play.claim(!leaked, "no other agency's log holds the diagnosis, of this child or of any other");
  const std::string list =
      play.concord({"delivery", "list", "--outcome", "withheld", "--most", "1", "--json"});
  rapidjson::Document json;
  sdk::JsonFault fault;
  const bool read = sdk::parse_json(list, json, fault) && json.HasMember("deliveries") &&
                    !json["deliveries"].Empty();
  play.claim(read, "the hub's ledger holds what was withheld");
  if (!read) return;
  const std::string words =
      play.concord({"explain", std::to_string(json["deliveries"][0]["id"].GetInt64())});
  play.claim(words.find("42 CFR") != std::string::npos, "and the reason, in plain words:");
  play.say(words);
  with_consent(play);
}

void revocation(Play& play) {
  play.scene("6. A consent is revoked while deliveries wait. None may go out after.");
  const std::vector<int> two = play.children_known_to({"health", "child_welfare"}, 2);
  if (two.size() < 2) return play.claim(false, "two children that both agencies know");
  const int revoked_child = two[0];
  const int other = two[1];
  play.tell("child_welfare", "down", "{}");
  play.act("health", verb("discharge", revoked_child));
  play.act("health", verb("discharge", other));
  play.claim(play.wait(seconds(10), [&] { return waiting(play) >= 2; }),
             "the coordinator's system is down; two discharges wait for it");
  int code = -1;
  play.say(play.concord({"consent", "revoke", play.key(revoked_child, "C-")}, &code));
  const Clock::time_point revoked = Clock::now();
  play.claim(code == 0, "the revocation of one child's consent is acknowledged");
  play.tell("child_welfare", "up", "{}");
  play.claim(
      arrives(
          play, "child_welfare", "health_event", play.key(other, kWelfare), revoked, seconds(40)),
      "the system is back, and is told of the child whose consent stands");
  play.settle(seconds(30));
  play.claim(
      about(play, "child_welfare", "health_event", play.key(revoked_child, kWelfare), revoked)
          .empty(),
      "nothing about the child whose consent was revoked came after the acknowledgement");
}

void sealed(Play& play) {
  play.scene("7. A juvenile record is sealed.");
  const Clock::time_point now = Clock::now();
  play.act(
      "juvenile_justice",
      verb("detain", 3, R"(,"facility":"Example Youth Center","reason":"warrant","sealed":true)"));
  play.act("juvenile_justice", R"({"verb":"seal","child":3})");
  play.settle(seconds(15));
  bool seen = false;
  for (const char* system : {"child_welfare", "court", "health"})
    for (const Line& line : play.received(system))
      seen |= line.at >= now &&
              (line.subject == play.key(3, kWelfare) || line.subject == play.key(3, kCourt)) &&
              line.body.find("Youth Center") != std::string::npos;
  play.claim(!seen, "it stays where it is: no log of another agency shows it");
  play.claim(lines_of(play.ledger(), "withheld", "SEALED") > 0,
             "the hub had it, and its ledger says that it was withheld as sealed");
}

void unsure(Play& play) {
  play.scene("8. Two children share a name and a birth date. The hub does not guess.");
  const rapidjson::Document ledger = play.ledger();
  play.claim(lines_of(ledger, "parked", "IDENTITY") + lines_of(ledger, "parked", "WAITING") > 0,
             "records whose child nobody is sure of are parked");
  play.say(play.concord({"person", "review"}), 4);
}

void poison(Play& play) {
  play.scene("9. One record that the court will not take. Only that child's lane stands still.");
  const std::vector<int> five = play.children_known_to({"child_welfare", "court"}, 5);
  if (five.size() < 5) return play.claim(false, "five children that both agencies know");
  const Clock::time_point now = Clock::now();
  play.act("court", verb("refuse_party", five[0], ",\"on\":true"));
  for (const int child : five)
    play.act("child_welfare",
             verb("place_child", child, R"(,"placement_type":"FFH","facility":"Example Home 9")"));
  bool others = true;
  for (size_t i = 1; i < five.size(); ++i)
    others &= arrives(play, "court", "docket_note", play.key(five[i], kCourt), now, seconds(20));
  play.claim(others, "the notes of four other children have arrived");
  play.claim(about(play, "court", "docket_note", play.key(five[0], kCourt), now).empty(),
             "the refused one has not");
  play.claim(play.wait(seconds(10), [&] { return lines_of(play.ledger(), "parked", "NOTE") > 0; }),
             "it is parked, with a reason and an owner");
  play.say(play.concord({"status"}), 3);
}

void outage(Play& play) {
  play.scene("10. The court's system goes down for a while. Nothing is lost, nothing comes twice.");
  const std::vector<int> children = play.children_known_to({"child_welfare", "court"}, 20);
  const Clock::time_point now = Clock::now();
  play.tell("court", "down", "{}");
  for (const int child : children)
    play.act("child_welfare",
             verb("place_child", child, R"(,"placement_type":"GH","facility":"Example Home 5")"));
  play.claim(play.wait(seconds(15), [&] { return waiting(play) >= 20; }),
             "twenty placements wait for it");
  play.tell("court", "up", "{}");
  size_t arrived = 0;
  for (const int child : children)
    arrived += arrives(play,
                       "court",
                       "docket_note",
                       play.key(child, kCourt),
                       now,
                       seconds(arrived == 0 ? 60 : 10));
  play.claim(arrived == children.size() && arrived == 20,
             "back again: " + std::to_string(arrived) + " of 20 notes are there");
  std::multiset<std::string> effects;
  for (const char* system : {"child_welfare", "court", "health", "juvenile_justice"})
    for (const Line& line : play.received(system))
      if (line.effect == "applied")
        effects.insert(std::string(system) + " " + line.type + " " + line.key + " " +
                       std::to_string(line.version));
  const bool once = std::all_of(
      effects.begin(), effects.end(), [&](const std::string& e) { return effects.count(e) == 1; });
  play.claim(once, std::to_string(effects.size()) + " effects at the four agencies, each once");
}

void account(Play& play) {
  play.scene("11. The account.");
  play.settle(seconds(30));
  int code = -1;
  const std::string words = play.concord({"ledger"}, &code);
  play.say(words);
  play.claim(code == 0, "the ledger balances");
  const rapidjson::Document ledger = play.ledger();
  int64_t applied = 0;
  for (const char* system : {"child_welfare", "court", "health", "juvenile_justice"})
    for (const Line& line : play.received(system))
      applied += line.effect == "applied" || line.effect == "stale";
  const int64_t delivered = ledger["deliveries"].HasMember("delivered")
                                ? ledger["deliveries"]["delivered"].GetInt64()
                                : 0;
  play.claim(applied == delivered,
             "the agencies' own logs count " + std::to_string(applied) + " deliveries, the hub " +
                 std::to_string(delivered));
}

}  // namespace

void tell_story(Play& play) {
  first_look(play);
  discharge(play);
  placement(play);
  hearing(play);
  substance_use(play);
  revocation(play);
  sealed(play);
  unsure(play);
  poison(play);
  outage(play);
  account(play);
}

}  // namespace concord::story
