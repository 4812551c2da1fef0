#include <gmock/gmock.h>

#include <set>

#include "tests/sdk/installed.hpp"

namespace concord::sdk_test {
namespace {

TEST(Install, has_all_that_an_author_needs) {
  for (const char* file : {"bin/concord",
                           "include/concord/abi.h",
                           "include/concord/connector.hpp",
                           "include/concord/settings.hpp",
                           "lib/cmake/ConcordSDK/ConcordSDKConfig.cmake",
                           "lib/cmake/ConcordSDK/ConcordSDKConfigVersion.cmake",
                           "lib/cmake/ConcordSDK/ConcordConnector.cmake",
                           "lib/pkgconfig/concord-sdk.pc",
                           "share/concord/sdk/README.md",
                           "share/concord/sdk/doc/abi.md",
                           "share/concord/sdk/abi/abi-1.0.h",
                           "share/concord/sdk/schema/connector.schema.json",
                           "share/concord/sdk/schema/config_schema.schema.json",
                           "share/concord/sdk/schema/describe.schema.json",
                           "share/concord/sdk/template/CMakeLists.txt.in",
                           "share/concord/mappings/schema/person.json",
                           "share/concord/mappings/policy/us_core.yaml"})
    EXPECT_TRUE(fs::is_regular_file(prefix() + "/" + file)) << file;
}

TEST(Install, has_nothing_of_the_hubs_source) {
  for (const auto& entry : fs::recursive_directory_iterator(prefix())) {
    const std::string path = fs::relative(entry.path(), prefix()).generic_string();
    EXPECT_FALSE(path.starts_with("include/") && !path.starts_with("include/concord")) << path;
    EXPECT_FALSE(path.ends_with(".a")) << path;
  }
}

TEST(Install, names_no_folder_of_the_build) {
  for (const char* file : {"lib/cmake/ConcordSDK/ConcordSDKConfig.cmake",
                           "lib/cmake/ConcordSDK/ConcordSDKTargets.cmake",
                           "lib/pkgconfig/concord-sdk.pc"}) {
    auto text = base::read_file(prefix() + "/" + file, 1u << 20);
    ASSERT_TRUE(text) << file;
    EXPECT_EQ(text->find(CONCORD_SOURCE_DIR), std::string::npos) << file;
    EXPECT_EQ(text->find(CONCORD_BUILD_DIR), std::string::npos) << file;
  }
}

TEST(Install, may_be_moved) {
  const Folder folder;
  fs::copy(prefix(), folder.path().string() + "/elsewhere", fs::copy_options::recursive);
  const std::string there = folder.path().string() + "/elsewhere";
  const Ran flags = run("pkg-config --cflags concord-sdk", folder.path().string(), there);
  EXPECT_EQ(flags.code, 0) << flags.out;
  EXPECT_THAT(flags.out, testing::HasSubstr(there));
  const Ran made = run("concord connector new moved", folder.path().string(), there);
  EXPECT_EQ(made.code, 0) << made.out;
}

TEST(Package, is_a_deb_that_names_what_it_needs) {
  const Folder folder;
  const Ran packed = run("cpack --config " CONCORD_BUILD_DIR "/CPackConfig.cmake -B " +
                             folder.path().string() + " -D CPACK_STRIP_FILES=ON",
                         folder.path().string());
  ASSERT_EQ(packed.code, 0) << packed.out;
  const Ran control = run("dpkg-deb --field concord-sdk_*.deb", folder.path().string());
  EXPECT_THAT(control.out, testing::HasSubstr("Package: concord-sdk"));
  EXPECT_THAT(control.out, testing::HasSubstr("rapidjson-dev"));
  EXPECT_THAT(control.out, testing::HasSubstr("libpoconet"));  // found by what the program links
  const Ran contents = run("dpkg-deb --contents concord-sdk_*.deb", folder.path().string());
  EXPECT_THAT(contents.out, testing::HasSubstr("./usr/bin/concord\n"));
  EXPECT_THAT(contents.out, testing::HasSubstr("./usr/include/concord/abi.h\n"));
  EXPECT_THAT(contents.out,
              testing::HasSubstr("./usr/lib/cmake/ConcordSDK/ConcordSDKConfig.cmake\n"));
}

}  // namespace
}  // namespace concord::sdk_test
