// What a coalition's texts may refer to.
//
//   ${env:NAME:-default}  a variable of the environment, in any text; without :-default it must be
//                         set. For ports, addresses and paths: never for a secret.
//   ${folder}             the coalition's folder
//   ${file:PATH}          a secret: the file's content without its last line end; relative to the
//                         coalition's folder
//   ${credential:NAME}    a secret: the systemd credential of that name
//
// A secret is the whole value, stays a reference in all that is kept, and is read at start, and
// when a changed coalition is applied.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "hub/base/result.hpp"
#include "hub/base/yaml.hpp"

namespace concord::app {

using Environment = std::function<const char*(const char*)>;  // getenv, or a test's own

// In place, all of yaml. Secrets stay references.
void substitute(base::Yaml& yaml,
                const std::string& folder,
                const std::string& file,
                base::Errors& errors,
                const Environment& environment);

bool is_secret_reference(std::string_view text);

// Every reference of the config replaced by what it stands for. Errors name the system and the key,
// never the content. Only for whoever makes a connector: the answer is not to be printed.
base::Result<std::string, base::Errors> resolve_secrets(const std::string& config_json,
                                                        const std::string& folder,
                                                        const std::string& place);

}  // namespace concord::app
