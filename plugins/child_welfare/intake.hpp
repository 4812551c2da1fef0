// Takes in signed webhooks (concord/webhook.hpp) until the hub ends the call.
//
//   {"changed":"placement"}              the hub reads that record type soon        202
//   {"type":"placement","record":{…}}    the record itself: committed by the hub    202
//     or "records":[{…},…]
//                                        kept for repair, not understood            422
//                                        not kept: send again                       503
// What is no such body is kept as a reject and answered 400.
#pragma once

#include <atomic>
#include <concord/connector.hpp>

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

class Intake {
 public:
  explicit Intake(const Settings& settings) : settings_(settings) {}

  sdk::Status listen(const sdk::Sink& sink, const sdk::Call& call);
  // While listen() runs, else 0.
  [[nodiscard]] uint16_t port() const { return port_; }

 private:
  const Settings& settings_;
  std::atomic<uint16_t> port_{0};
};

}  // namespace concord::child_welfare
