#include "hub/runtime/abi_values.hpp"

namespace concord::runtime {

model::Batch batch_of(const concord_batch& abi, const model::SystemId& system) {
  model::Batch batch;
  const base::Instant now = base::now();
  for (uint32_t i = 0; i < abi.record_count; ++i) {
    const concord_record r = element(abi.records, i);
    model::Record record;
    record.system = system;
    record.type = text(r.type);
    record.key = text(r.key);
    record.version = text(r.version);
    record.body = text(r.body);
    record.origin = text(r.origin);
    record.deleted = r.operation == CONCORD_RECORD_DELETED;
    if (r.changed_at_us != CONCORD_TIME_UNKNOWN) record.changed_at = base::from_us(r.changed_at_us);
    record.read_at = now;
    batch.records.push_back(std::move(record));
  }
  for (uint32_t i = 0; i < abi.reject_count; ++i) {
    const concord_reject r = element(abi.rejects, i);
    batch.rejects.push_back(
        {system, text(r.type), text(r.key), text(r.raw), error_of(r.error, system.value).error});
  }
  batch.checkpoint = text(abi.checkpoint);
  batch.more = abi.more != 0;
  return batch;
}

}  // namespace concord::runtime
