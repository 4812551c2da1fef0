// kit_sample serve PORT FOLDER   the system of tests/kit/broken/system.hpp, until it is ended
// kit_sample push PORT           an event; exits with 0 once it was acknowledged
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

sockaddr_in loopback(const char* port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<uint16_t>(std::atoi(port)));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

int serve(const char* port, const std::string& folder) {
  std::filesystem::create_directories(folder + "/notices");
  std::ofstream feed(folder + "/feed.jsonl");
  for (int n = 1; n <= 12; ++n) {
    char line[256];
    std::snprintf(
        line,
        sizeof line,
        "{\"type\":\"person\",\"id\":\"%04d\",\"version\":\"1\",\"changed_at\":\"2026-03-01T09:00:"
        "00Z\",\"record\":{\"id\":\"%04d\",\"family\":\"Example-Testfamily\",\"age\":12}}\n",
        n,
        n);
    feed << line;
  }
  feed.close();
  const int door = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in at = loopback(port);
  if (::bind(door, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      ::listen(door, 64) != 0)
    return 69;
  for (;;) ::close(::accept(door, nullptr, nullptr));
}

int push(const char* port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in to = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 69;
  if (::write(fd, "event", 5) != 5) return 69;
  char answer[3] = {};
  return ::read(fd, answer, 2) == 2 && std::string(answer) == "ok" ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 2 ? argv[1] : "";
  if (what == "serve" && argc == 4) return serve(argv[2], argv[3]);
  if (what == "push") return push(argv[2]);
  return 64;
}
