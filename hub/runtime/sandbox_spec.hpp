// What a runner is told to shut itself in with, and what came of it in words.
#pragma once

#include "hub/runtime/access.hpp"
#include "hub/runtime/channel/spec.hpp"
#include "hub/runtime/isolation.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::runtime {

SandboxSpec sandbox_spec(const Manifest& manifest,
                         const std::string& system,
                         const Access& access,
                         const RunnerSettings& settings);

// gate: connections and paths are really asked of the hub.
std::vector<Means> means_of(const Confined& confined,
                            const SandboxSpec& spec,
                            const Access& access,
                            bool gate,
                            bool namespaces);

}  // namespace concord::runtime
