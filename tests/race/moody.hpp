// A recipient that takes its time, fails and refuses now and then; and chance, from one seed.
// Threads: any.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>

#include "hub/runtime/connector.hpp"

namespace concord::pipeline {

// A number from the environment.
inline unsigned long number(const char* name, unsigned long otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

class Moody {
 public:
  // Below this number.
  unsigned random(unsigned below) {
    const std::scoped_lock lock(mutex_);
    return static_cast<unsigned>(random_() % below);
  }
  // What becomes of a delivery, after a while.
  runtime::WriteOutcome answer() {
    if (random(4) == 0) std::this_thread::sleep_for(std::chrono::microseconds(random(1000)));
    runtime::WriteOutcome outcome;
    const unsigned fate = random(40);
    if (fate <= 1)
      outcome.error = base::retry_error("HTTP_503", "notes", "busy", "wait");
    else if (fate == 2)
      outcome.error = base::bad_record("HTTP_422", "notes", "refused", "mend it");
    return outcome;
  }
  void tell_seed() const { std::printf("seed=%u\n", seed_); }

 private:
  const unsigned seed_ = static_cast<unsigned>(number("RACE_SEED", std::random_device{}()));
  std::mutex mutex_;
  std::mt19937 random_{seed_};
};

}  // namespace concord::pipeline
