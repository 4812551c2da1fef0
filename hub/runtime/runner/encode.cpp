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

namespace {

void put_record(Put& put, const concord_record& r) {
  put.u8(r.operation == CONCORD_RECORD_DELETED ? 1 : 0)
      .text(view(r.type))
      .text(view(r.key))
      .text(view(r.version))
      .text(view(r.body))
      .text(view(r.origin))
      .u64(static_cast<uint64_t>(r.changed_at_us));
}

void put_reject(Put& put, const concord_reject& r) {
  put.text(view(r.type)).text(view(r.key)).text(view(r.raw));
  put_error(put, r.error);
}

void put_lists(Put& put, const std::vector<const concord_batch*>& batches) {
  uint32_t records = 0;
  uint32_t rejects = 0;
  for (const concord_batch* batch : batches) {
    records += batch->record_count;
    rejects += batch->reject_count;
  }
  put.u32(records);
  for (const concord_batch* batch : batches)
    for (uint32_t i = 0; i < batch->record_count; ++i) put_record(put, element(batch->records, i));
  put.u32(rejects);
  for (const concord_batch* batch : batches)
    for (uint32_t i = 0; i < batch->reject_count; ++i) put_reject(put, element(batch->rejects, i));
}

}  // namespace

void put_batch(Put& put, const concord_batch& batch) {
  put_lists(put, {&batch});
  put.text(view(batch.checkpoint)).u8(batch.more != 0 ? 1 : 0);
}

void put_batches(Put& put, const std::vector<const concord_batch*>& batches) {
  put_lists(put, batches);
  put.text({}).u8(0);
}

size_t size_of(const concord_batch& batch) {
  constexpr size_t each = 64;  // lengths, times and classes of an item, and of the frame
  size_t size = each * (1 + size_t{batch.record_count} + batch.reject_count);
  for (uint32_t i = 0; i < batch.record_count; ++i) {
    const concord_record r = element(batch.records, i);
    size += r.type.size + r.key.size + r.version.size + r.body.size + r.origin.size;
  }
  for (uint32_t i = 0; i < batch.reject_count; ++i) {
    const concord_reject r = element(batch.rejects, i);
    size += r.type.size + r.key.size + r.raw.size + r.error.code.size + r.error.place.size +
            r.error.cause.size + r.error.next.size;
  }
  return size;
}

concord_error too_large() {
  concord_error error = no_error();
  error.error_class = CONCORD_CONFIG;
  error.code = bytes("BATCH_TOO_LARGE");
  error.place = bytes("runner");
  error.cause = bytes("a batch exceeds what the channel carries at once (128 MB; an event 64 MB)");
  error.next = bytes("lower read_batch in the system's file");
  error.retry_after_ms = CONCORD_RETRY_AFTER_UNKNOWN;
  return error;
}

void put_outcomes(Put& put, const concord_outcomes& outcomes) {
  put.u32(outcomes.count);
  for (uint32_t i = 0; i < outcomes.count; ++i) {
    const concord_outcome o = element(outcomes.outcomes, i);
    put_error(put, o.error);
    put.text(view(o.remote_id));
  }
}

Deliveries take_deliveries(Take& take) {
  Deliveries out;
  const uint32_t count = take.count(7 * 4 + 9);
  out.abi.resize(count);
  out.obligations.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    concord_delivery& d = out.abi[i];
    d.struct_size = sizeof d;
    d.operation =
        take.u8() != 0 ? uint32_t{CONCORD_WRITE_WITHDRAW} : uint32_t{CONCORD_WRITE_UPSERT};
    d.idempotency_key = bytes(take.text());
    d.type = bytes(take.text());
    d.key = bytes(take.text());
    d.version = take.u64();
    d.subject = bytes(take.text());
    d.body = bytes(take.text());
    std::vector<concord_obligation>& obligations = out.obligations[i];
    obligations.resize(take.count(3 * 4));
    for (concord_obligation& o : obligations) {
      o.struct_size = sizeof o;
      o.code = bytes(take.text());
      o.value = bytes(take.text());
      o.text = bytes(take.text());
    }
    d.obligation_count = static_cast<uint32_t>(obligations.size());
    d.obligations = obligations.data();
  }
  return out;
}

}  // namespace concord::runtime
