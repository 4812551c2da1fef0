// Single records: their form, and the odd ones.
#include <algorithm>
#include <set>

#include "hub/base/time.hpp"
#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

void each_record(Bench& bench,
                 const std::function<void(const std::string& type, const sdk::Record&)>& use) {
  auto instance = bench.make();
  size_t n = 0;
  for (const std::string& type : bench.types())
    for (const sdk::Record& record : bench.read_all(*instance, type).records()) {
      use(type, record);
      ++n;
    }
  if (n == 0) Bench::leave_out("the system gives no record");
}

void complete(Bench& bench) {
  each_record(bench, [&](const std::string& type, const sdk::Record& r) {
    bench.require(r.type == type,
                  "asked for \"" + type + "\", got a record of type \"" + r.type + "\"");
    bench.require(!r.key.empty(), "a record of \"" + type + "\" has no key");
    bench.require(
        !r.version.empty() || r.deleted,
        "a record of \"" + type + "\" has no version: same and changed cannot be told apart");
    bench.require(!r.origin.empty(),
                  "a record of \"" + type + "\" does not say where it was read (origin)");
  });
}

void bodies(Bench& bench) {
  each_record(bench, [&](const std::string& type, const sdk::Record& r) {
    if (r.deleted && r.body.empty()) return;
    auto json = base::read_json(r.body, type, {64u << 20, 64});
    bench.require(static_cast<bool>(json),
                  "a body of \"" + type +
                      "\" is no JSON that the hub takes: " + (json ? "" : json.error().cause));
    bench.require(json->IsObject(), "a body of \"" + type + "\" is no object");
  });
}

void times(Bench& bench) {
  const int64_t now = base::to_us(base::now()), day = 86'400'000'000LL;
  each_record(bench, [&](const std::string& type, const sdk::Record& r) {
    if (r.changed_at_us == CONCORD_TIME_UNKNOWN) return;
    bench.require(
        r.changed_at_us > -2'208'988'800'000'000LL && r.changed_at_us < now + day,
        "changed_at_us of a record of \"" + type +
            "\" lies before 1900 or after tomorrow: it is in microseconds since 1970, UTC");
    bench.require(
        r.changed_at_us == 0 || r.changed_at_us > 100'000'000'000LL || r.changed_at_us < 0,
        "changed_at_us of a record of \"" + type +
            "\" lies on the first day of 1970: it is in microseconds, not in seconds");
  });
}

void body_limit(Bench& bench) {
  auto instance = bench.make();
  const auto [type, whole] = bench.some(*instance);
  const sdk::Limits small{500, 16};
  const Reading given = bench.read_all(*instance, type, "", small);
  for (const sdk::Record& r : given.records())
    bench.require(
        r.body.size() <= small.body_bytes_max,
        "asked for bodies of at most 16 bytes, got one of " + std::to_string(r.body.size()));
  for (const sdk::Reject& r : given.rejects())
    bench.require(r.raw.size() <= small.body_bytes_max,
                  "asked for at most 16 bytes, got a reject with " + std::to_string(r.raw.size()));
  const size_t count = given.records().size() + given.rejects().size();
  bench.require(count >= whole.records().size(),
                "with a limit of 16 bytes a body, " +
                    std::to_string(whole.records().size() - count) + " of " +
                    std::to_string(whole.records().size()) + " records of \"" + type +
                    "\" are neither given nor told as rejects");
}

void large(Bench& bench) {
  auto instance = bench.make();
  const auto said = bench.tell("add_large", {{"bytes", "10000000"}});
  bench.require(said.size() >= 2, "the command add_large must print type and key");
  const Reading given = bench.read_all(*instance, said[0]);
  const auto records = given.records();
  const auto found =
      std::find_if(records.begin(), records.end(), [&](const auto& r) { return r.key == said[1]; });
  const auto rejects = given.rejects();
  bench.require(found != records.end(),
                "a record of 10 MB of \"" + said[0] + "\" was not read, and 16 MB are allowed" +
                    (rejects.empty() ? "" : "; it was rejected: " + rejects[0].error.code));
  bench.require(
      found->body.size() >= 9'000'000,
      "a record of 10 MB came with a body of " + std::to_string(found->body.size()) + " bytes");
  const Reading little = bench.read_all(*bench.make(), said[0], "", {500, 1'000'000});
  const auto cut = little.rejects();
  bench.require(
      !cut.empty(),
      "a record of 10 MB of \"" + said[0] + "\", where 1 MB is allowed, is not told as a reject");
  bench.require(little.records().size() + 1 >= records.size(),
                "one record of \"" + said[0] + "\" is too large, and others are lost with it");
}

bool is_utf8(const std::string& text) {
  base::Json json;
  return static_cast<bool>(base::read_json("\"" +
                                               [&] {
                                                 std::string out;
                                                 for (const char c : text)
                                                   if (c != '"' && c != '\\' &&
                                                       static_cast<unsigned char>(c) >= 0x20)
                                                     out += c;
                                                 return out;
                                               }() +
                                               "\"",
                                           "text",
                                           {64u << 20, 4}));
}

