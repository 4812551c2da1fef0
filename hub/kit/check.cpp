#include "hub/kit/check.hpp"

#include <algorithm>

namespace concord::kit {

const std::vector<Check>& all_checks() {
  static const auto all = [] {
    std::vector<Check> out;
    for (auto* list : {manifest_checks,
                       settings_checks,
                       describe_checks,
                       read_checks,
                       record_checks,
                       ack_checks,
                       write_checks,
                       listen_checks,
                       error_checks,
                       deadline_checks,
                       process_checks,
                       abi_checks}) {
      auto some = list();
      std::move(some.begin(), some.end(), std::back_inserter(out));
    }
    return out;
  }();
  return all;
}

std::string cannot_run(const Check& check, const Plan& plan, const runtime::Manifest& manifest) {
  for (const std::string& capability : check.needs.capabilities)
    if (!manifest.can(capability)) return "the manifest does not say " + capability;
  if (const auto said = plan.leave_out.find(check.name); said != plan.leave_out.end())
    return "test.yaml leaves it out: " + said->second;
  for (const std::string& command : check.needs.commands)
    if (!plan.can(command)) return "test.yaml has no command " + command;
  if (check.needs.wrong_credentials && !plan.has_wrong_credentials)
    return "test.yaml says no wrong_credentials";
  if (check.needs.refused && !plan.has_refused)
    return "test.yaml names no document that is refused";
  if (check.needs.sample_system && plan.start.empty())
    return "test.yaml starts no system that could be taken down";
  return {};
}

}  // namespace concord::kit
