#include "hub/runtime/sandbox_spec.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <mutex>

namespace concord::runtime {
namespace {

// Of the range that systemd keeps for such users; no account has them.
constexpr uint32_t kFirstUser = 61184, kUsers = 4000;

// The same system has the same user for as long as this hub runs, and mostly beyond; no two have
// the same.
uint32_t user_of(const std::string& system) {
  static std::mutex mutex;
  static std::map<uint32_t, std::string> taken;
  uint32_t hash = 2166136261u;
  for (const char c : system) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  const std::scoped_lock lock(mutex);
  for (uint32_t at = hash % kUsers;; at = (at + 1) % kUsers) {
    auto [place, free] = taken.emplace(at, system);
    if (free || place->second == system) return kFirstUser + at;
  }
}

// May anybody read it, by the modes of it and of every folder above?
bool open_to_all(const std::string& path) {
  struct stat now {};
  std::filesystem::path at(path);
  for (bool last = true;; last = false, at = at.parent_path()) {
    if (::stat(at.c_str(), &now) != 0) return true;
    const mode_t needed = S_ISDIR(now.st_mode) ? (last ? S_IROTH | S_IXOTH : S_IXOTH) : S_IROTH;
    if ((now.st_mode & needed) != needed) return false;
    if (at == at.root_path()) return true;
  }
}

// What libraries of the system read for themselves: code, certificates, time zones, tables.
const std::vector<std::string>& system_files() {
  static const std::vector<std::string> all{"/lib",
                                            "/lib64",
                                            "/usr/lib",
                                            "/usr/lib64",
                                            "/usr/local/lib",
                                            "/usr/share",
                                            "/etc/ld.so.cache",
                                            "/etc/ssl/certs",
                                            "/etc/ssl/openssl.cnf",
                                            "/etc/pki/tls/certs",
                                            "/etc/ca-certificates",
                                            "/etc/localtime",
                                            "/etc/timezone",
                                            "/etc/services",
                                            "/etc/protocols",
                                            "/etc/nsswitch.conf",
                                            "/etc/host.conf",
                                            "/etc/gai.conf",
                                            "/etc/odbcinst.ini",
                                            "/etc/odbc.ini",
                                            "/dev/null",
                                            "/dev/zero",
                                            "/dev/urandom",
                                            "/dev/random",
                                            "/proc/cpuinfo",
                                            "/proc/meminfo",
                                            "/proc/stat",
                                            "/proc/sys/vm/overcommit_memory",
                                            "/sys/devices/system/cpu"};
  return all;
}

}  // namespace

SandboxSpec sandbox_spec(const Manifest& manifest,
                         const std::string& system,
                         const Access& access,
                         const RunnerSettings& settings) {
  SandboxSpec spec;
  spec.on = settings.sandbox;
  spec.read = system_files();
  spec.read.push_back(std::filesystem::path(manifest.library).parent_path().string());
  spec.read.insert(spec.read.end(), access.read.begin(), access.read.end());
  spec.write = access.write;
  for (const std::string& path : access.read)
    if (std::error_code ignored; !std::filesystem::is_directory(path, ignored))
      spec.named_files.push_back(path);
  spec.network = !access.connect.empty() || !access.listen.empty();
  for (const HostPort& to : access.connect) spec.connect.push_back(to.port);
  for (const HostPort& at : access.listen) spec.listen.push_back(at.port);
  spec.memory_bytes_max = settings.memory_bytes_max * 2;  // address space is more than memory
  if (::geteuid() == 0) {
    spec.uid = user_of(system);
    spec.pass_write_modes = !access.write.empty();
    for (const std::string& path : spec.read)
      if (!open_to_all(path)) spec.pass_read_modes = true;
  }
  return spec;
}

namespace {

std::string spelt(const std::vector<HostPort>& all) {
  std::string text;
  for (const HostPort& one : all)
    text += (text.empty() ? "" : ", ") + one.host + ":" + std::to_string(one.port);
  return text.empty() ? "nowhere" : text;
}

Means network_means(const Confined& confined,
                    const SandboxSpec& spec,
                    const Access& access,
                    bool gate) {
  if (!spec.network && confined.calls)
    return {"network", "no network", "its settings name no address: seccomp allows no socket"};
  std::string to = "to " + spelt(access.connect);
  if (!access.listen.empty()) to += "; listens on " + spelt(access.listen);
  if (gate)
    return {"network",
            "connections made by the hub",
            "the hub makes each connection (seccomp notification), " + to};
  if (confined.ports)
    return {
        "network", "Landlock for TCP ports", "Landlock leaves these TCP ports, of any host: " + to};
  return {
      "network",
      "",
      "this kernel has neither seccomp notification nor Landlock for TCP: it may connect anywhere",
      false};
}

Means files_means(const Confined& confined, const Access& access, bool gate) {
  const std::string abi = "Landlock ABI " + std::to_string(confined.landlock_abi);
  if (confined.files)
    return {"files",
            abi,
            abi + ": libraries, and " + std::to_string(access.read.size()) + " to read, " +
                std::to_string(access.write.size()) + " to write"};
  return {"files",
          "",
          gate ? "this kernel has no Landlock; the hub looks at each path, which can be got round"
               : "this kernel has no Landlock: what its user may read, it can read",
          false};
}

Means processes_means(const Confined& confined, bool namespaces) {
  if (namespaces)
    return {"processes", "own namespaces", "it can start none and sees no other (own namespaces)"};
  if (confined.signals)
    return {"processes", "Landlock for signals", "it can start none and signal none (Landlock)"};
  return {"processes",
          confined.calls ? "seccomp for signals" : "",
          confined.calls ? "it can start none and signal none (seccomp)"
                         : "it can do to others what its user can",
          confined.calls};
}

}  // namespace

std::vector<Means> means_of(const Confined& confined,
                            const SandboxSpec& spec,
                            const Access& access,
                            bool gate,
                            bool namespaces) {
  if (!spec.on) return {{"sandbox", "", "switched off", false}};
  const std::string uid = std::to_string(spec.uid);
  const std::string memory = std::to_string(spec.memory_bytes_max >> 21) + " MB";
  return {confined.own_user ? Means{"user", "own user " + uid, "its own, " + uid}
                            : Means{"user", "", "the hub's own, as it does not run as root", false},
          files_means(confined, access, gate),
          confined.calls ? Means{"calls", "seccomp", "seccomp: a list of what is allowed"}
                         : Means{"calls", "", "this kernel has no seccomp filters", false},
          network_means(confined, spec, access, gate),
          processes_means(confined, namespaces),
          gate ? Means{"attempts", "attempts counted", "each is refused, counted and told"}
               : Means{"attempts",
                       "",
                       "they are refused, and not seen: no seccomp notification here",
                       false},
          Means{"memory", memory, memory + ", then it is ended"}};
}

}  // namespace concord::runtime
