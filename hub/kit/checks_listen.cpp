// Event intake: ports open only while listening, events acknowledged only once they are kept.
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

// listen() on a thread of its own, until it is told to end.
class Listening {
 public:
  Listening(Instance& instance, uint32_t answer) {
    sink_.deliver = [this, answer](const sdk::Batch& batch, std::vector<uint32_t>& classes) {
      for (uint32_t& c : classes) c = answer;
      events_ += batch.records.size() + batch.rejects.size();
    };
    sink_.poke = [this](const std::string&) { ++pokes_; };
    thread_ = std::thread([this, &instance] {
      const auto listened =
          instance.listen(sink_, {.timeout = std::chrono::hours(1), .cancel = &cancel_});
      if (!listened) fault_ = listened.error();
      ended_ = true;
    });
  }
  ~Listening() { end(std::chrono::seconds(10)); }
  // false: it did not return in time, and the process is to be given up.
  bool end(milliseconds patience) {
    cancel_ = true;
    const auto ends = std::chrono::steady_clock::now() + patience;
    while (!ended_ && std::chrono::steady_clock::now() < ends)
      std::this_thread::sleep_for(milliseconds(5));
    if (!ended_) {
      if (thread_.joinable()) thread_.detach();
      return false;
    }
    if (thread_.joinable()) thread_.join();
    return true;
  }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] size_t events() const { return events_; }
  [[nodiscard]] size_t seen() const { return events_ + pokes_; }
  [[nodiscard]] std::optional<sdk::Error> fault() const { return ended_ ? fault_ : std::nullopt; }

 private:
  Sink sink_;
  std::atomic<bool> cancel_{false}, ended_{false};
  std::atomic<size_t> events_{0}, pokes_{0};
  std::optional<sdk::Error> fault_;
  std::thread thread_;
};

// Sockets of this process that accept connections.
int open_ports() {
  int count = 0;
  DIR* folder = ::opendir("/proc/self/fd");
  while (const dirent* entry = folder == nullptr ? nullptr : ::readdir(folder)) {
    int listens = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(std::atoi(entry->d_name), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 &&
        listens != 0)
      ++count;
  }
  if (folder != nullptr) ::closedir(folder);
  return count;
}

// Time for it to open what it opens; a connector without a port of its own has none to show.
void let_it_begin(const Listening& listening) {
  for (int i = 0; i < 100 && !listening.ended() && open_ports() == 0; ++i)
    std::this_thread::sleep_for(milliseconds(5));
}

void ends(Bench& bench) {
  auto instance = bench.make();
  bench.doing("listen");
  Listening listening(*instance, CONCORD_OK);
  let_it_begin(listening);
  bench.require(
      !listening.ended(),
      "listen returned by itself: " +
          (listening.fault() ? Bench::told_in_short(*listening.fault()) : "without an error"));
  const auto began = std::chrono::steady_clock::now();
  bench.doing("cancelling listen");
  bench.require(listening.end(std::chrono::seconds(5)),
                "listen has not returned 5 s after it was cancelled");
  const auto took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  bench.require(took < std::chrono::seconds(2),
                "listen returned " + std::to_string(took.count()) +
                    " ms after it was cancelled; 2 s are allowed");
  bench.require(!listening.fault(), "listen was cancelled, and ended with an error");
}

void port_only_then(Bench& bench) {
  auto instance = bench.make();
  (void)instance->check();
  bench.require(open_ports() == 0, "a port is open before listen");
  {
    Listening listening(*instance, CONCORD_OK);
    let_it_begin(listening);
    bench.require(listening.end(std::chrono::seconds(5)),
                  "listen has not returned 5 s after it was cancelled");
  }
  bench.require(open_ports() == 0, "listen has returned, and its port is still open");
}

void again(Bench& bench) {
  auto instance = bench.make();
  for (int i = 1; i <= 3; ++i) {
    Listening listening(*instance, CONCORD_OK);
    let_it_begin(listening);
    bench.require(
        !listening.ended(),
        "listen number " + std::to_string(i) + " ended by itself: " +
            (listening.fault() ? Bench::told_in_short(*listening.fault()) : "without an error"));
    bench.require(listening.end(std::chrono::seconds(5)),
                  "listen has not returned 5 s after it was cancelled");
  }
}

void beside_read(Bench& bench) {
  auto instance = bench.make();
  Listening listening(*instance, CONCORD_OK);
  let_it_begin(listening);
  bench.doing("check beside listen");
  bench.good(instance->check(), "check beside listen");
  if (bench.manifest().can("read"))
    for (const std::string& type : bench.types()) (void)bench.read_all(*instance, type);
  bench.require(!listening.ended(), "listen ended while others were called");
}

void takes_in(Bench& bench) {
  auto instance = bench.make();
  Listening listening(*instance, CONCORD_OK);
  let_it_begin(listening);
  const Answer pushed = bench.try_tell("push");
  bench.require(
      pushed.exit_code == 0,
      "an event was sent, and not acknowledged (code " + std::to_string(pushed.exit_code) + ")");
  for (int i = 0; i < 400 && listening.seen() == 0; ++i)
    std::this_thread::sleep_for(milliseconds(5));
  bench.require(listening.seen() > 0, "an event was acknowledged, and the hub never saw it");
}

void not_kept(Bench& bench) {
  auto instance = bench.make();
  Listening listening(*instance, CONCORD_RETRY);
  let_it_begin(listening);
  const Answer pushed = bench.try_tell("push");
  // What only pokes loses nothing: the hub reads.
  bench.require(pushed.exit_code != 0 || listening.seen() > 0,
                "an event was acknowledged that the hub never saw");
  bench.require(pushed.exit_code != 0 || listening.events() == 0,
                "the hub could not keep an event, and it was acknowledged");
  if (pushed.exit_code == 0)
    Bench::leave_out("the event was taken as a hint to read, not as a record");
}

}  // namespace

std::vector<Check> listen_checks() {
  const Needs listens{.capabilities = {"listen"}};
  const Needs pushes{.capabilities = {"listen"}, .commands = {"push"}};
  return {
      {"listen.ends_when_cancelled",
       "listen() goes on until it is cancelled, and then returns within 2 s",
       listens,
       ends},
      {"listen.opens_its_port_only_then",
       "A port is open only while it listens",
       listens,
       port_only_then},
      {"listen.begins_again", "It can listen again, on the same port", listens, again},
      {"listen.beside_others", "Check and read work while it listens", listens, beside_read},
      {"listen.takes_in",
       "An event that was sent reaches the hub, and is acknowledged",
       pushes,
       takes_in},
      {"listen.not_kept_not_acknowledged",
       "What the hub could not keep is not acknowledged",
       pushes,
       not_kept},
  };
}

}  // namespace concord::kit
