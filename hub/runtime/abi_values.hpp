// ABI structs as the hub's values, and back: the one place where the two meet on this side.
// Threads: pure. What goes out borrows; what comes in is copied.
#pragma once

#include <concord/abi.h>

#include <algorithm>
#include <cstring>
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
// Element i of an array whose elements may be longer or shorter than this hub knows them, as this
// hub knows it: what it does not have is 0.
template <class Struct>
Struct element(const Struct* first, size_t i) {
  Struct known{};
  const auto* at = reinterpret_cast<const char*>(first) + i * first->struct_size;
  std::memcpy(&known, at, std::min<size_t>(first->struct_size, sizeof known));
  return known;
}
// Element i of the connector's own array, to fill in.
inline concord_outcome& outcome_at(concord_outcome* first, size_t i) {
  return *reinterpret_cast<concord_outcome*>(reinterpret_cast<char*>(first) +
                                             i * first->struct_size);
}
inline concord_error no_error() {
  concord_error error{};
  error.struct_size = sizeof error;
  return error;
}
// Its texts become single lines, its code upper snake case.
CallError error_of(const concord_error& error, const std::string& system);
model::Batch batch_of(const concord_batch& abi, const model::SystemId& system);

}  // namespace concord::runtime
