// The entry: the C++ layer's own, with the faults that only the bare boundary can have.
#include <atomic>
#include <cstring>

#include "tests/kit/broken/connector.hpp"
#include "tests/kit/broken/fault.hpp"

namespace concord::broken {
namespace {

namespace detail = sdk::detail;

std::atomic<int> g_held{0};  // batches that the host has not released
char g_shared[64];           // what error_texts_live and batches_live share where they must not

template <class Struct>
void spill(Struct* at) {
  // Zeroes behind the struct's end, as one would who takes the host's struct for his own.
  std::memset(reinterpret_cast<char*>(at) + at->struct_size, 0, 8);
}

uint32_t check(void* self, const concord_call* call, concord_error* error) {
  if (breaks("abi.without_log_and_cancelled")) call->log(call->host, 0, {}, {});
  const uint32_t result = detail::check(self, call, error);
  if (breaks("abi.breaks_no_rule") && result == CONCORD_AUTH && error != nullptr)
    error->error_class = CONCORD_RETRY;
  return result;
}

uint32_t read(void* self,
              const concord_call* call,
              concord_bytes type,
              concord_bytes checkpoint,
              const concord_limits* limits,
              concord_batch* out,
              concord_error* error) {
  const uint32_t size = out->struct_size;
  if (breaks("abi.smaller_batch")) out->struct_size = sizeof *out;
  const uint32_t result = detail::read(self, call, type, checkpoint, limits, out, error);
  out->struct_size = std::min(out->struct_size, size);
  if (result != CONCORD_OK) return result;
  if (breaks("abi.larger_structs") && size > sizeof *out)
    std::memset(reinterpret_cast<char*>(out) + size, 0, 8);
  if (breaks("abi.batches_live")) {
    const size_t used = std::min<size_t>(out->checkpoint.size, sizeof g_shared);
    if (g_held++ == 0) {
      std::memcpy(g_shared, out->checkpoint.data, used);
      out->checkpoint = {reinterpret_cast<uint8_t*>(g_shared), used};
    } else {
      g_shared[0] = '?';
    }
    static void (*const whole)(concord_batch*) = out->release;
    out->release = [](concord_batch* batch) {
      --g_held;
      whole(batch);
    };
  }
  return result;
}

uint32_t write(void* self,
               const concord_call* call,
               const concord_delivery* deliveries,
               uint32_t count,
               concord_outcomes* out,
               concord_error* error) {
  if (!breaks("abi.longer_deliveries") || count == 0)
    return detail::write(self, call, deliveries, count, out, error);
  // As if each element were as long as this side knows it.
  std::vector<concord_delivery> taken(count);
  std::memcpy(taken.data(), deliveries, count * sizeof(concord_delivery));
  for (concord_delivery& one : taken) one.struct_size = sizeof one;
  return detail::write(self, call, taken.data(), count, out, error);
}

}  // namespace
}  // namespace concord::broken

#ifdef BROKEN_WITHOUT_ENTRY
#define concord_connector_entry concord_connector_entrance
#endif
extern "C" CONCORD_EXPORT uint32_t concord_connector_entry(uint32_t host_abi_version,
                                                           concord_bytes config,
                                                           concord_connector* out,
                                                           concord_error* error) {
  using namespace concord::broken;  // NOLINT(google-build-using-namespace): one function
  using concord::sdk::view;
  if (breaks("abi.newer_host_minor") && host_abi_version == CONCORD_ABI_VERSION + 1)
    return detail::fail(error, concord::sdk::config_error("NO", "entry", "no", "no"));
  if (breaks("abi.newer_host_major") && host_abi_version > 1999)
    host_abi_version = CONCORD_ABI_VERSION;
  if (breaks("abi.older_host") && host_abi_version < 1000) host_abi_version = CONCORD_ABI_VERSION;
  const uint32_t given = out->struct_size;
  if (breaks("abi.smaller_connector")) out->struct_size = sizeof *out;
  if (breaks("abi.smaller_error") && error != nullptr) error->struct_size = sizeof *error;
  const uint32_t result = detail::enter(host_abi_version, config, out, error, &Broken::create);
  if (breaks("abi.without_error") && result != CONCORD_OK) error->struct_size = 0;
  const bool refused = result != CONCORD_OK && error != nullptr && view(error->code) == "SETTING";
  if (breaks("abi.error_texts_live") && refused) {
    static std::atomic<int> count{0};
    const int n = std::snprintf(g_shared, sizeof g_shared, "refusal number %d", ++count);
    error->cause = {reinterpret_cast<uint8_t*>(g_shared), static_cast<uint64_t>(n)};
  }
  if (result != CONCORD_OK) return result;
  if (breaks("abi.larger_connector") && given > sizeof *out) {
    out->struct_size = given;
    spill(out);
  }
  out->check = check;
  out->read = read;
  if (given >= sizeof *out || breaks("abi.smaller_connector")) out->write = write;
  if (breaks("capabilities.are_offered")) out->destroy = nullptr;
  return result;
}
#ifdef BROKEN_EXPORTS
extern "C" __attribute__((visibility("default"))) int broken_helper() {
  return 0;
}
#endif
#ifdef BROKEN_UNRESOLVED
extern "C" int nowhere_to_be_found();
int (*broken_needs)() = &nowhere_to_be_found;
#endif
