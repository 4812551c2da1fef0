#include <concord/abi.h>

#include <atomic>
#include <cstring>

#include "hub/base/log.hpp"
#include "hub/runtime/abi_values.hpp"
#include "hub/runtime/call_errors.hpp"
#include "hub/runtime/call_thread.hpp"
#include "hub/runtime/connector.hpp"
#include "hub/runtime/plugin.hpp"

namespace concord::runtime {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGrace{2000};  // between "return soon" and "taken for hung"

// Everything that one call may touch, kept alive by the call itself should it be given up on.
struct Instance {
  concord_connector connector{};
  std::string system;
  std::atomic<bool> cancelled{false};
  ~Instance() {
    if (connector.destroy != nullptr) connector.destroy(connector.self);
  }
};

struct CallContext {
  std::shared_ptr<Instance> instance;
  std::chrono::steady_clock::time_point ends;
  std::atomic<bool>* stop = nullptr;  // listen only
  concord_call abi{};

  CallContext(std::shared_ptr<Instance> i, milliseconds timeout, std::atomic<bool>* s = nullptr)
      : instance(std::move(i)), ends(std::chrono::steady_clock::now() + timeout), stop(s) {
    abi.struct_size = sizeof abi;
    abi.timeout_ms = static_cast<uint64_t>(timeout.count());
    abi.host = this;
    abi.cancelled = [](void* host) -> int32_t {
      auto* self = static_cast<CallContext*>(host);
      if (self->stop != nullptr) return self->stop->load() ? 1 : 0;
      return self->instance->cancelled.load() || std::chrono::steady_clock::now() > self->ends ? 1
                                                                                               : 0;
    };
    abi.log = [](void* host, int32_t level, concord_bytes event, concord_bytes fields) {
      auto* self = static_cast<CallContext*>(host);
      base::connector_event(static_cast<base::Level>(level < 0   ? 0
                                                     : level > 3 ? 3
                                                                 : level),
                            self->instance->system,
                            text(event),
                            text(fields));
    };
  }
};

// They point into the item.
std::vector<concord_obligation> obligations_of(const WriteItem& item) {
  std::vector<concord_obligation> out;
  out.reserve(item.obligations.size());
  for (const model::Obligation& one : item.obligations)
    out.push_back(
        {sizeof(concord_obligation), 0, bytes(one.code), bytes(one.value), bytes(one.text)});
  return out;
}

class InProcess : public Connector {
 public:
  InProcess(std::shared_ptr<Instance> instance, model::SystemId system, Timeouts timeouts)
      : instance_(std::move(instance)), system_(std::move(system)), timeouts_(timeouts) {}
  ~InProcess() override {
    cancel();
    stop_listening();
  }

  Called<base::Done> check() override {
    return call<base::Done>(
        other_,
        "check",
        timeouts_.check,
        instance_->connector.check != nullptr,
        [](Instance& i, const concord_call& call, concord_error& error, base::Done&) {
          return i.connector.check(i.connector.self, &call, &error);
        });
  }

  Called<std::string> describe() override {
    return call<std::string>(
        other_,
        "describe",
        timeouts_.check,
        instance_->connector.describe != nullptr,
        [](Instance& i, const concord_call& call, concord_error& error, std::string& out) {
          concord_text abi{};
          abi.struct_size = sizeof abi;
          const uint32_t result = i.connector.describe(i.connector.self, &call, &abi, &error);
          if (result == CONCORD_OK) out = text(abi.bytes);
          if (result == CONCORD_OK && abi.release != nullptr) abi.release(&abi);
          return result;
        });
  }

  Called<model::Batch> read(const std::string& type,
                            const std::string& checkpoint,
                            const ReadLimits& limits) override {
    return call<model::Batch>(
        read_,
        "read",
        timeouts_.read,
        instance_->connector.read != nullptr,
        [type, checkpoint, limits, system = system_](
            Instance& i, const concord_call& call, concord_error& error, model::Batch& out) {
          concord_limits abi_limits{
              sizeof(concord_limits), limits.records_max, limits.body_bytes_max};
          concord_batch abi{};
          abi.struct_size = sizeof abi;
          const uint32_t result = i.connector.read(
              i.connector.self, &call, bytes(type), bytes(checkpoint), &abi_limits, &abi, &error);
          if (result == CONCORD_OK) out = batch_of(abi, system);
          if (result == CONCORD_OK && abi.release != nullptr) abi.release(&abi);
          return result;
        });
  }

  Called<base::Done> ack(const std::string& type, const std::string& checkpoint) override {
    if (instance_->connector.ack == nullptr) return base::Done{};
    return call<base::Done>(
        read_,
        "ack",
        timeouts_.ack,
        true,
        [type, checkpoint](
            Instance& i, const concord_call& call, concord_error& error, base::Done&) {
          return i.connector.ack(i.connector.self, &call, bytes(type), bytes(checkpoint), &error);
        });
  }

