#include "hub/app/runner_lines.hpp"

#include <cstdio>

namespace concord::app {
namespace {

std::string text(const base::JsonValue& object, const char* name) {
  return std::string(base::text_of(object, name));
}

void print_one(const std::string& part, const std::string& by, bool in_force) {
  std::printf("    %-12s %s%s\n", part.c_str(), in_force ? "" : "NOT IN FORCE: ", by.c_str());
}

}  // namespace

void print_runner(const base::JsonValue& system) {
  const base::JsonValue* runner = base::member(system, "runner");
  if (runner == nullptr) {
    std::printf("    runs inside the hub\n");
    return;
  }
  std::printf("    runs isolated: %s, %llu restarts\n",
              text(*runner, "state").c_str(),
              static_cast<unsigned long long>((*runner)["restarts"].GetUint64()));
  std::string in_force;
  for (const auto& means : (*runner)["means"].GetArray())
    if (means["in_force"].GetBool())
      in_force += (in_force.empty() ? "" : ", ") + text(means, "brief");
  std::printf("    in force     %s\n", in_force.empty() ? "nothing yet" : in_force.c_str());
  for (const auto& means : (*runner)["means"].GetArray())
    if (!means["in_force"].GetBool()) print_one(text(means, "part"), text(means, "by"), false);
  for (const auto& tried : (*runner)["refused"].GetArray())
    std::printf("    refused      %s: %llu times, last %s\n",
                text(tried, "what").c_str(),
                static_cast<unsigned long long>(tried["count"].GetUint64()),
                text(tried, "last").c_str());
  if (const base::JsonValue* end = base::member(*runner, "last_end"))
    std::printf(
        "    last end     %s: %s\n", text(*end, "code").c_str(), text(*end, "cause").c_str());
}

void print_means(const runtime::Isolation& isolation) {
  for (const runtime::Means& means : isolation.means)
    print_one(means.part, means.by, means.in_force);
}

}  // namespace concord::app
