// order, roster, assignment and consent: what is missing is said before anything is saved.
#include "hub/app/pieces.hpp"

#include <gmock/gmock.h>

#include "hub/api/server.hpp"
#include "tests/unit/app/builders.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::app {
namespace {

using testing::HasSubstr;

class PiecesTest : public testing::Test {
 protected:
  void SetUp() override {
    world.start();
    a_coalition(folder);
    folder.with("concord.yaml",
                "name: Example County\ncoordinator: advocacy\nzone: America/New_York\ndata: " +
                    world.folder() + "\npolicy: " + CONCORD_SOURCE_DIR +
                    "/mappings/policy\nconnectors: connectors\nmappings: [mappings]\n");
    auto started = api::Server::start("127.0.0.1:0", world.hub(), [](const std::string&) {
      return base::Result<std::shared_ptr<const pipeline::Setup>, base::Errors>(base::Errors{});
    });
    ASSERT_TRUE(started) << to_text(started.error());
    server = std::move(*started);
  }
  Ran add(const PieceKind& kind, const PieceWords& words, const Saving& how = {}) {
    return run([&] { return add_piece(folder.path(), kind, words, how); });
  }
  Ran import(const PieceKind& kind, const std::string& file, const Saving& how = {}) {
    return run(
        [&] { return import_pieces(folder.path(), kind, folder.path() + "/given/" + file, how); });
  }
  Ran list(const PieceKind& kind) {
    auto head = load_head(folder.path());
    return run([&] { return list_pieces(*head, kind, false); });
  }
  Ran end(const PieceKind& kind, const std::string& id) {
    auto head = load_head(folder.path());
    return run([&] { return end_piece(*head, kind, id, false); });
  }
  Folder folder;
  pipeline::SmallWorld world;
  std::unique_ptr<api::Server> server;
};

TEST_F(PiecesTest, an_order_is_granted_listed_and_ended) {
  const PieceWords words{.id = "O-7",
                         .system = "cwa",
                         .child = "SYN-CW-1",
                         .recipient = "dcf",
                         .kind = "part2",
                         .start = "2026-01-01",
                         .fields = {"condition.code"},
                         .parent_party = true};
  const Ran granted = add(kOrders, words);
  EXPECT_EQ(granted.code, 0) << granted.err;
  EXPECT_THAT(granted.err, HasSubstr("order O-7 is in force"));
  const auto& orders = world.hub().view()->evidence().orders;
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].kind, "part2");
  EXPECT_TRUE(orders[0].parent_party);
  EXPECT_THAT(list(kOrders).out, HasSubstr("O-7  part2  child cwa SYN-CW-1, to dcf"));
  EXPECT_EQ(end(kOrders, "O-7").code, 0);
  EXPECT_TRUE(world.hub().view()->evidence().orders[0].end);
  EXPECT_EQ(end(kOrders, "O-8").code, 78);
}

TEST_F(PiecesTest, what_is_missing_is_said_and_nothing_is_saved) {
  const PieceWords words{.id = "O-7", .system = "cwa", .child = "SYN-CW-1"};
  const Ran refused = add(kOrders, words);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("order O-7 lacks the fields that it expressly authorises"));
  EXPECT_THAT(refused.err, HasSubstr("nothing was saved"));
  EXPECT_TRUE(world.hub().view()->evidence().orders.empty());
  EXPECT_EQ(add(kOrders, words, {.as_is = true}).code, 0);
  EXPECT_EQ(world.hub().view()->evidence().orders.size(), 1u);
  const Ran nobody = add(kSeats, {.role = "clerk"});
  EXPECT_EQ(nobody.code, 78);
  EXPECT_THAT(nobody.err, HasSubstr("options: seat agency: is missing"));
}

TEST_F(PiecesTest, a_consent_says_which_elements_its_form_lacks) {
  folder.with("given/c.yaml", R"(consents:
  - {id: C-9, child: {system: cwa, key: SYN-CW-1}, form: part2, recipients: [dcf]}
)");
  const Ran refused = import(kConsents, "c.yaml", {.json = true});
  EXPECT_EQ(refused.code, 1);
  for (const char* lack : {"who signed", "a purpose", "the hub's name", "the day on which"})
    EXPECT_THAT(refused.out, HasSubstr(lack));
  folder.with("given/c.yaml", R"(consents:
  - {id: C-9, child: {system: cwa, key: SYN-CW-1}, form: part2, recipients: [dcf], names_hub: true,
     signers: [minor], signed: 2026-01-02, purposes: [treatment], end: 2999-12-31}
)");
  EXPECT_EQ(import(kConsents, "c.yaml").code, 0);
}

TEST_F(PiecesTest, many_are_imported_from_yaml_json_and_csv_all_or_none) {
  folder.with("given/roster.json", R"({"roster": [{"agency": "dcf", "role": "case worker"}]})");
  EXPECT_EQ(import(kSeats, "roster.json").code, 0);
  EXPECT_THAT(list(kSeats).out, HasSubstr("dcf.case_worker  dcf  case worker  active"));
  folder.with("given/more.csv",
              "agency,system,child,start\ndcf,cwa,SYN-CW-1,\ndcf,cwa,SYN-CW-2,\n");
  EXPECT_EQ(import(kAssignments, "more.csv").code, 0);
  EXPECT_EQ(world.hub().view()->evidence().assignments.size(), 2u);
  folder.with("given/more.yaml", R"(assignments:
  - {id: A-1, agency: dcf, child: {system: cwa, key: SYN-CW-3}}
  - {id: A-1, agency: dcf, child: {system: cwa, key: SYN-CW-4}}
)");
  EXPECT_EQ(import(kAssignments, "more.yaml").code, 78);
  folder.with("given/more.yaml", R"(assignments:
  - {agency: dcf, child: {system: cwa, key: SYN-CW-3}}
  - {agency: nobody, child: {system: cwa, key: SYN-CW-4}}
)");
  EXPECT_EQ(import(kAssignments, "more.yaml").code, 78);
  EXPECT_EQ(world.hub().view()->evidence().assignments.size(), 2u);
}

TEST_F(PiecesTest, an_assignment_without_a_seat_is_told) {
  const Ran refused = add(kAssignments, {.agency = "dcf", .system = "cwa", .child = "SYN-CW-1"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("lacks a seat on the roster for dcf"));
}

}  // namespace
}  // namespace concord::app
