// people/merge, people/split, people/unmerge: what is asked, and what came of it.
#pragma once

#include <string>

#include "hub/base/json.hpp"
#include "hub/pipeline/hub.hpp"

namespace concord::api {

// what: merge {survivor, other}, split {system, key, from}, unmerge {person}; in each {by, why,
// anyway, dry_run, owed}; owed: how many a dry run told. A person: an id, or SYSTEM:KEY. The answer
// as JSON.
base::Result<std::string> change_persons(pipeline::Hub& hub,
                                         const std::string& what,
                                         const base::JsonValue& asked);

}  // namespace concord::api
