#include "hub/runtime/abi_values.hpp"

namespace concord::runtime {

concord_bytes bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
std::string text(concord_bytes b) {
  return b.data == nullptr
             ? std::string()
             : std::string(reinterpret_cast<const char*>(b.data), static_cast<size_t>(b.size));
}

base::ErrorClass class_of(uint32_t error_class) {
  switch (error_class) {
    case CONCORD_RETRY:
      return base::ErrorClass::retry;
    case CONCORD_RATE_LIMITED:
      return base::ErrorClass::rate_limited;
    case CONCORD_BAD_RECORD:
      return base::ErrorClass::bad_record;
    case CONCORD_CONFIG:
      return base::ErrorClass::config;
    case CONCORD_AUTH:
      return base::ErrorClass::auth;
    default:
      return base::ErrorClass::fatal;
  }
}

uint32_t class_of(base::ErrorClass error_class) {
  switch (error_class) {
    case base::ErrorClass::retry:
      return CONCORD_RETRY;
    case base::ErrorClass::rate_limited:
      return CONCORD_RATE_LIMITED;
    case base::ErrorClass::bad_record:
      return CONCORD_BAD_RECORD;
    case base::ErrorClass::config:
      return CONCORD_CONFIG;
    case base::ErrorClass::auth:
      return CONCORD_AUTH;
    case base::ErrorClass::fatal:
      return CONCORD_FATAL;
  }
  return CONCORD_FATAL;
}

CallError error_of(const concord_error& error, const std::string& system) {
  CallError out;
  out.error = {class_of(error.error_class),
               text(error.code),
               text(error.place),
               text(error.cause),
               text(error.next)};
  if (out.error.place.empty()) out.error.place = system;
  if (error.struct_size >= sizeof error && error.retry_after_ms != CONCORD_RETRY_AFTER_UNKNOWN)
    out.retry_after = std::chrono::milliseconds(error.retry_after_ms);
  return out;
}

concord_error no_error() {
  concord_error error{};
  error.struct_size = sizeof error;
  return error;
}

model::Batch batch_of(const concord_batch& abi, const model::SystemId& system) {
  model::Batch batch;
  const base::Instant now = base::now();
  for (uint32_t i = 0; i < abi.record_count; ++i) {
    const concord_record& r = element(abi.records, i);
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
    const concord_reject& r = element(abi.rejects, i);
    batch.rejects.push_back(
        {system, text(r.type), text(r.key), text(r.raw), error_of(r.error, system.value).error});
  }
  batch.checkpoint = text(abi.checkpoint);
  batch.more = abi.more != 0;
  return batch;
}

}  // namespace concord::runtime
