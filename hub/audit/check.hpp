// Checks a whole audit from its leaves: one after another in, faults out.
//
// What each kind of tampering meets:
//   an entry changed, put in, taken out, moved   the root at the next head differs
//   the end cut off                              fewer entries than a head names, or than the tip
//   heads changed or taken out                   a signature, or the chain of `previous`, breaks
//   all of it made anew, or an older store put   nothing in the store can tell: the head that a
//   back                                         witness keeps differs, or is ahead
// The tip is the tree as of the last commit, under a key of the hub: it covers what came after the
// last head.
// Threads: one.
// Errors:  none of its own: a fault of the audit is what it reports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/audit/head.hpp"

namespace concord::audit {

inline constexpr const char* kAfterTampering =
    "keep this store as it is, restore the last backup that verifies, and find out who could write "
    "to it";

struct Report {
  uint64_t entries = 0;
  std::vector<Head> heads;
  std::vector<Head> witnesses;
  base::Errors faults;  // empty: nothing was tampered with
};

class Check {
 public:
  // heads: as the store has them, by size. witnesses: heads that others kept, in any order. key:
  // the hub's public key, raw.
  Check(std::vector<Head> heads, std::vector<Head> witnesses, std::string key);
  void leaf(uint64_t number, std::string_view bytes);  // rising; numbers start at 0
  Report end(const std::optional<Tree>& tip);

 private:
  void fault(const char* code, std::string place, std::string cause);
  void check_head(const Head& head, const Head* before);
  void check_witness(const Head& witness);
  void meet_heads();
  void meet_witnesses();

  Report report_;
  std::string key_;
  Tree tree_;
  size_t next_head_ = 0, next_witness_ = 0;
  uint64_t good_ = 0;     // entries up to the last head that agreed
  bool in_order_ = true;  // no entry was missing so far
  bool agrees_ = true;    // with every head so far
};

}  // namespace concord::audit
