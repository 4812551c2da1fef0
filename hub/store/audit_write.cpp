// The audit's side of every commit. The tree lives in the store as of the last commit ("audit
// tip"), so that a piece of work that is undone undoes its entries too, and a hub that starts reads
// one row. It stands under a key of the hub (HMAC), so that what came after the last head is not
// free to change either.
#include <fstream>

#include "hub/base/sign.hpp"
#include "hub/store/audit_rows.hpp"

namespace concord::store {
namespace {

constexpr uint64_t kHeadEvery = 1000;  // entries
constexpr size_t kTailMax = 4096;      // some lines of a file of heads

base::Error broken(const std::string& folder, std::string cause) {
  return base::fatal_error("AUDIT_BROKEN",
                           folder,
                           std::move(cause),
                           "nothing is sent without an audit; see: concord audit verify");
}

void add_head(Db& db, const Keys& keys, const audit::Tree& tree, base::Instant at) {
  const auto last = newest_head_of(db);
  const audit::Head head =
      audit::sign_head(tree, at, last ? audit::hash_of(*last) : audit::Hash{}, keys.audit_secret());
  db.query("INSERT INTO audit_heads(size,head) VALUES(?,?)")
      .bind(static_cast<int64_t>(head.size))
      .bind(audit::to_json(head))
      .run();
}

// The last head in a file of heads, and whether the file ends in the middle of a line, as a hub
// that died may leave it.
struct Handed {
  std::optional<audit::Head> last;
  bool torn = false;
};
Handed handed_out(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return {};
  const auto size = static_cast<size_t>(in.tellg());
  const size_t from = size - std::min(size, kTailMax);
  in.seekg(static_cast<std::streamoff>(from));
  std::string text(size - from, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  Handed found;
  found.torn = !text.empty() && text.back() != '\n';
  while (!found.last && !text.empty()) {
    const size_t end = text.find_last_not_of('\n');
    text.resize(end == std::string::npos ? 0 : end + 1);
    const size_t line = text.rfind('\n') + 1;  // 0 where there is no other line
    if (auto head = audit::read_head(std::string_view(text).substr(line)))
      found.last = std::move(*head);
    text.resize(line);
  }
  return found;
}

}  // namespace

base::Status Store::prepare_audit() {
  struct Stored {
    std::optional<audit::Tree> tip;
    std::optional<audit::Head> head;
    uint64_t entries = 0;
  };
  auto stored = read<Stored>([&](Db& db) -> base::Result<Stored> {
    Stored found{tip_of(db, keys_), newest_head_of(db)};
    Query query = db.query("SELECT coalesce(max(number)+1,0) FROM audit");
    if (query.step()) found.entries = static_cast<uint64_t>(query.integer(0));
    return found;
  });
  if (!stored) return std::move(stored).error();
  const uint64_t size = stored->tip ? stored->tip->size() : 0;
  if (stored->entries != size)
    return broken(folder_,
                  std::to_string(stored->entries) + " entries, and the last commit left " +
                      std::to_string(size));
  const auto& head = stored->head;
  if (!keys_.has_audit_secret()) {
    if (head)
      return broken(folder_ + "/audit.key", "the key that signed the audit so far is not there");
    if (auto made = keys_.make_audit_secret(folder_); !made) return made;
  }
  if (!head) return base::Done{};
  if (head->key != base::public_key_of(keys_.audit_secret()))
    return broken(folder_ + "/audit.key", "it is not the key that signed the audit so far");
  if (!audit::is_signed(*head) || head->size > size ||
      (head->size == size && head->root != stored->tip->root()))
    return broken(folder_, "the last signed head is not of these entries");
  return base::Done{};
}

base::Result<std::vector<std::string>> Store::leaves_of(
    const std::vector<const audit::Entry*>& entries) {
  std::vector<std::string> leaves;
  leaves.reserve(entries.size());
  for (const audit::Entry* entry : entries) {
    if (entry->person.empty()) {
      leaves.push_back(audit::leaf_of(*entry, nullptr));
      continue;
    }
    auto key = person_key(entry->person, false);
    if (!key) return std::move(key).error();
    leaves.push_back(audit::leaf_of(*entry, &key->audit));
  }
  return leaves;
}

void Store::append(Db& db, const std::vector<std::string>& leaves) const {
  if (leaves.empty()) return;
  audit::Tree tree = tip_of(db, keys_).value_or(audit::Tree());
  const uint64_t before = tree.size();
  for (const std::string& leaf : leaves) {
    db.query("INSERT INTO audit(number,leaf) VALUES(?,?)")
        .bind(static_cast<int64_t>(tree.size()))
        .bind_blob(leaf)
        .run();
    tree.add(audit::leaf_hash(leaf));
  }
  put_tip(db, keys_, tree);
  if (tree.size() / kHeadEvery != before / kHeadEvery) add_head(db, keys_, tree, base::now());
}

base::Status Store::sign_head(base::Instant at, const std::vector<std::string>& witnesses) {
  auto news = read<bool>([&](Db& db) -> base::Result<bool> {
    const auto head = newest_head_of(db);
    Query query = db.query("SELECT coalesce(max(number)+1,0) FROM audit");
    return query.step() && static_cast<uint64_t>(query.integer(0)) > (head ? head->size : 0);
  });
  if (!news) return std::move(news).error();
  if (*news) {
    auto signed_now = writer_->commit([&](Db& db) {
      const auto head = newest_head_of(db);
      const auto tree = tip_of(db, keys_);
      if (tree && tree->size() > (head ? head->size : 0)) add_head(db, keys_, *tree, at);
    });
    if (!signed_now) return signed_now;
  }
  const std::scoped_lock lock(heads_file_mutex_);
  base::Status first = hand_out_heads(folder_ + "/heads.jsonl");
  for (const std::string& file : witnesses)
    if (auto handed = hand_out_heads(file); !handed && first) first = std::move(handed);
  return first;
}

// What the file has is where it goes on from, so that a witness who was away misses nothing.
base::Status Store::hand_out_heads(const std::string& file) {
  const Handed before = handed_out(file);
  struct News {
    bool known = true;
    std::string lines;
  };
  auto news = read<News>([&](Db& db) -> base::Result<News> {
    News found;
    if (before.last) {
      Query same = db.query("SELECT head FROM audit_heads WHERE size=?");
      same.bind(static_cast<int64_t>(before.last->size));
      found.known = same.step() && same.text(0) == audit::to_json(*before.last);
    }
    Query query = db.query("SELECT head FROM audit_heads WHERE size>? ORDER BY size");
    query.bind(static_cast<int64_t>(before.last ? before.last->size : 0));
    while (query.step()) found.lines.append(query.text(0)).push_back('\n');
    return found;
  });
  if (!news) return std::move(news).error();
  // Nothing is added to what does not go on from it.
  if (!news->known)
    return base::fatal_error("AUDIT_OTHER_HEAD",
                             file,
                             "its last head is not one of this store",
                             "was an older store put back, or the file another hub's? See: concord "
                             "audit verify --head " +
                                 file);
  if (news->lines.empty()) return base::Done{};
  std::ofstream out(file, std::ios::binary | std::ios::app);
  out << (before.torn ? "\n" : "") << news->lines << std::flush;
  if (!out)
    return base::retry_error(
        "HEADS_FILE", file, "it cannot be written", "see the disk and its file permissions");
  return base::Done{};
}

}  // namespace concord::store
