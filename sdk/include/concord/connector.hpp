// The C++ layer over abi.h: derive from Connector, override what your system can do, and say
// CONCORD_CONNECTOR(YourClass) once. Header-only, compiled by your compiler; only abi.h crosses.
//
// Exceptions that leave your functions are turned into an error of class fatal (std::bad_alloc:
// retry). They are never the way to report what can happen: return an Error.
#pragma once

#include <concord/abi.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace concord::sdk {

// What the hub does next depends on this alone; see concord_error_class.
enum class ErrorClass : uint32_t {
  ok = CONCORD_OK,
  retry = CONCORD_RETRY,
  rate_limited = CONCORD_RATE_LIMITED,
  bad_record = CONCORD_BAD_RECORD,
  config = CONCORD_CONFIG,
  auth = CONCORD_AUTH,
  fatal = CONCORD_FATAL,
};

// An error is place, cause and next step. No content of a record and no secret in any of them.
struct Error {
  ErrorClass error_class = ErrorClass::fatal;
  std::string code;   // stable, upper snake case: "HTTP_503"
  std::string place;  // "placements.csv:14", "GET /placements?page=2"
  std::string cause;  // what was seen, told by its shape
  std::string next;   // what to do
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
};

// A passing fault: the hub tries again, later each time.
inline Error retry(std::string code, std::string place, std::string cause, std::string next) {
  return {ErrorClass::retry, std::move(code), std::move(place), std::move(cause), std::move(next)};
}
// This record will never do: it is kept for repair, and the others go on.
inline Error bad_record(std::string code, std::string place, std::string cause, std::string next) {
  return {ErrorClass::bad_record, std::move(code), std::move(place), std::move(cause),
          std::move(next)};
}
// The settings are wrong: nothing is tried again until the operator has changed them.
inline Error config_error(std::string code, std::string place, std::string cause,
                          std::string next) {
  return {ErrorClass::config, std::move(code), std::move(place), std::move(cause), std::move(next)};
}
// The system refuses the credentials: as config_error(), and said so.
inline Error auth_error(std::string code, std::string place, std::string cause, std::string next) {
  return {ErrorClass::auth, std::move(code), std::move(place), std::move(cause), std::move(next)};
}

// A T or an Error. Look before you take: value() of an error ends the process.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T given) : held_(std::move(given)) {}        // NOLINT(google-explicit-constructor): reads as return
  Result(Error given) : held_(std::move(given)) {}    // NOLINT(google-explicit-constructor): reads as return
  // Is there a T?
  explicit operator bool() const { return held_.index() == 0; }
  T& value() & { return *check(); }
  const T& value() const& { return *const_cast<Result*>(this)->check(); }
  T&& value() && { return std::move(*check()); }
  T* operator->() { return check(); }
  const T* operator->() const { return const_cast<Result*>(this)->check(); }
  T& operator*() & { return *check(); }
  const T& operator*() const& { return *const_cast<Result*>(this)->check(); }
  T&& operator*() && { return std::move(*check()); }
  Error& error() & { return std::get<1>(held_); }
  const Error& error() const& { return std::get<1>(held_); }
  Error&& error() && { return std::get<1>(std::move(held_)); }

 private:
  T* check() {
    if (held_.index() != 0) std::abort();
    return &std::get<0>(held_);
  }
  std::variant<T, Error> held_;
};
// Nothing to tell: it went well.
struct Done {};
// It went well, or an Error.
using Status = Result<Done>;

// What a system gave, unchanged. See concord_record for each field.
struct Record {
  std::string type;
  std::string key;
  std::string version;
  std::string body;    // JSON object, UTF-8
  std::string origin;  // "placements.csv:14"
  bool deleted = false;
  int64_t changed_at_us = CONCORD_TIME_UNKNOWN;
};

// What could not be read as a record: kept by the hub with its bytes.
struct Reject {
  std::string type;
  std::string key;
  std::string raw;
  Error error;
};

// What one read brought, or one event: records that could be read, what could not, where to go on.
struct Batch {
  std::vector<Record> records;
  std::vector<Reject> rejects;
  std::string checkpoint;  // opaque to the hub; comes back as it is
  bool more = false;       // the hub reads again at once
};

// What the hub takes at once; a larger record is given as a reject.
struct Limits {
  uint32_t records_max = 500;
  uint64_t body_bytes_max = 16u << 20;
};

// What the law wants to stand with a document. See concord_obligation for each field.
struct Obligation {
  std::string_view code;   // "notice_part2"
  std::string_view value;  // empty: it has none
  std::string_view text;   // one line, to be shown beside the record
};

