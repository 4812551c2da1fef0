#include "health/health.hpp"

namespace {
struct Entry {
  static concord::sdk::Result<std::unique_ptr<concord::sdk::Connector>> create(
      std::string_view config) {
    return concord::health::make_connector(config);
  }
};
}  // namespace

CONCORD_CONNECTOR(Entry)