// One bad thing among good ones: told once, and nobody else lost.
void one_bad(Bench& bench, const std::string& command, const std::string& what) {
  std::map<std::string, size_t> before;
  {
    auto instance = bench.make();
    for (const std::string& type : bench.types())
      before[type] = bench.read_all(*instance, type).records().size();
  }
  (void)bench.tell(command);
  if (bench.plan().can("change")) (void)bench.tell("change");  // something behind it
  auto instance = bench.make();
  size_t rejects = 0;
  for (const std::string& type : bench.types()) {
    const Reading given = bench.read_all(*instance, type);
    bench.require(given.records().size() >= before[type],
                  what + ", and " + std::to_string(before[type] - given.records().size()) +
                      " good records of \"" + type + "\" are lost with it");
    for (const sdk::Record& r : given.records())
      bench.require(is_utf8(r.body) && is_utf8(r.key) && is_utf8(r.version) && is_utf8(r.origin),
                    what + ", and it came through as a record that is not UTF-8");
    for (const sdk::Reject& r : given.rejects()) {
      ++rejects;
      bench.require(r.error.error_class == sdk::ErrorClass::bad_record,
                    what + ", and the reject is of class " + Bench::name_of(r.error.error_class) +
                        "; it must be bad_record");
      bench.require(!r.error.place.empty(), what + ", and the reject does not say where it stood");
      bench.require(!r.raw.empty(), what + ", and the reject holds none of its bytes");
    }
    const sdk::Batch again =
        bench.good(instance->read(type, given.checkpoint()), "the next run of \"" + type + "\"");
    bench.require(again.rejects.empty(), what + ", and it is told in each run anew");
  }
  bench.require(rejects > 0, what + ", and no reject tells of it: it is dropped without a word");
}

void invalid_utf8(Bench& bench) {
  one_bad(bench, "add_invalid_utf8", "a record holds bytes that are not UTF-8");
}
void malformed(Bench& bench) {
  one_bad(bench, "add_malformed", "something that is no record lies among the records");
}

void empty_and_absent(Bench& bench) {
  auto instance = bench.make();
  const auto said = bench.tell("add_empty_and_absent");
  bench.require(said.size() >= 4,
                "the command add_empty_and_absent must print type, two keys and a member");
  bool empty_found = false, absent_found = false;
  for (const sdk::Record& r : bench.read_all(*instance, said[0]).records()) {
    if (r.key != said[1] && r.key != said[2]) continue;
    auto body = base::read_json(r.body, "body");
    if (!body) continue;
    const base::JsonValue* member = base::member(*body, said[3]);
    if (r.key == said[1]) {
      empty_found = true;
      bench.require(member != nullptr && !member->IsNull(),
                    "\"" + said[3] + "\" is empty at the source, and absent in the record");
    } else {
      absent_found = true;
      bench.require(
          member == nullptr || member->IsNull(),
          "\"" + said[3] + "\" is absent at the source, and the record has a value for it");
    }
  }
  bench.require(empty_found && absent_found,
                "the two records of add_empty_and_absent were not read");
}

void same_instant(Bench& bench) {
  auto instance = bench.make();
  const auto said = bench.tell("add_same_instant");
  bench.require(said.size() >= 3, "the command add_same_instant must print type and two keys");
  std::set<int64_t> times;
  size_t found = 0;
  for (const sdk::Record& r : bench.read_all(*instance, said[0]).records())
    if (r.key == said[1] || r.key == said[2]) {
      ++found;
      times.insert(r.changed_at_us);
    }
  bench.require(found >= 2, "the two records of add_same_instant were not read");
  bench.require(times.size() == 1,
                "two records were changed at one instant, told in two time zones, and their "
                "changed_at_us differ by " +
                    std::to_string((*times.rbegin() - *times.begin()) / 1'000'000) + " s");
}

}  // namespace

std::vector<Check> record_checks() {
  const Needs reads{.capabilities = {"read"}};
  const auto with = [](const char* command) {
    return Needs{.capabilities = {"read"}, .commands = {command}};
  };
  return {
      {"record.is_complete",
       "Each record has its type, a key, a version and where it was read",
       reads,
       complete},
      {"record.body_is_an_object",
       "Each body is a JSON object without duplicate keys",
       reads,
       bodies},
      {"record.time_is_microseconds",
       "changed_at is in microseconds since 1970, or said to be unknown",
       reads,
       times},
      {"record.body_limit",
       "What is larger than the hub allows is told as a reject, and not lost",
       reads,
       body_limit},
      {"record.10_mb",
       "A record of 10 MB is read where it may be, and a reject where it may not",
       with("add_large"),
       large},
      {"record.invalid_utf8",
       "A record that is not UTF-8 is told as a reject, and holds up no other",
       with("add_invalid_utf8"),
       invalid_utf8},
      {"record.malformed",
       "What is no record is told as a reject, and holds up no other",
       with("add_malformed"),
       malformed},
      {"record.empty_is_not_absent",
       "An empty value stays empty, an absent one absent",
       with("add_empty_and_absent"),
       empty_and_absent},
      {"record.time_zones",
       "One instant told in two time zones is one time",
       with("add_same_instant"),
       same_instant},
  };
}

}  // namespace concord::kit
