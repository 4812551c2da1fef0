#include "hub/runtime/trust.hpp"

#include <algorithm>
#include <concord/json.hpp>
#include <filesystem>

#include "hub/base/files.hpp"
#include "hub/base/json.hpp"
#include "hub/base/sign.hpp"

namespace concord::runtime {
namespace {

constexpr std::string_view kManifestEnding = ".connector.json";

std::string signed_text(const std::string& manifest_digest) {
  return "concord connector 1\n" + manifest_digest + "\n";
}

base::Error invalid(const std::string& path, std::string cause) {
  return base::config_error("SIGNATURE_INVALID",
                            path,
                            std::move(cause),
                            "install the connector again from its publisher; do not run this one");
}

bool lies_below(const std::string& path, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code fault;
  const fs::path whole = fs::weakly_canonical(path, fault),
                 above = fs::weakly_canonical(folder, fault);
  if (fault) return false;
  return std::mismatch(above.begin(), above.end(), whole.begin(), whole.end()).first == above.end();
}

// The key that signed this manifest, raw; "" where there is no signature.
base::Result<std::string> signer_of(const Manifest& manifest) {
  const std::string path = signature_path(manifest.path);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::string();
  auto text = base::read_file(path, 4096);
  if (!text) return std::move(text).error();
  auto json = base::read_json(*text, path);
  if (!json) return invalid(path, json.error().cause);
  auto key = base::from_hex(base::text_of(*json, "key"));
  auto signature = base::from_hex(base::text_of(*json, "signature"));
  const base::JsonValue* form = base::member(*json, "concord_connector");
  if (form == nullptr || !form->IsInt() || form->GetInt() != 1 || !key || !signature)
    return invalid(path, "it is no signature of this form (\"concord_connector\": 1)");
  if (base::text_of(*json, "manifest") != manifest.digest)
    return invalid(path, "it is for another manifest than the one beside it");
  if (!base::signed_by(*key, signed_text(manifest.digest), *signature))
    return invalid(path, "the signature does not fit the key that it names");
  return std::move(*key);
}

}  // namespace

std::string signature_path(const std::string& manifest_path) {
  const bool usual = manifest_path.ends_with(kManifestEnding);
  return manifest_path.substr(0, manifest_path.size() - (usual ? kManifestEnding.size() : 0)) +
         ".connector.sig";
}

std::string signature_line(const Manifest& manifest, const base::Key& secret) {
  sdk::JsonWriter line;
  line.object().field("concord_connector", 1).field("manifest", manifest.digest);
  line.field("key", base::hex(base::public_key_of(secret)));
  line.field("signature", base::hex(base::sign(secret, signed_text(manifest.digest)))).end();
  return line.text() + "\n";
}

base::Result<std::string> voucher(const Manifest& manifest, const model::Trust& trust) {
  for (const std::string& folder : trust.own_folders)
    if (lies_below(manifest.path, folder)) return std::string("the hub's own package");
  auto key = signer_of(manifest);
  if (!key) return std::move(key).error();
  for (const model::Publisher& publisher : trust.publishers)
    if (!key->empty() && publisher.key == *key) return "publisher " + publisher.name;
  const auto& ids = trust.unsigned_ids;
  if (std::find(ids.begin(), ids.end(), manifest.id) != ids.end())
    return std::string("nobody; the operator allows it by name");
  const std::string allow =
      ", or allow it by name: unsigned: [" + manifest.id + "] in concord.yaml";
  if (key->empty())
    return base::config_error("CONNECTOR_UNSIGNED",
                              manifest.path,
                              "no publisher signed this connector",
                              "get it from its publisher with its .connector.sig" + allow);
  return base::config_error(
      "PUBLISHER_UNKNOWN",
      signature_path(manifest.path),
      "it is signed with the key " + base::hex(*key) + ", which is nobody's here",
      "compare the key with what its publisher says, then name it under "
      "publishers in concord.yaml" +
          allow);
}

}  // namespace concord::runtime
