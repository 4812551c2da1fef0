// How a runner shuts itself in, as the hub tells it, and what it says came of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/runtime/channel/frame.hpp"

namespace concord::runtime {

struct SandboxSpec {
  bool on = true;    // false: for tests that show what happens without
  uint32_t uid = 0;  // user and group of its own; 0: stays who it is
  // Landlock holds it to the folders below; with that, file modes may be passed over for them.
  bool pass_read_modes = false, pass_write_modes = false;
  uint64_t memory_bytes_max = 0;  // of address space; 0: no limit
  uint32_t files_max = 256, threads_max = 128;
  bool gate = true;                       // paths and connections are asked of the hub
  bool network = true;                    // false: no system call that makes an Internet socket
  std::vector<std::string> read, write;   // files and folders
  // Of these, files that the settings name one by one: the hub opens them for the runner, since
  // Landlock holds to the file that was there at the start, and such files are exchanged for newer
  // ones. Known to the hub alone.
  std::vector<std::string> named_files;
  std::vector<uint32_t> connect, listen;  // TCP ports, for Landlock where there is no gate
};

// What came of it.
struct Confined {
  int32_t landlock_abi = 0;  // 0: this kernel has none
  bool files = false;        // Landlock holds it to its folders
  bool ports = false;        // Landlock holds it to its TCP ports
  bool signals = false;      // Landlock keeps its signals and abstract sockets to itself
  bool calls = false;        // seccomp filter
  bool own_user = false;
  int32_t gate_fd = -1;  // in the runner
};

Put put_spec(const SandboxSpec& spec);
SandboxSpec take_spec(Take& take);
Put put_confined(const Confined& confined);
Confined take_confined(Take& take);

}  // namespace concord::runtime
