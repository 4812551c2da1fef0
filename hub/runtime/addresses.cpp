#include "hub/runtime/addresses.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>

namespace concord::runtime {
namespace {

constexpr size_t kAddressesMax = 64;

std::string text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET)
    ::inet_ntop(
        AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
  if (address->sa_family == AF_INET6)
    ::inet_ntop(
        AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text, sizeof text);
  return text;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// As the resolver would spell it, where it is an address.
std::string spelt(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  char text[INET6_ADDRSTRLEN] = "";
  for (const int family : {AF_INET, AF_INET6})
    if (::inet_pton(family, host.c_str(), bytes) == 1)
      return ::inet_ntop(family, bytes, text, sizeof text);
  return {};
}

bool is_any(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

}  // namespace

std::vector<std::string> Addresses::resolve(const std::string& name) {
  const auto named = [&](const std::vector<HostPort>& all) {
    return std::any_of(all.begin(), all.end(), [&](const HostPort& h) { return h.host == name; });
  };
  if (!named(access_.connect) && !named(access_.listen)) return {};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return {};
  std::vector<std::string> addresses;
  for (const addrinfo* a = found; a != nullptr && addresses.size() < kAddressesMax; a = a->ai_next)
    if (std::string text = text_of(a->ai_addr); !text.empty() && !contains(addresses, text))
      addresses.push_back(std::move(text));
  ::freeaddrinfo(found);
  const std::scoped_lock lock(mutex_);
  auto& known = known_[name];
  // Earlier ones stay good: a connector may still hold what it was told.
  for (const std::string& address : addresses) {
    if (contains(known, address)) continue;
    if (known.size() >= kAddressesMax) known.erase(known.begin());
    known.push_back(address);
  }
  return addresses;
}

bool Addresses::may_connect(const std::string& address, uint16_t port) const {
  const std::scoped_lock lock(mutex_);
  return std::any_of(access_.connect.begin(), access_.connect.end(), [&](const HostPort& h) {
    if (h.port != port) return false;
    if (spelt(h.host) == address) return true;
    const auto known = known_.find(h.host);
    return known != known_.end() && contains(known->second, address);
  });
}

bool Addresses::may_listen(const std::string& address, uint16_t port) const {
  const std::scoped_lock lock(mutex_);
  return std::any_of(access_.listen.begin(), access_.listen.end(), [&](const HostPort& h) {
    if (h.port != port) return false;
    if (is_any(h.host) || spelt(h.host) == address) return true;
    const auto known = known_.find(h.host);
    return known != known_.end() && contains(known->second, address);
  });
}

}  // namespace concord::runtime
