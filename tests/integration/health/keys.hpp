// Throwaway keys and certificates for tests: an authority, a server "localhost", a client. Made
// anew in a folder of their own, gone with this object.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace concord::health::testing {

class Keys {
 public:
  Keys() {
    std::string pattern = (std::filesystem::temp_directory_path() / "concord-keys-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    EVP_PKEY* authority = EVP_EC_gen("P-256");
    X509* root = certificate(authority, "Synthetic Authority", nullptr, authority, true);
    ca_cert = write("ca.pem", root);
    make("localhost", "server", root, authority, server_cert, server_key);
    make("synthetic client", "client", root, authority, client_cert, client_key);
    X509_free(root);
    EVP_PKEY_free(authority);
  }
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys() { std::filesystem::remove_all(folder_); }

  std::string ca_cert, server_cert, server_key, client_cert, client_key;

  // A private key alone, for SMART.
  std::string write_key(const std::string& name, EVP_PKEY* key) const {
    const std::string path = (folder_ / name).string();
    FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    return path;
  }

 private:
  static X509* certificate(
      EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* signer, bool authority) {
    static long serial = 1;
    X509* cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME* subject = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(cert, issuer == nullptr ? subject : X509_get_subject_name(issuer));
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer == nullptr ? cert : issuer, cert, nullptr, nullptr, 0);
    auto extend = [&](int nid, const char* value) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
      X509_add_ext(cert, extension, -1);
      X509_EXTENSION_free(extension);
    };
    extend(NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!authority) extend(NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    X509_sign(cert, signer, EVP_sha256());
    return cert;
  }
  std::string write(const std::string& name, X509* cert) const {
    const std::string path = (folder_ / name).string();
    FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, cert);
    std::fclose(file);
    return path;
  }
  void make(const char* name,
            const std::string& file,
            X509* root,
            EVP_PKEY* authority,
            std::string& cert_path,
            std::string& key_path) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* cert = certificate(key, name, root, authority, false);
    cert_path = write(file + ".pem", cert);
    key_path = write_key(file + ".key", key);
    X509_free(cert);
    EVP_PKEY_free(key);
  }

  std::filesystem::path folder_;
};

}  // namespace concord::health::testing
