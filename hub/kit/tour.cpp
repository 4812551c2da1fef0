#include "hub/kit/tour.hpp"

namespace concord::kit {
namespace {

void read_everything(Bench& bench, Instance& instance, Toured& toured) {
  for (const std::string& type : bench.types()) {
    std::string at;
    for (int page = 0; page < 50; ++page) {
      bench.doing("read " + type);
      auto batch = instance.read(type, at, {.records_max = 50});
      if (!batch) break;
      for (const sdk::Record& record : batch->records) toured.bodies.push_back(record.body);
      at = batch->checkpoint;
      bench.doing("ack " + type);
      (void)instance.ack(type, at);
      if (!batch->more) break;
    }
    (void)instance.read(type, "kit: not yours");
    (void)instance.ack(type, "kit: not yours");
  }
  (void)instance.read("kit_no_such_type", "");
}

void write_everything(Bench& bench, Instance& instance, Toured& toured) {
  auto documents = bench.documents(3);
  if (bench.plan().has_refused) documents.push_back(bench.delivery(bench.refused(), "KIT-REFUSED"));
  documents.push_back(
      bench.delivery({"kit_no_such_type", "", "", R"({"kit":"SYN-unknown-type"})"}, "KIT-TYPE"));
  documents.push_back(bench.delivery(
      {std::string(documents[0].type), "", "", R"({"kit":"SYN-cut-short)"}, "KIT-CUT"));
  for (const sdk::Delivery& document : documents) toured.bodies.emplace_back(document.body);
  bench.doing("write");
  (void)instance.write(documents);
}

}  // namespace

Toured tour(Bench& bench) {
  Toured toured;
  (void)bench.try_make("{");
  (void)bench.try_make("{}");
  const Plan& plan = bench.plan();
  if (plan.has_wrong_credentials)
    if (auto wrong = bench.try_make(bench.wrong_settings())) {
      bench.doing("check with wrong credentials");
      (void)(*wrong)->check();
    }
  auto instance = bench.make();
  bench.doing("check and describe");
  (void)instance->check();
  (void)instance->describe();
  for (const char* command :
       {"add_invalid_utf8", "add_malformed", "add_empty_and_absent", "change", "delete"})
    if (plan.can(command)) (void)bench.try_tell(command);
  if (bench.manifest().can("read")) read_everything(bench, *instance, toured);
  if (bench.manifest().can("write")) write_everything(bench, *instance, toured);
  for (const char* command : {"fail_retry", "fail_rate_limited", "fail_auth", "fail_config"}) {
    if (!plan.can(command) || !plan.can("heal")) continue;
    (void)bench.try_tell(command);
    bench.doing(std::string("calls after ") + command);
    (void)instance->check();
    if (bench.manifest().can("read"))
      for (const std::string& type : bench.types()) (void)instance->read(type, "");
    if (bench.manifest().can("write")) (void)instance->write(bench.documents(1));
    (void)bench.try_tell("heal");
  }
  return toured;
}

}  // namespace concord::kit
