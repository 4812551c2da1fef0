#include "examples/simulators/health_mllp.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <concord/json.hpp>
#include <cstdio>

namespace concord::sim {
namespace {

using namespace std::chrono_literals;
namespace net = Poco::Net;
constexpr size_t kAnswersMax = 100000;
constexpr std::array kMllpFaults{FaultKind::slow,
                                 FaultKind::hang,
                                 FaultKind::status,
                                 FaultKind::rate_limited,
                                 FaultKind::bad_token,
                                 FaultKind::reset_after_commit,
                                 FaultKind::truncated_body};

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Takes the next whole frame off the front; what stands outside of frames is dropped.
bool next_frame(std::string& unread, std::string& message) {
  const size_t start = unread.find('\x0B');
  if (start == std::string::npos) {
    unread.clear();
    return false;
  }
  const size_t end = unread.find('\x1C', start);
  if (end == std::string::npos) return false;
  message = unread.substr(start + 1, end - start - 1);
  unread.erase(0, end + 1);
  return true;
}

// Field n of the first segment so named, raw; MSH counted as the standard does.
std::string field(const std::string& message, std::string_view segment, size_t n) {
  for (size_t at = 0; at < message.size();) {
    const size_t end = std::min(message.find('\r', at), message.size());
    std::string_view line = std::string_view(message).substr(at, end - at);
    at = end + 1;
    if (line.substr(0, 3) != segment) continue;
    if (segment == "MSH") --n;
    for (size_t i = 0; i < n; ++i) {
      const size_t bar = line.find('|');
      if (bar == std::string_view::npos) return {};
      line.remove_prefix(bar + 1);
    }
    return std::string(line.substr(0, line.find('|')));
  }
  return {};
}

void send_all(net::StreamSocket& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const int sent = socket.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
    if (sent <= 0) throw net::ConnectionResetException();
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

// What came, -1 for nothing in time, 0 for the end.
int receive(net::StreamSocket& socket, std::string& unread) {
  std::array<char, size_t{64} * 1024> buffer;
  try {
    const int got = socket.receiveBytes(buffer.data(), buffer.size());
    if (got > 0) unread.append(buffer.data(), static_cast<size_t>(got));
    return got;
  } catch (const Poco::TimeoutException&) {
    return -1;
  }
}

}  // namespace

// --- outbox
// ----------------------------------------------------------------------------------------

void MllpOutbox::start() {
  const std::lock_guard lock(mutex_);
  if (running_) return;
  running_ = true;
  thread_ = std::thread([this] { run(); });
}

void MllpOutbox::stop() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MllpOutbox::connect_to(std::string host, uint16_t port, size_t pipeline) {
  {
    const std::lock_guard lock(mutex_);
    host_ = std::move(host);
    port_ = port;
    pipeline_ = std::max<size_t>(pipeline, 1);
    ++target_;
  }
  changed_.notify_all();
}

void MllpOutbox::send(std::string control_id, std::string message) {
  {
    const std::lock_guard lock(mutex_);
    const bool twice = faults_.take(FaultKind::duplicate, "/mllp").has_value();
    const bool early = faults_.take(FaultKind::out_of_order, "/mllp").has_value();
    Message one{std::move(control_id), "\x0B" + std::move(message) + "\x1C\r"};
    if (twice) waiting_.push_back(one);
    // Before the one that was made before it, if that has not left yet.
    if (early && !waiting_.empty() && !waiting_.back().sent) {
      waiting_.insert(waiting_.end() - 1, std::move(one));
    } else {
      waiting_.push_back(std::move(one));
    }
  }
  changed_.notify_all();
}

void MllpOutbox::run() {
  for (;;) {
    net::SocketAddress address;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !running_ || (port_ != 0 && !waiting_.empty()); });
      if (!running_) return;
      for (Message& message : waiting_) message.sent = false;
      address = net::SocketAddress(host_, port_);
    }
    try {
      net::StreamSocket socket;
      socket.connect(address, Poco::Timespan(2, 0));
      socket.setNoDelay(true);
      socket.setReceiveTimeout(Poco::Timespan(0, 2000));
      if (converse(socket)) return;
    } catch (const Poco::Exception&) {  // nobody there: again soon
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 50ms, [this] { return !running_; });
    if (!running_) return;
  }
}

