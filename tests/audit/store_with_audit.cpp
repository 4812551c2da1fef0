#include "tests/audit/store_with_audit.hpp"

#include <gtest/gtest.h>

#include "hub/base/files.hpp"

namespace concord::tampering {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPeople = 12;
constexpr size_t kAtOnce = 100;
constexpr uintmax_t kRoom = 4ull << 30;

std::unique_ptr<store::Store> open(const fs::path& folder, store::Open mode) {
  auto store = store::Store::open(folder.string(), mode);
  EXPECT_TRUE(store) << to_text(store.error());
  return std::move(*store);
}

audit::Entry entry(size_t n, const std::vector<model::PersonId>& people) {
  audit::Entry e;
  e.at = base::from_us(1780000000000000 + static_cast<int64_t>(n) * 1000);
  e.kind = static_cast<audit::Kind>(n % 3);
  e.person = people[n % people.size()];
  e.delivery = static_cast<int64_t>(n / 3 + 1);
  e.to = e.agency = "court";
  if (n % 3 == 2) return e;
  e.purpose = "case_planning";
  e.type = "Placement";
  e.verdict = "permit_with_redactions";
  e.fields = {"placement.start", "placement.type", "placement.facility"};
  e.reasons = {"CONSENT_VALID"};
  e.rules = std::string(64, 'a');
  e.evidence = {"SYN-CONSENT-" + std::to_string(n % 7)};
  return e;
}

}  // namespace

fs::path new_folder() {
  // A thousand copies of a store: in memory where there is room, for a disk adds nothing but time.
  std::error_code none;
  const bool room = fs::space("/dev/shm", none).available > kRoom && !none;
  std::string path =
      (room ? std::string("/dev/shm") : testing::TempDir()) + "/concord-audit-XXXXXX";
  return mkdtemp(path.data());
}

Original::Original(size_t entries) : folder_(new_folder()), older_(new_folder()) {
  auto store = open(folder_, store::Open::write);
  std::vector<model::PersonId> people;
  store::IngestCommit known;
  for (size_t i = 0; i < kPeople; ++i) {
    people.emplace_back(base::uuid());
    known.profiles.push_back({people.back(), "", {}, base::from_us(1)});
  }
  EXPECT_TRUE(store->commit(known));
  for (size_t n = 0; n < entries;) {
    std::vector<audit::Entry> some;
    for (; n < entries && some.size() < kAtOnce; ++n) some.push_back(entry(n, people));
    const auto kept = store->commit({}, some);
    EXPECT_TRUE(kept) << to_text(kept.error());
    if (n % (3 * kAtOnce) == 0 || n == entries) {
      EXPECT_TRUE(store->sign_head(base::from_us(1780000000000000 + static_cast<int64_t>(n))));
    }
    if (n == entries / 2) {
      store.reset();  // as a hub that was stopped, and backed up
      fs::copy(folder_, older_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
      store = open(folder_, store::Open::write);
    }
  }
  store.reset();
  std::istringstream lines(base::read_file(folder_ / "heads.jsonl", 1u << 30).value());
  for (std::string line; std::getline(lines, line);)
    witnesses_.push_back(audit::read_head(line).value());
}

Original::~Original() {
  fs::remove_all(folder_);
  fs::remove_all(older_);
}

base::Errors faults_of(const fs::path& folder, const std::vector<audit::Head>& witnesses) {
  auto store = store::Store::open(folder.string(), store::Open::read);
  if (!store) return {store.error()};
  auto report = (*store)->check_audit(witnesses);
  if (!report) return {report.error()};
  return report->faults;
}

}  // namespace concord::tampering
