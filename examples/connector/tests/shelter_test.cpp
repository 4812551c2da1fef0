#include "shelter.hpp"

#include <gtest/gtest.h>

#include <concord/testing.hpp>

#include "sample_system.hpp"

namespace shelter {
namespace {

std::unique_ptr<sdk::Connector> connected(const SampleSystem& system,
                                          const std::string& token = "SYN-sample-token") {
  sdk::JsonWriter config;
  config.object().field("url", system.url()).field("token", token).field("page_size", 5).end();
  auto made = Shelter::create(config.text());
  EXPECT_TRUE(made) << (made ? "" : made.error().place + ": " + made.error().cause);
  return made ? std::move(made).value() : nullptr;
}

TEST(Shelter, reads_all_pages_and_then_nothing) {
  const SampleSystem system;
  auto connector = connected(system);
  const auto first = sdk::read_all(*connector, "placement", "", {.records_max = 5}, false);
  EXPECT_EQ(first.records.size(), 12u);
  EXPECT_EQ(first.batches, 3);
  const auto second = sdk::read_all(*connector, "placement", first.checkpoint);
  EXPECT_TRUE(second.records.empty());
  EXPECT_EQ(second.checkpoint, first.checkpoint);
}

TEST(Shelter, keeps_what_it_cannot_read_as_a_reject) {
  SampleSystem system;
  system.tell("add_malformed");
  system.tell("change");
  const auto all = sdk::read_all(*connected(system), "placement");
  EXPECT_EQ(all.records.size(), 13u);
  ASSERT_EQ(all.rejects.size(), 1u);
  EXPECT_EQ(all.rejects[0].error.place, "GET /feed/placement line 3");
}

TEST(Shelter, the_system_forgets_only_what_was_acknowledged) {
  const SampleSystem system;
  auto connector = connected(system);
  const sdk::TestCall call;
  const auto page = connector->read("person", "", {.records_max = 5}, call);
  ASSERT_TRUE(page);
  EXPECT_EQ(sdk::read_all(*connector, "person", "", {}, false).records.size(), 12u);
  ASSERT_TRUE(connector->ack("person", page->checkpoint, call));
  EXPECT_EQ(sdk::read_all(*connector, "person", "", {}, false).records.size(), 7u);
}

TEST(Shelter, writes_a_notice_once_however_often_it_is_sent) {
  SampleSystem system;
  auto connector = connected(system);
  const sdk::TestCall call;
  const std::vector<sdk::Delivery> notice{
      {false, "K-1", "notice", "D-1", 2, "SYN-0001", R"({"person_id":"SYN-0001","event":"placement"})"}};
  for (int i = 0; i < 2; ++i) {
    const auto outcomes = connector->write(notice, call);
    ASSERT_TRUE(outcomes);
    EXPECT_FALSE((*outcomes)[0].error);
  }
  EXPECT_EQ(system.tell("notices"), "notice D-1 2\n");
  EXPECT_EQ(system.tell("effects"), "1");
}

TEST(Shelter, a_refused_token_is_an_error_of_class_auth) {
  const SampleSystem system;
  const auto checked = connected(system, "SYN-wrong")->check(sdk::TestCall());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().error_class, sdk::ErrorClass::auth);
}

TEST(Shelter, what_is_missing_in_the_settings_is_named) {
  const auto made = Shelter::create(R"({"url":"http://127.0.0.1:1"})");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().place, "config.token");
}

}  // namespace
}  // namespace shelter
