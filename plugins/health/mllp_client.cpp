#include "health/mllp_client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>

#include <algorithm>
#include <set>

#include "health/hl7_ack.hpp"
#include "health/mllp_frame.hpp"
#include "health/tls.hpp"

namespace concord::health {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kAckBytesMax = 1u << 20;

Poco::Timespan span(std::chrono::milliseconds time) {
  return {std::max<int64_t>(time.count(), 1) * 1000};
}

sdk::Error lost(const SendSettings& settings, const char* code, const char* cause) {
  return sdk::retry(code,
                    "mllp " + settings.host + ":" + std::to_string(settings.port),
                    cause,
                    "see whether the receiver is up and reachable");
}

}  // namespace

// What one call of send() has to do, and how far it is.
struct MllpClient::Round {
  const std::vector<ToSend>& messages;
  std::vector<std::optional<sdk::Error>> results;
  std::vector<bool> done;
  Clock::time_point ends;
  size_t acks = 0;  // of the connection that is open

  [[nodiscard]] bool complete() const {
    return std::all_of(done.begin(), done.end(), [](bool d) { return d; });
  }
  void finish(size_t i, std::optional<sdk::Error> error) {
    done[i] = true;
    results[i] = std::move(error);
    const bool again = results[i] && results[i]->error_class == sdk::ErrorClass::retry;
    if (!again) return;
    for (size_t k = i + 1; k < messages.size(); ++k) {  // those behind it keep their place
      if (!done[k] && messages[k].group == messages[i].group) {
        done[k] = true;
        results[k] = results[i];
      }
    }
  }
  void finish_all(const sdk::Error& error) {
    for (size_t i = 0; i < messages.size(); ++i) {
      if (!done[i]) finish(i, error);
    }
  }
};

sdk::Status MllpClient::connect(std::chrono::milliseconds wait) {
  if (socket_) return sdk::Done{};
  try {
    wait = std::min(wait, settings_.ack_timeout);
    const Poco::Net::SocketAddress address(settings_.host, settings_.port);
    if (settings_.tls) {
      auto context = client_context(*settings_.tls);
      if (!context) return std::move(context).error();
      Poco::Net::SecureStreamSocket secure(*context);
      secure.setPeerHostName(settings_.host);
      secure.connect(address, span(wait));
      secure.setReceiveTimeout(span(wait));
      secure.completeHandshake();
      socket_ = secure;
    } else {
      Poco::Net::StreamSocket plain;
      plain.connect(address, span(wait));
      socket_ = plain;
    }
    socket_->setNoDelay(true);
    socket_->setSendTimeout(span(settings_.ack_timeout));
    return sdk::Done{};
  } catch (const Poco::Net::SSLException&) {
    drop();
    return sdk::config_error("MLLP_TLS",
                             "mllp_send",
                             "the receiver's certificate is not accepted, or ours is not",
                             "check mllp_send.tls and the host name in the receiver's certificate");
  } catch (const Poco::Exception&) {
    drop();
    return lost(settings_, "MLLP_CONNECT", "no connection");
  }
}

void MllpClient::drop() {
  if (!socket_) return;
  try {
    socket_->close();
  } catch (const Poco::Exception&) {  // gone already
  }
  socket_.reset();
}

std::vector<std::optional<sdk::Error>> MllpClient::send(const std::vector<ToSend>& messages,
                                                        std::chrono::milliseconds deadline) {
  Round round{messages, {}, {}, Clock::now() + deadline};
  round.results.resize(messages.size());
  round.done.resize(messages.size());
  // A connection that was kept may be dead: what was not acknowledged on it goes out once more. It
  // bears the same control id, so a receiver that has it already only answers again.
  const int attempts = socket_ ? 2 : 1;
  for (int attempt = 0; attempt < attempts && !round.complete(); ++attempt) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(round.ends - Clock::now());
    if (auto status = connect(left); !status) {
      round.finish_all(status.error());
      break;
    }
    round.acks = 0;
    if (!exchange(round)) drop();
    if (round.acks > 0) break;
  }
  round.finish_all(
      lost(settings_, "MLLP_NO_ACK", "the connection ended before the acknowledgement"));
  return std::move(round.results);
}

// Sends and receives until all is done (true) or the connection is of no more use (false).
bool MllpClient::exchange(Round& round) {
  std::set<size_t> under_way;
  std::set<std::string> groups;  // of those under way
  FrameReader frames(kAckBytesMax);
  std::string buffer(16u << 10, '\0');
  const auto no_ack = lost(settings_, "MLLP_NO_ACK", "no acknowledgement in time");
  auto last_ack = Clock::now();
  try {
    while (!round.complete()) {
      std::string out;
      for (size_t i = 0; i < round.messages.size() && under_way.size() < settings_.pipeline; ++i) {
        const ToSend& message = round.messages[i];
        if (round.done[i] || under_way.contains(i)) continue;
        if (groups.contains(message.group)) continue;
        if (under_way.empty() && out.empty()) last_ack = Clock::now();
        groups.insert(message.group);
        under_way.insert(i);
        out += framed(message.bytes);
      }
      for (std::string_view rest = out; !rest.empty();) {
        const int sent = socket_->sendBytes(rest.data(), static_cast<int>(rest.size()));
        if (sent <= 0) return false;
        rest.remove_prefix(static_cast<size_t>(sent));
      }
      const auto until = std::min(round.ends, last_ack + settings_.ack_timeout);
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
      int got = -1;
      if (left.count() > 0) {
        socket_->setReceiveTimeout(span(left));
        try {
          got = socket_->receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
        } catch (const Poco::TimeoutException&) {
          got = -1;
        }
      }
      if (got == 0) return false;
      if (got < 0) {
        ++round.acks;  // it was reached: sending again now would only double the wait
        round.finish_all(no_ack);
        return false;
      }
      frames.feed(std::string_view(buffer).substr(0, static_cast<size_t>(got)));
      while (auto frame = frames.next()) {
        auto ack = parse_ack(frame->bytes);
        if (!ack) continue;  // its message runs into the timeout and is sent again
        auto answered = std::find_if(under_way.begin(), under_way.end(), [&](size_t i) {
          return round.messages[i].control_id == ack->control_id;
        });
        if (answered == under_way.end()) continue;  // of an earlier attempt
        last_ack = Clock::now();
        ++round.acks;
        const size_t i = *answered;
        groups.erase(round.messages[i].group);
        under_way.erase(answered);
        round.finish(
            i, error_of(*ack, "mllp " + settings_.host + ":" + std::to_string(settings_.port)));
      }
    }
    return true;
  } catch (const Poco::Exception&) {
    return false;
  }
}

}  // namespace concord::health
