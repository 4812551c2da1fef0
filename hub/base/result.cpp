#include "hub/base/result.hpp"

namespace concord::base {

std::string_view name_of(ErrorClass error_class) {
  switch (error_class) {
    case ErrorClass::retry:
      return "retry";
    case ErrorClass::rate_limited:
      return "rate_limited";
    case ErrorClass::bad_record:
      return "bad_record";
    case ErrorClass::config:
      return "config";
    case ErrorClass::auth:
      return "auth";
    case ErrorClass::fatal:
      return "fatal";
  }
  return "fatal";
}

std::string to_text(const Error& error) {
  std::string text = error.place;
  if (!text.empty()) text += ": ";
  text += error.cause;
  if (!text.empty() && text.back() != '.') text += '.';
  if (error.next.empty()) return text;
  text += "  Next: " + error.next;
  if (text.back() != '.' && text.back() != '?') text += '.';
  return text;
}

std::string to_text(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) text += to_text(error) + "\n";
  return text;
}

}  // namespace concord::base
