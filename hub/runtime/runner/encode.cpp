#include "hub/runtime/runner/encode.hpp"

#include "hub/runtime/abi_values.hpp"

namespace concord::runtime {

void put_error(Put& put, const concord_error& error) {
  put.u32(error.error_class)
      .text(view(error.code))
      .text(view(error.place))
      .text(view(error.cause))
      .text(view(error.next))
      .u64(error.struct_size >= sizeof error ? error.retry_after_ms : CONCORD_RETRY_AFTER_UNKNOWN);
}

void put_batch(Put& put, const concord_batch& batch) {
  put.u32(batch.record_count);
  for (uint32_t i = 0; i < batch.record_count; ++i) {
    const concord_record r = element(batch.records, i);
    put.u8(r.operation == CONCORD_RECORD_DELETED ? 1 : 0)
        .text(view(r.type))
        .text(view(r.key))
        .text(view(r.version))
        .text(view(r.body))
        .text(view(r.origin))
        .u64(static_cast<uint64_t>(r.changed_at_us));
  }
  put.u32(batch.reject_count);
  for (uint32_t i = 0; i < batch.reject_count; ++i) {
    const concord_reject r = element(batch.rejects, i);
    put.text(view(r.type)).text(view(r.key)).text(view(r.raw));
    put_error(put, r.error);
  }
  put.text(view(batch.checkpoint)).u8(batch.more != 0 ? 1 : 0);
}

void put_outcomes(Put& put, const concord_outcomes& outcomes) {
  put.u32(outcomes.count);
  for (uint32_t i = 0; i < outcomes.count; ++i) {
    const concord_outcome o = element(outcomes.outcomes, i);
    put_error(put, o.error);
    put.text(view(o.remote_id));
  }
}

std::vector<concord_delivery> take_deliveries(Take& take) {
  std::vector<concord_delivery> deliveries(take.count(6 * 4 + 9));
  for (concord_delivery& d : deliveries) {
    d.struct_size = sizeof d;
    d.operation =
        take.u8() != 0 ? uint32_t{CONCORD_WRITE_WITHDRAW} : uint32_t{CONCORD_WRITE_UPSERT};
    d.idempotency_key = bytes(take.text());
    d.type = bytes(take.text());
    d.key = bytes(take.text());
    d.version = take.u64();
    d.subject = bytes(take.text());
    d.body = bytes(take.text());
  }
  return deliveries;
}

}  // namespace concord::runtime
