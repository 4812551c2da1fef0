// Connectors as an operator has them, up to the running hub: tests/sdk goes on from there.
#include "hub/app/installing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "hub/base/files.hpp"
#include "hub/base/json.hpp"
#include "hub/base/sign.hpp"
#include "hub/runtime/trust.hpp"
#include "tests/unit/app/builders.hpp"

namespace concord::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kWrong = 78;

class Installing : public ::testing::Test {
 protected:
  Installing() {
    a_coalition(folder);
    EXPECT_EQ(said([&] { return new_publisher_key(key_file(), true); }), 0);
    auto json = base::read_json(out, "key");
    public_key = base::text_of(*json, "key");
    trust("publishers:\n  - {name: Example Publisher, key: \"" + public_key + "\"}\n");
    // What the coalition runs comes with the hub, for these tests are not about it.
    folder.with("systems/cwa.yaml", "agency: dcf\nconnector: cms\nconfig: {folder: x}\n");
    folder.with("systems/advocacy_cms.yaml",
                "agency: advocacy\nconnector: cms\nconfig: {folder: x}\n");
    package("1.0.0");
  }
  std::string key_file() { return folder.path() + "/publisher.key"; }
  void trust(const std::string& lines) {
    folder.with(
        "concord.yaml",
        "name: Example County\njurisdiction: US-MA\ncoordinator: advocacy\n"
        "zone: America/New_York\nconnectors: connectors\nmappings: [mappings]\npolicy: []\n" +
            lines);
  }
  // A package of the connector, in a folder of its own, signed unless said otherwise.
  std::string package(const std::string& version, bool sign = true) {
    const std::string name = "packages/" + version + "/cms";
    const std::string library = "library " + version;
    std::string manifest = kManifestHead + base::sha256_hex(library) + kManifestTail;
    manifest.replace(manifest.find("0.1.0"), 5, version);
    folder.with(name + ".so", library).with(name + ".connector.json", manifest);
    const std::string whole = folder.path() + "/packages/" + version;
    if (sign) {
      EXPECT_EQ(said([&] { return sign_connector(whole, key_file(), false); }), 0);
    }
    return whole;
  }
  // The exit code; what was said is in out and err.
  template <class Command>
  int said(Command command) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = command();
    std::fflush(nullptr);
    out = testing::internal::GetCapturedStdout();
    err = testing::internal::GetCapturedStderr();
    return code;
  }
  int install(const std::string& what) {
    return said([&] { return install_connector(folder.path(), what, false); });
  }
  int list() {
    return said([&] { return list_connectors(folder.path(), false); });
  }
  int upgrade(const std::string& to) {
    return said([&] { return upgrade_connector(folder.path(), "cms", to, false); });
  }
  int remove(const std::string& what) {
    return said([&] { return remove_connector(folder.path(), what, false); });
  }
  void without_the_flat_one() {
    folder.without("connectors/cms/cms.so").without("connectors/cms/cms.connector.json");
  }
  std::string text(const std::string& file) {
    auto bytes = base::read_file(folder.path() + "/" + file, 1u << 20);
    return bytes ? *bytes : "";
  }

  Folder folder;
  std::string public_key, out, err;
};

