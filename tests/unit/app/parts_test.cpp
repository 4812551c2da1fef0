#include "hub/app/parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/app/builders.hpp"

namespace concord::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CoalitionParts : public ::testing::Test {
 protected:
  CoalitionParts() { a_coalition(folder); }
  void cwa(const std::string& config) {
    folder.with("systems/cwa.yaml", "agency: dcf\nconnector: cms\nconfig:\n" + config);
  }
  Folder folder;
};

TEST_F(CoalitionParts, are_found_and_secrets_are_read) {
  auto coalition = load_coalition(folder.path(), {}, environment());
  auto parts = load_parts(*coalition, environment());
  ASSERT_TRUE(parts.ok()) << faults(parts.error(), folder);
  ASSERT_EQ(parts->manifests.size(), 1u);
  EXPECT_EQ(parts->configs.at(model::SystemId("cwa")),
            R"({"rest":{"url":"http://127.0.0.1:9001","secret":"a secret of ours"}})");
  EXPECT_EQ(schema_folder(*coalition), folder.path() + "/mappings/schema");
}

TEST_F(CoalitionParts, a_secret_is_never_written_out) {
  cwa("  rest:\n    url: http://x\n    secret: hunter2hunter2\n");
  EXPECT_THAT(faults(folder),
              AllOf(HasSubstr("SECRET_WRITTEN_OUT systems/cwa.yaml:6: config.rest.secret: a secret "
                              "must not stand here"),
                    Not(HasSubstr("hunter2"))));
  EXPECT_EQ(faults(folder, environment({{"CWA_SECRET", "hunter2hunter2"}})).find("hunter2"),
            std::string::npos);
  cwa("  rest:\n    url: http://x\n    secret: ${env:CWA_SECRET}\n");
  EXPECT_THAT(faults(folder, environment({{"CWA_SECRET", "hunter2hunter2"}})),
              AllOf(HasSubstr("SECRET_WRITTEN_OUT systems/cwa.yaml:6"), Not(HasSubstr("hunter2"))));
}

TEST_F(CoalitionParts, a_secret_that_is_not_there_is_told_without_content) {
  folder.with("secrets/cms", "\n");
  EXPECT_THAT(
      faults(folder),
      HasSubstr(
          "SECRET_MISSING systems/cwa.yaml:6: config.rest.secret: the secret's file is empty"));
  folder.without("secrets/cms");
  EXPECT_THAT(faults(folder), HasSubstr("config.rest.secret: cannot read the secret's file"));
  cwa("  rest: {url: http://x, secret: \"${credential:cms_secret}\"}\n");
  EXPECT_THAT(faults(folder), HasSubstr("config.rest.secret: systemd handed over no credentials"));
}

TEST_F(CoalitionParts, a_config_is_held_against_the_connectors_schema) {
  cwa(R"(  rest:
    url: ftp://x
    secret: ${file:secrets/cms}
    page_sise: 5
    auth: other
    token: 12
)");
  EXPECT_EQ(
      faults(folder),
      R"(CONFIG_UNKNOWN_KEY systems/cwa.yaml:7: config.rest: the connector has no key "page_sise".  Next: did you mean "page_size"?
CONFIG_VALUE systems/cwa.yaml:8: config.rest.auth: expected one of basic, body.  Next: see the connector's manifest.
CONFIG_VALUE systems/cwa.yaml:9: config.rest.token: expected a text.  Next: mend it; a number that is meant as a text stands in quotes.
CONFIG_VALUE systems/cwa.yaml:5: config.rest.url: expected a text of the form ^https?://.  Next: mend it; a number that is meant as a text stands in quotes.
)");
  cwa("  rest: {url: http://x, page_size: 5000}\n");
  EXPECT_THAT(faults(folder),
              AllOf(HasSubstr("config.rest.page_size: expected a number from 1 to 1000"),
                    Not(HasSubstr("Failed to"))));
  cwa("  rest: {url: http://x}\n");
  EXPECT_THAT(
      faults(folder),
      HasSubstr("systems/cwa.yaml:4: config.rest: the key \"secret\" is missing.  Next: add it"));
  cwa("  {}\n");
  EXPECT_THAT(faults(folder), HasSubstr("config: one of these keys is needed: rest folder"));
}

TEST_F(CoalitionParts, what_the_coalition_names_must_be_there) {
  folder.with("systems/advocacy_cms.yaml", R"(agency: advocacy
connector: cmss
mapping: cm
config: {folder: x}
)");
  folder.with("flows/missing.yaml", R"(flows:
  - {id: f, entities: [MissingEvnt], to: cwa}
)");
  EXPECT_EQ(
      faults(folder),
      R"(MAPPING_UNKNOWN systems/advocacy_cms.yaml:3: there is no mapping folder "cm".  Next: did you mean "cms"?
CONNECTOR_UNKNOWN systems/advocacy_cms.yaml:2: there is no connector "cmss" in connectors.  Next: did you mean "cms"?
ENTITY_UNKNOWN flows: flow f: the shared schema has no entity "MissingEvnt".  Next: did you mean "MissingEvent"?
)");
}

TEST_F(CoalitionParts, a_connector_must_be_able_to_do_what_it_is_asked) {
  folder.with("systems/advocacy_cms.yaml",
              "agency: advocacy\nconnector: cms\nlistens: true\nconfig: {folder: x}\n");
  EXPECT_THAT(faults(folder),
              HasSubstr("systems/advocacy_cms.yaml:3: the connector \"cms\" takes in no events"));
}

TEST_F(CoalitionParts, a_damaged_library_or_manifest_is_told_once) {
  folder.with("connectors/cms/cms.so", "changed by somebody");
  EXPECT_THAT(faults(folder), HasSubstr("LIBRARY_HASH connectors/cms/cms.so"));
  folder.with("connectors/cms/cms.connector.json", "{");
  EXPECT_THAT(faults(folder),
              AllOf(HasSubstr("MANIFEST_INVALID connectors/cms/cms.connector.json"),
                    Not(HasSubstr("CONNECTOR_UNKNOWN"))));
}

}  // namespace
}  // namespace concord::app
