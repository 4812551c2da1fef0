#include "hub/model/schema.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "hub/base/files.hpp"

namespace concord::model {
namespace {

const std::string kShipped = CONCORD_SOURCE_DIR "/mappings/schema";

const Schema& shipped() {
  static const Schema schema = [] {
    auto loaded = Schema::load(kShipped);
    if (!loaded) ADD_FAILURE() << to_text(loaded.error());
    return std::move(loaded).value();
  }();
  return schema;
}

TEST(Schema, has_every_entity_of_version_1) {
  EXPECT_EQ(shipped().entities().size(), 36u);
  ASSERT_NE(shipped().find("Placement"), nullptr);
  EXPECT_TRUE(shipped().find("Placement")->about_person);
  EXPECT_FALSE(shipped().find("Incident")->about_person);
  EXPECT_FALSE(shipped().find("Worker")->about_person);
  EXPECT_EQ(shipped().find("placement"), nullptr);
}

TEST(Schema, knows_type_list_required_and_codes_of_a_field) {
  const EntitySchema& placement = *shipped().find("Placement");
  const SchemaField* start = placement.find("start");
  ASSERT_NE(start, nullptr);
  EXPECT_EQ(start->type, "pdate");
  EXPECT_TRUE(start->required);
  EXPECT_EQ(placement.find("kind")->codes, "placement");
  EXPECT_TRUE(shipped().find("Person")->find("names")->list);
  EXPECT_EQ(shipped().find("Investigation")->find("allegations.kind")->codes, "maltreatment");
  EXPECT_EQ(placement.find("begin"), nullptr);
}

TEST(Schema, gives_a_field_the_labels_of_its_entity_and_its_own) {
  EXPECT_EQ(shipped().find("MissingEvent")->find("last_seen")->labels,
            (LabelSet{Label::LOC, Label::report}));
  EXPECT_EQ(shipped().find("RiskScreening")->find("answers.value")->labels,
            LabelSet{Label::ASSESSMENT});
  EXPECT_EQ(shipped().find("MaltreatmentReport")->find("story")->labels,
            (LabelSet{Label::REPORTER_ID, Label::FREE_TEXT}));
  EXPECT_TRUE(shipped().find("Placement")->find("address")->labels.empty());
}

TEST(Schema, calls_every_narrative_free_text) {
  size_t narratives = 0;
  for (const EntitySchema& entity : shipped().entities()) {
    for (const SchemaField& field : entity.fields) {
      if (field.type != "narrative") continue;
      ++narratives;
      EXPECT_TRUE(field.labels.has(Label::FREE_TEXT)) << entity.name << "." << field.path;
    }
  }
  EXPECT_GE(narratives, 7u);
}

TEST(Schema, has_other_but_never_unknown_in_its_own_code_sets) {
  for (const EntitySchema& entity : shipped().entities()) {
    for (const SchemaField& field : entity.fields) {
      if (field.codes.empty()) continue;
      const auto& values = *shipped().codes(field.codes);
      EXPECT_NE(std::find(values.begin(), values.end(), "other"), values.end()) << field.codes;
      EXPECT_EQ(std::find(values.begin(), values.end(), "unknown"), values.end()) << field.codes;
    }
  }
  EXPECT_EQ(shipped().codes("no_such_set"), nullptr);
}

TEST(Schema, tells_every_fault_of_every_file) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "concord_schema_faults";
  fs::remove_all(folder);
  fs::copy(kShipped, folder);
  ASSERT_TRUE(base::write_file(folder / "task.json",
                               R"({"title":"Task","additionalProperties":false,"properties":{
 "due":{"$ref":"types.json#/definitions/instant","x-labels":["PHI","PHY"]},
 "what":{"type":"string"},
 "kind":{"$ref":"codes.json#/definitions/nothing","x-codes":"nothing"}}})"));
  ASSERT_TRUE(base::write_file(folder / "broken.json", "{"));
  const auto loaded = Schema::load(folder);
  ASSERT_FALSE(loaded);
  const std::string all = to_text(loaded.error());
  EXPECT_NE(all.find("no label \"PHY\""), std::string::npos) << all;
  EXPECT_NE(all.find("task.json what"), std::string::npos) << all;
  EXPECT_NE(all.find("no code set \"nothing\""), std::string::npos) << all;
  EXPECT_NE(all.find("broken.json"), std::string::npos) << all;
  fs::remove_all(folder);
}

TEST(Schema, refuses_a_folder_that_is_none) {
  EXPECT_FALSE(Schema::load(testing::TempDir() + "/no_such_folder"));
}

}  // namespace
}  // namespace concord::model
