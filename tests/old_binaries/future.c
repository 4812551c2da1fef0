/* A connector of ABI 2, as it may be one day: a hub of ABI 1 must refuse it by name. */
#include <concord/abi.h>
#include <stdio.h>
#include <string.h>

static char cause[96];

CONCORD_EXPORT uint32_t concord_connector_entry(uint32_t host_abi_version, concord_bytes config,
                                                concord_connector* out, concord_error* error) {
  (void)config, (void)out;
  if (host_abi_version >= 2000) return CONCORD_FATAL; /* there is no such hub in this test */
  const int size = snprintf(cause, sizeof cause, "host offers ABI %u.%u, this connector needs 2.x",
                            host_abi_version / 1000, host_abi_version % 1000);
  error->error_class = CONCORD_CONFIG;
  error->code.data = (const uint8_t*)"ABI_MISMATCH";
  error->code.size = strlen("ABI_MISMATCH");
  error->cause.data = (const uint8_t*)cause;
  error->cause.size = (uint64_t)size;
  return CONCORD_CONFIG;
}