bool MllpOutbox::converse(net::StreamSocket& socket) {
  std::string unread;
  uint64_t target = 0;
  int64_t silent_since = now_us();
  {
    const std::lock_guard lock(mutex_);
    target = target_;
  }
  for (;;) {
    std::string out;
    bool under_way = false;
    {
      std::unique_lock lock(mutex_);
      const auto ready = [&] { return !running_ || target != target_ || !waiting_.empty(); };
      changed_.wait_for(lock, 1s, ready);
      if (!running_) return true;
      if (target != target_) return false;
      if (waiting_.empty()) silent_since = now_us();
      for (size_t i = 0; i < waiting_.size() && i < pipeline_; ++i) {
        Message& message = waiting_[i];
        under_way = true;
        if (message.sent) continue;
        message.sent = true;
        ++(message.first_sent_us == 0 ? sent_ : resent_);
        if (message.first_sent_us == 0) message.first_sent_us = now_us();
        out += message.bytes;
      }
    }
    if (!out.empty()) send_all(socket, out);
    if (!under_way) {
      // The receiver may have closed meanwhile; then nothing is lost by connecting anew.
      if (socket.poll(Poco::Timespan(0, 0), net::Socket::SELECT_READ) &&
          receive(socket, unread) == 0)
        return false;
      continue;
    }
    const int got = receive(socket, unread);
    if (got == 0) return false;
    if (got > 0 && take_answers(unread)) silent_since = now_us();
    if (now_us() - silent_since > 10000000) return false;  // 10 s without an answer
  }
}

bool MllpOutbox::take_answers(std::string& unread) {
  bool any = false;
  for (std::string message; next_frame(unread, message); any = true) {
    const std::string code = field(message, "MSA", 1), control_id = field(message, "MSA", 2);
    const bool again = field(message, "ERR", 3).starts_with("207");
    const std::lock_guard lock(mutex_);
    const auto it = std::find_if(waiting_.begin(), waiting_.end(), [&](const Message& m) {
      return m.sent && (m.control_id == control_id || control_id.empty());
    });
    if (it == waiting_.end()) continue;
    if (again) {
      it->sent = false;
      continue;
    }
    const bool accepted = code == "AA" || code == "CA";
    ++(accepted ? acknowledged_ : refused_);
    if (accepted && ack_us_.size() < 1000000) ack_us_.push_back(now_us() - it->first_sent_us);
    answers_.emplace_back(it->control_id, code);
    if (answers_.size() > kAnswersMax) answers_.pop_front();
    waiting_.erase(it);
  }
  return any;
}

std::string MllpOutbox::json() const {
  std::vector<int64_t> times;
  sdk::JsonWriter w;
  {
    const std::lock_guard lock(mutex_);
    times = ack_us_;
    w.object().field("sent", sent_).field("resent", resent_).field("acknowledged", acknowledged_);
    w.field("refused", refused_).field("waiting", static_cast<uint64_t>(waiting_.size()));
  }
  std::sort(times.begin(), times.end());
  const auto part = [&](size_t percent) {
    return times.empty() ? 0.0
                         : static_cast<double>(times[(times.size() - 1) * percent / 100]) / 1000;
  };
  w.field("ack_p50_ms", part(50)).field("ack_p99_ms", part(99)).end();
  return w.text();
}

std::string MllpOutbox::answers_json() const {
  const std::lock_guard lock(mutex_);
  sdk::JsonWriter w;
  w.array();  // pairs, since a message sent twice is answered twice
  for (const auto& [control_id, code] : answers_)
    w.array().value(control_id).value(code).end_array();
  w.end_array();
  return w.text();
}

// --- intake
// ----------------------------------------------------------------------------------------

sdk::Status MllpIntake::start() {
  if (running_) return sdk::Done{};
  if (auto reserved = port_.reserve(); !reserved) return reserved;
  net::ServerSocket socket;
  try {
    socket.bind(net::SocketAddress("127.0.0.1", port_.number()), true, false);
    socket.listen(64);
  } catch (const Poco::Exception& e) {
    return sdk::config_error("MLLP_LISTEN",
                             "127.0.0.1:" + std::to_string(port_.number()),
                             e.displayText(),
                             "free the port");
  }
  running_ = true;
  acceptor_ = std::thread([this, socket] { accept(socket); });
  return sdk::Done{};
}

