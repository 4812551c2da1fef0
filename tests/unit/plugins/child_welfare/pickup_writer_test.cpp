#include "child_welfare/pickup_writer.hpp"

#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

sdk::Delivery delivery(std::string_view idempotency_key,
                       std::string_view body,
                       std::string_view type = "court_event") {
  return {.withdraw = false,
          .idempotency_key = idempotency_key,
          .type = type,
          .key = "SYN-K",
          .version = 2,
          .subject = "SYN-CW-000001",
          .body = body};
}

std::string config(const TempFolder& folder, const std::string& write = "") {
  return R"({"folder":{"path":")" + folder.path().string() +
         R"("},"write":{"to":"folder","folder":"pickup")" + write + "}}";
}

size_t failures(const sdk::Result<std::vector<sdk::Outcome>>& outcomes) {
  EXPECT_TRUE(outcomes);
  size_t n = 0;
  for (const auto& o : *outcomes) n += o.error ? 1 : 0;
  return n;
}

TEST(PickupWriter, writes_one_file_a_batch_and_type_with_quotes_where_needed) {
  TempFolder folder;
  auto connector = connector_of(config(folder));
  const sdk::Delivery both[] = {delivery("k1", R"({"a":"x, \"y\"","n":3})"),
                                delivery("k2", R"({"b":{"c":[1]},"a":"line\nend"})"),
                                {.withdraw = true,
                                 .idempotency_key = "k3",
                                 .type = "placement_notice",
                                 .key = "SYN-P",
                                 .subject = {},
                                 .body = {}}};
  EXPECT_EQ(failures(connector->write(both, TestCall())), 0u);
  const auto written = folder.names("pickup");
  const std::vector<std::string> names(written.begin(), written.end());
  ASSERT_THAT(names, SizeIs(2));
  EXPECT_THAT(names[0], ::testing::MatchesRegex("court_event-[0-9a-f]{16}\\.csv"));
  EXPECT_EQ(folder.get("pickup/" + names[0]),
            "concord_idempotency_key,concord_operation,concord_key,concord_version,"
            "concord_subject,a,n,b\r\n"
            "k1,upsert,SYN-K,2,SYN-CW-000001,\"x, \"\"y\"\"\",3,\r\n"
            "k2,upsert,SYN-K,2,SYN-CW-000001,\"line\nend\",,\"{\"\"c\"\":[1]}\"\r\n");
  EXPECT_EQ(folder.get("pickup/" + names[1]),
            "concord_idempotency_key,concord_operation,concord_key,concord_version,"
            "concord_subject\r\nk3,withdraw,SYN-P,1,\r\n");
}

TEST(PickupWriter, writes_the_columns_that_are_configured) {
  TempFolder folder;
  auto connector = connector_of(config(folder, R"(,"columns":{"court_event":["b","a"]})"));
  const sdk::Delivery one[] = {delivery("k1", R"({"a":"1","z":"left out"})")};
  EXPECT_EQ(failures(connector->write(one, TestCall())), 0u);
  EXPECT_THAT(folder.get("pickup/" + *folder.names("pickup").begin()),
              ::testing::EndsWith("concord_subject,b,a\r\nk1,upsert,SYN-K,2,SYN-CW-000001,,1\r\n"));
}

TEST(PickupWriter, repeats_nothing_even_after_the_agency_took_the_file_and_we_restarted) {
  TempFolder folder;
  const sdk::Delivery first[] = {delivery("k1", "{}"), delivery("k2", "{}")};
  EXPECT_EQ(failures(connector_of(config(folder))->write(first, TestCall())), 0u);
  ASSERT_THAT(folder.names("pickup"), SizeIs(1));
  std::filesystem::remove(folder.path().string() + "/pickup/" + *folder.names("pickup").begin());

  auto after = connector_of(config(folder));
  EXPECT_EQ(failures(after->write(first, TestCall())), 0u);
  EXPECT_THAT(folder.names("pickup"), IsEmpty());
  const sdk::Delivery other[] = {delivery("k2", "{}"), delivery("k3", "{}")};  // another batch
  EXPECT_EQ(failures(after->write(other, TestCall())), 0u);
  ASSERT_THAT(folder.names("pickup"), SizeIs(1));
  const std::string csv = folder.get("pickup/" + *folder.names("pickup").begin());
  EXPECT_EQ(csv.find("k2"), std::string::npos);
  EXPECT_NE(csv.find("k3"), std::string::npos);
}

