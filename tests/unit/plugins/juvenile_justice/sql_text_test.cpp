#include "juvenile_justice/sql_text.hpp"

#include <gmock/gmock.h>

#include "juvenile_justice/checkpoint.hpp"
#include "juvenile_justice/sql_reader.hpp"

namespace concord::juvenile_justice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct BindCase {
  std::string name, given, want;
  std::vector<std::string> parameters;
};
class BindNamed : public testing::TestWithParam<BindCase> {};

TEST_P(BindNamed, finds_parameters_and_leaves_the_rest) {
  const BoundSql bound = bind_named(GetParam().given, Dialect::postgresql);
  EXPECT_EQ(bound.sql, GetParam().want);
  EXPECT_EQ(bound.parameters, GetParam().parameters);
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    BindNamed,
    testing::Values(
        BindCase{"each_place_its_number", "a=:key AND b=:key", "a=$1 AND b=$2", {"key", "key"}},
        BindCase{"dotted",
                 "VALUES (:body.a.b_2, :version)",
                 "VALUES ($1, $2)",
                 {"body.a.b_2", "version"}},
        BindCase{"cast", "x::text = :key::text", "x::text = $1::text", {"key"}},
        BindCase{"quoted", "':key' \":key\" :type", "':key' \":key\" $1", {"type"}},
        BindCase{"doubled_quote", "'it''s :no' = :yes", "'it''s :no' = $1", {"yes"}},
        BindCase{"comments", "-- :a\n/* :b */ :c", "-- :a\n/* :b */ $1", {"c"}},
        BindCase{"dollar_quoted", "$$ :a $$ $t$ :b $t$ :c", "$$ :a $$ $t$ :b $t$ $1", {"c"}},
        BindCase{"slice", "a[1:2] = :x", "a[1:2] = $1", {"x"}},
        BindCase{"unclosed_quote", "'abc :x", "'abc :x", {}},
        BindCase{"sentence_end", ":body.a. :b", "$1. $2", {"body.a", "b"}}),
    [](const auto& row) { return row.param.name; });

TEST(SqlText, an_identifier_cannot_carry_sql) {
  for (const char* good : {"youth", "_a1", "jj.youth", "Youth_2"})
    EXPECT_TRUE(is_identifier(good)) << good;
  for (const char* bad : {"", "1a", "a b", "a;b", "a.b.c", "a.", ".a", "a-b", "a\"b", "y'--"})
    EXPECT_FALSE(is_identifier(bad)) << bad;
}

TEST(SqlText, a_page_goes_on_after_change_time_and_key_together) {
  ReadConfig read;
  read.select = "SELECT * FROM youth";
  read.key_column = "youth_id";
  read.changed_column = "changed_at";
  read.settled_before = "now() - interval '2 seconds'";
  const std::string sql =
      changed_page_sql(read, Dialect::postgresql, {}, {"t2024-05-01", "t0042"}, 100);
  EXPECT_THAT(sql, HasSubstr("(p.changed_at, p.youth_id) > ($1, $2)"));
  EXPECT_THAT(sql, HasSubstr("p.changed_at <= (now() - interval '2 seconds')"));
  EXPECT_THAT(sql, HasSubstr("ORDER BY p.changed_at, p.youth_id LIMIT 100"));
  const Position from{"t2024-05-01", "t0042"};
  EXPECT_THAT(changed_page_values(from, Dialect::postgresql), ElementsAre("2024-05-01", "0042"));
  const std::vector<std::string> names{"youth_id", "changed_at"};
  EXPECT_EQ(changed_page_sql(read, Dialect::generic, names, from, 7),
            "SELECT p.\"youth_id\", p.\"changed_at\" FROM (SELECT * FROM youth\n) AS p WHERE "
            "p.changed_at IS NOT NULL AND p.youth_id IS NOT NULL AND (p.changed_at > ? OR "
            "(p.changed_at = ? AND p.youth_id > ?)) AND p.changed_at <= (now() - interval '2 "
            "seconds') ORDER BY p.changed_at, p.youth_id OFFSET 0 ROWS FETCH NEXT 7 ROWS ONLY");
  EXPECT_THAT(changed_page_values(from, Dialect::generic),
              ElementsAre("2024-05-01", "2024-05-01", "0042"));
}

