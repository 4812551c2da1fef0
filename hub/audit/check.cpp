#include "hub/audit/check.hpp"

#include <algorithm>

namespace concord::audit {
namespace {

std::string entry(uint64_t number) {
  return "audit entry " + std::to_string(number);
}
std::string at(const Head& head) {
  return "audit head of " + std::to_string(head.size);
}

}  // namespace

Check::Check(std::vector<Head> heads, std::vector<Head> witnesses, std::string key)
    : key_(std::move(key)) {
  report_.heads = std::move(heads);
  report_.witnesses = std::move(witnesses);
  std::sort(report_.witnesses.begin(), report_.witnesses.end(), [](const Head& a, const Head& b) {
    return a.size < b.size;
  });
  const Head* before = nullptr;
  for (const Head& head : report_.heads) {
    check_head(head, before);
    before = &head;
  }
  for (const Head& witness : report_.witnesses) check_witness(witness);
  meet_witnesses();  // of no entries
}

void Check::fault(const char* code, std::string place, std::string cause) {
  report_.faults.push_back(
      base::fatal_error(code, std::move(place), std::move(cause), kAfterTampering));
}

void Check::check_head(const Head& head, const Head* before) {
  if (!is_signed(head) || head.key != key_)
    fault("AUDIT_HEAD_FORGED", at(head), "it is not signed by this hub's key");
  if (before != nullptr && head.size <= before->size)
    fault("AUDIT_HEADS_BROKEN", at(head), "it is no larger than the head before it");
  if (head.previous != (before == nullptr ? Hash{} : hash_of(*before)))
    fault("AUDIT_HEADS_BROKEN", at(head), "the head before it is another than it names");
}

void Check::check_witness(const Head& witness) {
  if (!is_signed(witness)) {
    fault("AUDIT_WITNESS", "witness " + at(witness), "its signature does not fit: it was changed");
  } else if (witness.key != key_) {
    fault("AUDIT_KEY_CHANGED",
          "witness " + at(witness),
          "it was signed by another key than this hub has");
  }
}

void Check::leaf(uint64_t number, std::string_view bytes) {
  if (number != tree_.size() && in_order_) {
    in_order_ = false;
    fault("AUDIT_ENTRY_MISSING",
          entry(tree_.size()),
          "it is not there; the next is " + std::to_string(number));
  }
  tree_.add(leaf_hash(bytes));
  meet_heads();
  meet_witnesses();
}

void Check::meet_heads() {
  const auto& heads = report_.heads;
  while (next_head_ < heads.size() && heads[next_head_].size < tree_.size()) ++next_head_;
  if (next_head_ < heads.size() && heads[next_head_].size == tree_.size()) {
    const Head& head = heads[next_head_++];
    if (head.root == tree_.root()) {
      good_ = head.size;
    } else if (agrees_) {
      agrees_ = false;
      fault("AUDIT_CHANGED",
            "audit entries " + std::to_string(good_) + " to " + std::to_string(head.size - 1),
            "they are not those that the head of " + base::to_text(head.at) + " was signed over");
    }
  }
}

void Check::meet_witnesses() {
  const auto& all = report_.witnesses;
  for (; next_witness_ < all.size() && all[next_witness_].size <= tree_.size(); ++next_witness_) {
    const Head& witness = all[next_witness_];
    if (witness.root != tree_.root())
      fault("AUDIT_CHANGED",
            "the first " + std::to_string(witness.size) + " audit entries",
            "they are not those that the witness saw at " + base::to_text(witness.at));
  }
}

Report Check::end(const std::optional<Tree>& tip) {
  report_.entries = tree_.size();
  if (!report_.heads.empty() && report_.heads.back().size > tree_.size())
    fault("AUDIT_CUT",
          at(report_.heads.back()),
          "there are only " + std::to_string(tree_.size()) + " entries");
  if (next_witness_ < report_.witnesses.size())
    fault("AUDIT_CUT",
          "witness " + at(report_.witnesses.back()),
          "there are only " + std::to_string(tree_.size()) +
              " entries: the end was cut off, or an older store put back");
  if (tip ? *tip != tree_ : tree_.size() > 0)
    fault("AUDIT_TIP",
          "audit entries " + std::to_string(good_) + " to the end",
          "they are not those that the last commit left");
  return std::move(report_);
}

}  // namespace concord::audit
