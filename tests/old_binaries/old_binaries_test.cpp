// ops/old-binaries builds the examples in every way that authors may; here they run side by side in
// one process, through the hub's own host. CONCORD_OLD_BINARIES names a folder of those that were
// kept at earlier releases; they are run as well.
#include <gmock/gmock.h>

#include <concord/testing.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/runtime/connector.hpp"
#include "sample_system.hpp"

namespace concord::runtime {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

using Folder = sdk::TempFolder;

struct Binary {
  std::string name;      // "gcc_O0"
  std::string manifest;  // path
};

void add_list(const std::string& folder, std::vector<Binary>& out) {
  std::ifstream list(folder + "/list");
  for (std::string name, id; list >> name >> id;)
    out.push_back({name, folder + "/" + name + "/" + id + ".connector.json"});
}

// Built once for this program, from an installation of its own; then those that were kept.
const std::vector<Binary>& binaries() {
  static const Folder folder;
  static const std::vector<Binary> all = [] {
    const std::string prefix = folder.path().string() + "/prefix",
                      built = folder.path().string() + "/built";
    const std::string command =
        "cmake --install '" CONCORD_BUILD_DIR "' --component sdk --prefix '" + prefix +
        "' >/dev/null && '" CONCORD_SOURCE_DIR "/ops/old-binaries' '" + prefix + "' '" + built +
        "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::vector<Binary> out;
    add_list(built, out);
    if (const char* kept = std::getenv("CONCORD_OLD_BINARIES"))
      for (const auto& release : fs::directory_iterator(kept))
        add_list(release.path().string(), out);
    return out;
  }();
  return all;
}

// What the connector of this binary speaks to, and how it is set up.
struct Counterpart {
  explicit Counterpart(const Binary& binary) {
    if (binary.manifest.ends_with("/shelter.connector.json")) {
      type = "placement";
      settings = R"({"url":")" + system.url() + R"(","token":"SYN-sample-token","page_size":5})";
      return;
    }
    type = "visit";
    const std::string make = "sh '" CONCORD_SOURCE_DIR "/examples/connector_c/make_box.sh' '" +
                             folder.path().string() + "'";
    EXPECT_EQ(std::system(make.c_str()), 0);
    settings = R"({"folder":")" + folder.path().string() + R"("})";
  }
  SampleSystem system;
  Folder folder;
  std::string settings, type;
};

TEST(OldBinaries, of_every_compiler_option_and_string_run_in_one_hub) {
  ASSERT_GE(binaries().size(), 9u);
  std::vector<std::unique_ptr<Counterpart>> counterparts;
  std::vector<std::unique_ptr<Connector>> connectors;
  for (const Binary& binary : binaries()) {
    counterparts.push_back(std::make_unique<Counterpart>(binary));
    auto manifest = read_manifest(binary.manifest);
    ASSERT_TRUE(manifest) << binary.name << ": " << to_text(manifest.error());
    auto loaded =
        load_in_process(*manifest, model::SystemId(binary.name), counterparts.back()->settings, {});
    ASSERT_TRUE(loaded) << binary.name << ": " << to_text(loaded.error());
    connectors.push_back(std::move(*loaded));
  }
  // All are loaded before any is asked: none has taken another's symbols.
  for (size_t i = 0; i < connectors.size(); ++i) {
    const std::string& name = binaries()[i].name;
    Connector& connector = *connectors[i];
    EXPECT_TRUE(connector.check()) << name;
    size_t records = 0;
    std::string checkpoint;
    for (bool more = true; more;) {
      auto batch = connector.read(counterparts[i]->type, checkpoint, {5, 1u << 20});
      ASSERT_TRUE(batch) << name << ": " << to_text(batch.error().error);
      records += batch->records.size();
      checkpoint = batch->checkpoint;
      more = batch->more;
      EXPECT_TRUE(connector.ack(counterparts[i]->type, checkpoint)) << name;
    }
    EXPECT_EQ(records, 12u) << name;
    auto outcomes =
        connector.write({{false, "K-1", "notice", "D-1", "SYN-0001", R"({"event":"placement"})", 1},
                         {false, "K-2", "notice", "D-2", "SYN-0001", "{}", 1}});
    ASSERT_TRUE(outcomes) << name;
    EXPECT_FALSE((*outcomes)[0].error) << name;
    ASSERT_TRUE((*outcomes)[1].error) << name;
    EXPECT_EQ((*outcomes)[1].error->error_class, base::ErrorClass::bad_record) << name;
  }
}

// The connector of ABI 2, with a manifest that says what it is told to.
base::Result<std::unique_ptr<Connector>> load_future(const Folder& folder, const std::string& abi) {
  fs::copy_file(CONCORD_BUILD_DIR "/connectors/future/future.so",
                folder.path().string() + "/future.so");
  const std::string sha =
      base::sha256_hex(*base::read_file(folder.path().string() + "/future.so", 64u << 20));
  std::ofstream(folder.path().string() + "/future.connector.json")
      << R"({"id":"future","version":"9.0.0","abi":)" << abi
      << R"(,"library":"future.so","sha256":")" << sha
      << R"(","capabilities":["read"],"config_schema":{}})";
  auto manifest = read_manifest(folder.path().string() + "/future.connector.json");
  if (!manifest) return std::move(manifest).error();
  return load_in_process(*manifest, model::SystemId("future"), "{}", {});
}

TEST(FutureBinary, is_refused_by_its_manifest_and_both_sides_versions_are_named) {
  const Folder folder;
  const auto refused = load_future(folder, R"({"min":2000,"max":2003})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ABI_MISMATCH");
  EXPECT_THAT(refused.error().cause, HasSubstr("needs ABI 2.0 to 2.3"));
  EXPECT_THAT(refused.error().cause, HasSubstr("this hub offers 1.0"));
  EXPECT_THAT(refused.error().next, HasSubstr("upgrade the hub"));
}

TEST(FutureBinary, whose_manifest_lies_is_refused_by_itself_and_says_what_it_needs) {
  const Folder folder;
  const auto refused = load_future(folder, R"({"min":1000,"max":1000})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ABI_MISMATCH");
  EXPECT_THAT(refused.error().cause, HasSubstr("host offers ABI 1.0, this connector needs 2.x"));
}

}  // namespace
}  // namespace concord::runtime
