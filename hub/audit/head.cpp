#include "hub/audit/head.hpp"

#include <concord/json.hpp>

#include "hub/base/json.hpp"
#include "hub/base/sign.hpp"

namespace concord::audit {
namespace {

std::string signed_text(const Head& head) {
  return "concord audit head 1\n" + std::to_string(head.size) + "\n" + hex(head.root) + "\n" +
         base::to_text(head.at) + "\n" + hex(head.previous) + "\n";
}

}  // namespace

Head sign_head(const Tree& tree, base::Instant at, const Hash& previous, const base::Key& secret) {
  Head head{tree.size(), tree.root(), at, previous, base::public_key_of(secret), {}};
  head.signature = base::sign(secret, signed_text(head));
  return head;
}

bool is_signed(const Head& head) {
  return base::signed_by(head.key, signed_text(head), head.signature);
}

Hash hash_of(const Head& head) {
  return base::sha256_of({signed_text(head)});
}

std::string to_json(const Head& head) {
  sdk::JsonWriter out;
  out.object().field("concord_head", 1).field("size", head.size).field("root", hex(head.root));
  out.field("at", base::to_text(head.at)).field("previous", hex(head.previous));
  out.field("key", base::hex(head.key)).field("signature", base::hex(head.signature)).end();
  return out.text();
}

base::Result<Head> read_head(std::string_view text) {
  auto json = base::read_json(text, "audit head");
  if (!json) return std::move(json).error();
  const base::JsonValue* version = base::member(*json, "concord_head");
  const base::JsonValue* size = base::member(*json, "size");
  const auto root = hash_of_hex(base::text_of(*json, "root"));
  const auto previous = hash_of_hex(base::text_of(*json, "previous"));
  const auto at = base::parse_instant(base::text_of(*json, "at"));
  auto key = base::from_hex(base::text_of(*json, "key"));
  auto signature = base::from_hex(base::text_of(*json, "signature"));
  if (version == nullptr || !version->IsInt() || version->GetInt() != 1 || size == nullptr ||
      !size->IsUint64() || !root || !previous || !at || !key || !signature)
    return base::bad_record("AUDIT_HEAD",
                            "audit head",
                            "expected one line as concord audit head prints it",
                            "give the line whole, unchanged");
  return Head{size->GetUint64(), *root, *at, *previous, std::move(*key), std::move(*signature)};
}

}  // namespace concord::audit
