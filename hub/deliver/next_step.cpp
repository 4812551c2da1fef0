#include "hub/deliver/next_step.hpp"

#include <algorithm>

namespace concord::deliver {
namespace {

using base::ErrorClass;
using std::chrono::milliseconds;

milliseconds backoff(int attempts, const RetryPolicy& policy) {
  milliseconds pause = policy.first;
  for (int i = 1; i < attempts && pause < policy.longest; ++i) pause *= 2;
  return std::min(pause, policy.longest);
}

}  // namespace

model::Owner owner_of(const base::Error& error) {
  switch (error.error_class) {
    case ErrorClass::config:
    case ErrorClass::auth:
      return model::Owner::operator_;
    case ErrorClass::bad_record:
      return model::Owner::coalition_staff;
    case ErrorClass::retry:
    case ErrorClass::rate_limited:
    case ErrorClass::fatal:
      return model::Owner::agency_it;
  }
  return model::Owner::operator_;
}

void after_failure(model::Delivery& delivery,
                   const base::Error& error,
                   std::optional<milliseconds> retry_after,
                   base::Instant now,
                   double salt,
                   const RetryPolicy& policy) {
  ++delivery.attempts;
  delivery.reason = error.code;
  delivery.detail = to_text(error);
  delivery.owner = owner_of(error);
  const bool passes =
      error.error_class == ErrorClass::retry || error.error_class == ErrorClass::rate_limited;
  if (error.error_class == ErrorClass::bad_record ||
      (passes && delivery.attempts >= policy.attempts_max)) {
    delivery.outcome = model::Outcome::parked;
    delivery.due_at.reset();
    return;
  }
  milliseconds pause = backoff(delivery.attempts, policy);
  pause += milliseconds(static_cast<int64_t>(salt * static_cast<double>(pause.count()) / 4));
  if (retry_after) pause = std::max(pause, *retry_after);
  delivery.outcome = model::Outcome::waiting;
  delivery.due_at = now + pause;
}

milliseconds system_pause(int failures,
                          const base::Error& error,
                          std::optional<milliseconds> retry_after,
                          const RetryPolicy& policy) {
  milliseconds pause = std::min(backoff(failures, policy), milliseconds{15000});
  // Settings and credentials do not mend themselves within seconds.
  if (error.error_class == ErrorClass::config || error.error_class == ErrorClass::auth)
    pause = std::max(pause, milliseconds{5000});
  return retry_after ? std::max(pause, *retry_after) : pause;
}

}  // namespace concord::deliver
