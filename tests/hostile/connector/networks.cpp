#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <thread>

#include "tests/hostile/connector/attack.hpp"

namespace concord::hostile {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <class Address>
int connects(int socket, const Address& address) {
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Verdict connects_to(int port, int more_type = 0) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | more_type, 0);
  if (socket < 0) return verdict(false);
  const bool done = connects(socket, loopback(port)) == 0 || errno == EINPROGRESS;
  const Verdict given = verdict(done);
  ::close(socket);
  return given;
}

// Is it really there, and not only told so?
Verdict reaches(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (socket < 0 || connects(socket, loopback(port)) != 0) return verdict(false);
  char byte = 0;
  const Verdict given = verdict(::recv(socket, &byte, 1, 0) == 1);
  ::close(socket);
  return given;
}

}  // namespace

Attacks networks() {
  return {
      {"connect", [](const Words& words) { return reaches(number(words, "port")); }},
      {"connect_without_waiting",
       [](const Words& words) { return connects_to(number(words, "port"), SOCK_NONBLOCK); }},
      {"connect_mapped",
       [](const Words& words) {
         const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
         sockaddr_in6 address{};
         address.sin6_family = AF_INET6;
         address.sin6_port = htons(static_cast<uint16_t>(number(words, "port")));
         ::inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
         return verdict(connects(socket, address) == 0);
       }},
      // While the hub looks at the address, it becomes another.
      {"connect_exchanged",
       [](const Words& words) -> Verdict {
         sockaddr_in address = loopback(number(words, "allowed"));
         std::atomic<bool> done{false}, began{false};
         std::thread exchanges([&] {
           auto* port = reinterpret_cast<std::atomic<uint16_t>*>(&address.sin_port);
           while (!done) {
             began = true;
             port->store(htons(static_cast<uint16_t>(number(words, "port"))));
             port->store(htons(static_cast<uint16_t>(number(words, "allowed"))));
           }
         });
         bool reached = false;
         while (!began) ::usleep(100);
         for (int i = 0; i < 4000 && !reached; ++i) {
           const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
           sockaddr_in peer{};
           socklen_t size = sizeof peer;
           if (connects(socket, address) == 0 &&
               ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0)
             reached = ntohs(peer.sin_port) == number(words, "port");
           ::close(socket);
         }
         done = true;
         exchanges.join();
         return {reached, 0};
       }},
      {"connect_by_sending",
       [](const Words& words) {
         const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
         const sockaddr_in address = loopback(number(words, "port"));
         return verdict(::sendto(socket,
                                 "x",
                                 1,
                                 MSG_FASTOPEN,
                                 reinterpret_cast<const sockaddr*>(&address),
                                 sizeof address) == 1);
       }},
      {"datagram",
       [](const Words& words) {
         const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
         const sockaddr_in address = loopback(number(words, "port"));
         return verdict(
             ::sendto(
                 socket, "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
             1);
       }},
      {"datagram_connected",
       [](const Words& words) {
         const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
         return verdict(connects(socket, loopback(number(words, "port"))) == 0);
       }},
      {"datagram_by_message",
       [](const Words& words) {
         const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
         sockaddr_in address = loopback(number(words, "port"));
         char byte = 'x';
         iovec part{&byte, 1};
         msghdr message{};
         message.msg_name = &address;
         message.msg_namelen = sizeof address;
         message.msg_iov = &part;
         message.msg_iovlen = 1;
         return verdict(::sendmsg(socket, &message, 0) == 1);
       }},
      {"raw_socket",
       [](const Words&) { return verdict(::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0); }},
      {"packet_socket",
       [](const Words&) { return verdict(::socket(AF_PACKET, SOCK_RAW, 0) >= 0); }},
      {"other_protocol",
       [](const Words&) { return verdict(::socket(AF_INET, SOCK_STREAM, 262) >= 0); }},
      {"listen",
       [](const Words& words) {
         const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
         const sockaddr_in address = loopback(number(words, "port"));
         return verdict(
             ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
             ::listen(socket, 1) == 0);
       }},
      {"listen_anywhere",
       [](const Words&) {
         const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
         return verdict(::listen(socket, 1) == 0);
       }},
      // The hub's or another program's, by name.
      {"local_socket",
       [](const Words& words) {
         const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
         sockaddr_un address{};
         address.sun_family = AF_UNIX;
         std::strncpy(address.sun_path, words.at("path").c_str(), sizeof address.sun_path - 1);
         return verdict(socket >= 0 && connects(socket, address) == 0);
       }},
      {"abstract_socket",
       [](const Words& words) {
         const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
         sockaddr_un address{};
         address.sun_family = AF_UNIX;
         const std::string& name = words.at("name");
         std::memcpy(address.sun_path + 1, name.data(), name.size());
         const auto size =
             static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
         return verdict(socket >= 0 &&
                        ::connect(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
       }},
      {"netlink", [](const Words&) { return verdict(::socket(AF_NETLINK, SOCK_RAW, 0) >= 0); }},
      // A name that no setting names.
      {"resolve",
       [](const Words& words) -> Verdict {
         addrinfo* found = nullptr;
         const int done = ::getaddrinfo(words.at("name").c_str(), "80", nullptr, &found);
         if (done == 0) ::freeaddrinfo(found);
         return {done == 0, done};
       }},
      // What it may.
      {"connect_allowed", [](const Words& words) { return reaches(number(words, "allowed")); }},
      {"connect_by_name",
       [](const Words& words) -> Verdict {
         addrinfo hints{};
         hints.ai_socktype = SOCK_STREAM;
         addrinfo* found = nullptr;
         if (::getaddrinfo("localhost", words.at("allowed").c_str(), &hints, &found) != 0)
           return {};
         bool done = false;
         for (const addrinfo* a = found; a != nullptr && !done; a = a->ai_next) {
           const int socket = ::socket(a->ai_family, a->ai_socktype, 0);
           done = ::connect(socket, a->ai_addr, a->ai_addrlen) == 0;
           ::close(socket);
         }
         ::freeaddrinfo(found);
         return verdict(done);
       }},
      {"listen_allowed",
       [](const Words& words) {
         const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
         const sockaddr_in address = loopback(number(words, "own_port"));
         return verdict(
             ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
             ::listen(socket, 1) == 0);
       }},
  };
}

}  // namespace concord::hostile
