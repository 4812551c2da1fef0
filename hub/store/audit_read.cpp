#include <sqlite3.h>

#include "hub/base/sign.hpp"
#include "hub/store/audit_rows.hpp"

namespace concord::store {
namespace {

constexpr size_t kMacBytes = 32;

audit::Head head_of(std::string_view json) {
  auto head = audit::read_head(json);
  if (!head) throw Fault{SQLITE_CORRUPT, "a head of the audit cannot be read"};
  return std::move(*head);
}

// How many heads cannot be read is counted, where the caller can go on without them.
std::vector<audit::Head> all_heads(Db& db, size_t* unreadable) {
  std::vector<audit::Head> heads;
  Query query = db.query("SELECT head FROM audit_heads ORDER BY size");
  while (query.step()) {
    auto head = audit::read_head(query.text(0));
    if (head) {
      heads.push_back(std::move(*head));
    } else {
      ++*unreadable;
    }
  }
  return heads;
}

base::Error forged(std::string cause) {
  return base::fatal_error("AUDIT_FORGED", "audit", std::move(cause), audit::kAfterTampering);
}

}  // namespace

std::optional<audit::Tree> tip_of(Db& db, const Keys& keys) {
  Query query = db.query("SELECT value FROM meta WHERE name='audit tip'");
  if (!query.step()) return std::nullopt;
  const std::string_view value = query.blob(0);
  if (value.size() >= kMacBytes) {
    const std::string_view tree = value.substr(kMacBytes);
    if (base::hmac_sha256(keys.audit_tip_key(), tree) == value.substr(0, kMacBytes))
      if (auto found = audit::Tree::unpack(tree)) return found;
  }
  throw Fault{SQLITE_CORRUPT, "the audit's tip was not written by this hub"};
}

void put_tip(Db& db, const Keys& keys, const audit::Tree& tree) {
  const std::string packed = tree.pack();
  db.query(
        "INSERT INTO meta(name,value) VALUES('audit tip',?) ON CONFLICT(name) DO UPDATE SET "
        "value=excluded.value")
      .bind_blob(base::hmac_sha256(keys.audit_tip_key(), packed) + packed)
      .run();
}

std::optional<audit::Head> newest_head_of(Db& db) {
  Query query = db.query("SELECT head FROM audit_heads ORDER BY size DESC LIMIT 1");
  if (!query.step()) return std::nullopt;
  return head_of(query.text(0));
}

base::Result<std::optional<audit::Head>> Store::newest_head() {
  return read<std::optional<audit::Head>>(
      [&](Db& db) -> base::Result<std::optional<audit::Head>> { return newest_head_of(db); });
}

base::Status Store::each_leaf(const EachLeaf& look) {
  return read<base::Done>([&](Db& db) -> base::Result<base::Done> {
    Query query = db.query("SELECT number, leaf FROM audit ORDER BY number");
    while (query.step())
      if (!look(static_cast<uint64_t>(query.integer(0)), query.blob(1))) break;
    return base::Done{};
  });
}

base::Result<audit::Report> Store::check_audit(const std::vector<audit::Head>& witnesses) {
  const std::string key =
      keys_.has_audit_secret() ? base::public_key_of(keys_.audit_secret()) : std::string();
  const View one_moment(*this);
  return read<audit::Report>([&](Db& db) -> base::Result<audit::Report> {
    size_t unreadable = 0;
    audit::Check check(all_heads(db, &unreadable), witnesses, key);
    {
      Query query = db.query("SELECT number, leaf FROM audit ORDER BY number");
      while (query.step()) check.leaf(static_cast<uint64_t>(query.integer(0)), query.blob(1));
    }
    base::Errors more;
    if (unreadable != 0) more.push_back(forged(std::to_string(unreadable) + " heads are no heads"));
    std::optional<audit::Tree> tip;
    try {
      tip = tip_of(db, keys_);
    } catch (const Fault& fault) {
      more.push_back(forged(fault.text));
    }
    audit::Report report = check.end(tip);
    report.faults.insert(report.faults.end(), more.begin(), more.end());
    return report;
  });
}

base::Result<std::optional<base::Key>> Store::audit_key(const model::PersonId& person) {
  auto key = person_key(person, false);
  if (key) return std::optional<base::Key>(key->audit);
  if (key.error().code == "KEY_MISSING") return std::optional<base::Key>{};
  return std::move(key).error();
}

}  // namespace concord::store
