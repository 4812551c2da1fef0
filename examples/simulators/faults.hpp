// Faults on demand: what a simulated system does wrong, how often, and where.
//
// A fault is armed from outside (control API, test) and taken by the code that talks to the hub.
// HttpServer (http.hpp) takes those of kHttpFaults by itself; a system takes `duplicate` and
// `out_of_order` where it makes pages or sends events, and all of them in protocols of its own.
//
// Threads: any number may call any function. wait() ends at once when the faults are cleared.
#pragma once

#include <array>
#include <chrono>
#include <concord/connector.hpp>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace concord::sim {

enum class FaultKind : uint8_t {
  slow,                // answers after `delay`
  hang,                // answers only when cleared (or stopped)
  status,              // answers with `status`, without doing the work
  rate_limited,        // 429 with Retry-After of `delay`, without doing the work
  reset_after_commit,  // does the work, then drops the connection without an answer
  truncated_body,      // does the work, promises the whole answer, sends half and closes
  bad_token,           // 401 as for an expired token, without doing the work
  duplicate,           // gives the same thing twice
  out_of_order         // gives a newer version before an older one
};
inline constexpr std::array kHttpFaults{FaultKind::slow,
                                        FaultKind::hang,
                                        FaultKind::status,
                                        FaultKind::rate_limited,
                                        FaultKind::reset_after_commit,
                                        FaultKind::truncated_body,
                                        FaultKind::bad_token};
std::string_view name_of(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::slow;
  int times = 1;      // how often; -1: until cleared
  std::string place;  // only where the place (URL path, protocol) starts so; empty: everywhere
  int status = 503;
  std::chrono::milliseconds delay{1000};
};

// {"kind":"slow","times":3,"place":"/placements","status":503,"delay_ms":500}; only kind is needed.
sdk::Result<Fault> read_fault(std::string_view json);

class Faults {
 public:
  void arm(Fault fault);
  void clear();

  // The first armed fault of one of these kinds for this place, counted down; or none.
  std::optional<Fault> take(std::span<const FaultKind> kinds, std::string_view place);
  std::optional<Fault> take(FaultKind kind, std::string_view place = {}) {
    return take(std::span(&kind, 1), place);
  }

  // Waits for that long, or until clear() or interrupt(): then true.
  bool wait(std::chrono::milliseconds time);
  // Ends every wait() that runs now and leaves what is armed: for a system that stops.
  void interrupt();

  // [{"kind":"slow","times":2,"place":""}], and how often each kind was taken.
  [[nodiscard]] std::string json() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t wakeups_ = 0;
  std::vector<Fault> armed_;
  std::array<uint64_t, 9> taken_{};
};

}  // namespace concord::sim
