// Reading: everything, page by page, from any checkpoint, and nothing twice.
#include <algorithm>
#include <set>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

using Set = std::set<std::string>;

Set set_of(const std::vector<sdk::Record>& records) {
  const auto all = identities(records);
  return {all.begin(), all.end()};
}

// How many of wanted are not in given; content stays out of the message.
size_t missing(const Set& wanted, const Set& given) {
  return static_cast<size_t>(std::count_if(
      wanted.begin(), wanted.end(), [&](const auto& one) { return !given.contains(one); }));
}

void first(Bench& bench) {
  auto instance = bench.make();
  size_t records = 0;
  for (const std::string& type : bench.types())
    records += bench.read_all(*instance, type).records().size();
  bench.require(
      records > 0,
      "from the beginning, no record of any type is read: test.yaml's system must hold some");
}

void gives_all(Bench& bench) {
  auto instance = bench.make();
  for (const std::string& type : bench.types()) {
    const auto wanted = bench.tell("keys", {{"type", type}});
    Set keys;
    for (const sdk::Record& record : bench.read_all(*instance, type).records()) {
      if (record.deleted)
        keys.erase(record.key);
      else
        keys.insert(record.key);
    }
    const Set all(wanted.begin(), wanted.end());
    const size_t lost = missing(all, keys), extra = missing(keys, all);
    bench.require(lost == 0,
                  std::to_string(lost) + " of the " + std::to_string(all.size()) + " keys of \"" +
                      type +
                      "\" that the system has were not read (spelt otherwise counts as not read)");
    bench.require(extra == 0,
                  std::to_string(extra) + " keys of \"" + type +
                      "\" were read that the system does not have");
  }
}

void none_twice(Bench& bench) {
  auto instance = bench.make();
  for (const std::string& type : bench.types()) {
    Set seen;
    for (const std::string& one : identities(bench.read_all(*instance, type).records()))
      bench.require(seen.insert(one).second,
                    "one reading of \"" + type + "\" gives a record twice in the same version");
  }
}

void keeps_limit(Bench& bench) {
  auto instance = bench.make();
  for (const std::string& type : bench.types())
    for (const uint32_t most : {1u, 2u, 7u})
      for (const sdk::Batch& batch :
           bench.read_all(*instance, type, "", {.records_max = most}).batches)
        bench.require(batch.records.size() <= most,
                      "asked for at most " + std::to_string(most) + " records of \"" + type +
                          "\", got " + std::to_string(batch.records.size()));
}

void page_boundaries(Bench& bench) {
  auto instance = bench.make();
  const auto [type, whole] = bench.some(*instance, 3);
  const auto wanted = identities(whole.records());
  const auto n = static_cast<uint32_t>(wanted.size());
  for (const uint32_t most : {1u, n - 1, n, n + 1}) {
    const auto given =
        identities(bench.read_all(*instance, type, "", {.records_max = most}).records());
    bench.require(given == wanted,
                  "in pages of " + std::to_string(most) + " the " + std::to_string(n) +
                      " records of \"" + type + "\" come as " + std::to_string(given.size()) +
                      ", or in another order");
  }
}

void second_run(Bench& bench) {
  auto instance = bench.make();
  for (const std::string& type : bench.types()) {
    const Reading all = bench.read_all(*instance, type);
    bench.doing("read " + type + " again");
    const sdk::Batch again =
        bench.good(instance->read(type, all.checkpoint()), "the second run of \"" + type + "\"");
    bench.require(again.records.empty() && again.rejects.empty(),
                  "nothing changed, and the second run of \"" + type + "\" gives " +
                      std::to_string(again.records.size() + again.rejects.size()) + " records");
    bench.require(!again.more,
                  "nothing changed, and the second run of \"" + type + "\" says that more waits");
  }
}

void checkpoint_rests(Bench& bench) {
  auto instance = bench.make();
  for (const std::string& type : bench.types()) {
    const std::string end = bench.read_all(*instance, type).checkpoint();
    std::string at = end;
    for (int i = 0; i < 3; ++i)
      at = bench.good(instance->read(type, at), "read of \"" + type + "\"").checkpoint;
    bench.require(at == end,
                  "nothing changed, and the checkpoint of \"" + type +
                      "\" does: each run would be committed in vain");
  }
}

