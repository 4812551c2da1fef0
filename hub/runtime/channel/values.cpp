#include "hub/runtime/channel/values.hpp"

#include <concord/abi.h>

#include "hub/runtime/abi_values.hpp"

namespace concord::runtime {
namespace {

// The least that a thing takes: counts are compared with it.
constexpr size_t kErrorBytes = 4 + 4 * 4 + 8;
constexpr size_t kRecordBytes = 1 + 5 * 4 + 8;
constexpr size_t kRejectBytes = 3 * 4 + kErrorBytes;
constexpr size_t kOutcomeBytes = kErrorBytes + 4;

constexpr size_t kCheckpointBytesMax = 1u << 20;  // it is written with every commit

std::string copied(std::string_view text) {
  return std::string(text);
}

}  // namespace

Put write_question(std::chrono::milliseconds timeout, const std::vector<WriteItem>& items) {
  Put put(Kind::write);
  put.u64(static_cast<uint64_t>(timeout.count())).u32(static_cast<uint32_t>(items.size()));
  for (const WriteItem& item : items) {
    put.u8(item.withdraw ? 1 : 0)
        .text(item.idempotency_key)
        .text(item.type)
        .text(item.key)
        .u64(item.version)
        .text(item.subject)
        .text(item.body)
        .u32(static_cast<uint32_t>(item.obligations.size()));
    for (const model::Obligation& one : item.obligations)
      put.text(one.code).text(one.value).text(one.text);
  }
  return put;
}

Put event_answers(const std::vector<std::optional<base::Error>>& answers) {
  Put put(Kind::ok);
  put.u32(static_cast<uint32_t>(answers.size()));
  const base::Error none{};
  for (const auto& answer : answers) {
    const base::Error& e = answer ? *answer : none;
    put.u32(answer ? class_of(e.error_class) : uint32_t{CONCORD_OK})
        .text(e.code)
        .text(e.place)
        .text(e.cause)
        .text(e.next)
        .u64(CONCORD_RETRY_AFTER_UNKNOWN);
  }
  return put;
}

std::optional<CallError> take_error(Take& take, const std::string& system) {
  concord_error abi = no_error();
  abi.error_class = take.u32();
  abi.code = bytes(take.text());
  abi.place = bytes(take.text());
  abi.cause = bytes(take.text());
  abi.next = bytes(take.text());
  abi.retry_after_ms = take.u64();
  if (abi.error_class == CONCORD_OK) return std::nullopt;
  return error_of(abi, system);
}

model::Batch take_batch(Take& take, const model::SystemId& system) {
  model::Batch batch;
  const base::Instant now = base::now();
  const uint32_t records = take.count(kRecordBytes);
  batch.records.reserve(records);
  for (uint32_t i = 0; i < records && take.good(); ++i) {
    model::Record record;
    record.system = system;
    record.deleted = take.u8() != 0;
    record.type = copied(take.text());
    record.key = copied(take.text());
    record.version = copied(take.text());
    record.body = copied(take.text());
    record.origin = copied(take.text());
    const auto changed = static_cast<int64_t>(take.u64());
    if (changed != CONCORD_TIME_UNKNOWN) record.changed_at = base::from_us(changed);
    record.read_at = now;
    batch.records.push_back(std::move(record));
  }
  const uint32_t rejects = take.count(kRejectBytes);
  for (uint32_t i = 0; i < rejects && take.good(); ++i) {
    std::string type = copied(take.text());
    std::string key = copied(take.text());
    std::string raw = copied(take.text());
    auto error = take_error(take, system.value);
    // A reject without an error would be a reject without a reason.
    if (!error)
      error = CallError{base::bad_record("REJECTED",
                                         system.value,
                                         "the connector gave no reason",
                                         "report it to the connector's author"),
                        {}};
    batch.rejects.push_back(
        {system, std::move(type), std::move(key), std::move(raw), std::move(error->error)});
  }
  batch.checkpoint = copied(take.text(kCheckpointBytesMax));
  batch.more = take.u8() != 0;
  return batch;
}

std::vector<WriteOutcome> take_outcomes(Take& take, const std::string& system) {
  std::vector<WriteOutcome> outcomes;
  const uint32_t count = take.count(kOutcomeBytes);
  outcomes.reserve(count);
  for (uint32_t i = 0; i < count && take.good(); ++i) {
    WriteOutcome outcome;
    if (auto error = take_error(take, system)) {
      outcome.retry_after = error->retry_after;
      outcome.error = std::move(error->error);
    }
    outcome.remote_id = copied(take.text());
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace concord::runtime
