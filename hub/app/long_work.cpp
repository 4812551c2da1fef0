// concord run, concord record again: what takes a while in the running hub.
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>
#include <thread>

#include "hub/app/apply.hpp"
#include "hub/app/operate.hpp"
#include "hub/app/progress.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/json.hpp"

namespace concord::app {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};

base::Result<base::Json> ask_for_json(const model::Coalition& coalition,
                                      const char* method,
                                      const std::string& path,
                                      const std::string& body = "") {
  auto answer = ask_hub(coalition.data_folder, method, path, body);
  if (!answer) return std::move(answer).error();
  return base::read_json(*answer, "answer");
}

int64_t number(const base::JsonValue& answer, const char* name) {
  const base::JsonValue* value = base::member(answer, name);
  return value != nullptr && value->IsInt64() ? value->GetInt64() : 0;
}

}  // namespace

base::Result<base::Json> run_and_wait(const model::Coalition& coalition,
                                      const std::string& job,
                                      const std::function<void(int64_t records)>& show) {
  auto asked = ask_for_json(coalition, "POST", "jobs/" + job + "/run");
  if (!asked) return asked;
  const int64_t run = number(*asked, "run");
  for (;;) {
    auto runs = ask_for_json(coalition, "GET", "jobs/" + job);
    if (!runs) return runs;
    if (show && number(*runs, "started") >= run) show(number(*runs, "records"));
    if (number(*runs, "ended") >= run) return runs;
    std::this_thread::sleep_for(kLookEvery);
  }
}

int run_job(const model::Coalition& coalition, const std::string& job, bool wait, bool json) {
  if (!wait) {
    auto asked = ask_for_json(coalition, "POST", "jobs/" + job + "/run");
    if (!asked) return tell(asked.error());
    if (json) std::cout << base::write_json(*asked) << "\n";
    if (!json) std::fputs("runs now\n", stderr);
    return EX_OK;
  }
  Progress progress("records read", json);
  auto runs = run_and_wait(coalition, job, [&](int64_t records) { progress.show(records); });
  progress.end();
  if (!runs) return tell(runs.error());
  const base::JsonValue* fault = base::member(*runs, "fault");
  if (json) std::cout << base::write_json(*runs) << "\n";
  const int64_t records = number(*runs, "records");
  if (!json)
    std::printf("%s: %s, %lld %s read\n",
                job.c_str(),
                fault == nullptr ? "done" : "failed",
                static_cast<long long>(records),
                records == 1 ? "record" : "records");
  return fault == nullptr ? EX_OK : tell(error_of(*fault));
}

int take_up_again(const model::Coalition& coalition, const std::string& system, bool json) {
  Progress progress("records", json);
  int64_t records = 0;
  int64_t after = 0;
  for (int64_t left = 1; left > 0;) {
    sdk::JsonWriter body;
    body.object().field("system", system).field("after", after).end();
    auto taken = ask_for_json(coalition, "POST", "records/again", body.text());
    if (!taken) return tell(taken.error());
    records += number(*taken, "records");
    after = number(*taken, "last");
    left = number(*taken, "left");
    progress.show(records, records + left);
  }
  progress.end();
  if (json) {
    std::printf("{\"records\":%lld}\n", static_cast<long long>(records));
  } else {
    std::printf("%s taken up again\nnext: concord record list says what is still kept back\n",
                counted(records, "record is", "records are").c_str());
  }
  return EX_OK;
}

}  // namespace concord::app
