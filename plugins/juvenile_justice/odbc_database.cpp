// ODBC, in builds that found Poco's component and the driver manager's headers.
#include "juvenile_justice/database.hpp"

namespace concord::juvenile_justice {

sdk::Result<std::unique_ptr<Database>> open_odbc(const DatabaseConfig&, std::chrono::milliseconds) {
  return sdk::config_error("ODBC_NOT_BUILT",
                           "database.kind",
                           "this build of the connector has no ODBC",
                           "install unixodbc-dev and build it again, or use another kind");
}

}  // namespace concord::juvenile_justice
