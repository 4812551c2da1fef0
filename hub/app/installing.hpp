// Connectors as operators have them: signed, installed, upgraded, removed. Each returns an exit
// code; data goes to stdout, talk to stderr.
//
// They go to the first folder under `connectors` in concord.yaml that is not the hub's own, as
// <id>/<version>/; nothing that is there is ever written over.
#pragma once

#include <string>

namespace concord::app {

// A publisher's secret key, to a new file that its owner alone may read; prints the public one.
int new_publisher_key(const std::string& file, bool json);
// Signs the manifest of a connector: <id>.connector.sig beside it.
int sign_connector(const std::string& what, const std::string& key_file, bool json);

// what: a connector's folder, manifest or library. Checked, vouched for, copied, and checked again
// there; the first version of a connector is current at once, another when it is upgraded to.
int install_connector(const std::string& folder, const std::string& what, bool json);
int list_connectors(const std::string& folder, bool json);
// what: "id@version". Refused while a system runs it.
int remove_connector(const std::string& folder, const std::string& what, bool json);
// Makes another version current. A running hub takes it over at once, each of its systems at the
// checkpoint it has; where the first check or run of one fails, the version before is put back.
// to: "" is the newest that is installed.
int upgrade_connector(const std::string& folder,
                      const std::string& id,
                      const std::string& to,
                      bool json);

}  // namespace concord::app
