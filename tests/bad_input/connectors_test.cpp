// Connectors that are not what they say: refused before their code runs where that can be known,
// and with a sentence where it can only be seen by loading.
#include <concord/abi.h>

#include "hub/base/files.hpp"
#include "tests/bad_input/concord.hpp"
#include "tests/bad_input/dropped.hpp"

namespace concord::bad_input {
namespace {

// The example coalition with connectors of its own, which a test may damage.
class Connectors : public testing::Test {
 protected:
  Connectors() {
    for (const char* name : {"child_welfare", "juvenile_justice", "court", "health"})
      for (const char* ending : {".so", ".connector.json"})
        folder.put(
            connector(name, ending),
            base::read_file(kConnectors + "/" + name + "/" + name + ending, 1u << 30).value());
    folder.change("concord.yaml",
                  "policy:",
                  "connectors: connectors\nunsigned: [child_welfare, juvenile_justice, court, "
                  "health]\npolicy:");
  }
  static std::string connector(const std::string& name, const std::string& ending) {
    return "connectors/" + name + "/" + name + ending;
  }
  // Puts another library in its place, as a package would: the manifest names its hash.
  void replace_library(const std::string& bytes) {
    const std::string before = base::sha256_hex(folder.get(kSo));
    folder.put(kSo, bytes);
    folder.change(kManifest, before, base::sha256_hex(bytes));
  }
  // serve refuses, with place, cause and next step, and is still in good order.
  void expect_serve_refuses(const std::string& cause, const std::string& next) {
    folder.change("concord.yaml", "127.0.0.1:8700", "127.0.0.1:0");
    const Said said = coalition.concord("serve");
    EXPECT_EQ(said.code, 78) << said.text;
    EXPECT_THAT(
        said.text,
        testing::ContainsRegex("court[^\n]*: [^\n]*" + cause + "[^\n]*  Next: [^\n]*" + next));
    EXPECT_THAT(said.text, Not(HasSubstr(kContent)));
  }

  const std::string kSo = connector("court", ".so");
  const std::string kManifest = connector("court", ".connector.json");
  Coalition coalition;
  Folder& folder = coalition.folder;
};

TEST_F(Connectors, that_are_whole_are_taken) {
  const Said said = coalition.concord("check");
  EXPECT_EQ(said.code, 0) << said.text;
}

// The newest that the shipped connectors were built for.
const std::string kNewest = "\"max\": " + std::to_string(CONCORD_ABI_VERSION);

TEST_F(Connectors, built_for_a_newer_abi_are_refused) {
  folder.change(kManifest, R"("min": 1000)", R"("min": 2000)");
  folder.change(kManifest, kNewest, R"("max": 2000)");
  coalition.expect_fault(
      "ABI_MISMATCH", kManifest, "needs ABI 2.0 to 2.0, this hub offers 1.0", "upgrade the hub");
}

TEST_F(Connectors, built_for_an_older_abi_are_refused) {
  folder.change(kManifest, R"("min": 1000)", R"("min": 1)");
  folder.change(kManifest, kNewest, R"("max": 2)");
  coalition.expect_fault("ABI_MISMATCH", kManifest, "needs ABI 0.1 to 0.2", "newer connector");
}

TEST_F(Connectors, whose_library_is_another_than_the_manifest_names_are_refused) {
  std::string bytes = folder.get(kSo);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder.put(kSo, bytes);
  coalition.expect_fault("LIBRARY_HASH", kSo, "sha256", "install the connector again");
}

TEST_F(Connectors, whose_library_is_cut_are_refused) {
  folder.put(kSo, folder.get(kSo).substr(0, 5000));
  coalition.expect_fault("LIBRARY_HASH", kSo, "sha256", "install the connector again");
}

TEST_F(Connectors, whose_library_is_missing_are_refused) {
  fs::remove(folder.path() + "/" + kSo);
  coalition.expect_fault("LIBRARY_MISSING", kSo, "not beside it", "built or installed");
}

TEST_F(Connectors, whose_manifest_is_half_written_are_refused) {
  folder.put(kManifest, folder.get(kManifest).substr(0, 200));
  coalition.expect_fault("MANIFEST_INVALID", kManifest, "", "install the connector again");
}

TEST_F(Connectors, whose_manifest_says_a_thing_twice_are_refused) {
  folder.change(kManifest, R"("id": "court")", R"("id": "court", "id": "court")");
  coalition.expect_fault("MANIFEST_INVALID", kManifest, "twice", "install the connector again");
}

TEST_F(Connectors, whose_manifest_leads_out_of_its_folder_are_refused) {
  folder.change(kManifest, R"("court.so")", R"("../health/health.so")");
  coalition.expect_fault("MANIFEST_INVALID", kManifest, "a file name beside", "install");
}

TEST_F(Connectors, that_are_no_library_are_refused_by_serve) {
  replace_library("CANARY: this is no library");
  expect_serve_refuses("invalid ELF header|too short", "install the connector again");
}

TEST_F(Connectors, that_were_cut_before_they_were_packed_are_refused) {
  const std::string whole = folder.get(kSo);
  for (const size_t part : {size_t{40}, size_t{1000}, whole.size() / 10, whole.size() / 5}) {
    replace_library(whole.substr(0, part));
    coalition.expect_fault("LIBRARY_DAMAGED", kSo, "a part of it is missing", "install");
  }
}

TEST_F(Connectors, without_the_entry_are_refused_by_serve) {
  replace_library(
      base::read_file(std::string(CONCORD_BUILD_DIR) + "/tests/bad_libraries/bad_no_entry.so",
                      1u << 30)
          .value());
  expect_serve_refuses("it exports no concord_connector_entry", "built as a connector");
}

TEST_F(Connectors, that_lie_about_their_abi_are_refused_by_serve) {
  replace_library(
      base::read_file(std::string(CONCORD_BUILD_DIR) + "/tests/bad_libraries/bad_other_abi.so",
                      1u << 30)
          .value());
  expect_serve_refuses("needs ABI 2.0", "upgrade the hub");
}

}  // namespace
}  // namespace concord::bad_input
