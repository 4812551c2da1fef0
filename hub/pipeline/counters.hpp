// What the metrics tell: counts and durations, by system, and nothing else.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace concord::pipeline {

// Upper bounds of the duration histograms, in milliseconds.
inline constexpr std::array<int, 12> kBoundsMs = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 60000};

struct Histogram {
  std::array<std::atomic<uint64_t>, kBoundsMs.size() + 1> buckets{};
  std::atomic<uint64_t> sum_us{0};
  void add(std::chrono::microseconds time) {
    size_t i = 0;
    while (i < kBoundsMs.size() && time > std::chrono::milliseconds(kBoundsMs[i])) ++i;
    ++buckets[i];
    sum_us += static_cast<uint64_t>(time.count() < 0 ? 0 : time.count());
  }
};

// Of one system.
struct Counters {
  std::atomic<uint64_t> read{0}, duplicates{0}, rejected{0}, parked{0};        // as a source
  std::atomic<uint64_t> delivered{0}, withheld{0}, retried{0}, parked_out{0};  // as a recipient
  std::atomic<uint64_t> calls_failed{0};
  Histogram read_to_delivered;  // from the hub's reading to the recipient's acknowledgement
};

}  // namespace concord::pipeline
