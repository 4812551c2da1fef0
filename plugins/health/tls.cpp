#include "health/tls.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetSSL.h>

namespace concord::health {
namespace {

sdk::Result<Poco::Net::Context::Ptr> make(Poco::Net::Context::Usage usage,
                                          const TlsSettings& tls,
                                          Poco::Net::Context::VerificationMode verify,
                                          const char* place) {
  try {
    Poco::Net::initializeSSL();
    Poco::Net::Context::Params params;
    params.privateKeyFile = tls.key_file;
    params.certificateFile = tls.certificate_file;
    params.caLocation = tls.ca_file;
    params.verificationMode = verify;
    params.loadDefaultCAs = tls.ca_file.empty();
    params.cipherList = "HIGH:!aNULL:!eNULL:!SSLv2:!SSLv3";
    Poco::Net::Context::Ptr context = new Poco::Net::Context(usage, params);
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    return context;
  } catch (const Poco::Exception&) {
    return sdk::config_error(
        "TLS_SETUP",
        place,
        "certificate, key or authority cannot be used",
        "check that the files exist, are PEM, belong together and are readable");
  }
}

}  // namespace

sdk::Result<Poco::Net::Context::Ptr> server_context(const TlsSettings& tls) {
  return make(Poco::Net::Context::TLS_SERVER_USE,
              tls,
              tls.require_client_certificate ? Poco::Net::Context::VERIFY_STRICT
                                             : Poco::Net::Context::VERIFY_NONE,
              "mllp_listen.tls");
}

sdk::Result<Poco::Net::Context::Ptr> client_context(const TlsSettings& tls) {
  return make(
      Poco::Net::Context::TLS_CLIENT_USE, tls, Poco::Net::Context::VERIFY_STRICT, "mllp_send.tls");
}

}  // namespace concord::health
