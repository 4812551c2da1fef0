// What a system's settings name, and so what its connector may reach: the connector's config schema
// says of its keys which are addresses and which are files ("x-access"), the operator's settings
// say which. Whatever is not named is out of reach.
//
//   "x-access": "connect"     an URL, or a host whose port is the sibling key "port"
//   "x-access": "listen"      a port to listen on; its host is the sibling key "host"
//   "x-access": "read"        a file or folder
//   "x-access": "write"       a folder, to read and write in
//   "x-access-if": "kind=postgresql"   only where the sibling key "kind" has this value
//   "x-access": "write_file"  a file with its folder: databases put their journals beside it
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/base/result.hpp"

namespace concord::runtime {

struct HostPort {
  std::string host;  // name or address, as the settings have it; listen: "" is any
  uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

struct Access {
  std::vector<HostPort> connect, listen;
  std::vector<std::string> read, write;  // absolute
  bool operator==(const Access&) const = default;
};

// config: settings as the connector gets them; relative paths are from the hub's own folder. What
// makes no sense is left out: the connector's own check says so better.
Access access_of(const std::string& config_schema, const std::string& config);
// "host:port" or "[2001:db8::1]:port".
base::Result<HostPort> read_host_port(std::string_view text);

}  // namespace concord::runtime
