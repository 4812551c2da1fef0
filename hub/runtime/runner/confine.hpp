// Shuts this process in, for good: limits, its own user, no new privileges, Landlock, seccomp.
// What the kernel does not offer is left out and said (Confined); what it offers and then refuses
// is an error, since a sandbox that is half there would be believed to be whole.
// docs: hub/runtime/why/sandbox.md tells what each part stops.
#pragma once

#include "hub/base/result.hpp"
#include "hub/runtime/channel/spec.hpp"

namespace concord::runtime {

base::Result<Confined> confine(const SandboxSpec& spec);

}  // namespace concord::runtime
