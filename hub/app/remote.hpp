// Asks the running hub of a coalition over its admin address.
// Threads: any; a connection a call.
#pragma once

#include <chrono>
#include <string>

#include "hub/base/json.hpp"
#include "hub/base/result.hpp"

namespace concord::app {

// Is a hub running on this data folder?
bool hub_runs(const std::string& data_folder);

// One call of /api/v1. The body of a 200 answer; any other becomes the error that it tells.
// Where no hub runs: class config, code HUB_NOT_RUNNING. patience: for the answer.
base::Result<std::string> ask_hub(const std::string& data_folder,
                                  const std::string& method,
                                  const std::string& path,
                                  const std::string& body = "",
                                  std::chrono::seconds patience = std::chrono::seconds(60));

// The error that the hub told.
base::Error error_of(const base::JsonValue& told);

}  // namespace concord::app
