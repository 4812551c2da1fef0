// concord connector key, concord connector sign
#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <filesystem>

#include "hub/app/commands.hpp"
#include "hub/app/installing.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/files.hpp"
#include "hub/base/sign.hpp"
#include "hub/runtime/trust.hpp"

namespace concord::app {
namespace {

base::Result<base::Key> read_key(const std::string& file) {
  auto text = base::read_file(file, 4096);
  if (!text) return std::move(text).error();
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  auto raw = base::from_hex(*text);
  base::Key key{};
  if (!raw || raw->size() != key.size())
    return base::config_error("KEY_INVALID",
                              file,
                              "this is no publisher's key: 64 hex digits",
                              "make one: concord connector key FILE");
  std::copy(raw->begin(), raw->end(), key.begin());
  return key;
}

int tell_key(const std::string& public_key, const std::string& file, bool json) {
  if (json) {
    sdk::JsonWriter out;
    out.object().field("key", public_key).field("file", file).end();
    std::printf("%s\n", out.text().c_str());
    return EX_OK;
  }
  std::printf(
      "made %s, to be kept secret\n  public key %s\n"
      "next: tell operators the public key; they name it in concord.yaml:\n"
      "  publishers:\n    - {name: YOUR NAME, key: \"%s\"}\n",
      file.c_str(),
      public_key.c_str(),
      public_key.c_str());
  return EX_OK;
}

}  // namespace

int new_publisher_key(const std::string& file, bool json) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    return tell(base::config_error("KEY_EXISTS",
                                   file,
                                   "there is a file of this name, and a key is never written over",
                                   "name another file"));
  const base::Key secret = base::random_key();
  const std::string_view raw(reinterpret_cast<const char*>(secret.data()), secret.size());
  if (auto written = base::write_file(file, base::hex(raw) + "\n", 0600); !written)
    return tell(written.error());
  return tell_key(base::hex(base::public_key_of(secret)), file, json);
}

int sign_connector(const std::string& what, const std::string& key_file, bool json) {
  auto manifest = find_connector(what, {});
  if (!manifest) return tell(manifest.error());
  // Whoever signs a library that is not the manifest's vouches for nothing.
  if (auto good = runtime::check_manifest(*manifest); !good) return tell(good.error());
  auto key = read_key(key_file);
  if (!key) return tell(key.error());
  const std::string path = runtime::signature_path(manifest->path);
  if (auto written = base::write_file(path, runtime::signature_line(*manifest, *key)); !written)
    return tell(written.error());
  if (json)
    std::printf("{\"signed\":\"%s\"}\n", manifest->digest.c_str());
  else
    std::printf(
        "signed %s %s\n  in %s\n", manifest->id.c_str(), manifest->version.c_str(), path.c_str());
  return EX_OK;
}

}  // namespace concord::app
