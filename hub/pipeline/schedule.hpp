// When a job is due next.
//
// every  falls on multiples of its length since 1970, so a restart changes nothing.
// daily  happens once on each day of its zone: a time that daylight saving skips, at the end of the
//        gap; a time that it repeats, the first time only.
// cron   five fields in its zone. Named hours behave as daily does. When every hour is meant ("*"),
//        the job goes by elapsed time: it goes on through a repeated hour and skips nothing.
//        Day of month and day of week: when both are restricted, either will do.
//
// Missed runs are caught up once: a job whose next_due(last start) is past runs now, and the next
// is next_due(now).
// Threads: any; nothing is kept.
// Errors:  class config; place is "schedule", or the cron field.
#pragma once

#include "hub/base/result.hpp"
#include "hub/base/time.hpp"
#include "hub/model/coalition.hpp"

namespace concord::pipeline {

// Can it ever be due? Every N, hour and minute, zone and cron fields are checked.
base::Status check_schedule(const model::Schedule& schedule);

// The first due time strictly after `after`.
base::Result<base::Instant> next_due(const model::Schedule& schedule, base::Instant after);

}  // namespace concord::pipeline
