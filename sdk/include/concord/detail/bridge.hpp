// The one place where C++ values become ABI structs and back. Connector authors need not read it.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

namespace concord::sdk {

inline Error not_offered(const char* what) {
  return {ErrorClass::config, "NOT_OFFERED", what, "this connector does not offer it",
          "remove the job or flow that needs it, or use another connector"};
}
inline Result<Batch> Connector::read(std::string_view, std::string_view, const Limits&,
                                     const Call&) {
  return not_offered("read");
}
inline Status Connector::ack(std::string_view, std::string_view, const Call&) { return Done{}; }
inline Status Connector::listen(const Sink&, const Call&) { return not_offered("listen"); }
inline Result<std::vector<Outcome>> Connector::write(std::span<const Delivery>, const Call&) {
  return not_offered("write");
}

// Cut so that the hub takes it, at the border of a UTF-8 character.
inline std::string cut_raw(std::string_view raw, uint64_t bytes_max) {
  size_t size = static_cast<size_t>(std::min<uint64_t>(raw.size(), bytes_max));
  while (size > 0 && size < raw.size() && (static_cast<uint8_t>(raw[size]) & 0xC0) == 0x80) --size;
  return std::string(raw.substr(0, size));
}

namespace detail {

inline concord_bytes bytes(std::string_view text) { return Call::bytes(text); }

// The texts of the last error of this thread: what concord_error points at.
inline Error& last_error() {
  thread_local Error error;
  return error;
}

inline concord_error as_abi(const Error& error) {
  concord_error out{};
  out.struct_size = sizeof out;
  out.error_class = static_cast<uint32_t>(error.error_class);
  out.code = bytes(error.code);
  out.place = bytes(error.place);
  out.cause = bytes(error.cause);
  out.next = bytes(error.next);
  out.retry_after_ms = error.retry_after ? static_cast<uint64_t>(error.retry_after->count())
                                         : CONCORD_RETRY_AFTER_UNKNOWN;
  return out;
}

inline Error from_abi(const concord_error& error) {
  Error out;
  out.error_class = error.error_class <= CONCORD_FATAL ? static_cast<ErrorClass>(error.error_class)
                                                       : ErrorClass::fatal;
  out.code = view(error.code);
  out.place = view(error.place);
  out.cause = view(error.cause);
  out.next = view(error.next);
  if (error.retry_after_ms != CONCORD_RETRY_AFTER_UNKNOWN)
    out.retry_after = std::chrono::milliseconds(error.retry_after_ms);
  return out;
}

// Hands over as much of full as the host has room for: an older one knows a shorter struct.
template <class Struct>
void hand_over(Struct& out, Struct full) {
  const uint32_t size = out.struct_size < sizeof full ? out.struct_size : uint32_t{sizeof full};
  full.struct_size = size;
  std::memcpy(&out, &full, size);
}

// The other side's struct as we know it: what it does not have is 0.
template <class Struct>
Struct as_known(const Struct& given) {
  Struct known{};
  std::memcpy(&known, &given, given.struct_size < sizeof known ? given.struct_size : sizeof known);
  return known;
}

// Element i of an array whose elements may be longer or shorter than we know them.
template <class Struct>
const Struct& element(const Struct* first, size_t i) {
  return *reinterpret_cast<const Struct*>(reinterpret_cast<const char*>(first) +
                                          i * first->struct_size);
}

inline uint32_t fail(concord_error* out, Error error) {
  if (error.error_class == ErrorClass::ok) error.error_class = ErrorClass::fatal;
  last_error() = std::move(error);
  if (out != nullptr) hand_over(*out, as_abi(last_error()));
  return static_cast<uint32_t>(last_error().error_class);
}

// Runs a body; turns what it throws into an error of class fatal.
template <class Body>
uint32_t guard(concord_error* error, const char* where, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(error, {ErrorClass::retry, "OUT_OF_MEMORY", where, "memory ran out",
                        "lower records_max, or give the connector more memory"});
  } catch (const std::exception&) {
    // what() may hold content, so it stays here.
    return fail(error, {ErrorClass::fatal, "CONNECTOR_EXCEPTION", where,
                        "the connector threw an exception", "report it to the connector's author"});
  } catch (...) {
    return fail(error, {ErrorClass::fatal, "CONNECTOR_EXCEPTION", where,
                        "the connector threw something that is not an exception",
                        "report it to the connector's author"});
  }
}

struct OwnedBatch {
  Batch batch;
  std::vector<concord_record> records;
  std::vector<concord_reject> rejects;

