#include "hub/audit/entry.hpp"

#include <algorithm>
#include <concord/json.hpp>

#include "hub/base/json.hpp"

namespace concord::audit {
namespace {

constexpr int kVersion = 1;
constexpr size_t kPseudonymBytes = 16;
constexpr std::array<std::string_view, 13> kKinds = {"decision",
                                                     "started",
                                                     "disclosed",
                                                     "failed",
                                                     "withheld",
                                                     "granted",
                                                     "revoked",
                                                     "reviewed",
                                                     "shredded",
                                                     "recalled",
                                                     "attested",
                                                     "struck",
                                                     "taken_over"};

std::string pseudonym(const base::Key& key, const Entry& entry) {
  const std::string text =
      std::to_string(base::to_us(entry.at)) + " " + std::to_string(entry.delivery);
  return base::hmac_sha256(key, text).substr(0, kPseudonymBytes);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word + '\n';
  return text;
}

void field(sdk::JsonWriter& out, const char* name, const std::string& text) {
  if (!text.empty()) out.field(name, text);
}
void field(sdk::JsonWriter& out, const char* name, const std::vector<std::string>& words) {
  if (words.empty()) return;
  out.key(name).array();
  for (const std::string& word : words) out.value(word);
  out.end_array();
}

std::string leaf(const Entry& entry, const std::string& person, const std::string& sealed) {
  sdk::JsonWriter out;
  out.object().field("v", kVersion).field("at", base::to_text(entry.at));
  out.field("kind", name_of(entry.kind));
  if (!person.empty()) out.field("person", base::hex(person));
  if (entry.delivery != 0) out.field("delivery", entry.delivery);
  field(out, "to", entry.to);
  field(out, "agency", entry.agency);
  field(out, "purpose", entry.purpose);
  field(out, "type", entry.type);
  field(out, "verdict", entry.verdict);
  field(out, "fields", entry.fields);
  field(out, "reasons", entry.reasons);
  field(out, "rules", entry.rules);
  if (entry.of >= 0) out.field("of", entry.of);
  if (!sealed.empty()) out.field("sealed", base::hex(sealed));
  out.end();
  return out.text();
}

base::Error unreadable(const char* cause) {
  return base::fatal_error(
      "AUDIT_ENTRY", "audit", cause, "restore the last backup, or use a hub as new as the store");
}

std::vector<std::string> words_of(const base::JsonValue& json, const char* name) {
  std::vector<std::string> words;
  const base::JsonValue* list = base::member(json, name);
  if (list == nullptr || !list->IsArray()) return words;
  for (const auto& word : list->GetArray())
    if (word.IsString()) words.emplace_back(base::text(word));
  return words;
}

}  // namespace

std::string_view name_of(Kind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

base::Key audit_key_of(const base::Key& content_key) {
  const std::string bytes = base::hmac_sha256(content_key, "audit");
  base::Key key;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

std::string leaf_of(const Entry& entry, const base::Key* key) {
  if (key == nullptr) return leaf(entry, {}, {});
  const std::string person = pseudonym(*key, entry);
  return leaf(
      entry,
      person,
      entry.evidence.empty() ? std::string() : base::seal(*key, joined(entry.evidence), person));
}

base::Result<Written> read_leaf(std::string_view leaf) {
  auto json = base::read_json(leaf, "audit entry");
  if (!json) return unreadable("an entry is no JSON");
  const base::JsonValue* version = base::member(*json, "v");
  if (version == nullptr || !version->IsInt() || version->GetInt() != kVersion)
    return unreadable("an entry is of a version that this hub does not know");
  auto text = [&](const char* name) { return std::string(base::text_of(*json, name)); };
  Written written;
  Entry& entry = written.entry;
  const auto at = base::parse_instant(text("at"));
  const auto kind = std::find(kKinds.begin(), kKinds.end(), text("kind"));
  auto person = base::from_hex(text("person"));
  auto sealed = base::from_hex(text("sealed"));
  if (!at || kind == kKinds.end() || !person || !sealed)
    return unreadable("an entry lacks its time or kind, or has a broken field");
  entry.at = *at;
  entry.kind = static_cast<Kind>(kind - kKinds.begin());
  written.person = std::move(*person);
  written.sealed = std::move(*sealed);
  const base::JsonValue* delivery = base::member(*json, "delivery");
  if (delivery != nullptr && delivery->IsInt64()) entry.delivery = delivery->GetInt64();
  const base::JsonValue* of = base::member(*json, "of");
  if (of != nullptr && of->IsInt64()) entry.of = of->GetInt64();
  entry.to = text("to");
  entry.agency = text("agency");
  entry.purpose = text("purpose");
  entry.type = text("type");
  entry.verdict = text("verdict");
  entry.fields = words_of(*json, "fields");
  entry.reasons = words_of(*json, "reasons");
  entry.rules = text("rules");
  return written;
}

bool is_of(const Written& written, const base::Key& key) {
  return !written.person.empty() && written.person == pseudonym(key, written.entry);
}

base::Result<std::vector<std::string>> evidence_of(const Written& written, const base::Key& key) {
  std::vector<std::string> words;
  if (written.sealed.empty()) return words;
  auto text = base::open(key, written.sealed, written.person);
  if (!text) return std::move(text).error();
  size_t from = 0;
  for (size_t to; (to = text->find('\n', from)) != std::string::npos; from = to + 1)
    words.push_back(text->substr(from, to - from));
  return words;
}

std::string shredding(const base::Key& receipt, std::string_view order) {
  return base::hmac_sha256(receipt, order).substr(0, kPseudonymBytes);
}

std::string leaf_of_shredding(base::Instant at, const base::Key& receipt, std::string_view order) {
  Entry entry;
  entry.at = at;
  entry.kind = Kind::shredded;
  return leaf(entry, shredding(receipt, order), {});
}

}  // namespace concord::audit
