#include "tests/kit/broken/connector.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>

#include "tests/kit/broken/fault.hpp"

namespace concord::broken {
namespace {

// What is alive in this process, for faults that one instance does to another.
std::vector<Broken*> g_alive;
std::mutex g_mutex;
std::atomic<bool> g_dead{false};
std::atomic<int> g_refused{0};
std::atomic<int> g_checking{0};

sdk::Error slip(sdk::ErrorClass error_class) {
  return {error_class, "SLIP", "broken", "this is the fault", "mend it"};
}

}  // namespace

sdk::Result<std::unique_ptr<sdk::Connector>> Broken::create(std::string_view config) {
  if (breaks("settings.deep") && config.size() > 50000) std::abort();
  if (breaks("settings.no_json") && config == "null")
    return std::unique_ptr<sdk::Connector>(std::make_unique<Broken>(Given{}));
  if (breaks("instance.after_refusals") && g_refused >= 30) return slip(sdk::ErrorClass::config);
  auto given = settings().read(config);
  if (!given) {
    ++g_refused;
    sdk::Error error = std::move(given).error();
    if (breaks("settings.required_missing") && error.place == "config.token" &&
        error.cause == "missing")
      return std::unique_ptr<sdk::Connector>(std::make_unique<Broken>(Given{}));
    if (breaks("settings.wrong_type") && config.find("[[]]") != std::string_view::npos)
      error.error_class = sdk::ErrorClass::retry;
    if (breaks("settings.unknown_key") &&
        config.find("kit_no_such_setting") != std::string_view::npos)
      error.error_class = sdk::ErrorClass::retry;
    return error;
  }
  if (breaks("settings.defaults_are_true") && given->page_size == 50)
    return slip(sdk::ErrorClass::config);
  auto made = std::make_unique<Broken>(std::move(given).value());
  if (breaks("settings.need_no_connection") && !made->system_.is_up())
    return slip(sdk::ErrorClass::retry);
  return std::unique_ptr<sdk::Connector>(std::move(made));
}

Broken::Broken(Given given) : given_(std::move(given)), system_(given_) {
  const std::scoped_lock lock(g_mutex);
  g_alive.push_back(this);
  if (breaks("listen.opens_its_port_only_then")) {
    extra_port_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::listen(extra_port_, 1);
  }
  if (breaks("process.instances_leave_nothing")) (void)::dup(0);
}

Broken::~Broken() {
  const std::scoped_lock lock(g_mutex);
  std::erase(g_alive, this);
  if (extra_port_ >= 0) ::close(extra_port_);
  if (breaks("thread.any_thread") && std::this_thread::get_id() != made_on_) std::abort();
  for (const Broken* other : g_alive)
    if (breaks("instance.two_side_by_side") && checked_ && other->checked_ &&
        other->made_on_ == made_on_)
      g_dead = true;
}

bool Broken::enter() {
  if (!breaks("thread.calls_may_overlap")) return false;
  const bool together = inside_++ > 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  --inside_;
  return together;
}

sdk::Status Broken::check(const sdk::Call& call) {
  ++checks_;
  checked_ = true;
  const int others = g_checking++;
  if (breaks("thread.instances_in_parallel"))
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  --g_checking;
  if (breaks("check.answers") || g_dead) return slip(sdk::ErrorClass::retry);
  if (breaks("thread.instances_in_parallel") && others > 0) return slip(sdk::ErrorClass::retry);
  if (enter()) return slip(sdk::ErrorClass::retry);
  if (breaks("listen.beside_others") && listening_) return slip(sdk::ErrorClass::retry);
  if (poisoned_) return slip(sdk::ErrorClass::retry);
  if (breaks("check.changes_nothing") && checks_ == 3) system_.hold("BY-CHECK", 1, "{}", false);
  auto error = system_.answer("check", call);
  if (!error) return sdk::Done{};
  poisoned_ = (breaks("error.recovers") && error->code == "BUSY") ||
              (breaks("deadline.then_it_goes_on") && error->code == "NO_ANSWER");
  return *std::move(error);
}

sdk::Result<std::string> Broken::describe(const sdk::Call&) {
  ++describes_;
  if (breaks("describe.needs_no_connection") && !system_.is_up())
    return slip(sdk::ErrorClass::retry);
  const bool writes = !breaks("describe.fits_capabilities");
  std::string text = R"({"record_types":[
    {"name":"person","reads":true,"writes":false,"key":"id","description":"A person",
     "sample":{"id":"0001","family":"Example-Testfamily","age":)";
  text += breaks("describe.matches_what_is_read") ? "\"twelve\"" : "12";
  text += "}}";
  if (!breaks("capabilities.are_all")) {
    text += R"(,{"name":"notice","reads":false,"writes":)" + std::string(writes ? "true" : "false");
    if (!breaks("describe.is_valid")) text += R"(,"key":"the delivery's")";
    text += R"(,"description":"A notice)";
    if (breaks("describe.is_the_same_each_time")) text += " " + std::to_string(describes_);
    text += R"(","sample":{"event":"placement"}})";
  }
  return text + "]}";
}

sdk::Status Broken::listen(const sdk::Sink& sink, const sdk::Call& call) {
  ++listens_;
  if (breaks("listen.begins_again") && listens_ > 1) return slip(sdk::ErrorClass::fatal);
  const int door = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const timeval step{0, 20000};
  ::setsockopt(door, SOL_SOCKET, SO_RCVTIMEO, &step, sizeof step);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(given_.listen_port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(door, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      ::listen(door, 8) != 0) {
    ::close(door);
    return sdk::config_error("PORT", "listen", "the port is in use", "choose another");
  }
  listening_ = true;
  while (!call.cancelled()) {
    const int peer = ::accept4(door, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) continue;
    const timeval patience{5, 0};  // else it has the door's
    ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char event[16];
    const ssize_t n = ::read(peer, event, sizeof event);
    sdk::Batch batch;
    batch.records.push_back({"person", "0001", "9", "{}", "event"});
    const auto outcomes = sink.deliver(batch);
    bool good = n > 0 && !outcomes[0].error;
    if (breaks("listen.takes_in")) good = false;
    if (breaks("listen.not_kept_not_acknowledged")) good = true;
    [[maybe_unused]] const ssize_t answered = ::write(peer, good ? "ok" : "no", 2);
    ::close(peer);
  }
  if (breaks("listen.ends_when_cancelled"))
    std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  listening_ = false;
  ::close(door);
  return sdk::Done{};
}

}  // namespace concord::broken
