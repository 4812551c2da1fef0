#include "hub/store/keys.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "hub/base/files.hpp"

namespace concord::store {
namespace {

base::Key derive(const base::Key& master, std::string_view use) {
  const std::string bytes = base::hmac_sha256(master, use);
  base::Key key;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

base::Result<base::Key> make(const std::string& path) {
  const base::Key fresh = base::random_key();
  const std::string text =
      base::hex({reinterpret_cast<const char*>(fresh.data()), fresh.size()}) + "\n";
  if (auto written = base::write_file(path, text, 0600); !written)
    return std::move(written).error();
  return fresh;
}

base::Result<base::Key> read(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0)
    return base::config_error(
        "KEY_READABLE", path, "others on this machine may read it", "chmod 600 " + path);
  auto text = base::read_file(path, 200);
  if (!text) return std::move(text).error();
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  auto bytes = base::from_hex(*text);
  if (!bytes || bytes->size() != 32)
    return base::config_error("KEY_UNREADABLE",
                              path,
                              "expected 64 hex digits",
                              "restore the key that belongs to this store");
  base::Key key;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

}  // namespace

base::Result<Keys> Keys::open(const std::string& folder, bool may_create) {
  const std::string path = folder + "/hub.key";
  if (may_create && !std::filesystem::exists(path))
    if (auto made = make(path); !made) return std::move(made).error();
  auto master = read(path);
  if (!master) return std::move(master).error();
  Keys keys;
  keys.digest_ = derive(*master, "digest");
  keys.wrap_ = derive(*master, "wrap");
  keys.index_ = derive(*master, "index");
  keys.intake_ = derive(*master, "intake");
  keys.audit_tip_ = derive(*master, "audit tip");
  const std::string audit = folder + "/audit.key";
  if (!std::filesystem::exists(audit)) return keys;
  auto secret = read(audit);
  if (!secret) return std::move(secret).error();
  keys.audit_secret_ = *secret;
  keys.has_audit_secret_ = true;
  return keys;
}

base::Status Keys::make_audit_secret(const std::string& folder) {
  auto made = make(folder + "/audit.key");
  if (!made) return std::move(made).error();
  audit_secret_ = *made;
  has_audit_secret_ = true;
  return base::Done{};
}

std::string Keys::digest(std::string_view space,
                         std::initializer_list<std::string_view> parts) const {
  std::string text(space);
  for (const std::string_view part : parts) {
    text += '\0';
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  return base::hmac_sha256(digest_, text).substr(0, 16);
}

std::string Keys::wrap(const base::Key& key, std::string_view person) const {
  return base::seal(wrap_, {reinterpret_cast<const char*>(key.data()), key.size()}, person);
}

base::Result<base::Key> Keys::unwrap(std::string_view wrapped, std::string_view person) const {
  auto bytes = base::open(wrap_, wrapped, person);
  if (!bytes) return std::move(bytes).error();
  base::Key key;
  std::copy_n(bytes->begin(), key.size(), key.begin());
  return key;
}

}  // namespace concord::store