TEST_F(Installing, the_secret_key_is_its_owners_alone_and_is_never_written_over) {
  struct stat info {};
  ASSERT_EQ(::stat(key_file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const std::string secret = text("publisher.key");
  EXPECT_EQ(said([&] { return new_publisher_key(key_file(), false); }), kWrong);
  EXPECT_THAT(err, HasSubstr("a key is never written over"));
  EXPECT_EQ(text("publisher.key"), secret);
  EXPECT_EQ(secret.find(public_key), std::string::npos);
}

TEST_F(Installing, a_signed_connector_is_copied_and_the_first_version_is_current) {
  without_the_flat_one();
  ASSERT_EQ(install(folder.path() + "/packages/1.0.0"), 0) << err;
  EXPECT_THAT(out, HasSubstr("vouched for by publisher Example Publisher"));
  EXPECT_EQ(text("connectors/cms/current"), "1.0.0\n");
  EXPECT_EQ(text("connectors/cms/1.0.0/cms.so"), "library 1.0.0");
  EXPECT_EQ(faults(folder), "");
  ASSERT_EQ(list(), 0);
  EXPECT_THAT(out, HasSubstr("current"));
  EXPECT_THAT(out, HasSubstr("runs for advocacy_cms, cwa"));
}

TEST_F(Installing, a_second_version_changes_nothing_until_it_is_upgraded_to) {
  without_the_flat_one();
  ASSERT_EQ(install(folder.path() + "/packages/1.0.0"), 0) << err;
  ASSERT_EQ(install(package("1.10.0")), 0) << err;
  EXPECT_THAT(out, HasSubstr("next: concord connector upgrade cms --to 1.10.0"));
  EXPECT_EQ(text("connectors/cms/current"), "1.0.0\n");
  ASSERT_EQ(upgrade(""), 0) << err;
  EXPECT_THAT(out, HasSubstr("1.0.0 → 1.10.0"));
  EXPECT_THAT(out, HasSubstr("untried"));
  EXPECT_EQ(text("connectors/cms/current"), "1.10.0\n");
  ASSERT_EQ(upgrade("1.0.0"), 0) << err;  // and back
  EXPECT_EQ(text("connectors/cms/current"), "1.0.0\n");
  EXPECT_EQ(upgrade("1.0.0"), kWrong);
  EXPECT_THAT(err, HasSubstr("is current already"));
  EXPECT_EQ(upgrade("7.0.0"), kWrong);
  EXPECT_THAT(err, HasSubstr("cms 7.0.0 is not installed"));
}

TEST_F(Installing, two_versions_run_side_by_side) {
  without_the_flat_one();
  ASSERT_EQ(install(folder.path() + "/packages/1.0.0"), 0) << err;
  ASSERT_EQ(install(package("2.0.0")), 0) << err;
  folder.with("systems/cwa.yaml", "agency: dcf\nconnector: cms@2.0.0\nconfig: {folder: x}\n");
  EXPECT_EQ(faults(folder), "");
  auto coalition = load_coalition(folder.path(), {}, environment());
  auto parts = load_parts(*coalition, environment());
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->manifests.at("cms").version, "1.0.0");
  EXPECT_EQ(parts->manifests.at("cms@2.0.0").version, "2.0.0");
  EXPECT_EQ(coalition->system(model::SystemId("cwa"))->mapping, "cms");
}

TEST_F(Installing, who_signed_it_must_be_named) {
  without_the_flat_one();
  trust("");
  EXPECT_EQ(install(folder.path() + "/packages/1.0.0"), kWrong);
  EXPECT_THAT(err, HasSubstr("is nobody's here"));
  EXPECT_THAT(err, HasSubstr(public_key));
  EXPECT_EQ(text("connectors/cms/current"), "");
}

TEST_F(Installing, an_unsigned_one_only_where_the_operator_says_so_by_name) {
  without_the_flat_one();
  const std::string whole = package("1.1.0", false);
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("no publisher signed this connector"));
  EXPECT_THAT(err, HasSubstr("unsigned: [cms]"));
  trust("unsigned: [another]\n");
  EXPECT_EQ(install(whole), kWrong);
  trust("unsigned: [cms]\n");
  EXPECT_EQ(install(whole), 0) << err;
  EXPECT_THAT(out, HasSubstr("nobody; the operator allows it by name"));
}

