// The two sources beside the docket API: a folder of ECF messages, and hearing calendars. Each adds
// what is new since the checkpoint to a batch, and moves the checkpoint on.
//
// Threads: one call at a time on one object, as the hub reads.
#pragma once

#include <concord/connector.hpp>
#include <functional>
#include <memory>
#include <string>

#include "court/calendar.hpp"
#include "court/checkpoint.hpp"
#include "court/drop_folder.hpp"
#include "court/settings.hpp"

namespace concord::court {

class FilingFeed {
 public:
  explicit FilingFeed(FilingSettings settings);

  // Fills batch up to limits.records_max; sets batch.more where files are left.
  sdk::Status read(Checkpoint& checkpoint, const sdk::Limits& limits, sdk::Batch& batch);
  // Everything that the checkpoint names was committed: off with it.
  sdk::Status settle(const Checkpoint& checkpoint);

 private:
  // False: the batch is full and the file holds more.
  bool add(const DropFolder::Content& content,
           Checkpoint& checkpoint,
           const sdk::Limits& limits,
           sdk::Batch& batch);
  FilingSettings settings_;
  DropFolder folder_;
};

class CalendarFeed {
 public:
  using Today = std::function<std::chrono::sys_days()>;
  CalendarFeed(CalendarSettings settings, std::string zone, std::string ca_file, Today today);
  ~CalendarFeed();

  // Gives a snapshot whole, over as many batches as it takes, and nothing until it changes. A
  // hearing that is no longer in it is not told of: courts drop past hearings, and cancel by
  // STATUS.
  sdk::Status read(Checkpoint& checkpoint,
                   const sdk::Limits& limits,
                   const sdk::Call& call,
                   sdk::Batch& batch);
  sdk::Status check(const sdk::Call& call);

 private:
  struct Client;
  struct Source {
    std::string origin, bytes;
  };
  sdk::Result<std::vector<Source>> sources(const sdk::Call& call, sdk::Batch& batch);
  sdk::Result<std::string> fetch(const sdk::Call& call);
  CalendarSettings settings_;
  std::string zone_, ca_file_;
  Today today_;
  DropFolder folder_;
  std::unique_ptr<Client> client_;
  std::string etag_, fetched_;  // of the last answer
  std::string hash_;            // of what reading_ was read from
  CalendarReading reading_;
};

}  // namespace concord::court
