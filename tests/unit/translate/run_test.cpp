// Whole records: several entities, deletion, labels, unknown codes, refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/translate/world.hpp"

namespace concord::translate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// A message with a person and a list of conditions, as HL7 v2 has it.
World& clinic(World& world) {
  return world.codes("s/codes/part2.csv", "F10*,PART2\nF1*,PART2\nF17*,none\n")
      .table("s/in/a_condition.csv",
             "$record,,constant,visit,,-,-\n$entity,,constant,Condition,,-,-\n$each,dx[],,,,,\n"
             "$key,.key,copy,,,skip,skip\n$subject,patient.key,copy,,,reject,reject\n"
             "code,.code,code,system=icd10,,reject,reject\n"
             "$labels.code,.code,lookup,,part2,skip,skip\n$labels,,constant,R,,-,-,.secret=Y|y\n")
      .table("s/in/b_person.csv",
             "$record,,constant,visit,,-,-\n$entity,,constant,Person,,-,-\n"
             "$subject,patient.key,copy,,,reject,reject\n$key,patient.key,copy,,,reject,reject\n"
             "$replaces,merged,copy,,,skip,skip\n"
             "names[],patient,person_name,family=family given=given,,absent:unknown,reject\n"
             "identifiers[],patient.ids[],ident,value=v system=s,,skip,reject\n");
}
const std::string kVisit =
    R"({"patient":{"key":"P1","family":"Testfamily","given":["Ada","Lee"],"ids":[{"s":"mrn","v":"7"}]},"merged":"P0",
        "dx":[{"key":"d1","code":"F10.20","secret":"Y"},{"key":"d2","code":"F17.2"},{"code":"J45"}]})";

TEST(Run, one_record_gives_several_entities_the_person_first) {
  World world;
  const auto done = clinic(world).load().to_entities(a_record("visit", kVisit), kSystem);
  ASSERT_FALSE(done.fault) << to_text(*done.fault);
  ASSERT_THAT(done.entities, SizeIs(4));
  EXPECT_EQ(done.entities[0].type, "Person");
  EXPECT_EQ(done.entities[0].key, "P1");
  EXPECT_EQ(done.entities[1].key, "d1");
  EXPECT_EQ(done.entities[3].key, "K1#3");
  for (const auto& entity : done.entities) {
    EXPECT_EQ(entity.subject_record, "P1");
    EXPECT_EQ(entity.record_key, "K1");
    EXPECT_EQ(entity.system.value, "sys");
    EXPECT_EQ(entity.agency.value, "ag");
  }
  EXPECT_THAT(done.entities[1].lineage, testing::MatchesRegex("s/a_condition@[0-9a-f]{8}"));
}

TEST(Run, hints_hold_names_identifiers_and_merged_keys) {
  World world;
  const auto done = clinic(world).load().to_entities(a_record("visit", kVisit), kSystem);
  ASSERT_THAT(done.hints, SizeIs(1));
  const auto& [index, hints] = done.hints.front();
  EXPECT_EQ(index, 0u);
  ASSERT_THAT(hints.names, SizeIs(1));
  EXPECT_EQ(hints.names[0].family, "Testfamily");
  EXPECT_EQ(hints.names[0].given, "Ada Lee");
  EXPECT_THAT(hints.replaces, ElementsAre("P0"));
  ASSERT_THAT(hints.identifiers, SizeIs(1));
  EXPECT_EQ(hints.identifiers[0].system, "mrn");
}

TEST(Run, labels_come_from_code_tables_and_conditions) {
  World world;
  const auto done = clinic(world).load().to_entities(a_record("visit", kVisit), kSystem);
  ASSERT_THAT(done.entities, SizeIs(4));
  ASSERT_THAT(done.entities[1].field_labels, SizeIs(1));
  EXPECT_EQ(done.entities[1].field_labels[0].first, "/code");
  EXPECT_EQ(done.entities[1].field_labels[0].second, model::LabelSet{model::Label::PART2});
  EXPECT_EQ(done.entities[1].labels, model::LabelSet{model::Label::R});
  EXPECT_THAT(done.entities[2].field_labels, IsEmpty()) << "the longest prefix says none";
  EXPECT_THAT(done.entities[3].field_labels, IsEmpty());
  EXPECT_THAT(done.unknown_codes, IsEmpty()) << "a label that no row gives is no unknown code";
}

TEST(Run, a_deleted_record_gives_withdrawn_entities_under_the_same_keys) {
  World world;
  auto record = a_record("visit", kVisit);
  record.deleted = true;
  const auto done = clinic(world).load().to_entities(record, kSystem);
  ASSERT_THAT(done.entities, SizeIs(4));
  for (const auto& entity : done.entities) EXPECT_EQ(entity.status, model::EntityStatus::withdrawn);
  EXPECT_EQ(done.entities[1].key, "d1");
}

