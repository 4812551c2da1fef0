#include "tests/integration/juvenile_justice/postgres.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

namespace concord::juvenile_justice::test {

namespace {

const std::string kBin = "/usr/lib/postgresql/15/bin/";

pid_t spawn(const std::vector<std::string>& command, const std::string& log) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  std::vector<char*> args;
  for (const std::string& word : command) args.push_back(const_cast<char*>(word.c_str()));
  args.push_back(nullptr);
  ::execvp(args[0], args.data());
  ::_exit(127);
}

int run_to_end(const std::vector<std::string>& command, const std::string& log) {
  int status = -1;
  ::waitpid(spawn(command, log), &status, 0);
  return status;
}

uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

bool Postgres::is_installed() {
  return std::filesystem::exists(kBin + "initdb") &&
         (::geteuid() != 0 || ::getpwnam("postgres") != nullptr);
}

std::vector<std::string> Postgres::as_server_user(std::vector<std::string> command) const {
  // setpriv, unlike runuser, becomes the server and does not stand in front of it.
  if (::geteuid() == 0) {
    const std::vector<std::string> become{
        "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"};
    command.insert(command.begin(), become.begin(), become.end());
  }
  return command;
}

Postgres::Postgres() {
  std::string name = (std::filesystem::temp_directory_path() / "concord-pg-XXXXXX").string();
  dir_ = ::mkdtemp(name.data());
  std::ofstream(dir_ / "password") << "admin-secret\n";
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam("postgres");
    for (const auto& path : {dir_, dir_ / "password"})
      EXPECT_EQ(::chown(path.c_str(), user->pw_uid, user->pw_gid), 0);
  }
  const int made = run_to_end(as_server_user({kBin + "initdb",
                                              "--pgdata=" + (dir_ / "data").string(),
                                              "--auth=scram-sha-256",
                                              "--username=admin",
                                              "--pwfile=" + (dir_ / "password").string(),
                                              "--encoding=UTF8",
                                              "--locale=C.UTF-8",
                                              "--no-sync"}),
                              (dir_ / "log").string());
  EXPECT_EQ(made, 0) << "initdb failed";
  port_ = free_port();
  start();
  PGconn* server = connect("postgres");
  for (const char* sql : {"CREATE ROLE hub LOGIN PASSWORD 'hub-secret'", "CREATE DATABASE jj"}) {
    PGresult* result = PQexec(server, sql);
    EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(server);
    PQclear(result);
  }
  PQfinish(server);
}

Postgres::~Postgres() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void Postgres::start() {
  pid_ = spawn(as_server_user({kBin + "postgres",
                               "-D",
                               (dir_ / "data").string(),
                               "-p",
                               std::to_string(port_),
                               "-k",
                               dir_.string(),
                               "-c",
                               "listen_addresses=127.0.0.1",
                               "-c",
                               "fsync=off",
                               "-c",
                               "max_connections=20"}),
               (dir_ / "log").string());
  const std::string address =
      "host=127.0.0.1 dbname=postgres connect_timeout=2 port=" + std::to_string(port_);
  for (int i = 0; i < 600; ++i) {
    if (PQping(address.c_str()) == PQPING_OK) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ADD_FAILURE() << "PostgreSQL did not start";
}

void Postgres::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, SIGINT);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void Postgres::freeze() {
  // The sessions are processes of their own, children of the server's.
  for (const std::string& pid : ask("SELECT pid FROM pg_stat_activity WHERE usename = 'hub'"))
    ::kill(static_cast<pid_t>(std::stol(pid)), SIGSTOP);
  ::kill(pid_, SIGSTOP);
}

void Postgres::thaw() {
  ::kill(pid_, SIGCONT);
  for (const std::string& pid : ask("SELECT pid FROM pg_stat_activity WHERE usename = 'hub'"))
    ::kill(static_cast<pid_t>(std::stol(pid)), SIGCONT);
}

PGconn* Postgres::connect(const std::string& database) const {
  PGconn* connection =
      PQconnectdb(("host=127.0.0.1 user=admin password=admin-secret dbname=" + database +
                   " port=" + std::to_string(port_))
                      .c_str());
  EXPECT_EQ(PQstatus(connection), CONNECTION_OK) << PQerrorMessage(connection);
  return connection;
}

void Postgres::run(const std::string& sql) {
  (void)ask(sql);
}

std::vector<std::string> Postgres::ask(const std::string& sql) {
  PGconn* connection = connect("jj");
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
      << PQerrorMessage(connection);
  std::vector<std::string> out;
  for (int i = 0; i < PQntuples(result); ++i) out.emplace_back(PQgetvalue(result, i, 0));
  PQclear(result);
  PQfinish(connection);
  return out;
}

std::string Postgres::database(const std::string& password, const std::string& name) const {
  return R"("database":{"kind":"postgresql","host":"127.0.0.1","port":)" + std::to_string(port_) +
         R"(,"name":")" + name + R"(","user":"hub","password":")" + password +
         R"(","connect_timeout_ms":2000})";
}

}  // namespace concord::juvenile_justice::test
