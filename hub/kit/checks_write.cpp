// Writing: an outcome for each, nothing twice, one bad document held against nobody else.
#include <algorithm>
#include <sstream>
#include <thread>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

using Deliveries = std::vector<sdk::Delivery>;

std::vector<sdk::Outcome> written(Bench& bench,
                                  Instance& instance,
                                  const Deliveries& deliveries,
                                  const std::string& what) {
  bench.doing("write");
  auto outcomes = bench.good(instance.write(deliveries), what);
  bench.require(outcomes.size() == deliveries.size(),
                what + " gave " + std::to_string(outcomes.size()) + " outcomes for " +
                    std::to_string(deliveries.size()) + " deliveries");
  return outcomes;
}

void all_good(Bench& bench, const std::vector<sdk::Outcome>& outcomes, const std::string& what) {
  for (size_t i = 0; i < outcomes.size(); ++i)
    bench.require(!outcomes[i].error,
                  what + ": document " + std::to_string(i + 1) + " was refused: " +
                      (outcomes[i].error ? Bench::told_in_short(*outcomes[i].error) : ""));
}

// "type key version" lines of the command holds: the version under a key, or "".
std::string version_held(Bench& bench, std::string_view key) {
  std::istringstream lines(bench.tell_text("holds"));
  std::string type, held, version;
  while (lines >> type >> held >> version)
    if (held == key) return version;
  return {};
}

void accepts(Bench& bench) {
  auto instance = bench.make();
  const auto documents = bench.documents(5);
  all_good(bench,
           written(bench, *instance, documents, "a write of five documents"),
           "a write of five documents");
}

void arrives(Bench& bench) {
  auto instance = bench.make();
  const auto documents = bench.documents(3);
  all_good(bench, written(bench, *instance, documents, "a write"), "a write");
  for (size_t i = 0; i < documents.size(); ++i)
    bench.require(version_held(bench, documents[i].key) == "1",
                  "document " + std::to_string(i + 1) +
                      " was told as durable, and the system does not hold it in its version");
}

void idempotent(Bench& bench) {
  auto instance = bench.make();
  const auto documents = bench.documents(3);
  written(bench, *instance, documents, "a write");
  const std::string before = bench.tell_text("holds"), effects = bench.tell_text("effects");
  all_good(
      bench, written(bench, *instance, documents, "the same write again"), "the same write again");
  bench.require(bench.tell_text("effects") == effects,
                "the same deliveries, sent again, had a second effect");
  bench.require(bench.tell_text("holds") == before,
                "the same deliveries, sent again, changed what the system holds");
}

void idempotent_elsewhere(Bench& bench) {
  const auto documents = bench.elsewhere(
      [](Bench& there) {
        auto instance = there.make();
        (void)written(there, *instance, there.documents(3), "a write");
        return there.tell_text("effects");
      },
      true);
  auto instance = bench.make();
  all_good(bench,
           written(bench, *instance, bench.documents(3), "the same write after a crash"),
           "the same write after a crash");
  bench.require(
      bench.tell_text("effects") == documents,
      "written, killed before the hub could note it, written again: it had a second effect");
}

void rewrites(Bench& bench) {
  auto instance = bench.make();
  auto document = bench.documents(1).front();
  written(bench, *instance, {document}, "a write");
  document.version = 2;
  document.idempotency_key = "kit-second-version";
  all_good(
      bench, written(bench, *instance, {document}, "a write of version 2"), "a write of version 2");
  bench.require(version_held(bench, document.key) == "2",
                "version 2 was told as durable, and the system holds another");
}

void stale(Bench& bench) {
  auto instance = bench.make();
  auto document = bench.documents(1).front();
  document.version = 2;
  document.idempotency_key = "kit-stale-2";
  written(bench, *instance, {document}, "a write of version 2");
  document.version = 1;
  document.idempotency_key = "kit-stale-1";
  all_good(bench,
           written(bench, *instance, {document}, "a write of version 1 after version 2"),
           "a write of version 1 after version 2");
  bench.require(version_held(bench, document.key) == "2",
                "version 1 came after version 2, and overwrote it");
}

void withdraws(Bench& bench) {
  auto instance = bench.make();
  auto document = bench.documents(1).front();
  written(bench, *instance, {document}, "a write");
  document.withdraw = true;
  document.version = 2;
  document.idempotency_key = "kit-withdraw";
  all_good(bench, written(bench, *instance, {document}, "a withdrawal"), "a withdrawal");
  bench.require(version_held(bench, document.key) != "1",
                "a withdrawal was told as done, and the system still holds the document as it was");
}

