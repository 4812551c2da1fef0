// Faults in a coalition's files, as concord check tells them: all at once, with file and line.
#include "tests/bad_input/concord.hpp"

namespace concord::bad_input {
namespace {

class Check : public testing::Test {
 protected:
  Coalition coalition;
  Folder& folder = coalition.folder;
};

TEST_F(Check, finds_nothing_in_the_example) {
  const Said said = coalition.concord("check");
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(said.text, HasSubstr("good: Example County SEEN coalition"));
}

TEST_F(Check, names_an_unknown_key_of_the_coalition) {
  folder.change("concord.yaml", "jurisdiction:", "juristiction:");
  coalition.expect_fault(
      "CONFIG_UNKNOWN_KEY", "concord.yaml:4", "\"juristiction\"", "did you mean \"jurisdiction\"");
}

TEST_F(Check, names_an_unknown_key_of_a_system) {
  folder.change("systems/court.yaml", "listens:", "listen:");
  coalition.expect_fault(
      "CONFIG_UNKNOWN_KEY", "systems/court.yaml:4", "\"listen\"", "did you mean \"listens\"");
}

TEST_F(Check, names_an_unknown_key_of_a_connector_deep_in_its_config) {
  folder.change("systems/child_welfare.yaml", "    client_id:", "    client_name:");
  coalition.expect_fault(
      "CONFIG_UNKNOWN_KEY", "systems/child_welfare.yaml:10", "client_name", "client_id");
}

TEST_F(Check, names_a_config_value_of_the_wrong_type) {
  folder.change("systems/health.yaml", "${env:CONCORD_HEALTH_MLLP_PORT:-2575}", "two thousand");
  coalition.expect_fault("CONFIG_", "systems/health.yaml:11", "port", "");
}

TEST_F(Check, names_a_secret_whose_file_is_missing) {
  fs::remove(folder.path() + "/secrets/court.token");
  coalition.expect_fault("SECRET_MISSING",
                         "systems/court.yaml:10",
                         "No such file",
                         "put the secret into secrets/court.token");
}

TEST_F(Check, names_a_secret_whose_file_is_empty) {
  folder.put("secrets/court.token", "\n");
  coalition.expect_fault("SECRET_MISSING",
                         "systems/court.yaml:10",
                         "empty",
                         "put the secret into secrets/court.token");
}

TEST_F(Check, names_a_credential_that_nobody_hands_over) {
  folder.change("systems/court.yaml",
                "${file:${env:CONCORD_SECRETS:-secrets}/court.token}",
                "${credential:x}");
  coalition.expect_fault(
      "SECRET_MISSING", "systems/court.yaml:10", "no credentials", "LoadCredential");
}

TEST_F(Check, names_a_variable_that_the_environment_has_not) {
  folder.change("systems/court.yaml",
                "${env:CONCORD_COURT_URL:-http://127.0.0.1:9103/docket/v1}",
                "${env:COURT}");
  coalition.expect_fault("CONFIG_REFERENCE", "systems/court.yaml:9", "has no COURT", "set it");
}

TEST_F(Check, names_a_key_that_stands_there_twice) {
  folder.change("systems/court.yaml", "listens: true", "listens: true\nlistens: true");
  coalition.expect_fault("YAML_", "systems/court.yaml:5", "\"listens\" stands here twice", "");
}

TEST_F(Check, names_what_is_no_yaml) {
  folder.change("agencies.yaml", "agencies:", "agencies: [");
  coalition.expect_fault("YAML_", "agencies.yaml:", "", "");
}

TEST_F(Check, refuses_yaml_that_grows_by_itself) {
  folder.put("facts/bomb.yaml",
             "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nfacts: [*b, *b, *b, *b]\n");
  coalition.expect_fault("YAML_", "facts/bomb.yaml:1", "", "");
}

TEST_F(Check, refuses_yaml_of_100000_levels) {
  folder.put("facts/deep.yaml",
             "facts: " + std::string(100000, '[') + std::string(100000, ']') + "\n");
  coalition.expect_fault("YAML_", "facts/deep.yaml:1", "", "");
}

TEST_F(Check, names_a_file_that_is_empty) {
  folder.put("agencies.yaml", "");
  coalition.expect_fault("CONFIG_", "agencies.yaml:1", "", "");
}

TEST_F(Check, tells_of_faults_in_several_files_at_once) {
  folder.change("concord.yaml", "zone:", "zon:");
  folder.change("systems/court.yaml", "listens:", "listen:");
  folder.change("roster.yaml", "agency:", "agenci:");
  const Said said = coalition.concord("check");
  EXPECT_EQ(said.code, 78);
  for (const char* place : {"concord.yaml:", "systems/court.yaml:4", "roster.yaml:"})
    EXPECT_THAT(said.text, HasSubstr(place));
}

TEST_F(Check, and_serve_refuses_what_check_refuses) {
  folder.change("systems/court.yaml", "listens:", "listen:");
  const Said said = coalition.concord("serve");
  EXPECT_EQ(said.code, 78);
  EXPECT_THAT(said.text, HasSubstr("systems/court.yaml:4"));
}

}  // namespace
}  // namespace concord::bad_input
