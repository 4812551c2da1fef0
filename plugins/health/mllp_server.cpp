#include "health/mllp_server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <thread>

#include "health/mllp_answer.hpp"
#include "health/tls.hpp"

namespace concord::health {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{100};  // how often a waiting thread looks around
constexpr size_t kBatchMax = 256;

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Poco::Timespan span(std::chrono::milliseconds time) {
  return {time.count() * 1000};
}

class Connection {
 public:
  // Takes the next connection; throws what Poco throws when there is none after all.
  Connection(Poco::Net::ServerSocket& server,
             const ListenSettings& listen,
             const Hl7Settings& hl7,
             const Intake& intake,
             uint64_t number)
      : socket_(server.acceptConnection()),
        listen_(listen),
        intake_(intake),
        number_(number),
        frames_(listen.message_bytes_max),
        exchange_(hl7, listen.message_bytes_max, "mllp connection " + std::to_string(number)),
        thread_([this] { run(); }) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    close_wanted_ = true;
    thread_.join();
  }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] int64_t last_heard() const { return last_heard_; }
  void close_soon() { close_wanted_ = true; }

 private:
  void run() {
    std::string_view why = "closed";
    try {
      socket_.setNoDelay(true);
      socket_.setReceiveTimeout(span(kLook));
      socket_.setSendTimeout(span(listen_.frame_time_max));
      why = serve();
    } catch (const Poco::Exception&) {  // reset, broken TLS: the sender sends again
      why = "broken";
    }
    try {
      socket_.close();
    } catch (const Poco::Exception&) {  // it is gone either way
    }
    intake_.log(
        0,
        "mllp.closed",
        R"({"connection":)" + std::to_string(number_) + R"(,"why":")" + std::string(why) + R"("})");
    done_ = true;
  }

  std::string_view serve() {
    std::string buffer(64u << 10, '\0');
    Clock::time_point began{};
    bool was_in_hand = false;
    while (!close_wanted_ && !intake_.cancelled()) {
      int got = 0;
      try {
        got = socket_.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
      } catch (const Poco::TimeoutException&) {
        got = -1;
      }
      if (got == 0) return frames_.in_hand() ? "closed with half a message" : "closed";
      if (got > 0) {
        last_heard_ = now_us();
        frames_.feed(std::string_view(buffer).substr(0, static_cast<size_t>(got)));
        bool framed_any = false;
        while (auto frame = frames_.next()) {
          framed_any = true;
          exchange_.add(std::move(*frame));
          if (exchange_.size() >= kBatchMax && !hand_over()) return "not kept";
        }
        if (!exchange_.empty() && !hand_over()) return "not kept";
        if (framed_any) was_in_hand = false;  // what is in hand now has only begun
      }
      // A sender that drips a message byte by byte holds its thread no longer than this.
      if (!frames_.in_hand()) {
        was_in_hand = false;
      } else if (!was_in_hand) {
        was_in_hand = true;
        began = Clock::now();
      } else if (Clock::now() - began > listen_.frame_time_max) {
        return "too slow";
      }
    }
    return "stopped";
  }

  // False: something was not kept, and the sender is to notice by the end of the connection.
  bool hand_over() {
    const std::vector<sdk::Outcome> outcomes = intake_.deliver(exchange_.batch());
    const Exchange::Answers answers =
        exchange_.answer(outcomes, listen_.answer_when_not_kept, now_us());
    if (answers.errors + answers.rejects > 0) {
      intake_.log(2,
                  "mllp.refused",
                  R"({"connection":)" + std::to_string(number_) + R"(,"errors":)" +
                      std::to_string(answers.errors) + R"(,"rejects":)" +
                      std::to_string(answers.rejects) + "}");
    }
    send(answers.bytes);
    return answers.all_kept || listen_.answer_when_not_kept;
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
      if (sent <= 0) throw Poco::Net::ConnectionResetException();
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  Poco::Net::StreamSocket socket_;
  const ListenSettings& listen_;
  const Intake& intake_;
  uint64_t number_;
  FrameReader frames_;
  Exchange exchange_;
  std::atomic<bool> close_wanted_{false}, done_{false};
  std::atomic<int64_t> last_heard_{now_us()};
  std::thread thread_;  // last: it uses all of the above
};

sdk::Result<std::unique_ptr<Poco::Net::ServerSocket>> open_port(const ListenSettings& listen) {
  const std::string place = "mllp_listen " + listen.host + ":" + std::to_string(listen.port);
  std::unique_ptr<Poco::Net::ServerSocket> socket;
  if (listen.tls) {
    auto context = server_context(*listen.tls);
    if (!context) return std::move(context).error();
    socket = std::make_unique<Poco::Net::SecureServerSocket>(*context);
  } else {
    socket = std::make_unique<Poco::Net::ServerSocket>();
  }
  try {
    socket->bind(Poco::Net::SocketAddress(listen.host, listen.port), true, false);
    socket->listen(64);
  } catch (const Poco::Exception&) {
    return sdk::config_error("MLLP_PORT",
                             place,
                             "the port cannot be opened",
                             "see what else listens there, or choose another port");
  }
  return socket;
}

// Makes room: whoever has been silent longest goes. A sender that still wants something comes back.
void make_room(std::list<Connection>& connections, size_t most) {
  connections.remove_if([](const Connection& c) { return c.done(); });
  if (connections.size() < most) return;
  auto quietest = std::min_element(
      connections.begin(), connections.end(), [](const Connection& a, const Connection& b) {
        return a.last_heard() < b.last_heard();
      });
  connections.erase(quietest);  // waits for its thread
}

}  // namespace

sdk::Status MllpServer::run(const Intake& intake) {
  auto opened = open_port(listen_);
  if (!opened) return std::move(opened).error();
  Poco::Net::ServerSocket& socket = **opened;
  intake.log(1,
             "mllp.listening",
             R"({"port":)" + std::to_string(socket.address().port()) + R"(,"tls":)" +
                 (listen_.tls ? "true" : "false") + "}");
  std::list<Connection> connections;
  uint64_t count = 0;
  while (!intake.cancelled()) {
    try {
      if (!socket.poll(span(kLook), Poco::Net::Socket::SELECT_READ)) continue;
      make_room(connections, listen_.connections_max);
      connections.emplace_back(socket, listen_, hl7_, intake, ++count);
    } catch (const Poco::Exception&) {
      // A client that left while it was accepted, or no file handles left for a moment.
      intake.log(2, "mllp.accept_failed", "{}");
      std::this_thread::sleep_for(kLook);
    }
  }
  socket.close();
  return sdk::Done{};  // the connections end with what they have in hand
}

}  // namespace concord::health