TEST(Run, a_deleted_record_without_a_body_is_known_by_its_key) {
  World world;
  world.task("duty,a,copy,,,reject,skip\n");
  for (const std::string body : {"", "{}"}) {
    auto record = a_record("task", body);
    record.deleted = true;
    const auto done = world.load().to_entities(record, kSystem);
    ASSERT_FALSE(done.fault);
    ASSERT_THAT(done.entities, SizeIs(1));
    EXPECT_EQ(done.entities[0].key, "K1");
    EXPECT_EQ(done.entities[0].status, model::EntityStatus::withdrawn);
  }
}

TEST(Run, an_unknown_code_is_counted_and_the_row_decides) {
  World world;
  world.codes("codes/sexes.csv", "F,female\n")
      .person(
          "names[],,constant,absent:unknown,,-,-\nsex,v,lookup,,sexes,skip,absent:unsupported\n");
  const auto done = world.load().to_entities(a_record("person", R"({"id":"1","v":"Q7"})"), kSystem);
  EXPECT_EQ(absent_of(done, "/sex"), "unsupported");
  ASSERT_THAT(done.unknown_codes, SizeIs(1));
  EXPECT_EQ(done.unknown_codes[0].place, "s/in/person.csv:6");
  EXPECT_EQ(done.unknown_codes[0].table, "sexes");
  EXPECT_EQ(done.unknown_codes[0].value, "Q7");
}

TEST(Run, a_refusal_tells_row_column_and_shape_but_no_value) {
  World world;
  world.person("names[],,constant,absent:unknown,,-,-\nbirth_date,born,date,,,skip,reject\n");
  const auto done =
      world.load().to_entities(a_record("person", R"({"id":"1","born":"12.31.1999"})"), kSystem);
  ASSERT_TRUE(done.fault);
  EXPECT_THAT(done.entities, IsEmpty());
  EXPECT_EQ(done.fault->error_class, base::ErrorClass::bad_record);
  EXPECT_EQ(done.fault->place, "s/in/person.csv:6 if_invalid");
  EXPECT_THAT(done.fault->cause, HasSubstr("Person.birth_date from born: expected YYYY-MM-DD"));
  EXPECT_THAT(to_text(*done.fault), Not(HasSubstr("1999")));
}

TEST(Run, what_is_no_record_is_refused) {
  World world;
  const Mappings mappings = world.task("duty,a,copy,,,skip,skip\n").load();
  for (const std::string body : {"", "[]", "{\"a\":1,\"a\":2}", "{\"a\":\"\\u0000\"}", "{\"a\":"})
    EXPECT_TRUE(mappings.to_entities(a_record("task", body), kSystem).fault) << body;
  EXPECT_EQ(mappings.to_entities(a_record("unheard_of", "{}"), kSystem).fault->code,
            "MAPPING_NONE");
}

TEST(Run, a_shape_that_no_table_knows_is_refused_and_does_not_vanish) {
  World world;
  world.task("$when,,,,,,,person\n");
  const auto done = world.load().to_entities(a_record("task", R"({"who":"1"})"), kSystem);
  ASSERT_TRUE(done.fault);
  EXPECT_EQ(done.fault->code, "MAPPING_NONE_APPLIES");
}

TEST(Run, the_first_row_that_gives_something_wins) {
  World world;
  world.task(
      "duty,,constant,one,,-,-,kind=1\nduty,b,copy,,,skip,skip\nduty,,constant,three,,-,-\n"
      "$status,,constant,withdrawn,,-,-,kind=1\n$status,,constant,corrected,,-,-\n");
  const Mappings mappings = world.load();
  const auto duty = [&](const std::string& members) {
    return mappings.to_entities(a_record("task", R"({"person":"1",)" + members + "}"), kSystem);
  };
  EXPECT_EQ(field_of(duty(R"("kind":"1","b":"two")"), "duty"), "\"one\"");
  EXPECT_EQ(field_of(duty(R"("kind":"2","b":"two")"), "duty"), "\"two\"");
  EXPECT_EQ(field_of(duty(R"("kind":"2","b":" ")"), "duty"), "\"three\"");
  EXPECT_EQ(duty(R"("kind":1)").entities.at(0).status, model::EntityStatus::withdrawn);
  EXPECT_EQ(duty(R"("kind":"2")").entities.at(0).status, model::EntityStatus::corrected);
}

TEST(Run, a_body_that_breaks_the_schema_is_refused) {
  World world;
  world.task("duty,a,copy,,,skip,skip\n");
  const auto done = world.load().to_entities(
      a_record("task", R"({"person":"1","a":")" + std::string(501, 'x') + "\"}"), kSystem);
  ASSERT_TRUE(done.fault);
  EXPECT_EQ(done.fault->code, "MAPPING_SCHEMA");
  EXPECT_THAT(done.fault->cause, HasSubstr("Task/duty: text of 501 characters"));
}

