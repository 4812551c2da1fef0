// Logs are events: noun.verb, then ids, counts and enums, as JSON lines on stderr. A field's name
// and the event are string literals; a value is an id type, a number, or a literal, so that content
// does not compile.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace concord::base {

enum class Level { debug, info, warn, error };

// Text that is known to name a thing of ours (a system, a job, an error code), not a person.
struct Name {
  std::string_view text;
  explicit Name(std::string_view name) : text(name) {}
};

class LogValue {
 public:
  template <class Number>
  requires std::is_arithmetic_v<Number> LogValue(Number number)
      : number_(static_cast<double>(number)) {
  }  // NOLINT(google-explicit-constructor): {"count", 3}
  LogValue(Name name)
      : text_(name.text),
        is_text_(true) {}  // NOLINT(google-explicit-constructor): {"system", Name(id)}
  template <size_t N>
  LogValue(const char (&literal)[N])
      : text_(literal, N - 1), is_text_(true) {}  // NOLINT(google-explicit-constructor): a literal

 private:
  friend void event(Level, std::string_view, std::initializer_list<struct LogField>);
  std::string_view text_;
  double number_ = 0;
  bool is_text_ = false;
};

struct LogField {
  const char* name;
  LogValue value;
};

void event(Level level, std::string_view noun_verb, std::initializer_list<LogField> fields = {});
// One line that a connector sent through the boundary: fields_json is checked to be a JSON object
// of short scalars, and cut down otherwise.
void connector_event(Level level,
                     std::string_view system,
                     std::string_view noun_verb,
                     std::string_view fields_json);
void set_log_level(Level least);

}  // namespace concord::base
