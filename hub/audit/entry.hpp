// One entry of the audit: what was decided or done, about somebody whom only the hub can name.
//
// A leaf is the entry's bytes as they stand in the store: one JSON object, no blanks, members in
// the order below, what is empty left out. Nobody writes it a second time to check it: its hash is
// SHA-256 of a zero byte and these bytes (printf '\0%s' "$LEAF" | sha256sum).
//
//   {"v":1,"at":"2026-06-01T12:00:00.000417Z","kind":"started","person":"9f3c…","delivery":17,
//    "to":"court_case","agency":"court","purpose":"case_planning","type":"Placement",
//    "verdict":"permit_with_redactions","fields":["placement.start"],"reasons":["CONSENT_VALID"],
//    "rules":"51aa…","sealed":"07be…"}
//
//   v        1; a reader refuses what it does not know
//   person   HMAC-SHA256(audit key of the person, time and delivery), 16 bytes: another in every
//            entry, so that entries are of nobody, and not even of one another, once the key is
//            gone. The audit key is derived from the key that seals the person's content.
//   fields   what was released, as the schema names it; "path:how" where it was generalised first
//   rules    hash of the rule packs that decided
//   of       the number of the entry that this one puts right; in struck and taken_over alone
//   sealed   what could lead to the person (ids of consents and orders), under the audit key
//
// No value of a record, no key of a source. Of nobody's record (a calendar, say): no person, and
// nothing sealed.
// Threads: any; pure.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/crypto.hpp"
#include "hub/base/result.hpp"
#include "hub/base/time.hpp"
#include "hub/model/ids.hpp"

namespace concord::audit {

enum class Kind {
  decision,   // taken in, and may be sent; decided again, with its fields, before that
  started,    // decided at the moment of sending: from here on bytes may leave
  disclosed,  // the recipient has it
  failed,     // it has not: refused, or given up; somebody must look
  withheld,   // decided: not to be sent, or no longer
  granted,    // a consent
  revoked,
  reviewed,    // staff said who somebody is
  shredded,    // a person's key was destroyed; `person` commits to the order (see receipt)
  recalled,    // the recipient was asked to give up what it had, and has taken note
  attested,    // its agency says that this is done
  struck,      // staff said: entry `of` was not about this person; it was sent in error
  taken_over,  // staff said: entry `of`, which stands under another's key, was about this person
};
std::string_view name_of(Kind kind);

struct Entry {
  base::Instant at;
  Kind kind = Kind::decision;
  int64_t delivery = 0;
  int64_t of = -1;                        // the entry that this one puts right; none
  std::string to, agency, purpose, type;  // recipient: system and agency; entity type
  std::string verdict;
  std::vector<std::string> fields, reasons;
  std::string rules;
  // Never written in clear.
  model::PersonId person;
  std::vector<std::string> evidence;
  bool operator==(const Entry&) const = default;
};

// The audit key that belongs to the key of a person's content.
base::Key audit_key_of(const base::Key& content_key);

// As a leaf. key: the person's audit key; nullptr where the entry is of nobody.
std::string leaf_of(const Entry& entry, const base::Key* key);

// As it is read again: without the person and the evidence, which take the key.
struct Written {
  Entry entry;
  std::string person, sealed;  // raw bytes
};
base::Result<Written> read_leaf(std::string_view leaf);
// Is it of the person who has this key?
bool is_of(const Written& written, const base::Key& key);
// Evidence of an entry that is_of() this key.
base::Result<std::vector<std::string>> evidence_of(const Written& written, const base::Key& key);

// What stands in place of a person in an entry of kind shredded: HMAC(receipt, order). Whoever
// holds receipt and order can show that this entry carried the order out; nobody else can tell.
std::string shredding(const base::Key& receipt, std::string_view order);
std::string leaf_of_shredding(base::Instant at, const base::Key& receipt, std::string_view order);

}  // namespace concord::audit