void withdraws_unknown(Bench& bench) {
  auto instance = bench.make();
  auto document = bench.documents(1).front();
  document.key = "KIT-NEVER-WRITTEN";
  document.withdraw = true;
  const auto outcomes =
      written(bench, *instance, {document}, "a withdrawal of what was never written");
  bench.require(!outcomes[0].error || outcomes[0].error->error_class == sdk::ErrorClass::bad_record,
                "a withdrawal of what was never written fails with another class than bad_record");
}

void by_index(Bench& bench) {
  auto instance = bench.make();
  Deliveries documents = bench.documents(4);
  documents[1] = bench.delivery(bench.refused(), "KIT-REFUSED");
  const auto outcomes = written(bench, *instance, documents, "a write with one bad document");
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (i != 1) {
      bench.require(
          !outcomes[i].error,
          "document 2 of 4 is bad, and document " + std::to_string(i + 1) + " is refused for it");
      continue;
    }
    bench.require(outcomes[1].error.has_value(),
                  "the document that the system refuses is told as durable");
    bench.require(outcomes[1].error->error_class == sdk::ErrorClass::bad_record,
                  "the document that the system refuses is of class " +
                      Bench::name_of(outcomes[1].error->error_class) + "; it must be bad_record");
  }
  if (bench.plan().can("holds"))
    bench.require(!version_held(bench, documents[3].key).empty(),
                  "document 4 of 4 stands behind a bad one, was told as durable, and is not held");
}

void unknown_type(Bench& bench) {
  auto instance = bench.make();
  const auto outcomes = written(bench,
                                *instance,
                                {bench.delivery({"kit_no_such_type", "", "", "{}"}, "KIT-T")},
                                "a write of an unknown type");
  bench.require(outcomes[0].error.has_value(), "a document of an unknown type is told as durable");
  bench.require(outcomes[0].error->error_class == sdk::ErrorClass::bad_record ||
                    outcomes[0].error->error_class == sdk::ErrorClass::config,
                "a document of an unknown type fails with class " +
                    Bench::name_of(outcomes[0].error->error_class) +
                    "; it must be bad_record or config");
}

void odd_bodies(Bench& bench) {
  auto instance = bench.make();
  const auto good = bench.documents(1).front();
  std::string deep = "{\"a\":";
  for (int i = 0; i < 100000; ++i) deep += "[";
  for (const std::string& body : {std::string(),
                                  std::string("{"),
                                  std::string("[]"),
                                  std::string("null"),
                                  std::string("{\"a\":1,\"a\":2}"),
                                  std::string("\xFF\xFE"),
                                  deep}) {
    sdk::Delivery odd = good;
    odd.body = body;
    odd.key = "KIT-ODD";
    odd.idempotency_key = "kit-odd";
    const auto outcomes =
        written(bench, *instance, {odd}, "a write of a body that is no JSON object");
    bench.require(
        !outcomes[0].error || outcomes[0].error->error_class == sdk::ErrorClass::bad_record,
        "a body that is no JSON object fails with class " +
            (outcomes[0].error ? Bench::name_of(outcomes[0].error->error_class) : "") +
            "; it must be bad_record");
  }
}

void empty(Bench& bench) {
  auto instance = bench.make();
  written(bench, *instance, {}, "a write of no document");
}

void many(Bench& bench) {
  auto instance = bench.make();
  const auto documents = bench.documents(100);
  all_good(bench,
           written(bench, *instance, documents, "a write of 100 documents"),
           "a write of 100 documents");
  if (bench.plan().can("holds"))
    bench.require(version_held(bench, documents[99].key) == "1",
                  "the last of 100 documents is told as durable, and not held");
}

void odd_keys(Bench& bench) {
  auto instance = bench.make();
  auto documents = bench.documents(4);
  const char* keys[] = {
      "KIT/../../etc", "KIT a b?c=d&e#f%20", "KIT'; DROP TABLE x; --", "KIT-\xC3\xA9\xE2\x82\xAC"};
  for (size_t i = 0; i < 4; ++i) {
    documents[i].key = keys[i];
    documents[i].idempotency_key = keys[i];
  }
  const auto outcomes = written(bench, *instance, documents, "a write under odd keys");
  for (const auto& outcome : outcomes)
    bench.require(!outcome.error || outcome.error->error_class == sdk::ErrorClass::bad_record,
                  "a key with slashes, quotes or letters beyond ASCII fails with class " +
                      (outcome.error ? Bench::name_of(outcome.error->error_class) : "") +
                      "; it must be taken, or bad_record");
}

