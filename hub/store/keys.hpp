// The hub's keys: one master key in a file of its own beside the store, one key a person in the
// store, wrapped by it. Destroying a person's row makes all its content unreadable. A third file
// holds the key that signs the audit's heads: it opens nothing, so that it may be kept apart.
// Threads: any.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "hub/base/crypto.hpp"
#include "hub/base/result.hpp"

namespace concord::store {

class Keys {
 public:
  // Reads folder/hub.key (64 hex digits, mode 0600), or makes it where there is no store yet.
  static base::Result<Keys> open(const std::string& folder, bool may_create);

  // folder/audit.key: read where it is there; made by the store at its first start.
  [[nodiscard]] bool has_audit_secret() const { return has_audit_secret_; }
  base::Status make_audit_secret(const std::string& folder);

  // 16 bytes that stand for a name or key in the store: the same for the same text, meaningless
  // without the master key. parts are kept apart.
  [[nodiscard]] std::string digest(std::string_view space,
                                   std::initializer_list<std::string_view> parts) const;
  [[nodiscard]] std::string wrap(const base::Key& key, std::string_view person) const;
  [[nodiscard]] base::Result<base::Key> unwrap(std::string_view wrapped,
                                               std::string_view person) const;
  // For the person index, which keeps digests only.
  [[nodiscard]] const base::Key& index_key() const { return index_; }
  // Signs heads (Ed25519).
  [[nodiscard]] const base::Key& audit_secret() const { return audit_secret_; }
  // Over the tree as of the last commit.
  [[nodiscard]] const base::Key& audit_tip_key() const { return audit_tip_; }
  // For content whose person is not known yet, and for what speaks of no person.
  [[nodiscard]] const base::Key& intake_key() const { return intake_; }

 private:
  base::Key digest_{}, wrap_{}, index_{}, intake_{}, audit_tip_{}, audit_secret_{};
  bool has_audit_secret_ = false;
};

}  // namespace concord::store
