// The boundary itself: hosts older and newer than the connector, memory that is whose it is.
#include <cstring>
#include <thread>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

constexpr unsigned char kMark = 0xA5;

// A struct of the ABI with room behind it, all marked: what was not to be touched shows.
template <class Struct>
struct Roomy {
  alignas(16) unsigned char bytes[sizeof(Struct) + 64];
  explicit Roomy(uint32_t size, bool zeroed) {
    std::memset(bytes, kMark, sizeof bytes);
    if (zeroed) std::memset(bytes, 0, size);
    std::memcpy(bytes, &size, sizeof size);
  }
  Struct& get() { return *reinterpret_cast<Struct*>(bytes); }
  [[nodiscard]] bool untouched_from(size_t at) const {
    for (size_t i = at; i < sizeof bytes; ++i)
      if (bytes[i] != kMark) return false;
    return true;
  }
};

concord_call bare_call() {
  concord_call call{};
  call.struct_size = sizeof call;
  call.timeout_ms = 10000;
  return call;
}
concord_call plain_call() {
  concord_call call = bare_call();
  call.cancelled = [](void*) -> int32_t { return 0; };
  call.log = [](void*, int32_t, concord_bytes, concord_bytes) {};
  return call;
}

std::string text(concord_bytes b) {
  return b.data == nullptr ? std::string() : std::string(sdk::view(b));
}

void newer_minor(Bench& bench) {
  auto made =
      Instance::make(bench.library(), bench.settings(), bench.told(), CONCORD_ABI_VERSION + 1);
  if (made) {
    bench.good((*made)->check(), "check by a host that offers a newer minor version of the ABI");
    return;
  }
  bench.require(
      made.error().code == "ABI_MISMATCH" && made.error().error_class == sdk::ErrorClass::config,
      "a host that offers a newer minor version of the ABI is refused otherwise than with "
      "ABI_MISMATCH, upon which it would step down");
}

void mismatch(Bench& bench, uint32_t offer, const std::string& what, const std::string& named) {
  bench.doing("creating an instance for " + what);
  const auto made = Instance::make(bench.library(), bench.settings(), bench.told(), offer);
  const sdk::Error error =
      bench.must_fail(made, sdk::ErrorClass::config, "creating an instance for " + what);
  bench.require(error.code == "ABI_MISMATCH",
                what + " is refused with code " + error.code +
                    "; it must be ABI_MISMATCH, upon which the host steps down");
  bench.require(error.cause.find(named) != std::string::npos,
                what + " is refused, and the cause does not name the version that was offered (" +
                    named + ")");
}
void newer_major(Bench& bench) {
  mismatch(bench,
           (CONCORD_ABI_MAJOR + 1) * 1000,
           "a host of the next major version",
           std::to_string(CONCORD_ABI_MAJOR + 1) + ".0");
}
void older_major(Bench& bench) {
  mismatch(bench,
           (CONCORD_ABI_MAJOR - 1) * 1000 + 7,
           "a host of an older major version",
           std::to_string(CONCORD_ABI_MAJOR - 1) + ".7");
}

void larger_connector(Bench& bench) {
  const std::string settings = bench.settings();
  Roomy<concord_connector> out(sizeof(concord_connector) + 48, true);
  concord_error error = no_error();
  bench.require(bench.library().entry()(CONCORD_ABI_VERSION, bytes(settings), &out.get(), &error) ==
                    CONCORD_OK,
                "a host whose concord_connector is longer is refused");
  bench.require(out.untouched_from(sizeof(concord_connector) + 48),
                "concord_connector was written to beyond its end");
  concord_call call = plain_call();
  bench.require(out.get().check(out.get().self, &call, &error) == CONCORD_OK,
                "check fails for a host whose concord_connector is longer");
  if (out.get().destroy != nullptr) out.get().destroy(out.get().self);
}

void smaller_connector(Bench& bench) {
  const std::string settings = bench.settings();
  const auto size = static_cast<uint32_t>(offsetof(concord_connector, write));
  Roomy<concord_connector> out(size, true);
  concord_error error = no_error();
  const uint32_t result =
      bench.library().entry()(CONCORD_ABI_VERSION, bytes(settings), &out.get(), &error);
  bench.require(out.untouched_from(size),
                "a host gave a concord_connector without its last member, and that was written to "
                "nevertheless");
  if (result == CONCORD_OK && out.get().destroy != nullptr) out.get().destroy(out.get().self);
}