void resumes(Bench& bench) {
  auto instance = bench.make();
  const auto [type, unused] = bench.some(*instance, 3);
  const Reading whole = bench.read_all(*instance, type, "", {.records_max = 2});
  Set rest = set_of(whole.records());
  for (size_t i = 0; i < whole.batches.size() && i < 12; ++i) {
    for (const std::string& one : identities(whole.batches[i].records)) rest.erase(one);
    // A fresh instance: all that it needs is in the checkpoint.
    auto fresh = bench.make();
    const Set given = set_of(bench.read_all(*fresh, type, whole.batches[i].checkpoint).records());
    bench.require(missing(rest, given) == 0,
                  "resumed at checkpoint " + std::to_string(i + 1) + " of " +
                      std::to_string(whole.batches.size()) + ", " +
                      std::to_string(missing(rest, given)) + " records of \"" + type +
                      "\" are never read");
  }
}

void resumes_without_repeats(Bench& bench) {
  auto instance = bench.make();
  const auto [type, unused] = bench.some(*instance, 3);
  const Reading whole = bench.read_all(*instance, type, "", {.records_max = 2});
  const size_t half = whole.batches.size() / 2;
  Set before;
  for (size_t i = 0; i <= half && i < whole.batches.size(); ++i)
    for (const std::string& one : identities(whole.batches[i].records)) before.insert(one);
  const auto given =
      identities(bench.read_all(*bench.make(), type, whole.batches[half].checkpoint).records());
  const auto repeated = std::count_if(
      given.begin(), given.end(), [&](const auto& one) { return before.contains(one); });
  // The last of a page may come again where times are compared with ≥; a restart from the beginning
  // is another thing.
  bench.require(static_cast<size_t>(repeated) * 2 <= before.size(),
                "resumed at checkpoint " + std::to_string(half + 1) + ", " +
                    std::to_string(repeated) + " of the " + std::to_string(before.size()) +
                    " records before it come again: the checkpoint is not used");
}

void killed(Bench& bench) {
  const auto whole = bench.elsewhere(
      [](Bench& there) {
        auto instance = there.make();
        const auto [type, all] = there.some(*instance, 3);
        std::string out = type + "\n";
        for (const std::string& one : identities(all.records())) out += one + "\n";
        return out;
      },
      false);
  const std::string type = whole.substr(0, whole.find('\n'));
  // Reads a page, and is killed before the hub could commit it.
  (void)bench.elsewhere(
      [&](Bench& there) {
        auto instance = there.make();
        there.good(instance->read(type, "", {.records_max = 2}), "read of \"" + type + "\"");
        return std::string("read");
      },
      true);
  Set wanted;
  for (size_t from = type.size() + 1; from < whole.size();) {
    const size_t end = whole.find('\n', from);
    wanted.insert(whole.substr(from, end - from));
    from = end + 1;
  }
  const Set given = set_of(bench.read_all(*bench.make(), type).records());
  bench.require(missing(wanted, given) == 0,
                "killed with a page in hand, the next process does not read " +
                    std::to_string(missing(wanted, given)) + " records of \"" + type + "\" again");
}

void foreign_checkpoint(Bench& bench) {
  auto instance = bench.make();
  const auto types = bench.types();
  if (types.empty()) Bench::leave_out("describe() names no record type that is read");
  for (const std::string text :
       {"kit: not a checkpoint of yours", "{\"kit\":[1,2", "\xFF\xFE\x00\x01", "[[[[]]]]"}) {
    bench.doing("read from a checkpoint that is not the connector's");
    bench.must_fail(instance->read(types[0], text),
                    sdk::ErrorClass::config,
                    "read from a checkpoint that is not the connector's");
  }
}

void future_checkpoint(Bench& bench) {
  auto instance = bench.make();
  const auto [type, all] = bench.some(*instance);
  // The end of a longer history than the system has now: it was restored from a backup.
  std::string ahead = all.checkpoint();
  for (int i = 0; i < 5 && bench.plan().can("change"); ++i) {
    (void)bench.tell("change");
    ahead = bench.read_all(*instance, type, ahead).checkpoint();
  }
  for (size_t at = 0; (at = ahead.find_first_of("123456789", at)) != std::string::npos; ++at) {
    std::string later = ahead;
    later[at] = '9';
    bench.doing("read from a checkpoint of the future");
    const auto batch =
        instance->read(type, later, {.records_max = 5}, {.timeout = milliseconds(5000)});
    bench.require(batch || batch.error().error_class == sdk::ErrorClass::config,
                  "read from a checkpoint of the future failed with class " +
                      (batch ? "" : Bench::name_of(batch.error().error_class)) +
                      "; it must be config, or give what there is");
  }
}

