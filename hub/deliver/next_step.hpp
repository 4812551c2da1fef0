// What follows a failed attempt. The error's class alone decides.
// Threads: any; pure.
#pragma once

#include <chrono>
#include <optional>

#include "hub/base/result.hpp"
#include "hub/base/time.hpp"
#include "hub/model/delivery.hpp"

namespace concord::deliver {

struct RetryPolicy {
  std::chrono::milliseconds first{200};
  std::chrono::milliseconds longest{std::chrono::minutes{5}};
  int attempts_max = 60;  // at the longest pause: about five hours
};

// Sets outcome, reason, owner, attempts and due_at of a delivery whose attempt failed.
//   retry, rate_limited  again later: backoff doubles, or as the recipient says; then parked
//   bad_record           parked: this record will never do as it is
//   config, auth, fatal  again later, by the system's own pause: nothing is wrong with the record
// salt spreads the pauses of many lanes (0 to 1).
void after_failure(model::Delivery& delivery,
                   const base::Error& error,
                   std::optional<std::chrono::milliseconds> retry_after,
                   base::Instant now,
                   double salt,
                   const RetryPolicy& policy = {});

// How long a whole system pauses after the nth call in a row that failed as a whole.
std::chrono::milliseconds system_pause(int failures,
                                       const base::Error& error,
                                       std::optional<std::chrono::milliseconds> retry_after,
                                       const RetryPolicy& policy = {});

// Whose move it is.
model::Owner owner_of(const base::Error& error);

}  // namespace concord::deliver
