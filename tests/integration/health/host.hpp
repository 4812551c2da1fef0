// The hub's end of the boundary, for tests: calls a connector as a host does and keeps what it
// gets.
#pragma once

#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <atomic>
#include <concord/connector.hpp>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "health/health.hpp"
#include "health/mllp_frame.hpp"

namespace concord::health::testing {

using namespace std::chrono_literals;

// A call as the host makes it: a deadline, a way to cancel, and the log.
class HostCall {
 public:
  explicit HostCall(std::chrono::milliseconds deadline = 20s) {
    call_.struct_size = sizeof call_;
    call_.timeout_ms = static_cast<uint64_t>(deadline.count());
    call_.host = this;
    call_.cancelled = [](void* host) -> int32_t {
      return static_cast<HostCall*>(host)->cancelled_ ? 1 : 0;
    };
    call_.log = [](void* host, int32_t, concord_bytes event, concord_bytes fields) {
      auto& self = *static_cast<HostCall*>(host);
      const std::lock_guard lock(self.mutex_);
      self.events_.emplace_back(sdk::view(event), sdk::view(fields));
      self.changed_.notify_all();
    };
  }
  [[nodiscard]] sdk::Call call() const { return sdk::Call(call_); }
  void cancel() { cancelled_ = true; }
  // The fields of the first event so named; waits for it.
  std::string await_event(const std::string& name) {
    std::unique_lock lock(mutex_);
    std::string fields;
    const bool came = changed_.wait_for(lock, 10s, [&] {
      for (const auto& [event, text] : events_) {
        if (event == name) fields = text;
      }
      return !fields.empty();
    });
    EXPECT_TRUE(came) << "no event " << name;
    return fields;
  }

 private:
  concord_call call_{};
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, std::string>> events_;
};

// What the hub commits, and what it answers.
class HostSink {
 public:
  struct Got {
    std::string type, key, version, body, raw, code;
    bool reject = false;
  };
  // Says for each record what becomes of it; CONCORD_OK unless set.
  // Set before anything is sent: the sender's bytes come after it.
  std::function<uint32_t(const Got&)> judge = [](const Got&) -> uint32_t { return CONCORD_OK; };

  HostSink() {
    sink_.struct_size = sizeof sink_;
    sink_.host = this;
    sink_.deliver = [](void* host, const concord_batch* batch, concord_outcome* outcomes) {
      return static_cast<HostSink*>(host)->deliver(*batch, outcomes);
    };
    sink_.poke = [](void*, concord_bytes) {};
  }
  [[nodiscard]] sdk::Sink sink() const { return sdk::Sink(sink_); }
  std::vector<Got> await(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return got_.size() >= count; });
    return got_;
  }
  std::vector<Got> got() {
    const std::lock_guard lock(mutex_);
    return got_;
  }
  // While held, no commit comes to its end.
  void hold() { held_ = true; }
  void let_go() {
    held_ = false;
    held_.notify_all();
  }
  std::atomic<size_t> calls{0}, records_max{0};

 private:
  uint32_t deliver(const concord_batch& batch, concord_outcome* outcomes) {
    ++calls;
    held_.wait(true);
    const std::lock_guard lock(mutex_);
    uint32_t worst = CONCORD_OK;
    records_max = std::max<size_t>(records_max, batch.record_count);
    auto decide = [&](Got got, concord_outcome& outcome) {
      outcome.error.error_class = judge(got);
      worst = std::max(worst, outcome.error.error_class);
      if (outcome.error.error_class != CONCORD_RETRY) got_.push_back(std::move(got));
    };
    for (uint32_t i = 0; i < batch.record_count; ++i) {
      const concord_record& r = batch.records[i];
      decide({std::string(sdk::view(r.type)),
              std::string(sdk::view(r.key)),
              std::string(sdk::view(r.version)),
              std::string(sdk::view(r.body)),
              "",
              "",
              false},
             outcomes[i]);
    }
    for (uint32_t i = 0; i < batch.reject_count; ++i) {
      const concord_reject& r = batch.rejects[i];
      decide({std::string(sdk::view(r.type)),
              std::string(sdk::view(r.key)),
              "",
              "",
              std::string(sdk::view(r.raw)),
              std::string(sdk::view(r.error.code)),
              true},
             outcomes[batch.record_count + i]);
    }
    changed_.notify_all();
    return worst;
  }

  concord_sink sink_{};
  std::atomic<bool> held_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Got> got_;
};

inline std::unique_ptr<sdk::Connector> connector(const std::string& config) {
  auto made = make_connector(config);
  EXPECT_TRUE(made) << (made ? "" : made.error().place + ": " + made.error().cause);
  return made ? std::move(*made) : nullptr;
}

// A connector that listens, for the life of this object.
class Listening {
 public:
  explicit Listening(const std::string& mllp_listen_json, const std::string& more = "")
      : connector_(connector(R"({"mllp_listen":)" + mllp_listen_json + more + "}")),
        thread_([this] {
          status_ok_ = static_cast<bool>(connector_->listen(sink.sink(), call_.call()));
        }) {
    const std::string fields = call_.await_event("mllp.listening");
    port = static_cast<uint16_t>(std::stoi(fields.substr(fields.find(':') + 1)));
  }
  ~Listening() { stop(); }
  void stop() {
    sink.let_go();
    call_.cancel();
    if (thread_.joinable()) thread_.join();
    EXPECT_TRUE(status_ok_);
  }
  HostSink sink;
  uint16_t port = 0;

 private:
  HostCall call_{1h};
  std::unique_ptr<sdk::Connector> connector_;
  std::atomic<bool> status_ok_{false};
  std::thread thread_;
};

// The other end of an MLLP connection.
class Sender {
 public:
  explicit Sender(Poco::Net::StreamSocket socket) : socket_(std::move(socket)) {
    socket_.setReceiveTimeout(Poco::Timespan(10, 0));
  }
  explicit Sender(uint16_t port)
      : Sender(Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", port))) {}
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
      ASSERT_GT(sent, 0);
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  // The next answer as "AA M1"; "closed" when the connection has ended; "nothing" in time.
  std::string answer(std::chrono::milliseconds wait = 10s) {
    socket_.setReceiveTimeout(Poco::Timespan(wait.count() * 1000));
    for (;;) {
      if (auto frame = frames_.next()) {
        const std::string& text = frame->bytes;
        const size_t msa = text.find("MSA|");
        if (msa == std::string::npos) return "no MSA";
        std::string line = text.substr(msa + 4, text.find('\r', msa) - msa - 4);
        line = line.substr(0, line.find('|', 3));
        line[2] = ' ';
        return line;
      }
      char buffer[4096];
      try {
        const int got = socket_.receiveBytes(buffer, sizeof buffer);
        if (got <= 0) return "closed";
        frames_.feed({buffer, static_cast<size_t>(got)});
      } catch (const Poco::TimeoutException&) {
        return "nothing";
      } catch (const Poco::Exception&) {
        return "closed";
      }
    }
  }

 private:
  Poco::Net::StreamSocket socket_;
  FrameReader frames_{1 << 20};
};

inline std::string adt(const std::string& id,
                       const std::string& mrn = "SYN-1",
                       const std::string& event = "A08") {
  return "MSH|^~\\&|EHR|SYNHOSP|HUB|CO|20260301120000||ADT^" + event + "|" + id +
         "|P|2.5.1\rPID|1||" + mrn + "||Testfamily^Ada\r";
}

}  // namespace concord::health::testing