void change(Bench& bench) {
  auto instance = bench.make();
  std::map<std::string, Reading> before;
  for (const std::string& type : bench.types()) before[type] = bench.read_all(*instance, type);
  const auto said = bench.tell("change");
  bench.require(said.size() >= 2, "the command change must print type and key");
  const Set known = set_of(before[said[0]].records());
  const Set given =
      set_of(bench.read_all(*instance, said[0], before[said[0]].checkpoint()).records());
  const bool found = std::any_of(given.begin(), given.end(), [&](const std::string& one) {
    return one.starts_with(said[0] + " " + said[1] + " v") && !known.contains(one);
  });
  bench.require(found,
                "a record of \"" + said[0] +
                    "\" was changed, and the next run does not give it in a new version");
  bench.require(
      given.size() < known.size() || known.size() <= 2,
      "one record of \"" + said[0] + "\" was changed, and the next run gives all of them");
}

void deletion(Bench& bench) {
  auto instance = bench.make();
  std::map<std::string, Reading> before;
  for (const std::string& type : bench.types()) before[type] = bench.read_all(*instance, type);
  const auto said = bench.tell("delete");
  bench.require(said.size() >= 2, "the command delete must print type and key");
  const auto given = bench.read_all(*instance, said[0], before[said[0]].checkpoint()).records();
  bench.require(std::any_of(given.begin(),
                            given.end(),
                            [&](const sdk::Record& r) { return r.key == said[1] && r.deleted; }),
                "a record of \"" + said[0] + "\" was deleted, and the next run does not tell");
}

void read_changes_nothing(Bench& bench) {
  auto instance = bench.make();
  for (const std::string& type : bench.types()) {
    const auto once = identities(bench.read_all(*instance, type).records());
    bench.require(once == identities(bench.read_all(*bench.make(), type).records()),
                  "read without ack, and the same reading of \"" + type +
                      "\" gives something else: reading changes the source");
  }
}

void repeats(Bench& bench) {
  auto instance = bench.make();
  const auto [type, all] = bench.some(*instance);
  const auto once =
      bench.good(instance->read(type, "", {.records_max = 3}), "read of \"" + type + "\"");
  const auto again =
      bench.good(instance->read(type, "", {.records_max = 3}), "read of \"" + type + "\"");
  bench.require(identities(once.records) == identities(again.records),
                "the same read of \"" + type + "\", asked for twice, gives other records");
  for (size_t i = 0; i < once.records.size(); ++i)
    bench.require(once.records[i].body == again.records[i].body,
                  "the same read of \"" + type + "\", asked for twice, gives another body");
}

}  // namespace

std::vector<Check> read_checks() {
  const Needs reads{.capabilities = {"read"}};
  const auto with = [](const char* command) {
    return Needs{.capabilities = {"read"}, .commands = {command}};
  };
  return {
      {"read.first", "From the beginning there is something to read", reads, first},
      {"read.gives_all",
       "Every record is read, under the key that the system gives it",
       with("keys"),
       gives_all},
      {"read.none_twice", "One reading gives no record twice", reads, none_twice},
      {"read.keeps_the_limit", "A batch holds no more records than asked for", reads, keeps_limit},
      {"read.page_boundaries",
       "Pages of any size give the same records in the same order",
       reads,
       page_boundaries},
      {"read.second_run_brings_nothing",
       "Where nothing changed, the next run brings nothing",
       reads,
       second_run},
      {"read.checkpoint_rests",
       "Where nothing changed, the checkpoint stays",
       reads,
       checkpoint_rests},
      {"read.resumes_at_each_checkpoint",
       "From each checkpoint the rest is read, by an instance that knows nothing else",
       reads,
       resumes},
      {"read.resumes_without_starting_over",
       "From a checkpoint not everything is read again",
       reads,
       resumes_without_repeats},
      {"read.killed_mid_batch",
       "Killed with a page in hand, the next process reads it again",
       reads,
       killed},
      {"read.foreign_checkpoint",
       "A checkpoint that is not its own is refused with class config",
       reads,
       foreign_checkpoint},
      {"read.future_checkpoint",
       "A checkpoint from the future gives what there is, or is refused with class config",
       reads,
       future_checkpoint},
      {"read.change_is_seen",
       "A changed record comes in the next run, in a new version, and not all others with it",
       with("change"),
       change},
      {"read.deletion_is_seen", "A deleted record is told as deleted", with("delete"), deletion},
      {"read.changes_nothing",
       "Reading changes nothing at the source",
       reads,
       read_changes_nothing},
      {"read.repeats", "The same read, asked for twice, gives the same", reads, repeats},
  };
}

}  // namespace concord::kit
