// Sends HL7 v2 over MLLP and waits for the acknowledgements. Keeps its connection; makes a new one
// when it is gone.
//
// Order:   several messages are on their way at once, but never two of one group: the next of a
// group
//          leaves when the one before it is acknowledged. When one must be sent again, those of its
//          group behind it wait too.
// Threads: one call at a time (write() is called so).
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <concord/connector.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "health/settings.hpp"

namespace concord::health {

struct ToSend {
  std::string control_id;
  std::string bytes;  // without framing
  std::string group;  // whose: the person or document
};

class MllpClient {
 public:
  explicit MllpClient(SendSettings settings) : settings_(std::move(settings)) {}

  // One entry a message, in order: none where it is durable there. deadline: no longer than this.
  std::vector<std::optional<sdk::Error>> send(const std::vector<ToSend>& messages,
                                              std::chrono::milliseconds deadline);
  // Opens a connection if there is none; waits no longer than this.
  sdk::Status connect(std::chrono::milliseconds wait);

 private:
  struct Round;
  bool exchange(Round& round);
  void drop();

  SendSettings settings_;
  std::optional<Poco::Net::StreamSocket> socket_;
};

}  // namespace concord::health
