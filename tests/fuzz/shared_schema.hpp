// The shared schema as it ships, read once.
#pragma once

#include "hub/model/schema.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {

inline const model::Schema& shared_schema() {
  static const model::Schema schema = [] {
    auto loaded = model::Schema::load(CONCORD_SOURCE_DIR "/mappings/schema");
    must(loaded.ok(), "the schema that ships can be read");
    return std::move(*loaded);
  }();
  return schema;
}

}  // namespace concord::fuzz
