// The hospital's ends: MLLP out, FHIR in.
#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <cstdio>

#include "tests/bench/agencies.hpp"

namespace concord::bench {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kAtOnce = 16;  // messages on one connection that wait for their answers

std::string framed(const std::string& message) {
  return '\x0B' + message + "\x1C\r";
}

// One sending connection. Poco throws where it breaks.
class Line {
 public:
  explicit Line(int port)
      : socket_(Poco::Net::SocketAddress("127.0.0.1", static_cast<Poco::UInt16>(port))) {
    socket_.setNoDelay(true);
    socket_.setReceiveTimeout(Poco::Timespan(30, 0));
  }
  // Sends what was framed and waits for as many answers; how many of them accept.
  int64_t exchange(const std::string& bytes, int64_t messages) {
    for (size_t sent = 0; sent < bytes.size();)
      sent += static_cast<size_t>(
          socket_.sendBytes(bytes.data() + sent, static_cast<int>(bytes.size() - sent)));
    int64_t accepted = 0;
    for (int64_t answers = 0; answers < messages;) {
      std::array<char, 16384> chunk{};
      const int got = socket_.receiveBytes(chunk.data(), chunk.size());
      if (got <= 0) throw Poco::IOException("closed");
      unread_.append(chunk.data(), static_cast<size_t>(got));
      for (size_t end; (end = unread_.find('\x1C')) != std::string::npos;
           unread_.erase(0, end + 2)) {
        ++answers;
        accepted += unread_.find("MSA|AA|") < end;
        if (end + 1 == unread_.size()) unread_ += '\r';  // it is still on its way
      }
    }
    return accepted;
  }

 private:
  Poco::Net::StreamSocket socket_;
  std::string unread_;
};

}  // namespace

Hospital::Hospital(Traffic& traffic, const Words& words, const Wires& wires, int connections)
    : traffic_(traffic),
      words_(words),
      wires_(wires),
      connections_(connections),
      server_([this](const sim::HttpRequest& request) { return handle(request); }, nullptr) {}

bool Hospital::admit_all() {
  try {
    Line line(wires_.mllp);
    std::string bytes;
    int64_t waiting = 0;
    int64_t accepted = 0;
    for (const sim::Child& child : words_.children()) {
      bytes += framed(words_.person(child));
      if (++waiting < kAtOnce && &child != &words_.children().back()) continue;
      accepted += line.exchange(bytes, waiting);
      bytes.clear();
      waiting = 0;
    }
    if (accepted == static_cast<int64_t>(words_.children().size())) return true;
    std::fprintf(
        stderr, "bench: only %lld patients were accepted\n", static_cast<long long>(accepted));
  } catch (const Poco::Exception& fault) {
    std::fprintf(stderr, "bench: MLLP: %s\n", fault.displayText().c_str());
  }
  return false;
}

void Hospital::send() {
  for (int i = 0; i < connections_; ++i) threads_.emplace_back([this] { run(); });
}

void Hospital::run() {
  try {
    Line line(wires_.mllp);
    for (Mode mode = Mode::flood;; mode = mode == Mode::flood ? Mode::paced : Mode::flood) {
      if (mode == Mode::flood && !traffic_.wait_for(Mode::flood)) return;
      if (mode == Mode::paced && !traffic_.wait_for(Mode::paced)) return;
      for (;;) {
        const auto range = traffic_.take(Flow::health, mode, 1, kAtOnce, milliseconds(200));
        if (range.empty() && !traffic_.has(mode)) break;
        if (range.empty()) continue;
        std::string bytes;
        for (int64_t n = range.from; n < range.to; ++n) bytes += framed(words_.discharge(n));
        failures_ += range.to - range.from - line.exchange(bytes, range.to - range.from);
      }
    }
  } catch (const Poco::Exception& fault) {
    std::fprintf(stderr, "bench: MLLP: %s\n", fault.displayText().c_str());
    ++failures_;
  }
}

void Hospital::stop() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  server_.stop();
}

// A batch of Flags, each with its Provenance.
sim::HttpReply Hospital::handle(const sim::HttpRequest& request) {
  constexpr const char* media = "application/fhir+json";
  if (request.method != "POST" || request.path != "/fhir")
    return {200, R"({"resourceType":"Bundle","type":"searchset"})", media};
  rapidjson::Document bundle;
  bundle.Parse(request.body.data(), request.body.size());
  if (!bundle.IsObject() || !bundle.HasMember("entry")) return {400, "{}", media};
  std::string entries;
  for (const auto& entry : bundle["entry"].GetArray()) {
    const auto& resource = entry["resource"];
    if (sdk::text_of(resource, "resourceType") == "Flag")
      traffic_.arrived(Flow::child_welfare,
                       words_.flag(resource),
                       sdk::text_of(resource["identifier"][0], "value"));
    entries +=
        (entries.empty() ? "" : ",") +
        std::string(R"({"response":{"status":"201 Created","location":"Flag/SYN/_history/1"}})");
  }
  return {
      200, R"({"resourceType":"Bundle","type":"batch-response","entry":[)" + entries + "]}", media};
}

}  // namespace concord::bench
