// A connector that was built for another ABI than its manifest says: it takes no offer.
#include <concord/abi.h>

extern "C" CONCORD_EXPORT uint32_t concord_connector_entry(uint32_t,
                                                           concord_bytes,
                                                           concord_connector*,
                                                           concord_error* error) {
  static constexpr char kCode[] = "ABI_MISMATCH";
  static constexpr char kPlace[] = "other_abi.so";
  static constexpr char kCause[] = "it needs ABI 2.0";
  static constexpr char kNext[] = "upgrade the hub";
  const auto text = [](const char* bytes, uint64_t size) {
    return concord_bytes{reinterpret_cast<const uint8_t*>(bytes), size};
  };
  error->code = text(kCode, sizeof kCode - 1);
  error->place = text(kPlace, sizeof kPlace - 1);
  error->cause = text(kCause, sizeof kCause - 1);
  error->next = text(kNext, sizeof kNext - 1);
  return CONCORD_CONFIG;
}