void smaller_error(Bench& bench) {
  const auto size = static_cast<uint32_t>(offsetof(concord_error, retry_after_ms));
  Roomy<concord_error> error(size, true);
  concord_connector out{};
  out.struct_size = sizeof out;
  const uint32_t result =
      bench.library().entry()(CONCORD_ABI_VERSION, bytes("{"), &out, &error.get());
  bench.require(result == CONCORD_CONFIG,
                "settings that are no JSON are not refused with class config");
  bench.require(
      error.untouched_from(size),
      "a host gave a concord_error without its last member, and that was written to nevertheless");
}

void larger_results(Bench& bench) {
  auto instance = bench.make();
  Roomy<concord_call> call(sizeof(concord_call) + 32, true);
  const concord_call known = plain_call();
  call.get().timeout_ms = known.timeout_ms;
  call.get().cancelled = known.cancelled;
  call.get().log = known.log;
  concord_error error = no_error();
  Roomy<concord_text> described(sizeof(concord_text) + 32, true);
  bench.require(instance->raw.describe(instance->raw.self, &call.get(), &described.get(), &error) ==
                    CONCORD_OK,
                "describe fails for a host whose structs are longer");
  bench.require(described.untouched_from(sizeof(concord_text) + 32),
                "concord_text was written to beyond its end");
  if (described.get().release != nullptr) described.get().release(&described.get());
  if (!bench.manifest().can("read")) return;
  const auto types = bench.types();
  if (types.empty()) return;
  Roomy<concord_limits> limits(sizeof(concord_limits) + 32, true);
  limits.get().records_max = 3;
  limits.get().body_bytes_max = 16u << 20;
  Roomy<concord_batch> batch(sizeof(concord_batch) + 32, true);
  bench.require(instance->raw.read(instance->raw.self,
                                   &call.get(),
                                   bytes(types[0]),
                                   {},
                                   &limits.get(),
                                   &batch.get(),
                                   &error) == CONCORD_OK,
                "read fails for a host whose structs are longer");
  bench.require(batch.untouched_from(sizeof(concord_batch) + 32),
                "concord_batch was written to beyond its end");
  if (batch.get().release != nullptr) batch.get().release(&batch.get());
}

void smaller_batch(Bench& bench) {
  auto instance = bench.make();
  const auto types = bench.types();
  if (types.empty()) Bench::leave_out("describe() names no record type that is read");
  concord_call call = plain_call();
  concord_error error = no_error();
  const concord_limits limits{sizeof(concord_limits), 3, 16u << 20};
  const auto size = static_cast<uint32_t>(offsetof(concord_batch, rejects));
  Roomy<concord_batch> batch(size, true);
  const uint32_t result = instance->raw.read(
      instance->raw.self, &call, bytes(types[0]), {}, &limits, &batch.get(), &error);
  bench.require(
      batch.untouched_from(size),
      "a host gave a concord_batch without its last member, and that was written to nevertheless");
  if (result == CONCORD_OK && batch.get().release != nullptr) batch.get().release(&batch.get());
}

void longer_deliveries(Bench& bench) {
  struct Longer {
    concord_delivery known;
    unsigned char later[40];
  };
  auto instance = bench.make();
  const auto documents = bench.documents(4);
  std::vector<Longer> given(documents.size());
  for (size_t i = 0; i < documents.size(); ++i) {
    std::memset(&given[i], 0, sizeof(Longer));
    std::memset(given[i].later, kMark, sizeof given[i].later);
    const sdk::Delivery& d = documents[i];
    given[i].known = {sizeof(Longer),
                      CONCORD_WRITE_UPSERT,
                      bytes(d.idempotency_key),
                      bytes(d.type),
                      bytes(d.key),
                      d.version,
                      bytes(d.subject),
                      bytes(d.body),
                      0,
                      0,
                      nullptr};
  }
  concord_call call = plain_call();
  concord_error error = no_error();
  concord_outcomes out{};
  out.struct_size = sizeof out;
  bench.doing("write of deliveries that are longer than the connector knows them");
  bench.require(instance->raw.write(instance->raw.self,
                                    &call,
                                    &given[0].known,
                                    static_cast<uint32_t>(given.size()),
                                    &out,
                                    &error) == CONCORD_OK,
                "write fails for a host whose concord_delivery is longer");
  bench.require(out.count == given.size(),
                "a host whose concord_delivery is longer gets another number of outcomes");
  for (uint32_t i = 0; i < out.count; ++i)
    bench.require(out.outcomes[i].error.error_class == CONCORD_OK,
                  "a host whose concord_delivery is longer gets document " + std::to_string(i + 1) +
                      " refused: step by the first one's struct_size");
  if (out.release != nullptr) out.release(&out);
}

void without_functions(Bench& bench) {
  auto instance = bench.make();
  concord_call call = bare_call();
  concord_error error = no_error();
  bench.doing("check by a host that offers neither log nor cancelled");
  bench.require(instance->raw.check(instance->raw.self, &call, &error) == CONCORD_OK,
                "check fails for a host that offers neither log nor cancelled");
}

