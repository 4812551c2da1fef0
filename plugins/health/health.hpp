// The health connector: HL7 v2 in and out over MLLP, FHIR R4 in and out over HTTP.
#pragma once

#include <concord/connector.hpp>
#include <memory>
#include <string_view>

namespace concord::health {

sdk::Result<std::unique_ptr<sdk::Connector>> make_connector(std::string_view config);

}  // namespace concord::health
