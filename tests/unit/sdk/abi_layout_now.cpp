// One of two: each header defines the same names, so each has a source of its own.
#include <concord/abi.h>

#include "tests/unit/sdk/abi_layout.hpp"

#define STRUCT(type) {#type, 0, sizeof(type)},
#define FIELD(type, member) {#type "." #member, offsetof(type, member), sizeof(type::member)},
#define VALUE(constant) {#constant, static_cast<uint64_t>(constant), 0},

concord::sdk::AbiLayout concord::sdk::abi_now() {
  return {
#include "sdk/abi/abi-1.0.inc"
  };
}