// Passes on to a folder, and dies before the n-th change.
class DyingStore : public FileStore {
 public:
  DyingStore(const std::string& path, int changes) : inner_(local_folder(path)), left_(changes) {}
  sdk::Result<std::vector<FileInfo>> list(const std::string& f, const sdk::Call& c) override {
    return inner_->list(f, c);
  }
  sdk::Result<std::string> fetch(const std::string& n, size_t m, const sdk::Call& c) override {
    return inner_->fetch(n, m, c);
  }
  sdk::Status put(const std::string& n, std::string_view b, const sdk::Call& c) override {
    if (!lives()) {
      (void)inner_->put(n, b.substr(0, b.size() / 2), c);  // half of it
      return dead();
    }
    return inner_->put(n, b, c);
  }
  sdk::Status rename(const std::string& a, const std::string& b, const sdk::Call& c) override {
    return lives() ? inner_->rename(a, b, c) : dead();
  }
  sdk::Status remove(const std::string& n, const sdk::Call& c) override {
    return lives() ? inner_->remove(n, c) : dead();
  }
  sdk::Status make_folder(const std::string& n, const sdk::Call& c) override {
    return lives() ? inner_->make_folder(n, c) : dead();
  }
  std::string place(const std::string& n) const override { return inner_->place(n); }

 private:
  bool lives() { return left_-- > 0; }
  static sdk::Status dead() { return sdk::retry("DEAD", "store", "it broke off", "go on"); }
  std::unique_ptr<FileStore> inner_;
  int left_;
};

TEST(PickupWriter, shows_each_delivery_exactly_once_wherever_it_breaks_off) {
  int broke = 0;
  for (int changes = 0; changes < 8; ++changes) {
    TempFolder folder;
    WriteSettings settings;
    settings.folder = "pickup";
    const sdk::Delivery batch[] = {delivery("k1", R"({"a":1})"), delivery("k2", R"({"a":2})")};
    {
      PickupWriter dying(std::make_unique<DyingStore>(folder.path().string(), changes), settings);
      auto outcomes = dying.write(batch, TestCall());
      broke += !outcomes || failures(outcomes) > 0 ? 1 : 0;
    }
    // The agency takes whatever is shown, whenever it is shown.
    std::string taken;
    auto take = [&] {
      for (const auto& name : folder.names("pickup")) {
        taken += folder.get("pickup/" + name);
        std::filesystem::remove(folder.path().string() + "/pickup/" + name);
      }
    };
    take();
    PickupWriter after(local_folder(folder.path().string()), settings);
    EXPECT_EQ(failures(after.write(batch, TestCall())), 0u);
    take();
    for (const char* key : {"k1,", "k2,"}) {
      const size_t first = taken.find(key);
      ASSERT_NE(first, std::string::npos) << "lost after " << changes << " changes";
      EXPECT_EQ(taken.find(key, first + 1), std::string::npos)
          << "twice after " << changes << " changes";
    }
  }
  EXPECT_GE(broke, 5) << "the breaks must have been where the writing is";
}

TEST(PickupWriter, says_so_where_it_is_not_configured) {
  TempFolder folder;
  auto connector = connector_of(R"({"folder":{"path":")" + folder.path().string() + "\"}}");
  EXPECT_EQ(connector->write({}, TestCall()).error().error_class, sdk::ErrorClass::config);
}

const std::vector<sdk::Obligation> kAlong = {
    {"notice_part2",
     "",
     "42 CFR part 2 prohibits unauthorized use or disclosure of these records."},
    {"destroy_by", "2026-12-31", "Destroy this by 2026-12-31."}};

TEST(PickupWriter, puts_what_must_go_along_into_a_last_column) {
  TempFolder folder;
  auto connector = connector_of(config(folder));
  sdk::Delivery both[] = {delivery("k1", R"({"a":"1"})"), delivery("k2", R"({"a":"2"})")};
  both[0].obligations = kAlong;
  EXPECT_EQ(failures(connector->write(both, TestCall())), 0u);
  EXPECT_THAT(folder.get("pickup/" + *folder.names("pickup").begin()),
              ::testing::EndsWith(
                  "concord_subject,a,concord_obligations\r\n"
                  "k1,upsert,SYN-K,2,SYN-CW-000001,1,notice_part2: 42 CFR part 2 prohibits "
                  "unauthorized use or disclosure of these records. | destroy_by: Destroy this by "
                  "2026-12-31.\r\nk2,upsert,SYN-K,2,SYN-CW-000001,2,\r\n"));
}

}  // namespace
}  // namespace concord::child_welfare
