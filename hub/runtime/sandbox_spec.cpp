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

std::vector<Means> means_of(const Confined&, const SandboxSpec&, const Access&, bool, bool) {
  return {};
}

}  // namespace concord::runtime