// Borrowed views, valid during write().
struct Delivery {
  bool withdraw = false;
  std::string_view idempotency_key;
  std::string_view type;
  std::string_view key;
  uint64_t version = 1;
  std::string_view subject;  // the recipient's own key of the person; empty: not known
  std::string_view body;
  std::vector<Obligation> obligations = {};  // what must go along, if the manifest honours it
};

// What became of one delivery, in the order of the deliveries.
struct Outcome {
  std::optional<Error> error;  // none: durable at the recipient
  std::string remote_id;
};

// The hub's side of one call. Any thread may ask it; valid until the call returns.
class Call {
 public:
  explicit Call(const concord_call& call)
      : call_(&call), ends_(std::chrono::steady_clock::now() +
                            std::chrono::milliseconds(call.timeout_ms)) {}
  // The hub waits no longer: return soon, with what is done or with an error of class retry.
  [[nodiscard]] bool cancelled() const {
    return call_->cancelled != nullptr && call_->cancelled(call_->host) != 0;
  }
  // What is left of the deadline; zero when it has passed.
  [[nodiscard]] std::chrono::milliseconds left() const {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        ends_ - std::chrono::steady_clock::now());
    return left < std::chrono::milliseconds::zero() ? std::chrono::milliseconds::zero() : left;
  }
  // Logs an event: "noun.verb" and a JSON object of ids, counts and enums, never content.
  void log(int level, std::string_view event, std::string_view fields_json = "{}") const {
    if (call_->log != nullptr) call_->log(call_->host, level, bytes(event), bytes(fields_json));
  }
  static concord_bytes bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  }

 private:
  const concord_call* call_;
  std::chrono::steady_clock::time_point ends_;
};

// The text of borrowed bytes; lives as long as they do.
inline std::string_view view(concord_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data), static_cast<size_t>(bytes.size)};
}

// Where listen() hands over what the source pushed. Any thread.
class Sink {
 public:
  explicit Sink(const concord_sink& sink) : sink_(&sink) {}
  // Blocks until the hub has committed. One outcome a record, then one a reject, in order:
  //   no error   accepted: acknowledge
  //   bad_record kept for repair, not understood: acknowledge as an application error
  //   retry      not kept: the source must send again
  std::vector<Outcome> deliver(const Batch& batch) const;
  // Something of this type changed: the hub reads it soon. Empty: all types.
  void poke(std::string_view record_type) const { sink_->poke(sink_->host, Call::bytes(record_type)); }

 private:
  const concord_sink* sink_;
};

// Derive from this. One instance is one configured system. A default says "not offered"; the
// manifest's capabilities must agree with what you override.
class Connector {
 public:
  Connector() = default;
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;
  virtual ~Connector() = default;

  // Does the system answer, and does it accept the credentials? Changes nothing there. Called before the first
  // read and by "concord connector check".
  virtual Status check(const Call& call) = 0;
  // JSON, see concord_connector::describe.
  virtual Result<std::string> describe(const Call& call) = 0;
  // What is new of one type since checkpoint ("": from the beginning), within limits and the call's deadline. The
  // same checkpoint must give the same records again: the hub may have died before its commit.
  virtual Result<Batch> read(std::string_view record_type, std::string_view checkpoint,
                             const Limits& limits, const Call& call);
  // All up to checkpoint is durable in the hub: the source may forget it. May come twice.
  virtual Status ack(std::string_view record_type, std::string_view checkpoint, const Call& call);
  // Takes in what the system pushes, until call.cancelled(); then finishes what is in hand and returns. An error
  // means that it cannot listen.
  virtual Status listen(const Sink& sink, const Call& call);
  // Writes each delivery once, whatever the number of attempts: idempotency_key tells a repeat. One outcome a
  // delivery, in their order; an Error only where nothing was tried.
  virtual Result<std::vector<Outcome>> write(std::span<const Delivery> deliveries,
                                             const Call& call);
};

// Makes an instance of its settings, which satisfy the manifest's schema; secrets are in them.
using Factory = std::function<Result<std::unique_ptr<Connector>>(std::string_view config_json)>;

}  // namespace concord::sdk

#include <concord/detail/bridge.hpp>

// Exports the entry symbol. Class needs: static Result<std::unique_ptr<Connector>>
// create(std::string_view config_json).
#define CONCORD_CONNECTOR(Class)                                                             \
  extern "C" CONCORD_EXPORT uint32_t concord_connector_entry(                                \
      uint32_t host_abi_version, concord_bytes config, concord_connector* out,               \
      concord_error* error) {                                                                \
    return ::concord::sdk::detail::enter(host_abi_version, config, out, error,               \
                                         [](std::string_view json) { return Class::create(json); }); \
  }