ReadConfig an_outbox() {
  ReadConfig read;
  read.outbox_table = "outbox";
  read.sequence_column = "seq";
  return read;
}

TEST(SqlText, pruning_names_single_numbers_and_stretches) {
  const ReadConfig read = an_outbox();
  const std::vector<Range> ranges{{1, 40}, {42, 42}, {50, 50}};
  EXPECT_EQ(prune_sql(read, ranges),
            "DELETE FROM outbox WHERE seq BETWEEN 1 AND 40 OR seq IN (42,50)");
  ReadConfig marking = read;
  marking.mark_column = "sent_at";
  EXPECT_THAT(prune_sql(marking, ranges),
              HasSubstr("UPDATE outbox SET sent_at = CURRENT_TIMESTAMP"));
}

TEST(SqlText, pruning_nothing_prunes_nothing) {
  const ReadConfig read = an_outbox();
  EXPECT_EQ(prune_sql(read, {}), "DELETE FROM outbox WHERE 1=0");
}

TEST(Ranges, hold_exactly_what_was_added_in_any_order) {
  std::vector<Range> ranges;
  for (const int64_t n : {5, 3, 4, 9, 1, 5, 10, 2, 7}) add_to_ranges(ranges, n);
  EXPECT_THAT(ranges, ElementsAre(Range{1, 5}, Range{7, 7}, Range{9, 10}));
}

TEST(Checkpoint, comes_back_as_it_was_written) {
  const Position position{"t2024-05-01 10:00:00.123456+00", "t00\"42"};
  const auto back = read_position("p", write_position(position));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->changed, position.changed);
  EXPECT_EQ(back->key, position.key);
  const auto ranges = read_ranges("p", write_ranges({{1, 4}, {9, 9}}));
  ASSERT_TRUE(ranges);
  EXPECT_THAT(*ranges, ElementsAre(Range{1, 4}, Range{9, 9}));
}

TEST(Checkpoint, of_another_kind_is_refused_and_not_taken_for_the_beginning) {
  for (const char* foreign : {"7", "{}", "[]", "{\"page\":3}", "garbage", "{\"read\":[[1]]}"}) {
    EXPECT_FALSE(read_position("p", foreign)) << foreign;
    EXPECT_FALSE(read_ranges("p", foreign)) << foreign;
    EXPECT_FALSE(read_files("p", foreign)) << foreign;
  }
}

struct TimeCase {
  std::string given;
  int64_t want;
};
class Microseconds : public testing::TestWithParam<TimeCase> {};
TEST_P(Microseconds, are_told_only_with_a_zone) {
  EXPECT_EQ(microseconds_of(GetParam().given), GetParam().want) << GetParam().given;
}
INSTANTIATE_TEST_SUITE_P(Cases,
                         Microseconds,
                         testing::Values(TimeCase{"1970-01-01T00:00:01Z", 1000000},
                                         TimeCase{"1970-01-01 00:00:00.5+00", 500000},
                                         TimeCase{"1970-01-01 02:30:00.000001+02:30", 1},
                                         TimeCase{"1969-12-31T19:00:00-05:00", 0},
                                         TimeCase{"1970-01-01 00:00:00", CONCORD_TIME_UNKNOWN},
                                         TimeCase{"1970-02-31T00:00:00Z", CONCORD_TIME_UNKNOWN},
                                         TimeCase{"17", CONCORD_TIME_UNKNOWN},
                                         TimeCase{"", CONCORD_TIME_UNKNOWN}));

}  // namespace
}  // namespace concord::juvenile_justice
