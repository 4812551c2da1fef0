// What every target says: what must hold whatever the input is. A target is one function,
//   void concord::fuzz::csv(std::string_view input)
// in targets/csv.cpp. Built with the preset fuzz, libFuzzer calls it with inputs that it makes
// (entry.cpp); in every other build fuzz_test calls it with the inputs that are kept
// (replay_test.cpp).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "hub/base/result.hpp"

namespace concord::fuzz {

// Nobody in the hub catches it by this name. libFuzzer keeps the input that brought it about.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void must(bool holds, const std::string& what) {
  if (!holds) throw Broken(what);
}

// An error, the hub's or the SDK's, that an operator can act on.
template <class Error>
void tells_all(const Error& error) {
  must(!error.code.empty(), "an error without a code");
  must(!error.place.empty(), "error " + error.code + " has no place");
  must(!error.cause.empty(), "error " + error.code + " has no cause");
  must(!error.next.empty(), "error " + error.code + " has no next step");
}
inline void tells_all(const base::Errors& errors) {
  must(!errors.empty(), "a failure without an error");
  for (const base::Error& error : errors) tells_all(error);
}

// What stands before the mark; given keeps what follows it. All of it where there is no mark.
inline std::string_view cut_at(std::string_view& given, std::string_view mark) {
  const size_t at = given.find(mark);
  const std::string_view before = given.substr(0, at);
  given.remove_prefix(at == std::string_view::npos ? given.size() : at + mark.size());
  return before;
}

// The first byte, to choose among `choices` by; a digit means itself.
inline unsigned choice(std::string_view& given, unsigned choices) {
  if (given.empty()) return 0;
  const auto byte = static_cast<uint8_t>(given[0]);
  given.remove_prefix(1);
  return (byte >= '0' && byte <= '9' ? byte - '0' : byte) % choices;
}

// A folder of this process alone, removed at its end; for readers that want files.
const std::string& own_folder();

}  // namespace concord::fuzz
