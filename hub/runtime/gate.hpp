// Answers what a runner's sandbox asks of the hub: may this path be opened, may this address be
// connected to. The hub makes the connection itself, on the runner's socket, to the address that it
// has looked at: what the runner writes into its memory meanwhile changes nothing.
// Threads: its keeper's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/runtime/addresses.hpp"
#include "hub/runtime/channel/spec.hpp"
#include "hub/runtime/runner_process.hpp"

namespace concord::runtime {

class Gate {
 public:
  using Note = std::function<void(const std::string& what)>;  // an attempt was refused

  // Takes the runner's gate over from it; none where this machine does not let the hub do so.
  static std::unique_ptr<Gate> open(RunnerProcess& process,
                                    const Confined& confined,
                                    const SandboxSpec& spec,
                                    const Addresses& addresses,
                                    Note note);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  [[nodiscard]] int fd() const { return fd_; }  // readable: somebody asks
  // Answers who asks. False: nobody does, though fd() is readable: a caller that is being killed
  // stays for a moment.
  bool answer();

 private:
  struct Asked;
  Gate(int fd,
       RunnerProcess& process,
       const SandboxSpec& spec,
       const Addresses& addresses,
       Note note);
  void path(const Asked& asked, int place, int flags, bool has_folder);
  void network(const Asked& asked);
  void connect(const Asked& asked, int socket);
  void bind(const Asked& asked, int socket);
  void listen(const Asked& asked, int socket);
  // allowed: the call goes on as if nobody had asked.
  void reply(const Asked& asked, int fault, bool allowed = false) const;
  void refuse(const Asked& asked, int fault, const std::string& what) const;
  [[nodiscard]] bool read(pid_t thread, uint64_t at, void* to, size_t size) const;
  [[nodiscard]] std::string read_path(pid_t thread, uint64_t at) const;
  [[nodiscard]] std::string whole_path(const Asked& asked, int place, bool has_folder) const;
  [[nodiscard]] bool give_named_file(const Asked& asked, const std::string& path, int flags) const;
  [[nodiscard]] bool within(const std::string& path, bool write) const;

  int fd_;
  RunnerProcess& process_;
  const Addresses& addresses_;
  Note note_;
  std::vector<std::string> named_files_;
  std::vector<std::string> read_, write_;  // as named, and as they really lie
};

}  // namespace concord::runtime
