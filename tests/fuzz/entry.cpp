// libFuzzer's way into the target that this program was built for.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string_view>

namespace concord::fuzz {
void CONCORD_FUZZ_TARGET(std::string_view input);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  concord::fuzz::CONCORD_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
