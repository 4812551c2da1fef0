// Deadlines and cancelling, against a system that takes requests and does not answer.
#include <thread>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

constexpr milliseconds kGrace{2000};  // what the hub waits between "return soon" and "hung"

using Clock = std::chrono::steady_clock;

template <class Call>
void in_time(Bench& bench, const std::string& what, milliseconds allowed, Call call) {
  bench.doing(what + " while the system hangs");
  const auto began = Clock::now();
  const auto error = call();
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
  bench.require(took <= allowed + kGrace,
                what + " returned after " + std::to_string(took.count()) + " ms; " +
                    std::to_string((allowed + kGrace).count()) + " were allowed");
  bench.require(error.has_value(), what + " succeeded while the system hangs");
  bench.require(
      error->error_class == sdk::ErrorClass::retry,
      what + " ended with class " + Bench::name_of(error->error_class) + "; it must be retry");
}

template <class T>
std::optional<sdk::Error> error_of(const sdk::Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error());
}
std::optional<sdk::Error> error_of(const sdk::Result<std::vector<sdk::Outcome>>& result) {
  if (!result) return result.error();
  return result->empty() ? std::nullopt : (*result)[0].error;
}

void deadlines(Bench& bench) {
  auto instance = bench.make();
  const auto types = bench.manifest().can("read") ? bench.types() : std::vector<std::string>();
  const auto documents =
      bench.manifest().can("write") ? bench.documents(2) : std::vector<sdk::Delivery>();
  (void)bench.tell("hang");
  const Ask ask{.timeout = milliseconds(500)};
  in_time(bench, "check", ask.timeout, [&] { return error_of(instance->check(ask)); });
  if (!types.empty())
    in_time(bench, "read", ask.timeout, [&] {
      return error_of(instance->read(types[0], "", {}, ask));
    });
  if (!documents.empty())
    in_time(bench, "write", ask.timeout, [&] { return error_of(instance->write(documents, ask)); });
}

void cancels(Bench& bench) {
  auto instance = bench.make();
  const auto types = bench.types();
  if (types.empty()) Bench::leave_out("describe() names no record type that is read");
  (void)bench.tell("hang");
  std::atomic<bool> cancel{false};
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(200));
    cancel = true;
  });
  const auto began = Clock::now();
  bench.doing("read, cancelled while the system hangs");
  const auto batch =
      instance->read(types[0], "", {}, {.timeout = std::chrono::seconds(30), .cancel = &cancel});
  later.join();
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
  bench.require(took < milliseconds(200) + kGrace,
                "cancelled after 200 ms, read returned after " + std::to_string(took.count()) +
                    " ms; 2 s more are allowed");
  bench.require(!batch, "read succeeded while the system hangs");
}

void cancelled_before(Bench& bench) {
  auto instance = bench.make();
  std::atomic<bool> cancel{true};
  const auto began = Clock::now();
  for (const std::string& type : bench.types()) {
    bench.doing("read, cancelled before it began");
    const auto batch =
        instance->read(type, "", {}, {.timeout = std::chrono::seconds(30), .cancel = &cancel});
    bench.require(batch || batch.error().error_class == sdk::ErrorClass::retry,
                  "read, cancelled before it began, failed with class " +
                      (batch ? "" : Bench::name_of(batch.error().error_class)) +
                      "; it must be retry");
  }
  bench.require(Clock::now() - began < kGrace,
                "read, cancelled before it began, took longer than 2 s");
  for (const std::string& type : bench.types()) (void)bench.read_all(*instance, type);
}

void goes_on(Bench& bench) {
  auto instance = bench.make();
  (void)bench.tell("hang");
  (void)instance->check({.timeout = milliseconds(300)});
  (void)bench.tell("heal");
  bench.doing("check after heal");
  bench.good(instance->check(), "check by the same instance, once the system answers again");
}

}  // namespace

std::vector<Check> deadline_checks() {
  return {
      {"deadline.is_kept",
       "Check, read and write return within their deadline, with class retry",
       {.commands = {"hang"}},
       deadlines},
      {"deadline.cancel_is_heard",
       "A read that is cancelled returns within 2 s",
       {.capabilities = {"read"}, .commands = {"hang"}},
       cancels},
      {"deadline.cancelled_before_it_began",
       "A read that was cancelled before it began harms nothing",
       {.capabilities = {"read"}},
       cancelled_before},
      {"deadline.then_it_goes_on",
       "Once the system answers again, the same instance goes on",
       {.commands = {"hang", "heal"}},
       goes_on},
  };
}

}  // namespace concord::kit
