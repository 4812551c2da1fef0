// What goes wrong with a call in the same way, wherever the connector runs.
#pragma once

#include "hub/base/result.hpp"
#include "hub/model/ids.hpp"

namespace concord::runtime {

inline base::Error not_offered(const char* what, const model::SystemId& system) {
  return base::config_error("NOT_OFFERED",
                            system.value,
                            std::string("its connector does not offer ") + what,
                            "remove the job or flow that needs it");
}

inline base::Error hung(const char* what, const model::SystemId& system) {
  return base::retry_error("CONNECTOR_HUNG",
                           system.value,
                           std::string(what) + " did not return within its deadline",
                           "see why the system does not answer");
}

inline base::Error outcomes_count(size_t given, size_t wanted, const model::SystemId& system) {
  return base::fatal_error(
      "OUTCOMES_COUNT",
      system.value,
      std::to_string(given) + " outcomes for " + std::to_string(wanted) + " deliveries",
      "report it to the connector's author");
}

}  // namespace concord::runtime