TEST_F(Installing, a_signature_that_does_not_fit_is_refused_even_then) {
  without_the_flat_one();
  trust("unsigned: [cms]\n");
  const std::string whole = folder.path() + "/packages/1.0.0";
  const std::string signature = text("packages/1.0.0/cms.connector.sig");
  for (const std::string& bad : {std::string("{"),
                                 std::string(R"({"concord_connector":2})"),
                                 signature.substr(0, signature.size() - 6) + "00\"}\n"}) {
    folder.with("packages/1.0.0/cms.connector.sig", bad);
    EXPECT_EQ(install(whole), kWrong) << bad;
  }
  // Of another manifest: a publisher's signature cannot be carried over.
  package("1.2.0");
  folder.with("packages/1.0.0/cms.connector.sig", text("packages/1.2.0/cms.connector.sig"));
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("it is for another manifest"));
}

// A hub's result of the kit for a package, as concord connector test --sign writes it.
class Tested : public Installing {
 protected:
  Tested() {
    without_the_flat_one();
    trust("unsigned: [cms]\ntesters:\n  - {name: Staging hub, key: \"" + hex_of(key) + "\"}\n");
  }
  static std::string hex_of(const base::Key& secret) {
    return base::hex(base::public_key_of(secret));
  }
  void put_result(runtime::TestResult result, const base::Key& by) {
    auto manifest = runtime::read_manifest(whole + "/cms.connector.json");
    ASSERT_TRUE(manifest);
    folder.with(kResult, runtime::tested_line(*manifest, result, by));
  }
  static constexpr const char* kResult = "packages/1.0.0/cms.connector.tested";
  const runtime::TestResult good{118, 0, 10, "2026-03-02T09:30:00Z", "0.1.0"};
  const base::Key key = base::random_key();
  const std::string whole = folder.path() + "/packages/1.0.0";
};

TEST_F(Tested, a_connector_without_the_kits_result_is_not_run_where_there_are_testers) {
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("no result of the conformance kit"));
  EXPECT_THAT(err, HasSubstr("--sign"));
  put_result(good, key);
  EXPECT_EQ(install(whole), 0) << err;
  EXPECT_THAT(out, HasSubstr("tested by Staging hub on 2026-03-02 (118 checks passed)"));
  // It goes along, and is looked at again at each start.
  EXPECT_EQ(text("connectors/cms/1.0.0/cms.connector.tested"), text(kResult));
  folder.without("connectors/cms/1.0.0/cms.connector.tested");
  EXPECT_THAT(faults(folder), HasSubstr("CONNECTOR_UNTESTED"));
}

TEST_F(Tested, a_result_counts_of_those_hubs_only_that_are_named) {
  put_result(good, base::random_key());
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("which is none of the testers"));
}

TEST_F(Tested, a_result_with_a_failure_is_none) {
  runtime::TestResult bad = good;
  bad.failed = 1;
  put_result(bad, key);
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("checks of the kit failed"));
  bad.failed = bad.passed = 0;
  put_result(bad, key);
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("checks of the kit failed"));
}

TEST_F(Tested, a_result_that_was_changed_or_is_another_connectors_is_refused) {
  runtime::TestResult bad = good;
  bad.failed = 3;
  put_result(bad, key);
  std::string line = text(kResult);
  line.replace(line.find("\"failed\":3"), 10, "\"failed\":0");
  folder.with(kResult, line);
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("does not fit the key"));
  put_result(good, key);
  line = text(kResult);
  folder.without("packages/1.0.0/cms.connector.sig");
  folder.with("packages/1.0.0/cms.connector.json", text("packages/1.0.0/cms.connector.json") + " ");
  folder.with(kResult, line);
  EXPECT_EQ(install(whole), kWrong);
  EXPECT_THAT(err, HasSubstr("for another manifest"));
}

TEST_F(Installing, a_manifest_or_library_that_changed_after_it_was_signed_is_not_run) {
  without_the_flat_one();
  ASSERT_EQ(install(folder.path() + "/packages/1.0.0"), 0) << err;
  const std::string manifest = text("connectors/cms/1.0.0/cms.connector.json");
  folder.with("connectors/cms/1.0.0/cms.connector.json", manifest + " ");
  EXPECT_THAT(faults(folder), HasSubstr("SIGNATURE_INVALID"));
  folder.with("connectors/cms/1.0.0/cms.connector.json", manifest);
  folder.with("connectors/cms/1.0.0/cms.so", "another library");
  EXPECT_THAT(faults(folder), HasSubstr("LIBRARY_HASH"));
}

