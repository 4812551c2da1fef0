// Poco's TLS contexts from our settings. Strict: TLS 1.2 or later, the peer is verified.
#pragma once

#include <Poco/Net/Context.h>

#include <concord/connector.hpp>

#include "health/settings.hpp"

namespace concord::health {

sdk::Result<Poco::Net::Context::Ptr> server_context(const TlsSettings& tls);
sdk::Result<Poco::Net::Context::Ptr> client_context(const TlsSettings& tls);

}  // namespace concord::health
