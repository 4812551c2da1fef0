// A decision in words.
#pragma once

#include <string>
#include <string_view>

#include "hub/decide/engine.hpp"
#include "hub/model/decision.hpp"

namespace concord::decide {

// For whom: the source's own staff may see why; the recipient learns only what it has, and of a
// record whose existence is protected the same words as of one that is not there.
enum class Audience { source, recipient };

// What a recipient reads where there is no such record.
std::string_view absent_record();

// The first line answers; then a line a field: released or withheld, which rule says so, its
// citation; then what must go along, until when it holds, and what would come nearest to a permit.
std::string explain(const model::Decision& decision, const Engine& engine, Audience audience);

}  // namespace concord::decide
