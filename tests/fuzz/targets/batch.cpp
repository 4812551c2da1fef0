// What a runner hands over: batches, outcomes and errors, as payloads of frames. Nothing that the
// other side says may break the hub, or go beyond what the frame really held.
#include <concord/abi.h>

#include "hub/runtime/abi_values.hpp"
#include "hub/runtime/channel/values.hpp"
#include "hub/runtime/runner/encode.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

using namespace concord::runtime;

const model::SystemId kSystem("sys");
constexpr size_t kHead = 5;

bool is_one_line(const std::string& text) {
  for (const char c : text)
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) return false;
  return text.size() <= 1004;  // cut at 1000, after a whole character
}

void can_be_shown(const base::Error& error) {
  must(!error.code.empty() && error.code.size() <= 64, "a code that is none");
  must(error.code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos,
       "a code in other letters");
  must(!error.place.empty(), "an error without place");
  must(is_one_line(error.place) && is_one_line(error.cause) && is_one_line(error.next),
       "words that cannot be shown in a line");
}

// As the runner would have it of its connector.
struct AsAbi {
  std::vector<concord_record> records;
  std::vector<concord_reject> rejects;
  concord_batch batch{};

  explicit AsAbi(const model::Batch& from) {
    for (const model::Record& r : from.records) {
      concord_record to{};
      to.struct_size = sizeof to;
      to.operation = r.deleted ? CONCORD_RECORD_DELETED : CONCORD_RECORD_UPSERT;
      to.type = bytes(r.type), to.key = bytes(r.key), to.version = bytes(r.version);
      to.body = bytes(r.body), to.origin = bytes(r.origin);
      to.changed_at_us =
          r.changed_at ? r.changed_at->time_since_epoch().count() : CONCORD_TIME_UNKNOWN;
      records.push_back(to);
    }
    for (const model::Reject& r : from.rejects) {
      concord_reject to{};
      to.struct_size = sizeof to;
      to.type = bytes(r.type), to.key = bytes(r.key), to.raw = bytes(r.raw);
      to.error = no_error();
      to.error.error_class = class_of(r.error.error_class);
      to.error.code = bytes(r.error.code), to.error.place = bytes(r.error.place);
      to.error.cause = bytes(r.error.cause), to.error.next = bytes(r.error.next);
      to.error.retry_after_ms = CONCORD_RETRY_AFTER_UNKNOWN;
      rejects.push_back(to);
    }
    batch.struct_size = sizeof batch;
    batch.record_count = static_cast<uint32_t>(records.size()), batch.records = records.data();
    batch.reject_count = static_cast<uint32_t>(rejects.size()), batch.rejects = rejects.data();
    batch.checkpoint = bytes(from.checkpoint);
    batch.more = from.more ? 1 : 0;
  }
};

void same(const model::Batch& one, const model::Batch& other) {
  must(one.records.size() == other.records.size(), "a record came or went");
  for (size_t i = 0; i < one.records.size(); ++i) {
    model::Record a = one.records[i];
    a.read_at = other.records[i].read_at;
    must(a == other.records[i], "a record is another");
  }
  must(one.rejects.size() == other.rejects.size(), "a reject came or went");
  for (size_t i = 0; i < one.rejects.size(); ++i) {
    const model::Reject &a = one.rejects[i], &b = other.rejects[i];
    must(a.type == b.type && a.key == b.key && a.raw == b.raw, "a reject is another");
    must(a.error == b.error, "the error of a reject is another");
  }
  must(one.checkpoint == other.checkpoint && one.more == other.more, "the rest is another");
}

void one_batch(std::string_view payload) {
  Take take(payload);
  const model::Batch batch = take_batch(take, kSystem);
  must(batch.records.size() + batch.rejects.size() <= payload.size() / 21,
       "more than can be there");
  size_t held = batch.checkpoint.size();
  for (const model::Record& r : batch.records) {
    must(r.system == kSystem, "a record of another system");
    held += r.type.size() + r.key.size() + r.version.size() + r.body.size() + r.origin.size();
  }
  for (const model::Reject& r : batch.rejects) {
    must(r.system == kSystem, "a reject of another system");
    can_be_shown(r.error);
    held += r.type.size() + r.key.size() + r.raw.size();
  }
  must(held <= payload.size(), "more bytes than came");
  must(batch.checkpoint.size() <= 1u << 20, "a checkpoint beyond its limit");
  if (!take.done()) return;
  // What a runner makes of the same values is taken as the same, and so is it within the hub.
  const AsAbi abi(batch);
  Put put(Kind::ok);
  put_batch(put, abi.batch);
  Take again(std::string_view(put.frame()).substr(kHead));
  same(batch, take_batch(again, kSystem));
  must(again.done(), "what was put does not add up");
  same(batch, batch_of(abi.batch, kSystem));
}

void outcomes(std::string_view payload) {
  Take take(payload);
  const auto outcomes = take_outcomes(take, kSystem.value);
  must(outcomes.size() <= payload.size() / 32, "more than can be there");
  for (const WriteOutcome& outcome : outcomes)
    if (outcome.error) can_be_shown(*outcome.error);
}

void error(std::string_view payload) {
  Take take(payload);
  if (const auto error = take_error(take, kSystem.value)) can_be_shown(error->error);
}

}  // namespace

void batch(std::string_view input) {
  switch (choice(input, 3)) {
    case 0:
      return one_batch(input);
    case 1:
      return outcomes(input);
    default:
      return error(input);
  }
}

}  // namespace concord::fuzz