TEST_F(Installing, what_is_there_is_not_written_over) {
  without_the_flat_one();
  ASSERT_EQ(install(folder.path() + "/packages/1.0.0"), 0) << err;
  EXPECT_EQ(install(folder.path() + "/packages/1.0.0"), 0) << err;  // the same again: fine
  const std::string library = "something else";
  std::string manifest = kManifestHead + base::sha256_hex(library) + kManifestTail;
  manifest.replace(manifest.find("0.1.0"), 5, "1.0.0");
  folder.with("packages/x/cms.so", library).with("packages/x/cms.connector.json", manifest);
  ASSERT_EQ(said([&] { return sign_connector(folder.path() + "/packages/x", key_file(), false); }),
            0);
  EXPECT_EQ(install(folder.path() + "/packages/x"), kWrong);
  EXPECT_THAT(err, HasSubstr("another cms 1.0.0 is installed, and differs"));
  EXPECT_EQ(text("connectors/cms/1.0.0/cms.so"), "library 1.0.0");
}

TEST_F(Installing, what_a_system_runs_is_not_removed) {
  without_the_flat_one();
  ASSERT_EQ(install(folder.path() + "/packages/1.0.0"), 0) << err;
  ASSERT_EQ(install(package("1.1.0")), 0) << err;
  EXPECT_EQ(remove("cms"), kWrong);
  EXPECT_THAT(err, HasSubstr("cms@1.2.0"));
  EXPECT_EQ(remove("cms@1.0.0"), kWrong);
  EXPECT_THAT(err, HasSubstr("it runs for advocacy_cms, cwa"));
  EXPECT_EQ(remove("cms@1.1.0"), 0) << err;
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/connectors/cms/1.1.0"));
  EXPECT_EQ(faults(folder), "");
}

TEST_F(Installing, a_version_that_is_a_path_goes_nowhere) {
  without_the_flat_one();
  const std::string library = "library";
  std::string manifest = kManifestHead + base::sha256_hex(library) + kManifestTail;
  manifest.replace(manifest.find("0.1.0"), 5, "../../../etc");
  folder.with("packages/x/cms.so", library).with("packages/x/cms.connector.json", manifest);
  trust("unsigned: [cms]\n");
  EXPECT_EQ(install(folder.path() + "/packages/x"), kWrong);
  EXPECT_THAT(err, HasSubstr("cannot be a folder's name"));
}

TEST_F(Installing, an_id_that_is_a_path_goes_nowhere) {
  without_the_flat_one();
  const std::string library = "library";
  std::string manifest = kManifestHead + base::sha256_hex(library) + kManifestTail;
  manifest.replace(manifest.find("\"cms\""), 5, "\"../cms\"");
  folder.with("packages/x/cms.so", library).with("packages/x/cms.connector.json", manifest);
  trust("unsigned: [../cms]\n");
  EXPECT_EQ(install(folder.path() + "/packages/x"), kWrong);
  EXPECT_THAT(err, HasSubstr("cannot be a folder's name"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/cms"));
}

TEST_F(Installing, a_coalition_without_a_folder_of_its_own_is_told_what_to_write) {
  folder.with("concord.yaml",
              "name: Example County\njurisdiction: US-MA\ncoordinator: advocacy\n"
              "zone: America/New_York\nmappings: [mappings]\npolicy: []\n");
  EXPECT_EQ(install(folder.path() + "/packages/1.0.0"), kWrong);
  EXPECT_THAT(err, HasSubstr("connectors: [connectors, installed]"));
}

}  // namespace
}  // namespace concord::app
