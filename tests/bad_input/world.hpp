// What the tests of bad input share: content that must never show, folders of their own, and what a
// clear error is.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "hub/base/crypto.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::bad_input {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Stands in every bad record; an error that quotes content quotes this.
inline const std::string kContent = "CANARY";

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("concord-bad-" + base::uuid())) {
    fs::create_directories(path_);
  }
  // A copy of a whole folder; links are followed.
  explicit Folder(const fs::path& of) : Folder() { fs::copy(of, path_, kCopy); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder& put(const std::string& name, const std::string& bytes) {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return *this;
  }
  [[nodiscard]] std::string get(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // "a" becomes "b" in one file; the test is wrong where there is no "a".
  Folder& change(const std::string& name, const std::string& a, const std::string& b) {
    std::string text = get(name);
    const size_t at = text.find(a);
    EXPECT_NE(at, std::string::npos) << name << " has no " << a;
    if (at != std::string::npos) put(name, text.replace(at, a.size(), b));
    return *this;
  }
  [[nodiscard]] bool has(const std::string& name) const { return fs::exists(path_ / name); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  static constexpr auto kCopy = fs::copy_options::recursive;
  fs::path path_;
};

// Place, cause and next step, a stable code, and nothing of a record.
inline void expect_clear(const base::Error& error,
                         const std::string& code,
                         const std::string& place) {
  EXPECT_EQ(error.code, code) << to_text(error);
  EXPECT_THAT(error.place, HasSubstr(place));
  EXPECT_FALSE(error.cause.empty()) << to_text(error);
  EXPECT_FALSE(error.next.empty()) << to_text(error);
  EXPECT_THAT(to_text(error), Not(HasSubstr(kContent)));
}

// One of the errors has this code and place, and all of them are clear.
inline void expect_told(const base::Errors& errors,
                        const std::string& code,
                        const std::string& place) {
  const auto found = std::find_if(errors.begin(), errors.end(), [&](const base::Error& e) {
    return e.code == code && e.place.find(place) != std::string::npos;
  });
  EXPECT_NE(found, errors.end()) << code << " at " << place << " is not among\n" << to_text(errors);
  for (const base::Error& error : errors) expect_clear(error, error.code, "");
}

// What the journal holds of a record that was refused: whole, with a reason that people can act on.
inline void expect_kept(const store::JournalEntry& entry,
                        const std::string& code,
                        const std::string& place) {
  EXPECT_EQ(entry.reason, code) << entry.detail;
  EXPECT_THAT(entry.detail, HasSubstr(place));
  EXPECT_THAT(entry.detail, HasSubstr("  Next: "));
  EXPECT_THAT(entry.detail, Not(HasSubstr(kContent)));
  EXPECT_NE(entry.owner, model::Owner::nobody) << entry.detail;
}

// A hub between child welfare and the court, with what its journal and ledger say.
class World : public pipeline::SmallWorld {
 public:
  std::vector<store::JournalEntry> in(store::RecordState state) {
    std::vector<store::JournalEntry> entries;
    const std::vector<int64_t> ids = hub().store().records_in(state, 1000).value();
    for (const int64_t id : ids) {
      auto entry = hub().store().record(id);
      EXPECT_TRUE(entry) << to_text(entry.error());
      if (entry) entries.push_back(std::move(*entry));
    }
    return entries;
  }
  int64_t count(store::RecordState state) {
    const auto ledger = this->ledger();
    const auto found = ledger.by_state.find(state);
    return found == ledger.by_state.end() ? 0 : found->second;
  }
  void expect_balanced() {
    const store::Ledger now = ledger();
    EXPECT_TRUE(now.balanced()) << now.faults.front();
  }
  // Runs a job once, to its end.
  store::RunRow run(const std::string& job) {
    const auto row = [&] {
      const std::vector<store::RunRow> runs = hub().store().runs().value();
      for (const store::RunRow& r : runs)
        if (r.job == job) return r;
      return store::RunRow{};
    };
    const model::JobId id(job);
    const auto number = hub().run_job(id);
    EXPECT_TRUE(number);
    EXPECT_TRUE(wait([&] { return hub().job_runs(id)->ended >= *number; }))
        << job << " did not end";
    return row();
  }
  // One record pushed by child welfare, and what it is answered.
  std::optional<base::Error> push(model::Record record) {
    model::Batch batch;
    batch.records.push_back(std::move(record));
    return welfare().intake->deliver(std::move(batch)).at(0);
  }
};

}  // namespace concord::bad_input
