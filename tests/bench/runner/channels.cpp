// Stream and packet sockets, and memory that both processes share with a socket for the bell.
#include "tests/bench/runner/channels.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>

namespace concord::bench {
namespace {

constexpr size_t kLarge = 512u << 10, kSmall = 1u << 10, kPacket = 64u << 10;
constexpr int kTimes = 2000;

bool send_all(int fd, const char* from, size_t size, size_t piece) {
  for (size_t sent = 0; sent < size;) {
    const ssize_t now = ::send(fd, from + sent, std::min(piece, size - sent), MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += static_cast<size_t>(now);
  }
  return true;
}
bool receive_all(int fd, char* to, size_t size, size_t piece) {
  for (size_t have = 0; have < size;) {
    const ssize_t now = ::recv(fd, to + have, std::min(piece, size - have), 0);
    if (now <= 0) return false;
    have += static_cast<size_t>(now);
  }
  return true;
}

// room: shared with the child, or nullptr. The child takes a length, then the bytes, then answers.
double round_trips(int type, size_t piece, char* room, size_t size) {
  int ends[2];
  if (::socketpair(AF_UNIX, type, 0, ends) != 0) return -1;
  std::string batch(size, 'x');
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string mine(size, '\0');
    uint64_t length = 0;
    while (receive_all(ends[1], reinterpret_cast<char*>(&length), sizeof length, sizeof length)) {
      // Out of shared memory it has to be copied before it is looked at: the other side may change
      // it.
      if (room != nullptr)
        std::memcpy(mine.data(), room, length);
      else if (!receive_all(ends[1], mine.data(), length, piece))
        break;
      send_all(ends[1], reinterpret_cast<char*>(&length), sizeof length, sizeof length);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < kTimes; ++i) {
    uint64_t length = size;
    if (room != nullptr) std::memcpy(room, batch.data(), size);
    send_all(ends[0], reinterpret_cast<char*>(&length), sizeof length, sizeof length);
    if (room == nullptr) send_all(ends[0], batch.data(), size, piece);
    receive_all(ends[0], reinterpret_cast<char*>(&length), sizeof length, sizeof length);
  }
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return took.count() / kTimes;
}

}  // namespace

std::vector<Channel> measure_channels() {
  void* shared = ::mmap(nullptr, kLarge, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* room = static_cast<char*>(shared);
  struct Way {
    const char* name;
    int type;
    size_t piece;
    char* room;
  };
  std::vector<Channel> all;
  for (const Way& way : {Way{"stream socket", SOCK_STREAM, kLarge, nullptr},
                         Way{"packet socket", SOCK_SEQPACKET, kPacket, nullptr},
                         Way{"shared memory", SOCK_STREAM, kLarge, room}})
    all.push_back({way.name,
                   round_trips(way.type, way.piece, way.room, kLarge),
                   round_trips(way.type, way.piece, way.room, kSmall)});
  return all;
}

}  // namespace concord::bench