TEST(Run, code_rows_count_on_the_day_that_the_record_changed) {
  World world;
  world
      .file("codes/c.csv",
            "from,to,valid_from,valid_to\nA,x|old,,2025-12-31\nA,x|new,2026-01-01,\n")
      .table("s/in/task.csv",
             "$record,,constant,task,,-,-\n$entity,,constant,Task,,-,-\n"
             "$subject,person,copy,,,reject,reject\nwhat,a,lookup,,c,reject,reject\n"
             "owner,,constant,Worker|1,,-,-\ndue,,constant,absent:unknown,,-,-\n"
             "status,,constant,x|open,,-,-\n");
  const Mappings mappings = world.load();
  auto record = a_record("task", R"({"person":"P","a":"A"})");
  EXPECT_THAT(field_of(mappings.to_entities(record, kSystem), "what"), HasSubstr("new"));
  record.changed_at = base::parse_instant("2025-12-31T23:00:00Z");
  EXPECT_THAT(field_of(mappings.to_entities(record, kSystem), "what"), HasSubstr("old"));
}

TEST(Run, many_threads_get_the_same) {
  World world;
  const Mappings mappings = clinic(world).load();
  const auto record = a_record("visit", kVisit);
  const auto wanted = mappings.to_entities(record, kSystem);
  std::vector<std::thread> threads;
  std::array<bool, 4> same{};
  for (bool& one : same)
    threads.emplace_back([&] {
      one = true;
      for (int i = 0; i < 200; ++i)
        one = one && mappings.to_entities(record, kSystem).entities == wanted.entities;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(same, testing::Each(true));
}

// Outgoing.
const std::string kDocument =
    R"({"id":"00000000-0000-4000-8000-000000000001","type":"Placement","status":"active",
        "source":{"agency":"cwa"},"body":{"start":{"year":2026,"month":3,"day":2},
        "kind":{"system":"ccr:placement","code":"kin"}}})";

World& notice(World& world) {
  return world
      .table("s/out/a.csv",
             "$entity,,constant,Placement,,-,-\n$record,,constant,kin_notice,,-,-\n"
             "$when,,,,,,,kind.code=kin\nid,$subject,copy,,,reject,reject\n"
             "from,$agency,copy,,,skip,skip\n"
             "details.start,start,date,MM/DD/YYYY,,skip,skip\n"
             "tags[],kind.code,copy,,,skip,skip\ntags[],end_reason.code,copy,,,default:none,skip\n")
      .table("s/out/b.csv",
             "$entity,,constant,Placement,,-,-\n$record,,constant,notice,,-,-\n"
             "id,$subject,copy,,,reject,reject\n");
}

TEST(RunOut, a_document_becomes_a_record_under_its_own_id) {
  World world;
  const Mappings mappings = notice(world).load();
  const auto record = mappings.to_record(kDocument, {"s", "America/New_York", "L1"});
  ASSERT_TRUE(record) << to_text(record.error());
  ASSERT_TRUE(*record);
  EXPECT_EQ((**record).type, "kin_notice");
  EXPECT_EQ((**record).key, "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ((**record).body,
            R"({"id":"L1","from":"cwa","details":{"start":"03/02/2026"},"tags":["kin","none"]})");
}

TEST(RunOut, what_is_withheld_is_missing_and_chooses_the_table_too) {
  World world;
  const auto record = notice(world).load().to_record(R"({"id":"1","type":"Placement","body":{}})",
                                                     {"s", "UTC", "L1"});
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((**record).type, "notice");
  EXPECT_EQ((**record).body, R"({"id":"L1"})");
}

TEST(RunOut, says_when_the_recipient_does_not_know_the_person) {
  World world;
  const auto record = notice(world).load().to_record(kDocument, {"s", "UTC", ""});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, "SUBJECT_UNKNOWN_THERE");
}

TEST(RunOut, knows_what_a_system_takes) {
  World world;
  const Mappings mappings = notice(world).load();
  EXPECT_TRUE(mappings.takes("s", "Placement"));
  EXPECT_FALSE(mappings.takes("s", "Hearing"));
  EXPECT_FALSE(mappings.takes("t", "Placement"));
  EXPECT_EQ(mappings.record_type_for("s", "Placement"), "kin_notice");
  EXPECT_EQ(mappings.record_type_for("s", "Hearing"), std::nullopt);
  const auto none =
      mappings.to_record(R"({"id":"1","type":"Hearing","body":{}})", {"s", "UTC", "L"});
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

}  // namespace
}  // namespace concord::translate
