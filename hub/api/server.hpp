// The hub's HTTP face: /livez, /readyz, /metrics, and /api/v1 for who holds the admin token.
// Threads: a small pool of Poco's; start() and stop() from one thread.
// Owns:    its port, and the file in the data folder that tells commands where it is.
#pragma once

#include <memory>
#include <string>

#include "hub/api/apply.hpp"

namespace concord::api {

class Server {
 public:
  // address: "127.0.0.1:0" (0: any free port). The port opens here and nowhere earlier. read: for
  // POST /apply.
  static base::Result<std::unique_ptr<Server>> start(const std::string& address,
                                                     pipeline::Hub& hub,
                                                     Apply::Read read);
  ~Server();
  [[nodiscard]] std::string address() const;
  // No longer ready: /readyz says so while the hub drains.
  void draining();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Where a running hub listens, for the commands of the same machine.
struct AdminFile {
  std::string address, token;
};
std::string admin_file_path(const std::string& data_folder);
base::Result<AdminFile> read_admin_file(const std::string& data_folder);

}  // namespace concord::api