  explicit OwnedBatch(Batch b) : batch(std::move(b)) {
    records.reserve(batch.records.size());
    for (const Record& r : batch.records) {
      concord_record out{};
      out.struct_size = sizeof out;
      out.operation = r.deleted ? CONCORD_RECORD_DELETED : CONCORD_RECORD_UPSERT;
      out.type = bytes(r.type);
      out.key = bytes(r.key);
      out.version = bytes(r.version);
      out.body = bytes(r.body);
      out.origin = bytes(r.origin);
      out.changed_at_us = r.changed_at_us;
      records.push_back(out);
    }
    rejects.reserve(batch.rejects.size());
    for (const Reject& r : batch.rejects) {
      concord_reject out{};
      out.struct_size = sizeof out;
      out.type = bytes(r.type);
      out.key = bytes(r.key);
      out.raw = bytes(r.raw);
      out.error = as_abi(r.error);
      rejects.push_back(out);
    }
  }
  [[nodiscard]] concord_batch abi() const {
    concord_batch out{};
    out.struct_size = sizeof out;
    out.record_count = static_cast<uint32_t>(records.size());
    out.records = records.data();
    out.reject_count = static_cast<uint32_t>(rejects.size());
    out.rejects = rejects.data();
    out.checkpoint = bytes(batch.checkpoint);
    out.more = batch.more ? 1 : 0;
    return out;
  }
};

struct OwnedOutcomes {
  std::vector<Outcome> outcomes;
  std::vector<concord_outcome> abi;
  explicit OwnedOutcomes(std::vector<Outcome> o) : outcomes(std::move(o)) {
    for (const Outcome& outcome : outcomes) {
      concord_outcome out{};
      out.struct_size = sizeof out;
      if (outcome.error) out.error = as_abi(*outcome.error);
      out.error.struct_size = sizeof out.error;
      out.remote_id = bytes(outcome.remote_id);
      abi.push_back(out);
    }
  }
};

inline Connector& self(void* p) { return *static_cast<Connector*>(p); }

inline uint32_t check(void* p, const concord_call* call, concord_error* error) {
  return guard(error, "check", [&]() -> uint32_t {
    Status status = self(p).check(Call(*call));
    return status ? uint32_t{CONCORD_OK} : fail(error, std::move(status).error());
  });
}

inline uint32_t describe(void* p, const concord_call* call, concord_text* out,
                         concord_error* error) {
  return guard(error, "describe", [&]() -> uint32_t {
    Result<std::string> text = self(p).describe(Call(*call));
    if (!text) return fail(error, std::move(text).error());
    auto* owned = new std::string(std::move(text).value());
    concord_text full{};
    full.bytes = bytes(*owned);
    full.owner = owned;
    full.release = [](concord_text* t) { delete static_cast<std::string*>(t->owner); };
    hand_over(*out, full);
    return CONCORD_OK;
  });
}

inline uint32_t read(void* p, const concord_call* call, concord_bytes type,
                     concord_bytes checkpoint, const concord_limits* limits, concord_batch* out,
                     concord_error* error) {
  return guard(error, "read", [&]() -> uint32_t {
    const concord_limits given = as_known(*limits);
    Limits l{given.records_max, given.body_bytes_max};
    Result<Batch> batch = self(p).read(view(type), view(checkpoint), l, Call(*call));
    if (!batch) return fail(error, std::move(batch).error());
    for (Reject& reject : batch->rejects)
      if (reject.raw.size() > l.body_bytes_max) reject.raw = cut_raw(reject.raw, l.body_bytes_max);
    auto owned = std::make_unique<OwnedBatch>(std::move(batch).value());
    concord_batch full = owned->abi();
    full.owner = owned.release();
    full.release = [](concord_batch* b) { delete static_cast<OwnedBatch*>(b->owner); };
    hand_over(*out, full);
    return CONCORD_OK;
  });
}

inline uint32_t ack(void* p, const concord_call* call, concord_bytes type,
                    concord_bytes checkpoint, concord_error* error) {
  return guard(error, "ack", [&]() -> uint32_t {
    Status status = self(p).ack(view(type), view(checkpoint), Call(*call));
    return status ? uint32_t{CONCORD_OK} : fail(error, std::move(status).error());
  });
}

inline uint32_t listen(void* p, const concord_call* call, const concord_sink* sink,
                       concord_error* error) {
  return guard(error, "listen", [&]() -> uint32_t {
    Status status = self(p).listen(Sink(*sink), Call(*call));
    return status ? uint32_t{CONCORD_OK} : fail(error, std::move(status).error());
  });
}

inline uint32_t write(void* p, const concord_call* call, const concord_delivery* deliveries,
                      uint32_t count, concord_outcomes* out, concord_error* error) {
  return guard(error, "write", [&]() -> uint32_t {
    std::vector<Delivery> views;
    views.reserve(count);
    for (uint32_t i = 0; i < count; ++i) {
      const concord_delivery d = as_known(element(deliveries, i));
      views.push_back({d.operation == CONCORD_WRITE_WITHDRAW, view(d.idempotency_key),
                       view(d.type), view(d.key), d.version, view(d.subject), view(d.body)});
      for (uint32_t n = 0; n < d.obligation_count; ++n) {
        const concord_obligation o = as_known(element(d.obligations, n));
        views.back().obligations.push_back({view(o.code), view(o.value), view(o.text)});
      }
    }
    auto outcomes = self(p).write(views, Call(*call));
    if (!outcomes) return fail(error, std::move(outcomes).error());
    auto owned = std::make_unique<OwnedOutcomes>(std::move(outcomes).value());
    concord_outcomes full{};
    full.count = static_cast<uint32_t>(owned->abi.size());
    full.outcomes = owned->abi.data();
    full.owner = owned.release();
    full.release = [](concord_outcomes* o) { delete static_cast<OwnedOutcomes*>(o->owner); };
    hand_over(*out, full);
    return CONCORD_OK;
  });
}

inline uint32_t enter(uint32_t host_abi_version, concord_bytes config, concord_connector* out,
                      concord_error* error,
                      Result<std::unique_ptr<Connector>> (*create)(std::string_view)) {
  return guard(error, "create", [&]() -> uint32_t {
    if (host_abi_version / 1000 != CONCORD_ABI_MAJOR) {
      return fail(error, {ErrorClass::config, "ABI_MISMATCH", "concord_connector_entry",
                          "host offers ABI " + std::to_string(host_abi_version / 1000) + "." +
                              std::to_string(host_abi_version % 1000) + ", this connector needs " +
                              std::to_string(CONCORD_ABI_MAJOR) + ".x",
                          "install the connector built for this hub"});
    }
    Result<std::unique_ptr<Connector>> made = create(view(config));
    if (!made) return fail(error, std::move(made).error());
    concord_connector full{};
    full.struct_size = sizeof full;
    full.abi_version = CONCORD_ABI_VERSION;
    full.self = std::move(made).value().release();
    full.destroy = [](void* p) { delete static_cast<Connector*>(p); };
    full.check = check;
    full.describe = describe;
    full.read = read;
    full.ack = ack;
    full.listen = listen;
    full.write = write;
    hand_over(*out, full);
    return CONCORD_OK;
  });
}

}  // namespace detail

inline std::vector<Outcome> Sink::deliver(const Batch& batch) const {
  detail::OwnedBatch owned(batch);
  const concord_batch abi = owned.abi();
  const size_t count = batch.records.size() + batch.rejects.size();
  std::vector<concord_outcome> out(count);
  for (concord_outcome& o : out) {
    o.struct_size = sizeof o;
    o.error.struct_size = sizeof o.error;
  }
  sink_->deliver(sink_->host, &abi, out.data());
  std::vector<Outcome> outcomes(count);
  for (size_t i = 0; i < count; ++i) {
    if (out[i].error.error_class != CONCORD_OK) outcomes[i].error = detail::from_abi(out[i].error);
    outcomes[i].remote_id = view(out[i].remote_id);
  }
  return outcomes;
}

}  // namespace concord::sdk
