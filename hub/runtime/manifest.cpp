#include "hub/runtime/manifest.hpp"

#include <concord/abi.h>
#include <elf.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/base/json.hpp"
#include "hub/model/obligation.hpp"
#include "hub/runtime/schema_shape.hpp"

namespace concord::runtime {
namespace {

constexpr size_t kLibraryMax = 256u << 20;

base::Error broken(const std::string& path, std::string cause) {
  return base::config_error(
      "MANIFEST_INVALID", path, std::move(cause), "install the connector again from its package");
}

std::string abi_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000);
}

// A library that lacks a part which its headers name. Loading would map what is not there, and the
// process would die of it.
bool is_cut(std::string_view bytes) {
  Elf64_Ehdr head;
  if (!bytes.starts_with(ELFMAG)) return false;  // no library at all: loading says so
  if (bytes.size() < sizeof head) return true;
  std::memcpy(&head, bytes.data(), sizeof head);
  for (uint64_t i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr part;
    const uint64_t at = head.e_phoff + i * sizeof part;
    if (at > bytes.size() || bytes.size() - at < sizeof part) return true;
    std::memcpy(&part, bytes.data() + at, sizeof part);
    if (part.p_offset > bytes.size() || bytes.size() - part.p_offset < part.p_filesz) return true;
  }
  return false;
}

// Is this the version that <id>/current names, if there is such a file?
bool is_current(const Manifest& manifest) {
  const auto of_id = std::filesystem::path(manifest.path).parent_path().parent_path();
  auto text = base::read_file((of_id / "current").string(), 256);
  if (!text || of_id.filename() != manifest.id) return false;
  while (!text->empty() && (text->back() == '\n' || text->back() == ' ')) text->pop_back();
  return *text == manifest.version;
}

// From this ABI on a delivery has obligations.
constexpr int kAbiOfObligations = 1001;

// Obligations one by one: whoever says that it honours all would not know what that is. Those of a
// later ABI than the hub's are let be.
base::Result<std::vector<std::string>, std::string> honours_of(const base::JsonValue& json,
                                                               const Manifest& manifest) {
  std::vector<std::string> out;
  const base::JsonValue* list = base::member(json, "honours");
  if (list == nullptr) return out;
  if (!list->IsArray()) return std::string("\"honours\" is no list");
  if (!list->Empty() && !manifest.can("write"))
    return std::string("\"honours\" is said by a connector that does not write");
  // What was built before never sees them, whatever its manifest says. Of another major version
  // check_manifest() has more to say.
  const bool other = manifest.abi_max / 1000 != static_cast<int>(CONCORD_ABI_MAJOR);
  if (!list->Empty() && manifest.abi_max < kAbiOfObligations && !other)
    return std::string("\"honours\" is said by a connector of ABI 1.0, which has no obligations");
  const bool newer = manifest.abi_max > static_cast<int>(CONCORD_ABI_VERSION);
  for (const auto& one : list->GetArray()) {
    const std::string code(one.IsString() ? base::text(one) : std::string_view{});
    if (model::is_carried(code)) {
      out.push_back(code);
    } else if (!newer || code.empty() || code == "*") {
      std::string known;
      for (const std::string_view word : model::kCarried)
        known += (known.empty() ? "" : ", ") + std::string(word);
      return "\"honours\" names \"" + code + "\", which is none of " + known;
    }
  }
  return out;
}

}  // namespace

bool Manifest::can(std::string_view capability) const {
  return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
}

base::Result<Manifest> read_manifest(const std::string& path) {
  auto text = base::read_file(path, 1u << 20);
  if (!text) return std::move(text).error();
  return manifest_of(*text, path);
}

