// The hub's end of the plugin boundary: values in, values out, every call with a deadline.
// An in-process connector stands behind it here; a runner process can stand behind it as well.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/model/coalition.hpp"
#include "hub/model/obligation.hpp"
#include "hub/model/record.hpp"
#include "hub/runtime/access.hpp"
#include "hub/runtime/isolation.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::runtime {

struct ReadLimits {
  unsigned records_max = 500;
  uint64_t body_bytes_max = 16u << 20;
};

struct WriteItem {
  bool withdraw = false;
  std::string idempotency_key, type, key, subject, body;
  uint64_t version = 1;
  std::vector<model::Obligation> obligations{};  // what must stand with it at the recipient
};

struct WriteOutcome {
  std::optional<base::Error> error;
  std::optional<std::chrono::milliseconds> retry_after;
  std::string remote_id;
};

// What a failed call means for the next one.
struct CallError {
  base::Error error;
  std::optional<std::chrono::milliseconds> retry_after;
};
template <class T>
using Called = base::Result<T, CallError>;

// The hub's side of event intake. Threads: any, at once.
class Intake {
 public:
  virtual ~Intake() = default;
  // One answer a record, then one a reject. Returns once they are durable, or not kept at all.
  virtual std::vector<std::optional<base::Error>> deliver(model::Batch batch) = 0;
  virtual void poke(const std::string& record_type) = 0;
};

class Connector {
 public:
  virtual ~Connector() = default;
  virtual Called<base::Done> check() = 0;
  virtual Called<std::string> describe() = 0;
  virtual Called<model::Batch> read(const std::string& type,
                                    const std::string& checkpoint,
                                    const ReadLimits& limits) = 0;
  virtual Called<base::Done> ack(const std::string& type, const std::string& checkpoint) = 0;
  virtual Called<std::vector<WriteOutcome>> write(std::vector<WriteItem> items) = 0;
  // Starts taking in events; returns once the connector runs. stop_listening() drains.
  virtual void listen(Intake& intake) = 0;
  virtual void stop_listening() = 0;
  // Why listening ended by itself, if it did.
  virtual std::optional<base::Error> listen_fault() = 0;
  // Asks running calls to return soon.
  virtual void cancel() = 0;
  // Waits until it is up, where that takes a while; an error is what it says of its settings.
  virtual base::Status begun() { return base::Done{}; }
  // Of a connector in a runner: how that fares. None: it runs in the hub.
  [[nodiscard]] virtual std::optional<Isolation> isolation() const { return std::nullopt; }
  // A runner that was given up on is started again.
  virtual void release() {}
};

struct Timeouts {
  std::chrono::milliseconds check{10000}, read{60000}, ack{30000}, write{30000};
};

// Opens the library (checked before) and makes one instance. config: secrets resolved.
base::Result<std::unique_ptr<Connector>> load_in_process(const Manifest& manifest,
                                                         const model::SystemId& system,
                                                         const std::string& config,
                                                         const Timeouts& timeouts);

// Starts a runner process that opens the library (checked before) in it, shut in to what access
// names; begun() waits until it is up, so that many can come up at once. A crash is no error there:
// isolation() tells, and it is tried again.
base::Result<std::unique_ptr<Connector>> load_isolated(const Manifest& manifest,
                                                       const model::SystemId& system,
                                                       const std::string& config,
                                                       const Access& access,
                                                       const Timeouts& timeouts,
                                                       const RunnerSettings& settings);

}  // namespace concord::runtime
