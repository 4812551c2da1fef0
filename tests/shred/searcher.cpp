#include "tests/shred/searcher.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "hub/store/store.hpp"

namespace concord::shred {
namespace {

namespace fs = std::filesystem;

constexpr unsigned long kPiece = 1ul << 20;

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::unique_ptr<store::Db> db_of(const fs::path& data_folder) {
  auto db = store::Db::open((data_folder / "concord.db").string(), false);
  EXPECT_TRUE(db);
  return std::move(*db);
}

}  // namespace

std::vector<std::string> files_with(const fs::path& folder, const std::string& text) {
  std::vector<std::string> found;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file() && bytes_of(file.path()).find(text) != std::string::npos)
      found.push_back(fs::relative(file.path(), folder).string());
  return found;
}

std::string all_that_opens(const fs::path& data_folder) {
  const store::Keys keys = store::Keys::open(data_folder.string(), false).value();
  const auto db = db_of(data_folder);
  std::string all;
  std::map<std::string, base::Key> people;
  std::vector<base::Key> audit_keys;
  {
    store::Query query = db->query("SELECT person, key, profile FROM people");
    while (query.step()) {
      const std::string person(query.text(0));
      auto key = keys.unwrap(query.blob(1), person);
      if (!key) continue;
      people[person] = *key;
      audit_keys.push_back(audit::audit_key_of(*key));
      if (auto profile = base::open(*key, query.blob(2), "profile")) all += *profile;
    }
  }
  // What is bound to its place opens with the person's key, or with the one for what is of nobody.
  auto open = [&](std::string_view person, std::string_view sealed, const std::string& bound) {
    const auto key = people.find(std::string(person));
    if (key != people.end())
      if (auto plain = base::open(key->second, sealed, bound)) all += *plain;
    if (auto plain = base::open(keys.intake_key(), sealed, bound)) all += *plain;
  };
  store::Query records = db->query("SELECT id, person, sealed FROM records");
  while (records.step())
    open(records.text(1), records.blob(2), "record " + std::to_string(records.integer(0)));
  store::Query entities = db->query("SELECT id, version, person, sealed FROM entities");
  while (entities.step())
    open(entities.text(2),
         entities.blob(3),
         "entity " + std::string(entities.text(0)) + " " + std::to_string(entities.integer(1)));
  store::Query evidence = db->query("SELECT kind, id, sealed FROM evidence");
  while (evidence.step())
    open("",
         evidence.blob(2),
         "evidence " + std::string(evidence.text(0)) + " " + std::string(evidence.text(1)));
  store::Query audit = db->query("SELECT leaf FROM audit");
  while (audit.step()) {
    all += audit.blob(0);
    auto written = audit::read_leaf(audit.blob(0));
    if (!written) continue;
    for (const base::Key& key : audit_keys)
      if (audit::is_of(*written, key)) {
        const auto ids = audit::evidence_of(*written, key);
        EXPECT_TRUE(ids);
        for (const std::string& id : *ids) all += id + "\n";
      }
  }
  return all;
}

std::string wrapped_key(const fs::path& data_folder,
                        const std::string& system,
                        const std::string& key) {
  auto store = store::Store::open(data_folder.string(), store::Open::read);
  EXPECT_TRUE(store);
  const model::ChildRef child{model::SystemId(system), key};
  const auto profiles = (*store)->profiles();
  EXPECT_TRUE(profiles);
  for (const store::Profile& profile : *profiles) {
    if (std::find(profile.known.begin(), profile.known.end(), child) == profile.known.end())
      continue;
    const auto db = db_of(data_folder);
    store::Query query = db->query("SELECT key FROM people WHERE person=?");
    query.bind(profile.person.value);
    if (query.step()) return std::string(query.blob(0));
  }
  return {};
}

bool in_memory(pid_t process, const std::string& text) {
  const std::string folder = "/proc/" + std::to_string(process);
  std::ifstream maps(folder + "/maps");
  const int memory = ::open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_GE(memory, 0);
  bool found = false;
  for (std::string line; !found && std::getline(maps, line);) {
    unsigned long from = 0;
    unsigned long to = 0;
    char may_read = '-';
    if (std::sscanf(line.c_str(), "%lx-%lx %c", &from, &to, &may_read) != 3 || may_read != 'r')
      continue;
    // A piece at a time, with room for what lies across two.
    for (unsigned long at = from; !found && at < to; at += kPiece) {
      std::string bytes(std::min(to - at, kPiece + text.size()), '\0');
      const ssize_t n = ::pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (n <= 0) break;  // [vvar] and its like cannot be read
      found = std::string_view(bytes).substr(0, static_cast<size_t>(n)).find(text) !=
              std::string_view::npos;
    }
  }
  ::close(memory);
  return found;
}

}  // namespace concord::shred
