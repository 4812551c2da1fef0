// Two children of a county at work, each with marks of their own in every kind of record. One is
// expunged by order. Somebody with all files and all keys then looks for both: in the store, its
// log, the logs, and the memory of a hub that was started afresh. The other is found in all the
// places in which somebody can be found, so that the search is known to work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/played.hpp"
#include "tests/shred/searcher.hpp"

namespace concord::shred {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kChildren = 60;

struct Child {
  int number = 0;
  std::string name;                // in all marks
  std::vector<std::string> keys;   // in the agencies' systems
  std::vector<std::string> marks;  // in records
  std::string wrapped;             // key of the person, as the store had it
};

class ShredTest : public Played {
 protected:
  ShredTest() : Played("shred", kChildren) {}
  fs::path data() const { return folder_ / "data"; }

  Child child(int number, const std::string& name) {
    Child c{number, name, {}, {}, {}};
    for (const char* prefix : {"SYN-CW-", "SYN-CP-", "SYN-JJ-", "SYN-MRN-"})
      c.keys.push_back(play_.key(number, prefix));
    return c;
  }
  // Changes about the child at every agency; each has a mark that is nowhere else.
  void work_on(Child& c) {
    auto act = [&](const char* system, const std::string& verb, const std::string& more) {
      EXPECT_TRUE(play_
                      .act(system,
                           R"({"verb":")" + verb + R"(","child":)" + std::to_string(c.number) +
                               "," + more + "}")
                      .IsObject());
    };
    c.marks = {
        "CANARY-" + c.name + "-HOME", "CANARY-" + c.name + "-CENTER", "CANARY-" + c.name + "-ILL"};
    act("child_welfare",
        "place_child",
        R"("placement_type":"FFH","facility":")" + c.marks[0] + R"(","date":"2026-04-01")");
    act("juvenile_justice", "detain", R"("facility":")" + c.marks[1] + "\"");
    act("health", "diagnose", R"("code":"J45.909","text":")" + c.marks[2] + "\"");
    act("court", "schedule_hearing", R"("kind":"review","local":"2026-05-01T09:00:00")");
  }
  size_t received(const Child& c) {
    size_t lines = 0;
    for (const char* system : {"child_welfare", "court", "health", "juvenile_justice"})
      for (const story::Line& line : play_.received(system))
        lines += std::find(c.keys.begin(), c.keys.end(), line.subject) != c.keys.end() ? 1 : 0;
    return lines;
  }
  // As the command says: the coalition's own files are text of the staff's.
  void take_out_of_files(const Child& c) {
    for (const auto& file : fs::recursive_directory_iterator(folder_ / "coalition")) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      std::string kept;
      bool changed = false;
      for (std::string line; std::getline(in, line);) {
        const bool names = std::any_of(c.keys.begin(), c.keys.end(), [&](const std::string& key) {
          return line.find(key) != std::string::npos;
        });
        if (!names) kept += line + "\n";
        changed |= names;
      }
      in.close();
      if (changed) std::ofstream(file.path(), std::ios::binary) << kept;
    }
  }

  // Proofs that the command prints, checked by the command without a coalition, and changed.
  void proofs_stand() {
    const fs::path proof = folder_ / "proof.json";
    auto write = [&](const std::string& text) { std::ofstream(proof) << text; };
    const std::string inclusion = concord({"audit", "prove", "3"}, 0);
    write(inclusion);
    EXPECT_THAT(concord({"-C", "nowhere", "audit", "check", proof.string()}, 0),
                HasSubstr("this is entry 3"));
    std::string other = inclusion;
    other.replace(other.find("\"entry\":3"), 9, "\"entry\":4");
    write(other);
    concord({"audit", "check", proof.string()}, 1);
    write(inclusion.substr(0, inclusion.size() / 2));
    concord({"audit", "check", proof.string()}, 65);
    write(concord({"audit", "prove", "--head", (data() / "heads.jsonl").string()}, 0));
    EXPECT_THAT(concord({"audit", "check", proof.string()}, 0), HasSubstr("goes on from"));
    concord({"audit", "prove", "999999999"}, 75);
    EXPECT_THAT(concord({"audit", "verify", "--json"}, 0), HasSubstr("\"whole\":true"));
  }
};

