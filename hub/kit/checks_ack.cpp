// ack(): the source may forget, what was committed and nothing else.
#include <set>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

void prune_after_ack(Bench& bench) {
  auto instance = bench.make();
  const auto [type, unused] = bench.some(*instance, 4);
  const Reading whole = bench.read_all(*instance, type, "", {.records_max = 2});
  if (whole.batches.size() < 2)
    Bench::leave_out("all records of \"" + type +
                     "\" come in one batch, however few are asked for");
  bench.doing("ack " + type);
  bench.good(instance->ack(type, whole.batches[0].checkpoint),
             "ack of the first batch of \"" + type + "\"");
  std::set<std::string> wanted;
  for (size_t i = 1; i < whole.batches.size(); ++i)
    for (const std::string& one : identities(whole.batches[i].records)) wanted.insert(one);
  for (const std::string& one :
       identities(bench.read_all(*bench.make(), type, whole.batches[0].checkpoint).records()))
    wanted.erase(one);
  bench.require(wanted.empty(),
                "the first batch of \"" + type + "\" was acknowledged, and " +
                    std::to_string(wanted.size()) + " records behind it are gone");
}

void repeated(Bench& bench) {
  auto instance = bench.make();
  const auto [type, whole] = bench.some(*instance);
  for (int i = 0; i < 3; ++i) {
    bench.doing("ack " + type);
    bench.good(instance->ack(type, whole.checkpoint()),
               "ack " + std::to_string(i + 1) + " of the same checkpoint");
  }
  bench.good(bench.make()->ack(type, whole.checkpoint()),
             "ack of the same checkpoint by another instance");
}

void older(Bench& bench) {
  auto instance = bench.make();
  const auto [type, unused] = bench.some(*instance, 4);
  const Reading whole = bench.read_all(*instance, type, "", {.records_max = 2});
  bench.good(instance->ack(type, whole.checkpoint()), "ack of the last batch");
  bench.good(instance->ack(type, whole.batches[0].checkpoint),
             "ack of an older checkpoint after a newer one");
  const sdk::Batch again =
      bench.good(instance->read(type, whole.checkpoint()), "read after the acks");
  bench.require(again.records.empty(),
                "after the ack of an older checkpoint, " + std::to_string(again.records.size()) +
                    " records come again");
}

void then_read(Bench& bench) {
  auto instance = bench.make();
  for (const std::string& type : bench.types()) {
    const Reading whole = bench.read_all(*instance, type, "", {}, true);
    const sdk::Batch again = bench.good(instance->read(type, whole.checkpoint()),
                                        "read of \"" + type + "\" after its ack");
    bench.require(again.records.empty() && again.rejects.empty(),
                  "all of \"" + type + "\" was read and acknowledged, and " +
                      std::to_string(again.records.size()) + " records come again");
  }
}

void foreign(Bench& bench) {
  auto instance = bench.make();
  const auto types = bench.types();
  if (types.empty()) Bench::leave_out("describe() names no record type that is read");
  for (const std::string text : {"kit: not a checkpoint of yours", "{\"kit\":[1,2"}) {
    bench.doing("ack of a checkpoint that is not the connector's");
    const auto acked = instance->ack(types[0], text);
    bench.require(
        acked || acked.error().error_class == sdk::ErrorClass::config,
        "ack of a checkpoint that is not the connector's failed with another class than config");
  }
  size_t left = 0;
  for (const std::string& type : types)
    left += bench.read_all(*bench.make(), type).records().size();
  bench.require(
      left > 0,
      "after the ack of a checkpoint that is not the connector's, nothing is left to read");
}

}  // namespace

std::vector<Check> ack_checks() {
  const Needs reads{.capabilities = {"read"}};
  return {
      {"ack.prunes_only_what_was_committed",
       "After the ack of one batch, those behind it are still there",
       reads,
       prune_after_ack},
      {"ack.may_be_repeated", "An ack may be repeated, by another instance too", reads, repeated},
      {"ack.of_an_older_checkpoint", "An ack of an older checkpoint does no harm", reads, older},
      {"ack.then_nothing_comes_again",
       "What was acknowledged does not come again",
       reads,
       then_read},
      {"ack.foreign_checkpoint", "An ack with a foreign checkpoint loses nothing", reads, foreign},
  };
}

}  // namespace concord::kit
