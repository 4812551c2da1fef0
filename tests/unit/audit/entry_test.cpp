#include "hub/audit/entry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/audit/proof.hpp"
#include "hub/base/sign.hpp"

namespace concord::audit {
namespace {

using testing::HasSubstr;
using testing::Not;

Entry an_entry() {
  Entry entry;
  entry.at = *base::parse_instant("2026-06-01T12:00:00.000417Z");
  entry.kind = Kind::started;
  entry.person = model::PersonId("SYN-PERSON");
  entry.delivery = 17;
  entry.to = "court_case";
  entry.agency = "court";
  entry.purpose = "case_planning";
  entry.type = "Placement";
  entry.verdict = "permit_with_redactions";
  entry.fields = {"placement.start", "person.birth_date:year_of_birth"};
  entry.reasons = {"CONSENT_VALID"};
  entry.rules = "51aa";
  entry.evidence = {"SYN-CONSENT-1", "SYN-ORDER-2"};
  return entry;
}

TEST(AuditEntry, of_nobody_is_told_as_the_header_says) {
  EXPECT_EQ(leaf_of(an_entry(), nullptr),
            R"({"v":1,"at":"2026-06-01T12:00:00.000417Z","kind":"started","delivery":17,)"
            R"("to":"court_case","agency":"court","purpose":"case_planning","type":"Placement",)"
            R"("verdict":"permit_with_redactions",)"
            R"("fields":["placement.start","person.birth_date:year_of_birth"],)"
            R"("reasons":["CONSENT_VALID"],"rules":"51aa"})");
}

TEST(AuditEntry, is_read_again_with_its_key_alone) {
  const base::Key key = audit_key_of(base::random_key());
  const std::string leaf = leaf_of(an_entry(), &key);
  EXPECT_THAT(leaf, Not(HasSubstr("SYN-")));
  auto written = read_leaf(leaf);
  ASSERT_TRUE(written) << to_text(written.error());
  Entry known = an_entry();
  known.person = {};
  known.evidence.clear();
  EXPECT_EQ(written->entry, known);
  EXPECT_TRUE(is_of(*written, key));
  EXPECT_EQ(*evidence_of(*written, key), an_entry().evidence);
  const base::Key other = audit_key_of(base::random_key());
  EXPECT_FALSE(is_of(*written, other));
  EXPECT_FALSE(evidence_of(*written, other));
}

TEST(AuditEntry, of_one_person_has_another_pseudonym_each_time) {
  const base::Key key = audit_key_of(base::random_key());
  Entry later = an_entry();
  later.at += std::chrono::microseconds(1);
  Entry other = an_entry();
  other.delivery = 18;
  const std::string first = read_leaf(leaf_of(an_entry(), &key))->person;
  EXPECT_NE(read_leaf(leaf_of(later, &key))->person, first);
  EXPECT_NE(read_leaf(leaf_of(other, &key))->person, first);
}

TEST(AuditEntry, that_puts_another_right_names_it) {
  Entry struck;
  struck.at = an_entry().at;
  struck.kind = Kind::struck;
  struck.delivery = 17;
  struck.of = 0;
  EXPECT_EQ(leaf_of(struck, nullptr),
            R"({"v":1,"at":"2026-06-01T12:00:00.000417Z","kind":"struck","delivery":17,"of":0})");
  auto written = read_leaf(leaf_of(struck, nullptr));
  ASSERT_TRUE(written) << to_text(written.error());
  EXPECT_EQ(written->entry, struck);
}

TEST(AuditEntry, of_a_version_that_is_not_known_is_refused) {
  EXPECT_FALSE(read_leaf(R"({"v":2,"at":"2026-06-01T12:00:00Z","kind":"started"})"));
  EXPECT_FALSE(read_leaf(R"({"v":1,"at":"2026-06-01T12:00:00Z","kind":"sung"})"));
  EXPECT_FALSE(read_leaf(R"({"v":1,"kind":"started"})"));
  EXPECT_FALSE(read_leaf("started"));
}

TEST(AuditEntry, of_a_shredding_commits_to_the_order_and_does_not_tell_it) {
  const base::Key receipt = base::random_key();
  const std::string leaf = leaf_of_shredding(an_entry().at, receipt, "SYN-ORDER-9");
  EXPECT_THAT(leaf, Not(HasSubstr("SYN-ORDER-9")));
  auto written = read_leaf(leaf);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->person, shredding(receipt, "SYN-ORDER-9"));
  EXPECT_NE(written->person, shredding(receipt, "SYN-ORDER-8"));
  EXPECT_NE(written->person, shredding(base::random_key(), "SYN-ORDER-9"));
}

struct Signed {
  base::Key secret = base::random_key();
  std::vector<std::string> leaves;
  std::vector<Hash> hashes;
  Tree tree;
  void add(const std::string& leaf) {
    leaves.push_back(leaf);
    hashes.push_back(leaf_hash(leaf));
    tree.add(hashes.back());
  }
  Head head() const { return sign_head(tree, an_entry().at, {}, secret); }
};

TEST(AuditHead, is_the_same_after_it_was_told_and_signed_by_its_key_alone) {
  Signed audit;
  audit.add("one");
  const Head head = audit.head();
  EXPECT_TRUE(is_signed(head));
  auto back = read_head(to_json(head));
  ASSERT_TRUE(back) << to_text(back.error());
  EXPECT_EQ(*back, head);
  for (int what = 0; what < 5; ++what) {
    Head other = head;
    if (what == 0) ++other.size;
    if (what == 1) other.root[0] ^= 1;
    if (what == 2) other.at += std::chrono::microseconds(1);
    if (what == 3) other.previous[0] ^= 1;
    if (what == 4) other.key = base::public_key_of(base::random_key());
    EXPECT_FALSE(is_signed(other)) << what;
  }
}

TEST(AuditProof, stands_by_itself_and_falls_when_a_word_is_changed) {
  Signed audit;
  for (int i = 0; i < 11; ++i) audit.add("{\"n\":" + std::to_string(i) + "}");
  const Head before = audit.head();
  for (int i = 11; i < 23; ++i) audit.add("{\"n\":" + std::to_string(i) + "}");
  const Head now = audit.head();
  const std::string inclusion =
      to_json(Inclusion{5, audit.leaves[5], inclusion_of(5, audit.hashes), now});
  const std::string consistency =
      to_json(Consistency{before, consistency_of(before.size, audit.hashes), now});
  for (const std::string& text : {inclusion, consistency}) {
    auto proof = read_proof(text);
    ASSERT_TRUE(proof) << to_text(proof.error());
    EXPECT_FALSE(fault_of(*proof)) << text;
    EXPECT_EQ(to_json(*proof), text);
  }
  std::string other = inclusion;
  other.replace(other.find("\\\"n\\\":5"), 7, "\\\"n\\\":6");
  EXPECT_TRUE(fault_of(*read_proof(other)));
  other = inclusion;
  other.replace(other.find("\"entry\":5"), 9, "\"entry\":6");
  EXPECT_TRUE(fault_of(*read_proof(other)));
  auto swapped = std::get<Consistency>(*read_proof(consistency));
  std::swap(swapped.before, swapped.head);
  EXPECT_TRUE(fault_of(swapped));
}

}  // namespace
}  // namespace concord::audit
