#include "hub/kit/counterpart.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace concord::kit {
namespace {

constexpr size_t kOutMax = 1u << 20;
constexpr std::chrono::milliseconds kStep{5};

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool answers(uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool yes = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return yes;
}

template <class Condition>
bool wait_until(Condition condition, std::chrono::milliseconds patience) {
  const auto ends = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > ends) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

// Every process of the group is gone, or waits for its parent to take note of it.
bool has_ended(pid_t group) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    std::ifstream in(entry.path() / "stat");
    std::string text;
    std::getline(in, text);
    const size_t name_ends = text.rfind(')');  // "17 (name) S parent group …"
    if (name_ends == std::string::npos) continue;
    std::istringstream rest(text.substr(name_ends + 1));
    std::string state;
    pid_t parent = 0, its_group = 0;
    rest >> state >> parent >> its_group;
    if (its_group == group && state != "Z") return false;
  }
  return true;
}

// In the child of a fork: becomes the command.
[[noreturn]] void become(const std::string& command,
                         const std::string& folder,
                         int out,
                         int error) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(out, 1);
  ::dup2(error, 2);
  // What the connector has open is not the command's.
  for (int fd = 3; fd < 256; ++fd) ::close(fd);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(folder.c_str()) == 0) ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
  ::_exit(127);
}

}  // namespace

Answer run_command(const std::string& command, const std::string& folder) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {127, ""};
  const pid_t child = ::fork();
  if (child == 0) become(command, folder, ends[1], 2);
  ::close(ends[1]);
  Answer answer;
  char part[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], part, sizeof part)) > 0 || (n < 0 && errno == EINTR);)
    if (n > 0 && answer.out.size() < kOutMax) answer.out.append(part, static_cast<size_t>(n));
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  answer.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return answer;
}

uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  uint16_t port = 0;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    port = ntohs(address.sin_port);
  ::close(fd);
  return port;
}

SampleSystem::SampleSystem(const Plan& plan, const Words& words) {
  auto command = filled(plan.start, words);
  if (!command) return;  // the check tells that the system was never ready
  const std::string log = words.at("folder") + "/system.out";
  group_ = ::fork();
  if (group_ != 0) {
    ::setpgid(group_, group_);  // here and there: whoever comes first
    return;
  }
  ::setpgid(0, 0);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  become(*command, plan.here, out, out);
}

SampleSystem::~SampleSystem() {
  if (group_ <= 0) return;
  ::kill(-group_, SIGTERM);
  ::kill(group_, SIGTERM);  // where it had no time yet to form its group
  int status = 0;
  const bool ended = wait_until([&] { return ::waitpid(group_, &status, WNOHANG) != 0; },
                                std::chrono::milliseconds(2000));
  ::kill(-group_, SIGKILL);
  if (!ended) ::waitpid(group_, &status, 0);
}

std::string wait_until_ready(const Plan& plan,
                             const Words& words,
                             pid_t group,
                             std::chrono::milliseconds patience) {
  if (plan.start.empty()) return {};
  const auto ready = [&] {
    if (plan.ready.empty()) return answers(static_cast<uint16_t>(std::stoi(words.at("port"))));
    std::error_code ignored;
    return std::filesystem::exists(words.at("ready file"), ignored);
  };
  bool ended = false;
  wait_until([&] { return (ended = has_ended(group)) || ready(); }, patience);
  if (ready()) return {};
  std::ifstream in(words.at("folder") + "/system.out");
  std::string line, last;
  while (std::getline(in, line))
    if (!line.empty()) last = line;
  return std::string("the sample system of test.yaml ") +
         (ended ? "ended before it was ready" : "was not ready in time") +
         (last.empty() ? "" : "; its last line: " + last.substr(0, 200));
}

void take_down(pid_t group, const Words& words) {
  ::kill(-group, SIGTERM);
  const auto port = static_cast<uint16_t>(std::stoi(words.at("port")));
  const auto gone = [&] { return has_ended(group) && !answers(port); };
  if (!wait_until(gone, std::chrono::milliseconds(2000))) ::kill(-group, SIGKILL);
  wait_until(gone, std::chrono::milliseconds(2000));
}

}  // namespace concord::kit
