#include "hub/audit/proof.hpp"

#include <concord/json.hpp>

#include "hub/base/json.hpp"

namespace concord::audit {
namespace {

base::Error unreadable() {
  return base::bad_record("AUDIT_PROOF",
                          "proof",
                          "expected the JSON that concord audit prove prints",
                          "give it whole, unchanged");
}

base::Error wrong(const char* cause) {
  return base::bad_record("AUDIT_PROOF_WRONG", "proof", cause, "ask the hub for another");
}

void write(sdk::JsonWriter& out, const Path& path) {
  out.key("path").array();
  for (const Hash& hash : path) out.value(hex(hash));
  out.end_array();
}

std::optional<Path> read_path(const base::JsonValue& json) {
  const base::JsonValue* list = base::member(json, "path");
  if (list == nullptr || !list->IsArray()) return std::nullopt;
  Path path;
  for (const auto& step : list->GetArray()) {
    const auto hash = step.IsString() ? hash_of_hex(base::text(step)) : std::nullopt;
    if (!hash) return std::nullopt;
    path.push_back(*hash);
  }
  return path;
}

base::Result<Head> head_in(const base::JsonValue& json, const char* name) {
  const base::JsonValue* head = base::member(json, name);
  if (head == nullptr) return unreadable();
  return read_head(base::write_json(*head));
}

// The writer has no way to put JSON in as it stands, and needs none elsewhere.
std::string with_heads(std::string text, const Head* before, const Head& head) {
  text.pop_back();
  if (before != nullptr) text += ",\"before\":" + to_json(*before);
  return text + ",\"head\":" + to_json(head) + "}";
}

}  // namespace

std::string to_json(const Proof& proof) {
  sdk::JsonWriter out;
  if (const auto* inclusion = std::get_if<Inclusion>(&proof)) {
    out.object().field("concord_proof", "inclusion").field("entry", inclusion->number);
    out.field("leaf", inclusion->leaf);
    write(out, inclusion->path);
    out.end();
    return with_heads(out.text(), nullptr, inclusion->head);
  }
  const auto& consistency = std::get<Consistency>(proof);
  out.object().field("concord_proof", "consistency");
  write(out, consistency.path);
  out.end();
  return with_heads(out.text(), &consistency.before, consistency.head);
}

base::Result<Proof> read_proof(std::string_view text) {
  auto json = base::read_json(text, "proof");
  if (!json) return std::move(json).error();
  auto path = read_path(*json);
  auto head = head_in(*json, "head");
  if (!path || !head) return unreadable();
  const std::string_view what = base::text_of(*json, "concord_proof");
  const base::JsonValue* entry = base::member(*json, "entry");
  if (what == "inclusion" && entry != nullptr && entry->IsUint64())
    return Proof(Inclusion{entry->GetUint64(),
                           std::string(base::text_of(*json, "leaf")),
                           std::move(*path),
                           std::move(*head)});
  if (what != "consistency") return unreadable();
  auto before = head_in(*json, "before");
  if (!before) return unreadable();
  return Proof(Consistency{std::move(*before), std::move(*path), std::move(*head)});
}

std::optional<base::Error> fault_of(const Proof& proof) {
  if (const auto* in = std::get_if<Inclusion>(&proof)) {
    if (!is_signed(in->head)) return wrong("the head's signature does not fit");
    if (!includes(in->head.root, in->head.size, leaf_hash(in->leaf), in->number, in->path))
      return wrong("the path does not lead from the entry to the head's root");
    return std::nullopt;
  }
  const auto& both = std::get<Consistency>(proof);
  if (!is_signed(both.head) || !is_signed(both.before))
    return wrong("a head's signature does not fit");
  if (both.head.key != both.before.key) return wrong("the heads are signed by two keys");
  if (!consistent(both.before.root, both.before.size, both.head.root, both.head.size, both.path))
    return wrong("the earlier head's entries are not the first of the later one's");
  return std::nullopt;
}

}  // namespace concord::audit