void MllpIntake::stop() {
  running_ = false;
  faults_.interrupt();
  if (acceptor_.joinable()) acceptor_.join();
  for (Connection& connection : connections_) connection.thread.join();
  connections_.clear();
}

void MllpIntake::refuse(const std::string& mrn, bool on) {
  const std::lock_guard lock(mutex_);
  if (on)
    refused_.insert(mrn);
  else
    refused_.erase(mrn);
}

void MllpIntake::accept(net::ServerSocket socket) {
  try {
    while (running_) {
      if (!socket.poll(Poco::Timespan(0, 50000), net::Socket::SELECT_READ)) continue;
      std::erase_if(connections_, [](Connection& connection) {
        if (!connection.done) return false;
        connection.thread.join();
        return true;
      });
      net::StreamSocket accepted = socket.acceptConnection();
      accepted.setNoDelay(true);
      Connection& connection = connections_.emplace_back();
      connection.socket = std::move(accepted);
      accepted = net::StreamSocket();  // from here on it is its thread's alone
      connection.thread = std::thread([this, &connection] {
        serve(connection.socket);
        connection.done = true;
      });
    }
  } catch (const Poco::Exception& e) {
    std::fprintf(stderr, "simulator: mllp intake ended: %s\n", e.displayText().c_str());
  }
}

void MllpIntake::serve(net::StreamSocket& socket) {
  try {
    socket.setReceiveTimeout(Poco::Timespan(0, 50000));
    std::string unread;
    while (running_) {
      if (receive(socket, unread) == 0) return;
      for (std::string message; next_frame(unread, message);) {
        if (!answer(socket, message)) return socket.close();
      }
    }
    socket.setLinger(true, 0);  // as when a machine dies
    socket.close();
  } catch (const Poco::Exception&) {  // the hub went away
  }
}

bool MllpIntake::answer(net::StreamSocket& socket, const std::string& message) {
  const std::string id = field(message, "MSH", 10);
  auto reply = [&](const char* code, const char* error) {
    std::string out = "\x0BMSH|^~\\&|EHR|SYNHOSP|CONCORD|COUNTY|20260101000000||ACK|" + id +
                      "|P|2.5.1\rMSA|" + code + "|" + id + "\r";
    if (*error != '\0') out += std::string("ERR|||") + error + "^^HL70357|E\r";
    return out + "\x1C\r";
  };
  const auto fault = faults_.take(kMllpFaults, "/mllp");
  const auto is = [&](FaultKind kind) { return fault && fault->kind == kind; };
  if (is(FaultKind::slow)) faults_.wait(fault->delay);
  if (is(FaultKind::hang)) {
    while (running_ && !faults_.wait(200ms)) {
    }
    return false;
  }
  if (is(FaultKind::status) || is(FaultKind::rate_limited))
    return send_all(socket, reply("AE", "207")), true;
  if (is(FaultKind::bad_token)) return send_all(socket, reply("AR", "202")), true;

  Received received;
  const std::string control = field(message, "ZCC", 5);
  received.idempotency_key = control.empty() ? id : control;
  received.type = field(message, "ZCC", 4);
  if (received.type.empty())
    received.type = field(message, "MSH", 9).substr(0, 3) == "ORU" ? "oru" : "adt";
  received.subject = field(message, "PID", 3);
  received.subject = received.subject.substr(0, received.subject.find_first_of("^~"));
  received.key = field(message, "ZCC", 1);
  if (received.key.empty()) received.key = received.subject;
  const std::string version = field(message, "ZCC", 2);
  std::from_chars(version.data(), version.data() + version.size(), received.version);
  received.body = message;
  bool refused = false;
  {
    const std::lock_guard lock(mutex_);
    refused = refused_.contains(received.subject);
  }
  const char *code = "AA", *error = "";
  if (refused) code = "AE", error = "102";
  if (id.empty() || !knows_(received.subject)) code = "AE", error = "204";
  if (*error != '\0') {
    received.status = 422;
    journal_.write(received, Effect::refused);
  } else {
    journal_.receive(received);
  }
  if (is(FaultKind::reset_after_commit)) return socket.setLinger(true, 0), false;
  const std::string bytes = reply(code, error);
  if (is(FaultKind::truncated_body))
    return send_all(socket, bytes.substr(0, bytes.size() / 2)), false;
  send_all(socket, bytes);
  return true;
}

}  // namespace concord::sim
