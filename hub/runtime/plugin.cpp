#include "hub/runtime/plugin.hpp"

#include <boost/dll/shared_library.hpp>
#include <vector>

#include "hub/base/guarded.hpp"
#include "hub/runtime/abi_values.hpp"

namespace concord::runtime {
namespace {

base::Result<concord_connector_entry_fn> entry_of(const std::string& path) {
  try {
    // rtld_now, and local by default: symbols of one connector are not another's.
    boost::dll::shared_library library(
        path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    static auto& open = *new base::Guarded<std::vector<boost::dll::shared_library>>;
    open.lock()->push_back(library);
    if (!library.has(CONCORD_ENTRY_SYMBOL))
      return base::config_error("ENTRY_MISSING",
                                path,
                                std::string("it exports no ") + CONCORD_ENTRY_SYMBOL,
                                "install a library that was built as a connector");
    return &library.get<uint32_t(uint32_t, concord_bytes, concord_connector*, concord_error*)>(
        CONCORD_ENTRY_SYMBOL);
  } catch (const std::exception& fault) {
    return base::config_error("LIBRARY_UNLOADABLE",
                              path,
                              fault.what(),
                              "install the connector again, and what it links to");
  }
}

}  // namespace

base::Result<concord_connector> open_plugin(const std::string& library,
                                            int abi_min,
                                            std::string_view config,
                                            const std::string& system) {
  auto entry = entry_of(library);
  if (!entry) return std::move(entry).error();
  for (uint32_t offer = CONCORD_ABI_VERSION;; --offer) {
    concord_connector connector{};
    connector.struct_size = sizeof connector;
    concord_error error = no_error();
    const uint32_t result = (*entry)(offer, bytes(config), &connector, &error);
    if (result == CONCORD_OK) return connector;
    const bool mismatch = result == CONCORD_CONFIG && view(error.code) == "ABI_MISMATCH";
    if (!mismatch || offer <= static_cast<uint32_t>(abi_min) || offer % 1000 == 0) {
      error.error_class = result;
      base::Error refused = error_of(error, system).error;
      // It speaks of its own settings; which system's, only the hub knows.
      if (refused.place != system) refused.place = system + ": " + refused.place;
      return refused;
    }
  }
}

}  // namespace concord::runtime
