#include "hub/runtime/abi_values.hpp"

#include <algorithm>

namespace concord::runtime {

namespace {

constexpr size_t kCodeMax = 64, kTextMax = 1000;

// Where an utf-8 sequence that begins at text[at] ends; at itself where it is none.
size_t end_of_character(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xc2 ? 0
                        : lead < 0xe0 ? 2
                        : lead < 0xf0 ? 3
                        : lead < 0xf5 ? 4
                                      : 0;
  if (length == 0 || at + length > text.size()) return at;
  for (size_t i = at + 1; i < at + length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return at;
  return at + length;
}

// One line that can be shown anywhere: a connector's words end in logs, on terminals and in the
// store.
std::string one_line(concord_bytes words) {
  const std::string_view given = view(words);
  std::string out;
  for (size_t at = 0; at < given.size() && out.size() < kTextMax;) {
    const size_t end = end_of_character(given, at);
    const auto byte = static_cast<unsigned char>(given[at]);
    if (end == at) {
      out += '?';
    } else if (byte < 0x20 || byte == 0x7f) {
      out += ' ';
    } else {
      out += given.substr(at, end - at);
    }
    at = std::max(end, at + 1);
  }
  return out;
}

std::string code_of(concord_bytes words) {
  std::string code(view(words).substr(0, kCodeMax));
  for (char& c : code)
    if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) c = '_';
  return code.empty() ? "UNNAMED" : code;
}

}  // namespace

base::ErrorClass class_of(uint32_t error_class) {
  switch (error_class) {
    case CONCORD_RETRY:
      return base::ErrorClass::retry;
    case CONCORD_RATE_LIMITED:
      return base::ErrorClass::rate_limited;
    case CONCORD_BAD_RECORD:
      return base::ErrorClass::bad_record;
    case CONCORD_CONFIG:
      return base::ErrorClass::config;
    case CONCORD_AUTH:
      return base::ErrorClass::auth;
    default:
      return base::ErrorClass::fatal;
  }
}

uint32_t class_of(base::ErrorClass error_class) {
  switch (error_class) {
    case base::ErrorClass::retry:
      return CONCORD_RETRY;
    case base::ErrorClass::rate_limited:
      return CONCORD_RATE_LIMITED;
    case base::ErrorClass::bad_record:
      return CONCORD_BAD_RECORD;
    case base::ErrorClass::config:
      return CONCORD_CONFIG;
    case base::ErrorClass::auth:
      return CONCORD_AUTH;
    case base::ErrorClass::fatal:
      return CONCORD_FATAL;
  }
  return CONCORD_FATAL;
}

CallError error_of(const concord_error& error, const std::string& system) {
  CallError out;
  out.error = {class_of(error.error_class),
               code_of(error.code),
               one_line(error.place),
               one_line(error.cause),
               one_line(error.next)};
  if (out.error.place.empty()) out.error.place = system;
  if (error.struct_size >= sizeof error && error.retry_after_ms != CONCORD_RETRY_AFTER_UNKNOWN)
    out.retry_after = std::chrono::milliseconds(error.retry_after_ms);
  return out;
}

}  // namespace concord::runtime