base::Result<Manifest> manifest_of(std::string_view text, const std::string& path) {
  auto json = base::read_json(text, path);
  if (!json)
    return base::config_error("MANIFEST_INVALID",
                              json.error().place,
                              json.error().cause,
                              "install the connector again from its package");
  Manifest manifest;
  manifest.path = path;
  manifest.digest = base::sha256_hex(text);
  manifest.id = base::text_of(*json, "id");
  manifest.name = base::text_of(*json, "name");
  manifest.version = base::text_of(*json, "version");
  manifest.sha256 = base::text_of(*json, "sha256");
  const std::string library(base::text_of(*json, "library"));
  for (const auto& [name, value] : {std::pair<const char*, const std::string&>{"id", manifest.id},
                                    {"version", manifest.version},
                                    {"library", library},
                                    {"sha256", manifest.sha256}})
    if (value.empty()) return broken(path, std::string("\"") + name + "\" is missing or empty");
  if (library.find('/') != std::string::npos)
    return broken(path, "\"library\" must be a file name beside the manifest");
  manifest.library = (std::filesystem::absolute(path).parent_path() / library).string();
  const base::JsonValue* abi = base::member(*json, "abi");
  const base::JsonValue* low = abi != nullptr ? base::member(*abi, "min") : nullptr;
  const base::JsonValue* high = abi != nullptr ? base::member(*abi, "max") : nullptr;
  if (low == nullptr || high == nullptr || !low->IsInt() || !high->IsInt())
    return broken(path, "\"abi\" needs \"min\" and \"max\" as numbers");
  manifest.abi_min = low->GetInt();
  manifest.abi_max = high->GetInt();
  const base::JsonValue* capabilities = base::member(*json, "capabilities");
  if (capabilities == nullptr || !capabilities->IsArray())
    return broken(path, "\"capabilities\" is missing");
  for (const auto& capability : capabilities->GetArray()) {
    const std::string_view name =
        capability.IsString() ? base::text(capability) : std::string_view{};
    if (name != "read" && name != "write" && name != "listen")
      return broken(path, "a capability is none of read, write, listen");
    manifest.capabilities.emplace_back(name);
  }
  if (auto honours = honours_of(*json, manifest)) {
    manifest.honours = std::move(*honours);
  } else {
    return broken(path, honours.error());
  }
  const base::JsonValue* schema = base::member(*json, "config_schema");
  if (schema == nullptr || !schema->IsObject()) return broken(path, "\"config_schema\" is missing");
  if (const auto fault = schema_fault(*schema)) return broken(path, "\"config_schema\": " + *fault);
  manifest.config_schema = base::write_json(*schema);
  return manifest;
}

base::Status check_manifest(const Manifest& manifest) {
  const int host = static_cast<int>(CONCORD_ABI_VERSION);
  const bool older = manifest.abi_max < static_cast<int>(CONCORD_ABI_MAJOR) * 1000;
  const bool newer = manifest.abi_min > host;
  if (older || newer)
    return base::config_error(
        "ABI_MISMATCH",
        manifest.path,
        "the connector needs ABI " + abi_text(manifest.abi_min) + " to " +
            abi_text(manifest.abi_max) + ", this hub offers " +
            abi_text(static_cast<int>(CONCORD_ABI_MAJOR) * 1000) + " to " + abi_text(host),
        newer ? "upgrade the hub, or install an older connector" : "install a newer connector");
  std::error_code ignored;
  if (!std::filesystem::exists(manifest.library, ignored))
    return base::config_error("LIBRARY_MISSING",
                              manifest.library,
                              "the library that the manifest names is not beside it",
                              "name the folder that the connector was built or installed to, as "
                              "lib/concord/connectors/" +
                                  manifest.id);
  auto bytes = base::read_file(manifest.library, kLibraryMax);
  if (!bytes) return std::move(bytes).error();
  if (base::sha256_hex(*bytes) != manifest.sha256)
    return base::config_error("LIBRARY_HASH",
                              manifest.library,
                              "its sha256 is not the one that the manifest names",
                              "install the connector again; do not run a library that changed");
  if (is_cut(*bytes))
    return base::config_error("LIBRARY_DAMAGED",
                              manifest.library,
                              "a part of it is missing, and was when the manifest was made",
                              "install the connector again from a package that is whole");
  return base::Done{};
}

base::Result<std::vector<Manifest>, base::Errors> find_manifests(
    const std::vector<std::string>& folders) {
  std::vector<Manifest> found;
  base::Errors errors;
  for (const std::string& folder : folders) {
    for (const std::string& file : base::files_below(folder, ".connector.json")) {
      auto manifest = read_manifest(folder + "/" + file);
      if (!manifest) {
        errors.push_back(std::move(manifest).error());
        continue;
      }
      manifest->root = folder;
      manifest->current = is_current(*manifest);
      const bool known = std::any_of(found.begin(), found.end(), [&](const Manifest& m) {
        return m.id == manifest->id && m.version == manifest->version;
      });
      if (!known) found.push_back(std::move(*manifest));
    }
  }
  if (!errors.empty()) return errors;
  return found;
}

}  // namespace concord::runtime
