// From frames to one batch for the hub, and from its outcomes to the answers on the wire.
//
// Threads: one Exchange belongs to one connection.
#pragma once

#include <concord/connector.hpp>
#include <string>
#include <vector>

#include "health/hl7_ack.hpp"
#include "health/mllp_frame.hpp"
#include "health/settings.hpp"

namespace concord::health {

class Exchange {
 public:
  // origin: of its records, "mllp 127.0.0.1:40123".
  Exchange(const Hl7Settings& hl7, size_t message_bytes_max, std::string origin)
      : hl7_(hl7), message_bytes_max_(message_bytes_max), origin_(std::move(origin)) {}

  void add(Frame frame);
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  [[nodiscard]] size_t size() const { return messages_.size(); }
  // The records and rejects of all that was added.
  sdk::Batch& batch() { return batch_; }

  struct Answers {
    std::string bytes;     // framed, in order
    bool all_kept = true;  // false: bytes end before the first message that was not kept
    size_t accepted = 0, errors = 0, rejects = 0;
  };
  // Takes the hub's outcomes and forgets all that was added. answer_when_not_kept: see settings.
  Answers answer(const std::vector<sdk::Outcome>& outcomes,
                 bool answer_when_not_kept,
                 int64_t now_us);

 private:
  struct One {
    ReadMessage read;
    size_t records_from = 0, records = 0;
    size_t rejects_from = 0, rejects = 0;
  };
  void add_message(std::string_view bytes);
  void add_refused(Frame frame);
  void append(ReadMessage read);

  const Hl7Settings& hl7_;
  size_t message_bytes_max_;
  std::string origin_;
  std::vector<One> messages_;
  sdk::Batch batch_;
};

}  // namespace concord::health
