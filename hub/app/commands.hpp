// Commands that need no running hub. Data goes to stdout, talk to stderr; each returns an exit code
// (tell.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/runtime/manifest.hpp"

namespace concord::app {

// Every fault of a coalition; 0 where there is none.
int check_coalition(const std::string& folder, bool json);

// Requests as JSON lines on stdin, decisions on stdout. folders: of rule packs.
int decide_requests(const std::vector<std::string>& folders);

int list_policy(const std::vector<std::string>& folders, bool json);
// Runs the cases of each pack; 1 where one comes out otherwise, or a rule lacks a side.
int test_policy(const std::vector<std::string>& folders, bool json);
// Who may get what about a child like this, by recipient capacity, label and purpose.
struct MatrixWords {
  int age = 15;
  std::string jurisdiction = "US";
  std::vector<std::string> facts;
  bool html = false, json = false;
};
int show_matrix(const std::vector<std::string>& folders, const MatrixWords& words);

// what: a folder with a manifest, or a connector's id in the folders. Opens no library.
int inspect_connector(const std::string& what, const std::vector<std::string>& folders, bool json);
// A connector by its id in the folders, or by its folder, manifest or library.
base::Result<runtime::Manifest> find_connector(const std::string& what,
                                               const std::vector<std::string>& folders);
// Loads the connector of a system and asks it: does the system answer? Which record types are
// there?
int check_system(const std::string& folder, const std::string& system, bool json);

// A connector project from the SDK's template. into: its folder, or empty: id in the current one.
int new_connector(const std::string& id, const std::string& into, const std::string& share);

// What concord connector test is told.
struct KitRun {
  std::string what;  // a library, its manifest, its folder, or a connector's id
  std::string config = "test.yaml";
  std::vector<std::string> checks;   // names or their beginnings; none: all
  std::vector<std::string> reports;  // files, by ending: .xml JUnit, .json
  std::string keep;                  // folder for what failed checks left
  std::string share;
  unsigned jobs = 0;      // 0: as many as processors
  uint64_t seed = 0;      // 0: a fresh one
  std::string coalition;  // whose hub signs
  bool sign = false;      // the result, where nothing failed, beside the manifest
  bool list = false;
  bool json = false;
};
// Runs the conformance kit: 0 where every check passed or was left out with a reason.
int test_connector(const KitRun& run, const std::vector<std::string>& folders);

// Runs every row's example of the tables below the folders, and the golden files beside them.
int test_mappings(const std::vector<std::string>& folders, bool rewrite, bool json);
int lint_mappings(const std::vector<std::string>& folders, bool json);
// What a record of this type of this system becomes. file: a JSON record; "-": stdin.
int preview_mapping(const std::string& coalition,
                    const std::string& system,
                    const std::string& type,
                    const std::string& file,
                    bool json);

// Why a delivery was released or withheld, in words.
int explain_delivery(const std::string& folder, int64_t id, bool json);
// The records that nobody was sure of, and who they may be about.
int list_reviews(const std::string& folder, bool json);

// --- the audit: audit.cpp, disclosures.cpp
// head_file: heads that a witness kept, one a line; "": none. 1 where something was tampered with.
int verify_audit(const std::string& folder, const std::string& head_file, bool json);
int show_head(const std::string& folder);
// Of an entry by its number; or, with head_file, that the newest head goes on from that one.
int prove_entry(const std::string& folder, int64_t entry);
int prove_head(const std::string& folder, const std::string& head_file);
// A proof as prove_* print it; "-": stdin. Needs no coalition and no hub. 1 where it is wrong.
int check_proof(const std::string& file, bool json);

inline constexpr const char* kPersonWord = "An id as person review names it, or SYSTEM:KEY";
// A person by id or, where that is "", by a system's key.
struct Whom {
  std::string person, system, key;
};
// Everything about the person that was disclosed, to whom, for what.
int list_disclosures(const std::string& folder,
                     const Whom& whom,
                     const std::string& since,
                     bool json);
int expunge_person(const std::string& folder,
                   const Whom& whom,
                   const std::string& order,
                   bool json);

// What the changed directory would change in the running hub, shown; then taken over. yes: without
// asking; without a terminal to ask on it is needed.
struct Applying {
  bool dry_run = false, yes = false, json = false;
};
int apply_coalition(const std::string& folder, const Applying& how);

// Until SIGTERM.
int serve_coalition(const std::string& folder);

}  // namespace concord::app
