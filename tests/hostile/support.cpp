#include "tests/hostile/support.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <concord/json.hpp>
#include <filesystem>
#include <fstream>

#include "hub/base/json.hpp"

namespace concord::hostile {
namespace {

namespace fs = std::filesystem;

void put(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

}  // namespace

Target::Target() {
  std::string path = testing::TempDir() + "/concord-hostile-XXXXXX";
  folder_ = fs::canonical(mkdtemp(path.data()));
  fs::create_directory(own());
  put(this->path("secret"), "SYN-SECRET-OF-ANOTHER-SYSTEM");
  put(this->path("store.db"), "SYN-STORE");
  ::chmod(this->path("secret").c_str(), 0600);
  // For the tests without a sandbox to show that it is the sandbox, and not a mode, that refuses.
  ::chmod(folder_.c_str(), 0755);
  fs::create_symlink(this->path("secret"), own() + "/prepared");
  open(allowed_);
  open(other_);
  Server spare;
  open(spare);
  free_port_ = spare.port;
  ::shutdown(spare.fd, SHUT_RDWR);
  spare.thread.join();
  ::close(spare.fd);
}

Target::~Target() {
  for (Server* server : {&allowed_, &other_}) {
    ::shutdown(server->fd, SHUT_RDWR);
    server->thread.join();
    ::close(server->fd);
  }
  fs::remove_all(folder_);
}

void Target::open(Server& server) {
  server.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(server.fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ::getsockname(server.fd, reinterpret_cast<sockaddr*>(&address), &size);
  server.port = ntohs(address.sin_port);
  ::listen(server.fd, 512);
  server.thread = std::thread([fd = server.fd] {
    for (;;) {
      const int caller = ::accept(fd, nullptr, nullptr);
      if (caller < 0) return;
      (void)!::send(caller, "x", 1, MSG_NOSIGNAL);
      ::close(caller);
    }
  });
}

runtime::Manifest manifest(const std::string& name) {
  auto read = runtime::read_manifest(std::string(CONCORD_BUILD_DIR) + "/tests/connectors/" + name +
                                     "/" + name + ".connector.json");
  EXPECT_TRUE(read) << to_text(read.error());
  return read ? *read : runtime::Manifest{};
}

Loading with_sandbox() {
  Loading loading;
  loading.settings.binary = std::string(CONCORD_BUILD_DIR) + "/bin/concord-runner";
  loading.settings.memory_bytes_max = uint64_t{256} << 20;
  return loading;
}

Loading with_the_kernel_alone() {
  Loading loading = with_sandbox();
  loading.settings.gate = false;
  return loading;
}

Loading without_sandbox() {
  Loading loading = with_sandbox();
  loading.settings.sandbox = false;
  return loading;
}

std::unique_ptr<runtime::Connector> load(const Target& target,
                                         Words words,
                                         const Loading& loading) {
  words.emplace("hub", std::to_string(::getpid()));
  words.emplace("own", target.own());
  words.emplace("path", target.path("secret"));
  words.emplace("name", "secret");
  words.emplace("allowed", std::to_string(target.allowed_port()));
  words.emplace("port", std::to_string(target.other_port()));
  words.emplace("own_port", std::to_string(target.free_port()));
  sdk::JsonWriter config;
  config.object();
  for (const auto& [name, value] : words) config.field(name, value);
  config.end();
  runtime::Access access;
  const auto port = static_cast<uint16_t>(target.allowed_port());
  access.connect = {{"127.0.0.1", port}};
  if (words["attack"] == "connect_by_name") access.connect.push_back({"localhost", port});
  access.listen = {{"127.0.0.1", static_cast<uint16_t>(target.free_port())}};
  access.write = {target.own()};
  if (words.contains("named")) access.read = {words["path"]};
  auto loaded = runtime::load_isolated(manifest(loading.library),
                                       model::SystemId(loading.system),
                                       config.text(),
                                       access,
                                       loading.timeouts,
                                       loading.settings);
  EXPECT_TRUE(loaded) << to_text(loaded.error());
  if (!loaded) return nullptr;
  const base::Status begun = (*loaded)->begun();
  EXPECT_TRUE(begun) << to_text(begun.error());
  return begun ? std::move(*loaded) : nullptr;
}

std::string outcome_of(runtime::Connector& connector) {
  auto batch = connector.read("syn", "", {});
  if (!batch) return batch.error().error.code;
  if (batch->records.size() != 1) return std::to_string(batch->records.size()) + " records";
  auto body = base::read_json(batch->records[0].body, "body");
  if (!body) return "unreadable";
  return (*body)["worked"].GetBool() ? "worked" : "failed";
}

std::vector<std::string> attempts(runtime::Connector& connector) {
  std::vector<std::string> all;
  const auto isolation = connector.isolation();
  for (const auto& attempt : isolation->attempts) all.push_back(attempt.what);
  return all;
}

bool attempted(runtime::Connector& connector, const std::string& what) {
  for (const std::string& attempt : attempts(connector))
    if (attempt.starts_with(what)) return true;
  return false;
}

bool wait_for(const std::function<bool()>& until, std::chrono::milliseconds patience) {
  const auto ends = std::chrono::steady_clock::now() + patience;
  while (!until()) {
    if (std::chrono::steady_clock::now() > ends) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

std::string kernel_lacks(runtime::Connector& connector, const std::string& part) {
  const auto isolation = connector.isolation();
  for (const auto& means : isolation->means)
    if (means.part == part && !means.in_force) return means.by;
  return {};
}

}  // namespace concord::hostile