void without_error(Bench& bench) {
  concord_connector out{};
  out.struct_size = sizeof out;
  bench.doing("refused settings for a host that wants no error");
  bench.require(
      bench.library().entry()(CONCORD_ABI_VERSION, bytes("{"), &out, nullptr) == CONCORD_CONFIG,
      "settings that are no JSON are not refused with class config");
}

void error_texts_live(Bench& bench) {
  const std::string settings = bench.settings();
  concord_connector out{};
  out.struct_size = sizeof out;
  concord_error error = no_error();
  (void)bench.library().entry()(CONCORD_ABI_VERSION, bytes("{"), &out, &error);
  const std::string before =
      text(error.code) + text(error.place) + text(error.cause) + text(error.next);
  bench.doing("another thread's failing call");
  std::thread([&] {
    concord_connector other{};
    other.struct_size = sizeof other;
    concord_error another = no_error();
    for (int i = 0; i < 20; ++i)
      (void)bench.library().entry()(CONCORD_ABI_VERSION, bytes("[]"), &other, &another);
  }).join();
  bench.require(
      text(error.code) + text(error.place) + text(error.cause) + text(error.next) == before,
      "the texts of an error changed by a call on another thread: they live until the same thread "
      "calls again");
}

std::string all_of(const concord_batch& batch) {
  std::string out = text(batch.checkpoint);
  for (uint32_t i = 0; i < batch.record_count; ++i) {
    const auto& r = *reinterpret_cast<const concord_record*>(
        reinterpret_cast<const char*>(batch.records) + i * batch.records->struct_size);
    out += text(r.key) + text(r.version) + text(r.body);
  }
  return out;
}

void batches_live(Bench& bench) {
  auto instance = bench.make();
  const auto [type, unused] = bench.some(*instance, 3);
  concord_call call = plain_call();
  concord_error error = no_error();
  const concord_limits limits{sizeof(concord_limits), 3, 16u << 20};
  concord_batch batches[8];
  std::string first;
  for (concord_batch& batch : batches) {
    batch = {};
    batch.struct_size = sizeof batch;
    bench.require(
        instance->raw.read(instance->raw.self, &call, bytes(type), {}, &limits, &batch, &error) ==
            CONCORD_OK,
        "read fails while another batch is held");
    if (first.empty()) first = all_of(batch);
  }
  bench.require(all_of(batches[0]) == first,
                "a batch changed by later reads before it was released");
  bench.doing("releasing batches on another thread, after the instance's end");
  for (int i = 0; i < 4; ++i) batches[i].release(&batches[i]);
  instance.reset();
  std::thread([&] {
    for (int i = 4; i < 8; ++i) {
      bench.require(all_of(batches[i]) == first, "a batch changed when its instance was destroyed");
      batches[i].release(&batches[i]);
    }
  }).join();
}

}  // namespace

std::vector<Check> abi_checks() {
  const Needs reads{.capabilities = {"read"}};
  const Needs writes{.capabilities = {"write"}};
  return {
      {"abi.newer_host_minor",
       "A host with a newer minor version is served, or told ABI_MISMATCH",
       {},
       newer_minor},
      {"abi.newer_host_major",
       "A host with a newer major version is refused, and its version named",
       {},
       newer_major},
      {"abi.older_host",
       "A host with an older major version is refused, and its version named",
       {},
       older_major},
      {"abi.larger_connector",
       "A longer concord_connector is filled in as far as it is known",
       {},
       larger_connector},
      {"abi.smaller_connector",
       "Nothing is written beyond a shorter concord_connector",
       {},
       smaller_connector},
      {"abi.smaller_error", "Nothing is written beyond a shorter concord_error", {}, smaller_error},
      {"abi.larger_structs", "Longer structs of a newer host are taken", {}, larger_results},
      {"abi.smaller_batch",
       "Nothing is written beyond a shorter concord_batch",
       reads,
       smaller_batch},
      {"abi.longer_deliveries",
       "Deliveries are walked by the size that the host gives them",
       writes,
       longer_deliveries},
      {"abi.without_log_and_cancelled",
       "A host that offers neither log nor cancelled is served",
       {},
       without_functions},
      {"abi.without_error", "A host that wants no error gets the class alone", {}, without_error},
      {"abi.error_texts_live",
       "The texts of an error live until the same thread calls again",
       {},
       error_texts_live},
      {"abi.batches_live",
       "A batch lives until it is released, on any thread, beyond its instance too",
       reads,
       batches_live},
  };
}

}  // namespace concord::kit
