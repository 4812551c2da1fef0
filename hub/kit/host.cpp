#include "hub/kit/host.hpp"

#include <boost/dll/shared_library.hpp>

#include "hub/base/json.hpp"

namespace concord::kit {
namespace {

std::string text(concord_bytes b) {
  return b.data == nullptr ? std::string() : std::string(sdk::view(b));
}

template <class Struct>
const Struct& element(const Struct* first, size_t i) {
  return *reinterpret_cast<const Struct*>(reinterpret_cast<const char*>(first) +
                                          i * first->struct_size);
}

}  // namespace

concord_bytes bytes(std::string_view view) {
  return sdk::Call::bytes(view);
}
concord_error no_error() {
  concord_error error{};
  error.struct_size = sizeof error;
  return error;
}

void Told::error(const std::string& call, const sdk::Error& error) {
  const std::scoped_lock lock(mutex_);
  errors_.emplace_back(call, error);
}
void Told::event(Event event) {
  const std::scoped_lock lock(mutex_);
  events_.push_back(std::move(event));
}
void Told::breach(std::string what) {
  const std::scoped_lock lock(mutex_);
  breaches_.push_back(std::move(what));
}
std::vector<std::pair<std::string, sdk::Error>> Told::errors() {
  const std::scoped_lock lock(mutex_);
  return errors_;
}
std::vector<Event> Told::events() {
  const std::scoped_lock lock(mutex_);
  return events_;
}
std::vector<std::string> Told::breaches() {
  const std::scoped_lock lock(mutex_);
  return breaches_;
}

base::Result<Library> Library::open(const std::string& path) {
  try {
    auto* library = new boost::dll::shared_library(
        path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    if (!library->has(CONCORD_ENTRY_SYMBOL))
      return base::config_error("ENTRY_MISSING",
                                path,
                                std::string("it exports no ") + CONCORD_ENTRY_SYMBOL,
                                "say CONCORD_CONNECTOR(YourClass) in one source");
    Library out;
    out.entry_ =
        &library->get<uint32_t(uint32_t, concord_bytes, concord_connector*, concord_error*)>(
            CONCORD_ENTRY_SYMBOL);
    return out;
  } catch (const std::exception& fault) {
    return base::config_error("LIBRARY_UNLOADABLE",
                              path,
                              fault.what(),
                              "link it with --no-undefined, and see what it needs");
  }
}

struct Instance::CallState {
  CallState(Told& t, const Ask& ask)
      : told(&t), cancel(ask.cancel), ends(std::chrono::steady_clock::now() + ask.timeout) {
    abi.struct_size = sizeof abi;
    abi.timeout_ms = static_cast<uint64_t>(ask.timeout.count());
    abi.host = this;
    abi.cancelled = [](void* host) -> int32_t {
      const auto& self = *static_cast<CallState*>(host);
      return (self.cancel != nullptr && self.cancel->load()) ||
                     std::chrono::steady_clock::now() > self.ends
                 ? 1
                 : 0;
    };
    abi.log = [](void* host, int32_t level, concord_bytes event, concord_bytes fields) {
      static_cast<CallState*>(host)->told->event({level, text(event), text(fields)});
    };
  }
  Told* told;
  std::atomic<bool>* cancel;
  std::chrono::steady_clock::time_point ends;
  concord_call abi{};
};

sdk::Error Instance::taken(const char* call, uint32_t result, const concord_error& error) {
  sdk::Error out = sdk::detail::from_abi(error);
  if (result > CONCORD_FATAL)
    told_.breach(std::string(call) + " returned " + std::to_string(result) +
                 ", which is no error class");
  else if (error.error_class != result)
    told_.breach(std::string(call) + " returned class " + std::to_string(result) +
                 " and filled in class " + std::to_string(error.error_class));
  out.error_class =
      result <= CONCORD_FATAL ? static_cast<sdk::ErrorClass>(result) : sdk::ErrorClass::fatal;
  told_.error(call, out);
  return out;
}

sdk::Result<std::unique_ptr<Instance>> Instance::make(const Library& library,
                                                      const std::string& settings,
                                                      Told& told,
                                                      uint32_t host_abi) {
  std::unique_ptr<Instance> made(new Instance(told));
  made->raw.struct_size = sizeof made->raw;
  concord_error error = no_error();
  const uint32_t result = library.entry()(host_abi, bytes(settings), &made->raw, &error);
  if (result != CONCORD_OK) {
    made->raw.destroy = nullptr;
    return made->taken("create", result, error);
  }
  return made;
}

Instance::~Instance() {
  if (raw.destroy != nullptr) raw.destroy(raw.self);
}

sdk::Status Instance::check(const Ask& ask) {
  CallState call(told_, ask);
  concord_error error = no_error();
  if (raw.check == nullptr) return sdk::not_offered("check");
  const uint32_t result = raw.check(raw.self, &call.abi, &error);
  if (result != CONCORD_OK) return taken("check", result, error);
  return sdk::Done{};
}

sdk::Result<std::string> Instance::describe(const Ask& ask) {
  CallState call(told_, ask);
  concord_error error = no_error();
  concord_text out{};
  out.struct_size = sizeof out;
  if (raw.describe == nullptr) return sdk::not_offered("describe");
  const uint32_t result = raw.describe(raw.self, &call.abi, &out, &error);
  if (result != CONCORD_OK) return taken("describe", result, error);
  std::string given = text(out.bytes);
  if (out.release != nullptr) out.release(&out);
  return given;
}

sdk::Result<sdk::Batch> Instance::read(const std::string& type,
                                       const std::string& checkpoint,
                                       const sdk::Limits& limits,
                                       const Ask& ask) {
  CallState call(told_, ask);
  concord_error error = no_error();
  const concord_limits abi_limits{
      sizeof(concord_limits), limits.records_max, limits.body_bytes_max};
  concord_batch out{};
  out.struct_size = sizeof out;
  if (raw.read == nullptr) return sdk::not_offered("read");
  const uint32_t result =
      raw.read(raw.self, &call.abi, bytes(type), bytes(checkpoint), &abi_limits, &out, &error);
  if (result != CONCORD_OK) return taken("read", result, error);
  sdk::Batch batch;
  for (uint32_t i = 0; i < out.record_count; ++i) {
    if (out.records->struct_size < sizeof(concord_record)) {
      told_.breach("read gave a record whose struct_size is " +
                   std::to_string(out.records->struct_size));
      break;
    }
    const concord_record& r = element(out.records, i);
    if (r.operation > CONCORD_RECORD_DELETED)
      told_.breach("read gave a record with operation " + std::to_string(r.operation));
    batch.records.push_back({text(r.type),
                             text(r.key),
                             text(r.version),
                             text(r.body),
                             text(r.origin),
                             r.operation == CONCORD_RECORD_DELETED,
                             r.changed_at_us});
  }
  for (uint32_t i = 0; i < out.reject_count; ++i) {
    if (out.rejects->struct_size < sizeof(concord_reject)) {
      told_.breach("read gave a reject whose struct_size is " +
                   std::to_string(out.rejects->struct_size));
      break;
    }
    const concord_reject& r = element(out.rejects, i);
    batch.rejects.push_back(
        {text(r.type), text(r.key), text(r.raw), sdk::detail::from_abi(r.error)});
    told_.error("reject", batch.rejects.back().error);
  }
  batch.checkpoint = text(out.checkpoint);
  batch.more = out.more != 0;
  if (out.release == nullptr && out.record_count > 0)
    told_.breach("read gave records without release()");
  if (out.release != nullptr) out.release(&out);
  return batch;
}

sdk::Status Instance::ack(const std::string& type, const std::string& checkpoint, const Ask& ask) {
  CallState call(told_, ask);
  concord_error error = no_error();
  if (raw.ack == nullptr) return sdk::Done{};
  const uint32_t result = raw.ack(raw.self, &call.abi, bytes(type), bytes(checkpoint), &error);
  if (result != CONCORD_OK) return taken("ack", result, error);
  return sdk::Done{};
}

sdk::Result<std::vector<sdk::Outcome>> Instance::write(const std::vector<sdk::Delivery>& deliveries,
                                                       const Ask& ask) {
  CallState call(told_, ask);
  concord_error error = no_error();
  std::vector<concord_delivery> abi;
  std::vector<std::vector<concord_obligation>> obligations(deliveries.size());
  for (const sdk::Delivery& d : deliveries) {
    auto& of = obligations[abi.size()];
    for (const sdk::Obligation& o : d.obligations)
      of.push_back({sizeof(concord_obligation), 0, bytes(o.code), bytes(o.value), bytes(o.text)});
    abi.push_back({sizeof(concord_delivery),
                   d.withdraw ? uint32_t{CONCORD_WRITE_WITHDRAW} : uint32_t{CONCORD_WRITE_UPSERT},
                   bytes(d.idempotency_key),
                   bytes(d.type),
                   bytes(d.key),
                   d.version,
                   bytes(d.subject),
                   bytes(d.body),
                   static_cast<uint32_t>(of.size()),
                   0,
                   of.data()});
  }
  concord_outcomes out{};
  out.struct_size = sizeof out;
  if (raw.write == nullptr) return sdk::not_offered("write");
  const uint32_t result =
      raw.write(raw.self, &call.abi, abi.data(), static_cast<uint32_t>(abi.size()), &out, &error);
  if (result != CONCORD_OK) return taken("write", result, error);
  std::vector<sdk::Outcome> outcomes;
  for (uint32_t i = 0; i < out.count; ++i) {
    if (out.outcomes->struct_size < sizeof(concord_outcome)) {
      told_.breach("write gave an outcome whose struct_size is " +
                   std::to_string(out.outcomes->struct_size));
      break;
    }
    const concord_outcome& o = element(out.outcomes, i);
    sdk::Outcome outcome{std::nullopt, text(o.remote_id)};
    if (o.error.error_class != CONCORD_OK) {
      outcome.error = sdk::detail::from_abi(o.error);
      told_.error("write", *outcome.error);
    }
    outcomes.push_back(std::move(outcome));
  }
  if (out.release != nullptr) out.release(&out);
  return outcomes;
}

sdk::Status Instance::listen(const Sink& sink, const Ask& ask) {
  CallState call(told_, ask);
  concord_error error = no_error();
  concord_sink abi{};
  abi.struct_size = sizeof abi;
  abi.host = const_cast<Sink*>(&sink);
  abi.deliver = [](void* host, const concord_batch* batch, concord_outcome* outcomes) -> uint32_t {
    sdk::Batch given;
    for (uint32_t i = 0; i < batch->record_count; ++i) {
      const concord_record& r = element(batch->records, i);
      given.records.push_back({text(r.type),
                               text(r.key),
                               text(r.version),
                               text(r.body),
                               text(r.origin),
                               r.operation == CONCORD_RECORD_DELETED,
                               r.changed_at_us});
    }
    for (uint32_t i = 0; i < batch->reject_count; ++i) {
      const concord_reject& r = element(batch->rejects, i);
      given.rejects.push_back(
          {text(r.type), text(r.key), text(r.raw), sdk::detail::from_abi(r.error)});
    }
    std::vector<uint32_t> classes(batch->record_count + batch->reject_count, CONCORD_OK);
    static_cast<const Sink*>(host)->deliver(given, classes);
    uint32_t worst = CONCORD_OK;
    for (size_t i = 0; i < classes.size(); ++i) {
      auto& outcome = const_cast<concord_outcome&>(element(outcomes, i));
      outcome.error = no_error();
      outcome.error.error_class = classes[i];
      outcome.error.code = bytes(classes[i] == CONCORD_OK ? "" : "KIT");
      outcome.error.retry_after_ms = CONCORD_RETRY_AFTER_UNKNOWN;
      worst = std::max(worst, classes[i]);
    }
    return worst;
  };
  abi.poke = [](void* host, concord_bytes type) {
    static_cast<const Sink*>(host)->poke(text(type));
  };
  if (raw.listen == nullptr) return sdk::not_offered("listen");
  const uint32_t result = raw.listen(raw.self, &call.abi, &abi, &error);
  if (result != CONCORD_OK) return taken("listen", result, error);
  return sdk::Done{};
}

}  // namespace concord::kit