TEST_F(ShredTest, a_person_who_was_expunged_is_nowhere_and_everybody_else_is_where_they_were) {
  ASSERT_TRUE(play_.open());
  const auto both =
      play_.children_known_to({"child_welfare", "court", "health", "juvenile_justice"}, 2);
  ASSERT_EQ(both.size(), 2u);
  Child gone = child(both[0], "GONE");
  Child stays = child(both[1], "STAYS");
  ASSERT_TRUE(play_.settle(seconds(120)));
  for (Child* c : {&gone, &stays}) work_on(*c);
  ASSERT_TRUE(play_.settle(seconds(60)));
  for (Child* c : {&gone, &stays}) {
    EXPECT_GT(received(*c), 0u);
    c->wrapped = wrapped_key(data(), "court", c->keys[1]);
    ASSERT_FALSE(c->wrapped.empty());
  }

  // The search finds both while both are there.
  const std::string before = all_that_opens(data());
  for (const Child* c : {&gone, &stays}) {
    for (const std::string& mark : c->marks) EXPECT_THAT(before, HasSubstr(mark));
    for (const std::string& key : c->keys) EXPECT_THAT(before, HasSubstr(key));
    EXPECT_THAT(files_with(data(), c->wrapped), Not(IsEmpty()));
  }
  EXPECT_THAT(concord({"audit", "disclosures", "--system", "court", "--key", gone.keys[1]}, 0),
              HasSubstr("for case_planning"));
  concord({"audit", "head"}, 0);
  proofs_stand();
  const fs::path witness = folder_ / "witness.jsonl";
  fs::copy(data() / "heads.jsonl", witness);

  const std::string said = concord(
      {"person", "expunge", "--system", "court", "--key", gone.keys[1], "--order", "SYN-ORDER"}, 0);
  EXPECT_THAT(said, HasSubstr("receipt"));
  EXPECT_THAT(said, HasSubstr("lines of the coalition's own files"));

  // The running hub: whole, balanced, and it knows nobody of that key.
  concord({"audit", "verify", "--head", witness.string()}, 0);
  concord({"ledger", "--json"}, 0);
  concord({"audit", "disclosures", "--system", "court", "--key", gone.keys[1]}, 78);
  concord({"person", "expunge", "--system", "court", "--key", gone.keys[1], "--order", "SYN-ORDER"},
          78);
  const std::string after = all_that_opens(data());
  for (const std::string& mark : gone.marks) EXPECT_THAT(after, Not(HasSubstr(mark)));
  for (const std::string& key : gone.keys) EXPECT_THAT(after, Not(HasSubstr(key)));
  for (const std::string& mark : stays.marks) EXPECT_THAT(after, HasSubstr(mark));
  for (const std::string& key : stays.keys) EXPECT_THAT(after, HasSubstr(key));
  // Not even the wrapped key is in any file: store, log of the store, or a copy.
  EXPECT_THAT(files_with(data(), gone.wrapped), IsEmpty());
  EXPECT_THAT(files_with(data(), stays.wrapped), Not(IsEmpty()));
  for (const auto* texts : {&gone.marks, &gone.keys, &stays.marks, &stays.keys})
    for (const std::string& text : *texts) {
      EXPECT_THAT(files_with(data(), text), IsEmpty()) << text;
      std::ifstream log(folder_ / "hub.log");
      EXPECT_THAT(std::string(std::istreambuf_iterator<char>(log), {}), Not(HasSubstr(text)));
    }
  std::ifstream log(folder_ / "hub.log");
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(log), {}), HasSubstr("person.expunged"));

  // A hub that starts afresh, with no agency to tell it anything: its memory.
  EXPECT_EQ(play_.close(), 0);
  concord({"audit", "verify", "--head", witness.string()}, 0);
  take_out_of_files(gone);
  ASSERT_TRUE(play_.start_hub());
  ASSERT_TRUE(play_.wait(seconds(20), [&] {
    int code = -1;
    play_.concord({"status"}, &code);
    return code == 0;
  }));
  for (const std::string& key : stays.keys) EXPECT_TRUE(in_memory(play_.hub.pid(), key)) << key;
  for (const std::string& key : gone.keys) EXPECT_FALSE(in_memory(play_.hub.pid(), key)) << key;
  for (const std::string& mark : gone.marks) EXPECT_FALSE(in_memory(play_.hub.pid(), mark)) << mark;
  EXPECT_FALSE(in_memory(play_.hub.pid(), gone.wrapped));
  concord({"audit", "verify", "--head", witness.string()}, 0);
  concord({"ledger", "--json"}, 0);
}

}  // namespace
}  // namespace concord::shred