void system_down(Bench& bench) {
  auto instance = bench.make();
  const auto documents = bench.documents(2);
  bench.take_system_down();
  bench.doing("write while the system is down");
  auto result = instance->write(documents);
  if (!result) {
    bench.require(result.error().error_class == sdk::ErrorClass::retry,
                  "write while the system is down failed with class " +
                      Bench::name_of(result.error().error_class) + "; it must be retry");
    return;
  }
  bench.require(result->size() == documents.size(),
                "write while the system is down gave another number of outcomes");
  for (const auto& outcome : *result) {
    bench.require(outcome.error.has_value(),
                  "written while the system was down, and told as durable");
    bench.require(outcome.error->error_class == sdk::ErrorClass::retry,
                  "write while the system is down failed with class " +
                      Bench::name_of(outcome.error->error_class) + "; it must be retry");
  }
}

// What the manifest says that it writes along stands there, word for word.
void honours(Bench& bench) {
  const std::vector<std::string>& honoured = bench.manifest().honours;
  if (honoured.empty()) Bench::leave_out("the manifest honours no obligation");
  auto instance = bench.make();
  auto document = bench.documents(1).front();
  std::vector<std::string> texts;
  for (const std::string& code : honoured)
    texts.push_back("SYN words of " + code + " that stand with the record.");
  for (size_t i = 0; i < honoured.size(); ++i)
    document.obligations.push_back(
        {honoured[i], honoured[i] == "destroy_by" ? "2030-01-31" : "", texts[i]});
  all_good(bench,
           written(bench, *instance, {document}, "a write of a document with obligations"),
           "a write of a document with obligations");
  // A system may take a moment to show what it took.
  constexpr int kTriesMost = 100;
  for (int tries = 1;; ++tries) {
    const std::string shown = bench.tell_text("shown");
    const auto lost = std::find_if(texts.begin(), texts.end(), [&](const std::string& text) {
      return shown.find(text) == std::string::npos;
    });
    if (lost == texts.end()) return;
    bench.require(tries < kTriesMost,
                  "the manifest honours " + honoured[static_cast<size_t>(lost - texts.begin())] +
                      ", a document that must have it was told as durable, and its words do not "
                      "stand with it at the system");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

std::vector<Check> write_checks() {
  const auto with = [](std::vector<std::string> commands) {
    return Needs{.capabilities = {"write"}, .commands = std::move(commands)};
  };
  const Needs writes = with({});
  Needs refuses = writes;
  refuses.refused = true;
  Needs down = writes;
  down.sample_system = true;
  return {
      {"write.accepts", "Good documents are written, an outcome for each", writes, accepts},
      {"write.arrives", "What is told as durable is held by the system", with({"holds"}), arrives},
      {"write.repeat_has_no_second_effect",
       "The same deliveries, sent again, have no second effect",
       with({"holds", "effects"}),
       idempotent},
      {"write.repeat_after_a_crash",
       "Killed after a write, the same write again has no second effect",
       with({"effects"}),
       idempotent_elsewhere},
      {"write.newer_version_replaces",
       "A newer version replaces an older",
       with({"holds"}),
       rewrites},
      {"write.older_version_is_stale",
       "An older version changes nothing, and is no fault",
       with({"holds"}),
       stale},
      {"write.withdraws", "A withdrawal reaches the system", with({"holds"}), withdraws},
      {"write.withdraws_unknown",
       "A withdrawal of what was never written does no harm",
       writes,
       withdraws_unknown},
      {"write.partial_failure_by_index",
       "One bad document fails alone, by its index",
       refuses,
       by_index},
      {"write.unknown_type",
       "A document of an unknown type fails, and is not told as durable",
       writes,
       unknown_type},
      {"write.odd_bodies",
       "A body that is no JSON object, or 100,000 deep, is at most a bad record",
       writes,
       odd_bodies},
      {"write.odd_keys",
       "Keys with slashes, quotes and letters beyond ASCII do no harm",
       writes,
       odd_keys},
      {"write.empty_batch", "A write of nothing gives no outcomes", writes, empty},
      {"write.hundred", "A hundred documents are written in one call", writes, many},
      {"write.honours",
       "What the manifest honours stands with the document at the system",
       with({"shown"}),
       honours},
      {"write.system_down",
       "A write while the system is down is an error of class retry",
       down,
       system_down},
  };
}

}  // namespace concord::kit
