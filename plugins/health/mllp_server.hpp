// Takes HL7 v2 in over MLLP and answers each message once the hub has it.
//
// Order:   the messages of one connection are handed over in the order in which they came, those
// that
//          wait together as one batch. Connections go beside each other.
// Answers: after the hub's commit, never before: a sender that forgets on AA loses nothing.
// Threads: run() blocks; it has one thread a connection and ends them all before it returns.
// Owns:    the port, while run() runs.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <functional>
#include <string_view>

#include "health/settings.hpp"

namespace concord::health {

struct Intake {
  // Hands over to the hub; one outcome a record, then one a reject.
  std::function<std::vector<sdk::Outcome>(const sdk::Batch&)> deliver;
  std::function<bool()> cancelled;
  std::function<void(int level, std::string_view event, std::string_view fields_json)> log;
};

class MllpServer {
 public:
  MllpServer(ListenSettings listen, Hl7Settings hl7)
      : listen_(std::move(listen)), hl7_(std::move(hl7)) {}
  // Until cancelled; then finishes what is in hand. An error: the port cannot be had, TLS is not
  // set up.
  sdk::Status run(const Intake& intake);

 private:
  ListenSettings listen_;
  Hl7Settings hl7_;
};

}  // namespace concord::health
