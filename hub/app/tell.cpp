#include "hub/app/tell.hpp"

#include <concord/json.hpp>
#include <cstdio>
#include <filesystem>

namespace concord::app {

int exit_code_of(const base::Error& error) {
  if (error.code == "HUB_NOT_RUNNING") return EX_UNAVAILABLE;
  switch (error.error_class) {
    case base::ErrorClass::retry:
    case base::ErrorClass::rate_limited:
      return EX_TEMPFAIL;
    case base::ErrorClass::bad_record:
      return EX_DATAERR;
    case base::ErrorClass::config:
      return EX_CONFIG;
    case base::ErrorClass::auth:
      return EX_NOPERM;
    case base::ErrorClass::fatal:
      return EX_SOFTWARE;
  }
  return EX_SOFTWARE;
}

std::string shown(const base::Error& error) {
  std::error_code fault;
  const std::string here = std::filesystem::current_path(fault).string() + "/";
  base::Error near = error;
  if (!fault && here.size() > 1)
    for (std::string* text : {&near.place, &near.cause, &near.next})
      for (size_t at; (at = text->find(here)) != std::string::npos;) text->erase(at, here.size());
  return base::to_text(near);
}

int tell(const base::Error& error) {
  std::fprintf(stderr, "%s\n", shown(error).c_str());
  return exit_code_of(error);
}

int tell(const base::Errors& errors) {
  for (const base::Error& error : errors) tell(error);
  return errors.empty() ? EX_SOFTWARE : exit_code_of(errors.front());
}

std::string counted(int64_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string errors_json(const base::Errors& errors) {
  sdk::JsonWriter out;
  out.array();
  for (const base::Error& error : errors)
    out.object()
        .field("code", error.code)
        .field("class", base::name_of(error.error_class))
        .field("place", error.place)
        .field("cause", error.cause)
        .field("next", error.next)
        .end();
  out.end_array();
  return out.text();
}

}  // namespace concord::app
