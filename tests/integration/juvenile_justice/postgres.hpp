// A real PostgreSQL 15 of one's own: a cluster in a temporary folder, on a free loopback port.
//
// Owns: the folder and the server process; both are gone with it. As root the server runs as the
// user postgres, because it refuses to run as root.
#pragma once

#include <libpq-fe.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace concord::juvenile_justice::test {

class Postgres {
 public:
  static bool is_installed();
  Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;
  ~Postgres();

  [[nodiscard]] bool is_running() const { return pid_ > 0; }
  [[nodiscard]] uint16_t port() const { return port_; }
  void start();
  void stop();    // as an operator would: open sessions are ended
  void freeze();  // SIGSTOP: it takes connections and never answers
  void thaw();

  // As the superuser, in the database jj.
  void run(const std::string& sql);
  std::vector<std::string> ask(const std::string& sql);  // first column
  // The settings' "database" object for the user hub.
  [[nodiscard]] std::string database(const std::string& password = "hub-secret",
                                     const std::string& name = "jj") const;

 private:
  [[nodiscard]] std::vector<std::string> as_server_user(std::vector<std::string> command) const;
  [[nodiscard]] PGconn* connect(const std::string& database) const;

  std::filesystem::path dir_;
  uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace concord::juvenile_justice::test
