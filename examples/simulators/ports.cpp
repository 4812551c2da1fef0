#include "examples/simulators/ports.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace concord::sim {

ReservedPort::~ReservedPort() {
  if (fd_ >= 0) ::close(fd_);
}

sdk::Status ReservedPort::reserve(uint16_t wanted) {
  if (number_ != 0) return sdk::Done{};
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(wanted);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Lets the listening socket, which sets it too, share the port with this one.
  const int yes = 1;
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(fd, raw, size) != 0 || ::getsockname(fd, raw, &size) != 0) {
    const int why = errno;
    if (fd >= 0) ::close(fd);
    return sdk::config_error("PORT",
                             "127.0.0.1:" + std::to_string(wanted),
                             std::generic_category().message(why),
                             "choose another port, or 0 for any");
  }
  fd_ = fd;
  number_ = ntohs(address.sin_port);
  return sdk::Done{};
}

}  // namespace concord::sim
