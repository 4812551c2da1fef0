// What can go wrong is a value: an Error with place, cause and next step, or a Result that holds
// one.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace concord::base {

// Decides, alone, what happens next. The same classes cross the plugin boundary.
enum class ErrorClass { retry, rate_limited, bad_record, config, auth, fatal };
std::string_view name_of(ErrorClass error_class);

struct Error {
  ErrorClass error_class = ErrorClass::fatal;
  std::string code;   // stable, for scripts: "CODE_TABLE_UNKNOWN"
  std::string place;  // where: file:line, system and record type
  std::string cause;  // what was seen; a record's value is told by its shape
  std::string next;   // what to do
  bool operator==(const Error&) const = default;
};

using Errors = std::vector<Error>;

// "place: cause.  Next: next."
std::string to_text(const Error& error);
std::string to_text(const Errors& errors);

inline Error config_error(std::string code,
                          std::string place,
                          std::string cause,
                          std::string next) {
  return {ErrorClass::config, std::move(code), std::move(place), std::move(cause), std::move(next)};
}
inline Error bad_record(std::string code, std::string place, std::string cause, std::string next) {
  return {
      ErrorClass::bad_record, std::move(code), std::move(place), std::move(cause), std::move(next)};
}
inline Error retry_error(std::string code, std::string place, std::string cause, std::string next) {
  return {ErrorClass::retry, std::move(code), std::move(place), std::move(cause), std::move(next)};
}
inline Error fatal_error(std::string code, std::string place, std::string cause, std::string next) {
  return {ErrorClass::fatal, std::move(code), std::move(place), std::move(cause), std::move(next)};
}

// A T or an E. Look before you take: taking what is not there ends the process.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T given)
      : held_(std::in_place_index<0>, std::move(given)) {
  }  // NOLINT(google-explicit-constructor): return value;
  Result(E given)
      : held_(std::in_place_index<1>, std::move(given)) {
  }  // NOLINT(google-explicit-constructor): return error;
  explicit operator bool() const { return held_.index() == 0; }
  [[nodiscard]] bool ok() const { return held_.index() == 0; }
  T& value() & { return *get(); }
  const T& value() const& { return *const_cast<Result*>(this)->get(); }
  T&& value() && { return std::move(*get()); }
  T* operator->() { return get(); }
  const T* operator->() const { return const_cast<Result*>(this)->get(); }
  T& operator*() & { return *get(); }
  const T& operator*() const& { return *const_cast<Result*>(this)->get(); }
  T&& operator*() && { return std::move(*get()); }
  E& error() & { return *get_error(); }
  const E& error() const& { return *const_cast<Result*>(this)->get_error(); }
  E&& error() && { return std::move(*get_error()); }

 private:
  T* get() {
    if (held_.index() != 0) std::abort();
    return &std::get<0>(held_);
  }
  E* get_error() {
    if (held_.index() != 1) std::abort();
    return &std::get<1>(held_);
  }
  std::variant<T, E> held_;
};

struct Done {
  bool operator==(const Done&) const = default;
};
using Status = Result<Done>;

}  // namespace concord::base
