#include "tests/kit/broken/system.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/kit/broken/fault.hpp"

namespace concord::broken {
namespace {

namespace fs = std::filesystem;

std::string safe(const std::string& key) {
  std::string out;
  for (const char c : key) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    out += plain ? std::string(1, c) : "_" + std::to_string(static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

bool System::is_up() const {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(given_.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool up = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  ::close(fd);
  return up;
}

std::string System::mode() const {
  std::string mode = get("mode");
  while (!mode.empty() && mode.back() == '\n') mode.pop_back();
  return mode;
}

std::optional<sdk::Error> System::answer(std::string_view where, const sdk::Call& call) const {
  const auto is = [&](std::string_view check, std::string_view place) {
    return breaks(check) && where == place;
  };
  const std::string place(where);
  if (!is_up() && !is("write.system_down", "write")) {
    sdk::Error down = sdk::retry("SYSTEM_DOWN", place, "nobody answers", "see whether it is up");
    if (is("check.system_down", "check")) down.error_class = sdk::ErrorClass::auth;
    return down;
  }
  if (given_.token != "SYN-good-token") {
    sdk::Error refused = sdk::auth_error("TOKEN", place, "the token is refused", "set another");
    if (breaks("check.wrong_credentials")) refused.error_class = sdk::ErrorClass::retry;
    if (breaks("error.no_secret")) refused.cause += " (" + given_.token + ")";
    if (breaks("error.is_complete")) refused.next.clear();
    return refused;
  }
  const std::string now = mode();
  if (now == "hang") {
    const bool deaf = is("deadline.is_kept", "check") || is("deadline.cancel_is_heard", "read");
    const auto began = std::chrono::steady_clock::now();
    const auto deaf_until = breaks("deadline.is_kept")
                                ? std::chrono::milliseconds(3000)
                                : std::min(call.left(), std::chrono::milliseconds(3000));
    while (mode() == "hang" && (deaf ? std::chrono::steady_clock::now() - began < deaf_until
                                     : !call.cancelled() && call.left().count() > 0))
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return sdk::retry("NO_ANSWER", place, "no answer came in time", "see why it hangs");
  }
  if (now == "retry") {
    sdk::Error error = sdk::retry("BUSY", place, "it is busy", "nothing; it is asked again");
    if (is("error.retry", "write")) error.error_class = sdk::ErrorClass::config;
    return error;
  }
  if (now == "auth") {
    sdk::Error error = sdk::auth_error("TOKEN", place, "the token has run out", "get another");
    if (is("error.auth", "read")) error.error_class = sdk::ErrorClass::retry;
    return error;
  }
  if (now == "config") {
    sdk::Error error = sdk::config_error("MOVED", place, "it has moved", "set the new place");
    if (is("error.config", "read")) error.error_class = sdk::ErrorClass::retry;
    return error;
  }
  if (now == "rate_limited") {
    sdk::Error error{sdk::ErrorClass::rate_limited,
                     "LATER",
                     place,
                     "too many requests",
                     "nothing",
                     std::chrono::seconds(7)};
    if (is("error.rate_limited", "write")) error.error_class = sdk::ErrorClass::retry;
    if (breaks("error.retry_after_is_kept")) error.retry_after.reset();
    return error;
  }
  return std::nullopt;
}

std::vector<std::string> System::feed() const {
  std::ifstream in(given_.folder + "/feed.jsonl", std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
    if (breaks("read.none_twice") && line.find("\"id\":\"0003\"") != std::string::npos &&
        lines.size() < 12)
      lines.push_back(line);
  }
  return lines;
}

bool System::has(const std::string& file) const {
  std::error_code ignored;
  return fs::exists(given_.folder + "/" + file, ignored);
}
void System::put(const std::string& file, const std::string& text) const {
  std::error_code ignored;
  const fs::path path = given_.folder + "/" + file;
  fs::create_directories(path.parent_path(), ignored);
  std::ofstream(path, std::ios::binary) << text;
}
std::string System::get(const std::string& file) const {
  std::ifstream in(given_.folder + "/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

uint64_t System::version_of(const std::string& key) const {
  uint64_t newest = 0;
  std::error_code ignored;
  const std::string before = safe(key) + ".v";
  for (const auto& entry : fs::directory_iterator(given_.folder + "/notices", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(before))
      newest = std::max<uint64_t>(newest, std::stoull(name.substr(before.size())));
  }
  return newest;
}

void System::hold(const std::string& key,
                  uint64_t version,
                  const std::string& body,
                  bool withdrawn) const {
  std::error_code ignored;
  const std::string before = safe(key) + ".v";
  for (const auto& entry : fs::directory_iterator(given_.folder + "/notices", ignored))
    if (entry.path().filename().string().starts_with(before)) fs::remove(entry.path(), ignored);
  put("notices/" + before + std::to_string(version) + (withdrawn ? ".withdrawn" : ".json"), body);
}

void System::had_effect() const {
  std::ofstream(given_.folder + "/effects", std::ios::app) << "x\n";
}

}  // namespace concord::broken
