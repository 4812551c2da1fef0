// ABI structs as the hub's values, and back: the one place where the two meet on this side.
// Threads: pure. What goes out borrows; what comes in is copied.
#pragma once

#include <concord/abi.h>

#include <string>
#include <string_view>

#include "hub/runtime/connector.hpp"

namespace concord::runtime {

inline concord_bytes bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view view(concord_bytes b) {
  return b.data == nullptr ? std::string_view()
                           : std::string_view(reinterpret_cast<const char*>(b.data), b.size);
}
inline std::string text(concord_bytes b) {
  return std::string(view(b));
}
base::ErrorClass class_of(uint32_t error_class);
uint32_t class_of(base::ErrorClass error_class);
inline concord_error no_error() {
  concord_error error{};
  error.struct_size = sizeof error;
  return error;
}
// Its texts become single lines, its code upper snake case.
CallError error_of(const concord_error& error, const std::string& system);
model::Batch batch_of(const concord_batch& abi, const model::SystemId& system);

}  // namespace concord::runtime
