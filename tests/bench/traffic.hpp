// How many records each agency may offer and when, and what has become of each: the bench's own
// book, kept at the sources and at the destinations, knowing nothing of the hub's.
//
// Flood: a flow may offer as long as no flow is more than a window behind it, so that all four
// carry the same number and the slowest sets the pace. Paced: records fall due one by one, evenly,
// and a record's time runs from when it was due, not from when somebody found the time to send it.
//
// Threads: any.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace concord::bench {

using Clock = std::chrono::steady_clock;

// Named by its source; where each goes is said in words.hpp.
enum class Flow : uint8_t { health, child_welfare, court, juvenile_justice };
inline constexpr std::array kFlows{
    Flow::health, Flow::child_welfare, Flow::court, Flow::juvenile_justice};
std::string_view name_of(Flow flow);

enum class Mode : uint8_t { closed, flood, paced };

class Traffic {
 public:
  explicit Traffic(int64_t window) : window_(window) {}

  void flood();
  void pace(double records_per_second);  // of all flows together
  void close();                          // nobody may offer any more
  void end();                            // and nobody waits for it either

  // Numbers [from, to) of this flow, at most `most`, now to be offered. Waits while there are none,
  // and for a moment longer while there are fewer than `least`. Empty: the mode is not this one, or
  // the patience ran out.
  struct Range {
    int64_t from = 0, to = 0;
    [[nodiscard]] bool empty() const { return from == to; }
  };
  Range take(Flow flow, Mode mode, int64_t least, int64_t most, std::chrono::milliseconds patience);
  // Returns once the traffic has this mode; false: it has ended.
  bool wait_for(Mode mode);
  [[nodiscard]] bool has(Mode mode) const;

  // The destination has taken this delivery in. delivery: what it tells repeats by.
  void arrived(Flow flow, int64_t number, std::string_view delivery);
  // What came that nobody offered.
  void stranger(Flow flow);

  struct Count {
    int64_t offered = 0, delivered = 0;  // delivered: distinct ones
    int64_t repeats = 0;                 // the same delivery again: no second effect
    int64_t doubled = 0, strangers = 0;  // faults
  };
  [[nodiscard]] Count count(Flow flow) const;
  [[nodiscard]] int64_t delivered() const;
  [[nodiscard]] bool all_delivered() const;
  // Milliseconds from due to arrival of all that was paced; sorted.
  [[nodiscard]] std::vector<double> latencies(Flow flow) const;

 private:
  struct Book {
    std::vector<Clock::time_point> offered, arrived;
    std::vector<uint64_t> delivery;  // hash of what it came as; 0: not yet
    Count count;
    int64_t paced_from = 0;
  };
  [[nodiscard]] int64_t allowed(const Book& book) const;  // with mutex_ held
  [[nodiscard]] Clock::time_point due(const Book& book, int64_t number) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int64_t window_;
  Mode mode_ = Mode::closed;
  bool ended_ = false;
  double per_flow_ = 0;
  Clock::time_point began_;
  std::array<Book, kFlows.size()> books_;
};

}  // namespace concord::bench
