// How long a decision takes, and what it allocates: 12 fields, all packs, 5 consents.
//
//   ninja -C build/release decide_bench && build/release/tests/decide_bench
//
// One thread, one core. "allocations" counts calls of operator new in a decision; of the consents
// four do not help, as is usual: one is of another recipient, one has ended, one is of another
// form, one refuses another field.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "hub/decide/case_json.hpp"
#include "hub/decide/engine.hpp"

namespace {
std::atomic<uint64_t> allocations{0};
}  // namespace

// Not inlined: there GCC takes malloc and free for a mismatched pair.
[[gnu::noinline]] void* operator new(size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;  // NOLINT(cppcoreguidelines-no-malloc)
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}

namespace concord::decide {
namespace {

const Engine& engine() {
  static const Engine compiled = [] {
    const std::vector<std::string> folders{CONCORD_SOURCE_DIR "/mappings/policy"};
    auto packs = load_packs(folders);
    if (!packs) std::abort();
    auto made = Engine::compile(*packs);
    if (!made) std::abort();
    return std::move(*made);
  }();
  return compiled;
}

model::Consent consent(const char* id, const char* form, base::Instant at) {
  model::Consent out;
  out.id = model::ConsentId(id);
  out.form = form;
  out.signers = {"minor", "parent_nonabusive"};
  out.recipients = {"county-cwa"};
  out.names_hub = true;
  out.start = at - std::chrono::days{30};
  out.end = at + std::chrono::days{60};
  return out;
}

// A discharge on its way from a hospital with a substance-use unit to the agency that has custody.
model::DecisionInput a_request() {
  model::DecisionInput input;
  input.id = "bench";
  input.at = *base::parse_instant("2026-06-01T12:00:00Z");
  input.purpose = "case_planning";
  input.hub_is_intermediary = true;
  input.source = {"county-hospital", {"covered_entity", "part2_program"}, {}, {}, {}, {}, {}, {}};
  input.recipient = {
      "county-cwa", {"cwa", "cwa_legally_responsible"}, {}, {}, {"*"}, "active", {}, true};
  input.subject.age = 15;
  using model::Label;
  for (const char* name : {"admitted", "discharged", "ward", "reason", "follow_up", "plan"})
    input.fields.push_back({std::string("encounter.") + name, {Label::PHI}});
  for (const char* name : {"code", "onset", "status"})
    input.fields.push_back({std::string("diagnosis.") + name, {Label::PHI, Label::PART2}});
  input.fields.push_back({"school.attendance", {Label::EDU}});
  input.fields.push_back({"report.allegation", {Label::CPS}});
  input.fields.push_back({"note.text", {Label::PHI, Label::FREE_TEXT}});
  input.facts = {{"custody_current", "true"}, {"case_plan_access", "true"}};
  input.consents.push_back(consent("c1", "hipaa_auth", input.at));
  input.consents.push_back(consent("c2", "part2", input.at));
  input.consents.push_back(consent("c3", "hipaa_auth", input.at));
  input.consents.back().recipients = {"county-school"};
  input.consents.push_back(consent("c4", "part2", input.at));
  input.consents.back().end = input.at - std::chrono::days{1};
  input.consents.push_back(consent("c5", "hipaa_auth", input.at));
  input.consents.back().decision = "deny";
  input.consents.back().scope = {"encounter.reason"};
  return input;
}

void decides_twelve_fields_with_five_consents(benchmark::State& state) {
  const Engine& decider = engine();
  const model::DecisionInput input = a_request();
  if (decider.decide(input).released.size() < 8) std::abort();  // it must be worth something
  const uint64_t before = allocations.load();
  for (auto _ : state) benchmark::DoNotOptimize(decider.decide(input));
  state.counters["allocations"] = benchmark::Counter(
      static_cast<double>(allocations.load() - before), benchmark::Counter::kAvgIterations);
}
BENCHMARK(decides_twelve_fields_with_five_consents)->Unit(benchmark::kMicrosecond);

// The same where nothing is on file: the way of most denies.
void decides_twelve_fields_with_nothing_on_file(benchmark::State& state) {
  const Engine& decider = engine();
  model::DecisionInput input = a_request();
  input.consents.clear();
  input.facts.clear();
  const uint64_t before = allocations.load();
  for (auto _ : state) benchmark::DoNotOptimize(decider.decide(input));
  state.counters["allocations"] = benchmark::Counter(
      static_cast<double>(allocations.load() - before), benchmark::Counter::kAvgIterations);
}
BENCHMARK(decides_twelve_fields_with_nothing_on_file)->Unit(benchmark::kMicrosecond);

void reads_and_compiles_all_packs(benchmark::State& state) {
  const std::vector<std::string> folders{CONCORD_SOURCE_DIR "/mappings/policy"};
  for (auto _ : state) {
    auto packs = load_packs(folders);
    benchmark::DoNotOptimize(Engine::compile(*packs));
  }
}
BENCHMARK(reads_and_compiles_all_packs)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace concord::decide

BENCHMARK_MAIN();
