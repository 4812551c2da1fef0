// Where each member of the ABI's structs lies, as one header has it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace concord::sdk {

struct AbiEntry {
  std::string name;  // "concord_error.code"; a struct or constant: its name alone
  uint64_t offset;   // 0 for a struct; a constant's value
  uint64_t size;     // 0 for a constant
};
using AbiLayout = std::vector<AbiEntry>;

AbiLayout abi_frozen_1_0();  // sdk/abi/abi-1.0.h
AbiLayout abi_now();         // sdk/include/concord/abi.h, the same entries

}  // namespace concord::sdk