  Called<std::vector<WriteOutcome>> write(std::vector<WriteItem> items) override {
    const size_t count = items.size();
    auto outcomes = call<std::vector<WriteOutcome>>(
        write_,
        "write",
        timeouts_.write,
        instance_->connector.write != nullptr,
        [items = std::move(items), system = system_](Instance& i,
                                                     const concord_call& call,
                                                     concord_error& error,
                                                     std::vector<WriteOutcome>& out) {
          std::vector<concord_delivery> abi;
          abi.reserve(items.size());
          std::vector<std::vector<concord_obligation>> obligations;
          obligations.reserve(items.size());
          for (const WriteItem& item : items) {
            obligations.push_back(obligations_of(item));
            abi.push_back(
                {sizeof(concord_delivery),
                 item.withdraw ? uint32_t{CONCORD_WRITE_WITHDRAW} : uint32_t{CONCORD_WRITE_UPSERT},
                 bytes(item.idempotency_key),
                 bytes(item.type),
                 bytes(item.key),
                 item.version,
                 bytes(item.subject),
                 bytes(item.body),
                 static_cast<uint32_t>(obligations.back().size()),
                 0,
                 obligations.back().data()});
          }
          concord_outcomes given{};
          given.struct_size = sizeof given;
          const uint32_t result = i.connector.write(i.connector.self,
                                                    &call,
                                                    abi.data(),
                                                    static_cast<uint32_t>(abi.size()),
                                                    &given,
                                                    &error);
          if (result != CONCORD_OK) return result;
          for (uint32_t n = 0; n < given.count; ++n) {
            WriteOutcome outcome;
            const concord_outcome o = element(given.outcomes, n);
            if (o.error.error_class != CONCORD_OK) {
              CallError fault = error_of(o.error, system.value);
              outcome.error = std::move(fault.error);
              outcome.retry_after = fault.retry_after;
            }
            outcome.remote_id = text(o.remote_id);
            out.push_back(std::move(outcome));
          }
          if (given.release != nullptr) given.release(&given);
          return result;
        });
    if (outcomes && outcomes->size() != count)
      return CallError{outcomes_count(outcomes->size(), count, system_), {}};
    return outcomes;
  }

  void listen(Intake& intake) override {
    stop_ = false;
    listener_ = std::thread([this, &intake] { run_listen(intake); });
  }

  void stop_listening() override {
    stop_ = true;
    if (listener_.joinable()) listener_.join();
  }

  std::optional<base::Error> listen_fault() override {
    const std::scoped_lock lock(fault_mutex_);
    return fault_;
  }

  void cancel() override { instance_->cancelled = true; }

 private:
  // Runs body(instance, call, error, out) on a thread that can be given up on.
  template <class T, class Body>
  Called<T> call(
      CallThread& thread, const char* what, milliseconds timeout, bool offered, Body body) {
    if (!offered) return CallError{not_offered(what, system_), {}};
    struct State {
      T out{};
      uint32_t result = CONCORD_OK;
      CallError error{};
    };
    auto state = std::make_shared<State>();
    auto context = std::make_shared<CallContext>(instance_, timeout);
    const bool returned = thread.call(
        [state, context, body = std::move(body), system = system_.value] {
          concord_error error = no_error();
          state->result = body(*context->instance, context->abi, error, state->out);
          // Texts of the error live in this thread until the next call: take them now.
          if (state->result != CONCORD_OK) {
            error.error_class = state->result;
            state->error = error_of(error, system);
          }
        },
        timeout + kGrace);
    if (!returned) return CallError{hung(what, system_), {}};
    if (state->result != CONCORD_OK) return std::move(state->error);
    return std::move(state->out);
  }

  void run_listen(Intake& intake) {
    struct Host {
      Intake* intake;
      model::SystemId system;
    } host{&intake, system_};
    concord_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host = &host;
    sink.deliver = [](void* h, const concord_batch* batch, concord_outcome* outcomes) -> uint32_t {
      auto* self = static_cast<Host*>(h);
      thread_local std::vector<std::optional<base::Error>>
          answers;  // its texts live until the next call
      answers = self->intake->deliver(batch_of(*batch, self->system));
      uint32_t worst = CONCORD_OK;
      for (size_t i = 0; i < answers.size(); ++i) {
        concord_error& error = outcome_at(outcomes, i).error;
        error = no_error();
        if (!answers[i]) continue;
        error.error_class = class_of(answers[i]->error_class);
        error.code = bytes(answers[i]->code);
        error.place = bytes(answers[i]->place);
        error.cause = bytes(answers[i]->cause);
        error.next = bytes(answers[i]->next);
        error.retry_after_ms = CONCORD_RETRY_AFTER_UNKNOWN;
        worst = std::max(worst, error.error_class);
      }
      return worst;
    };
    sink.poke = [](void* h, concord_bytes type) {
      static_cast<Host*>(h)->intake->poke(text(type));
    };
    CallContext context(instance_, milliseconds(0), &stop_);
    context.abi.timeout_ms = UINT64_MAX;
    concord_error error = no_error();
    const uint32_t result =
        instance_->connector.listen == nullptr
            ? uint32_t{CONCORD_CONFIG}
            : instance_->connector.listen(instance_->connector.self, &context.abi, &sink, &error);
    if (result == CONCORD_OK) return;
    error.error_class = result;
    const std::scoped_lock lock(fault_mutex_);
    fault_ = error_of(error, system_.value).error;
    base::event(base::Level::error,
                "listen.ended",
                {{"system", base::Name(system_.value)}, {"code", base::Name(fault_->code)}});
  }

  std::shared_ptr<Instance> instance_;
  model::SystemId system_;
  Timeouts timeouts_;
  CallThread read_, write_, other_;
  std::atomic<bool> stop_{false};
  std::thread listener_;
  std::mutex fault_mutex_;
  std::optional<base::Error> fault_;
};

}  // namespace

base::Result<std::unique_ptr<Connector>> load_in_process(const Manifest& manifest,
                                                         const model::SystemId& system,
                                                         const std::string& config,
                                                         const Timeouts& timeouts) {
  if (auto checked = check_manifest(manifest); !checked) return std::move(checked).error();
  auto opened = open_plugin(manifest.library, manifest.abi_min, config, system.value);
  if (!opened) return std::move(opened).error();
  auto instance = std::make_shared<Instance>();
  instance->system = system.value;
  instance->connector = *opened;
  return std::unique_ptr<Connector>(std::make_unique<InProcess>(instance, system, timeouts));
}

}  // namespace concord::runtime
