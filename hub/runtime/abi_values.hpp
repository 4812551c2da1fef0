// ABI structs as the hub's values, and back: the one place where the two meet on this side.
// Threads: pure. What goes out borrows; what comes in is copied.
#pragma once

#include <concord/abi.h>

#include <string>
#include <string_view>

#include "hub/runtime/connector.hpp"

namespace concord::runtime {

concord_bytes bytes(std::string_view text);
std::string text(concord_bytes bytes);
base::ErrorClass class_of(uint32_t error_class);
uint32_t class_of(base::ErrorClass error_class);
// Element i of an array whose elements may be longer than this hub knows them.
template <class Struct>
const Struct& element(const Struct* first, size_t i) {
  return *reinterpret_cast<const Struct*>(reinterpret_cast<const char*>(first) +
                                          i * first->struct_size);
}
concord_error no_error();
CallError error_of(const concord_error& error, const std::string& system);
model::Batch batch_of(const concord_batch& abi, const model::SystemId& system);

}  // namespace concord::runtime
