// A host for one connector, as bare as the boundary itself: the kit must see what the hub's own
// host would paper over. Lives in the process of one check.
//
// Threads: an Instance may be called from several, as the hub does; what it records is guarded.
#pragma once

#include <concord/abi.h>

#include <atomic>
#include <chrono>
#include <concord/connector.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hub/runtime/manifest.hpp"

namespace concord::kit {

using std::chrono::milliseconds;

struct Event {
  int level = 0;
  std::string name, fields;
};

// All that the connector said, in this process.
class Told {
 public:
  void error(const std::string& call, const sdk::Error& error);
  void event(Event event);
  // Something that the boundary forbids, as a sentence.
  void breach(std::string what);
  [[nodiscard]] std::vector<std::pair<std::string, sdk::Error>> errors();
  [[nodiscard]] std::vector<Event> events();
  [[nodiscard]] std::vector<std::string> breaches();

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, sdk::Error>> errors_;
  std::vector<Event> events_;
  std::vector<std::string> breaches_;
};

// One library, opened once and never closed.
class Library {
 public:
  static base::Result<Library> open(const std::string& path);
  [[nodiscard]] concord_connector_entry_fn entry() const { return entry_; }

 private:
  concord_connector_entry_fn entry_ = nullptr;
};

// How one call is made.
struct Ask {
  milliseconds timeout{10000};
  std::atomic<bool>* cancel = nullptr;
};

// What the hub answers to an event; called from any thread.
struct Sink {
  std::function<void(const sdk::Batch&, std::vector<uint32_t>& classes)> deliver;
  std::function<void(const std::string&)> poke;
};

class Instance {
 public:
  // An instance, or the connector's error.
  static sdk::Result<std::unique_ptr<Instance>> make(const Library& library,
                                                     const std::string& settings,
                                                     Told& told,
                                                     uint32_t host_abi = CONCORD_ABI_VERSION);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  sdk::Status check(const Ask& ask = {});
  sdk::Result<std::string> describe(const Ask& ask = {});
  sdk::Result<sdk::Batch> read(const std::string& type,
                               const std::string& checkpoint,
                               const sdk::Limits& limits = {},
                               const Ask& ask = {});
  sdk::Status ack(const std::string& type, const std::string& checkpoint, const Ask& ask = {});
  sdk::Result<std::vector<sdk::Outcome>> write(const std::vector<sdk::Delivery>& deliveries,
                                               const Ask& ask = {});
  sdk::Status listen(const Sink& sink, const Ask& ask);

  concord_connector raw{};

 private:
  explicit Instance(Told& told) : told_(told) {}
  struct CallState;
  // What the returned class and error mean; the error is recorded.
  sdk::Error taken(const char* call, uint32_t result, const concord_error& error);
  Told& told_;
};

// ABI values for checks that call the bare functions.
concord_error no_error();
concord_bytes bytes(std::string_view text);

}  // namespace concord::kit
