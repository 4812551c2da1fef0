#include "hub/runtime/trust.hpp"

#include <algorithm>
#include <concord/json.hpp>
#include <filesystem>
#include <functional>
#include <optional>

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
  return base::config_error(
      "SIGNATURE_INVALID",
      path,
      std::move(cause),
      "get the connector, or the kit's result, anew from where it came; do not run this one");
}

bool lies_below(const std::string& path, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code fault;
  const fs::path whole = fs::weakly_canonical(path, fault),
                 above = fs::weakly_canonical(folder, fault);
  if (fault) return false;
  return std::mismatch(above.begin(), above.end(), whole.begin(), whole.end()).first == above.end();
}

// A line of JSON that is signed. Nothing: there is no such file.
struct Signed {
  rapidjson::Document json;
  std::string key;  // that signed it, raw
};
base::Result<std::optional<Signed>> read_signed(
    const Manifest& manifest,
    const std::string& path,
    const char* form,
    const std::function<std::string(const base::JsonValue&)>& signed_text) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::optional<Signed>();
  auto text = base::read_file(path, 4096);
  if (!text) return std::move(text).error();
  auto json = base::read_json(*text, path);
  if (!json) return invalid(path, json.error().cause);
  auto key = base::from_hex(base::text_of(*json, "key"));
  auto signature = base::from_hex(base::text_of(*json, "signature"));
  const base::JsonValue* number = base::member(*json, form);
  if (number == nullptr || !number->IsInt() || number->GetInt() != 1 || !key || !signature)
    return invalid(path, "it is no signature of this form (\"" + std::string(form) + "\": 1)");
  if (base::text_of(*json, "manifest") != manifest.digest)
    return invalid(path, "it is for another manifest than the one beside it");
  if (!base::signed_by(*key, signed_text(*json), *signature))
    return invalid(path, "the signature does not fit the key that it names");
  return std::optional<Signed>(Signed{std::move(*json), std::move(*key)});
}

std::string beside(const std::string& manifest_path, const char* ending) {
  const bool usual = manifest_path.ends_with(kManifestEnding);
  return manifest_path.substr(0, manifest_path.size() - (usual ? kManifestEnding.size() : 0)) +
         ending;
}

TestResult result_of(const base::JsonValue& json) {
  auto number = [&](const char* name) {
    const base::JsonValue* value = base::member(json, name);
    return value != nullptr && value->IsInt64() ? value->GetInt64() : -1;
  };
  return {number("passed"),
          number("failed"),
          number("left_out"),
          std::string(base::text_of(json, "at")),
          std::string(base::text_of(json, "hub"))};
}

std::string tested_text(const std::string& manifest_digest, const TestResult& result) {
  return "concord connector test 1\n" + manifest_digest + "\n" + std::to_string(result.passed) +
         "\n" + std::to_string(result.failed) + "\n" + std::to_string(result.left_out) + "\n" +
         result.at + "\n" + result.hub + "\n";
}

const model::Publisher* owner_of(const std::string& key,
                                 const std::vector<model::Publisher>& signers) {
  for (const model::Publisher& signer : signers)
    if (signer.key == key) return &signer;
  return nullptr;
}

// What the kit found, in words; "": nobody asks for it.
base::Result<std::string> tested(const Manifest& manifest, const model::Trust& trust) {
  if (trust.testers.empty()) return std::string();
  const std::string path = tested_path(manifest.path);
  auto line = read_signed(manifest, path, "concord_connector_test", [&](const auto& json) {
    return tested_text(manifest.digest, result_of(json));
  });
  if (!line) return std::move(line).error();
  const std::string run = "run the kit and sign what it finds: concord connector test " +
                          manifest.path + " --config test.yaml --sign";
  if (!*line)
    return base::config_error("CONNECTOR_UNTESTED",
                              manifest.path,
                              "no result of the conformance kit stands beside it, and concord.yaml "
                              "names testers",
                              run);
  const model::Publisher* tester = owner_of((*line)->key, trust.testers);
  if (tester == nullptr)
    return base::config_error("TESTER_UNKNOWN",
                              path,
                              "it is signed with the key " + base::hex((*line)->key) +
                                  ", which is none of the testers in concord.yaml",
                              "name that hub under testers, or " + run);
  const TestResult result = result_of((*line)->json);
  if (result.failed != 0 || result.passed <= 0)
    return base::config_error("TEST_FAILED",
                              path,
                              std::to_string(result.failed) + " checks of the kit failed, " +
                                  std::to_string(result.passed) + " passed",
                              "get a version that passes from its author; or mend it, and " + run);
  return ", tested by " + tester->name + " on " + result.at.substr(0, 10) + " (" +
         std::to_string(result.passed) + " checks passed)";
}

}  // namespace

std::string signature_path(const std::string& manifest_path) {
  return beside(manifest_path, ".connector.sig");
}

std::string tested_path(const std::string& manifest_path) {
  return beside(manifest_path, ".connector.tested");
}

std::string tested_line(const Manifest& manifest,
                        const TestResult& result,
                        const base::Key& secret) {
  sdk::JsonWriter line;
  line.object().field("concord_connector_test", 1).field("manifest", manifest.digest);
  line.field("passed", result.passed).field("failed", result.failed);
  line.field("left_out", result.left_out).field("at", result.at).field("hub", result.hub);
  line.field("key", base::hex(base::public_key_of(secret)));
  line.field("signature", base::hex(base::sign(secret, tested_text(manifest.digest, result))))
      .end();
  return line.text() + "\n";
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
  auto line =
      read_signed(manifest, signature_path(manifest.path), "concord_connector", [&](const auto&) {
        return signed_text(manifest.digest);
      });
  if (!line) return std::move(line).error();
  const std::string key = *line ? (*line)->key : std::string();
  const model::Publisher* publisher = key.empty() ? nullptr : owner_of(key, trust.publishers);
  const auto& ids = trust.unsigned_ids;
  if (publisher == nullptr && std::find(ids.begin(), ids.end(), manifest.id) == ids.end()) {
    const std::string allow =
        ", or allow it by name: unsigned: [" + manifest.id + "] in concord.yaml";
    if (key.empty())
      return base::config_error("CONNECTOR_UNSIGNED",
                                manifest.path,
                                "no publisher signed this connector",
                                "get it from its publisher with its .connector.sig" + allow);
    return base::config_error(
        "PUBLISHER_UNKNOWN",
        signature_path(manifest.path),
        "it is signed with the key " + base::hex(key) + ", which is nobody's here",
        "compare the key with what its publisher says, then name it under "
        "publishers in concord.yaml" +
            allow);
  }
  auto result = tested(manifest, trust);
  if (!result) return result;
  return (publisher == nullptr ? "nobody; the operator allows it by name"
                               : "publisher " + publisher->name) +
         *result;
}

}  // namespace concord::runtime
