// POST /apply: what a changed directory would change, and taking it over.
//
// What was shown is what is applied: looking keeps what was read as a proposal, with a number that
// only lasts until something else is read or applied.
// Threads: any; one reads at a time.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "hub/api/routes.hpp"
#include "hub/base/json.hpp"

namespace concord::api {

class Apply {
 public:
  // Reads and checks the directory that the hub was started with: every fault at once. folder:
  // where whoever asks thinks it is; empty: it does not matter.
  using Read = std::function<base::Result<std::shared_ptr<const pipeline::Setup>, base::Errors>(
      const std::string& folder)>;
  Apply(pipeline::Hub& hub, Read read) : hub_(hub), read_(std::move(read)) {}

  // body: {"dry_run": true, "folder": "..."} or {"proposal": "..."}; neither: reads and applies.
  Answer answer(const base::JsonValue& body);

 private:
  struct Proposal {
    std::string id;
    std::shared_ptr<const pipeline::Setup> setup;
    std::shared_ptr<const pipeline::View> seen_from;
  };
  base::Result<Proposal, base::Errors> take(const std::string& id);

  pipeline::Hub& hub_;
  Read read_;
  std::mutex mutex_;
  Proposal proposal_;  // guarded by mutex_
};

}  // namespace concord::api
