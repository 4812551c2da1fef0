#include <gtest/gtest.h>

#include <concord/connector.hpp>
#include <concord/obligations.hpp>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/unit/sdk/abi_layout.hpp"

namespace concord::sdk {
namespace {

TEST(Abi, nothing_of_what_was_released_has_moved) {
  const AbiLayout frozen = abi_frozen_1_0(), now = abi_now();
  ASSERT_EQ(frozen.size(), now.size());
  for (size_t i = 0; i < frozen.size(); ++i) {
    EXPECT_EQ(frozen[i].offset, now[i].offset) << frozen[i].name;
    const bool is_struct = frozen[i].offset == 0 && frozen[i].size != 0 &&
                           frozen[i].name.find('.') == std::string::npos;
    const bool may_grow = is_struct && frozen[i].name != "concord_bytes" &&
                          frozen[i].name != "concord_error";  // these stand inside others
    if (may_grow)
      EXPECT_LE(frozen[i].size, now[i].size) << frozen[i].name;
    else
      EXPECT_EQ(frozen[i].size, now[i].size) << frozen[i].name;
  }
}

TEST(Abi, the_list_that_is_compared_names_every_member_of_the_released_header) {
  std::ifstream in(CONCORD_SOURCE_DIR "/sdk/abi/abi-1.0.h");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  ASSERT_FALSE(text.empty());
  std::vector<std::string> structs;
  static const std::regex begins(R"(typedef struct (\w+) \{)");
  for (std::sregex_iterator at(text.begin(), text.end(), begins), end; at != end; ++at)
    structs.push_back((*at)[1]);
  EXPECT_EQ(structs.size(), 13u);
  for (const std::string& name : structs) {
    // What has no gap the size of a member is complete: the members' sizes fill the struct.
    uint64_t filled = 0, size = 0;
    for (const AbiEntry& entry : abi_frozen_1_0()) {
      if (entry.name == name) size = entry.size;
      if (entry.name.starts_with(name + ".")) filled += entry.size;
    }
    EXPECT_EQ(filled, size) << name;
  }
}

// A host that knows more than this connector: longer structs, in arrays too.
class Echo : public Connector {
 public:
  static Result<std::unique_ptr<Connector>> create(std::string_view) {
    return std::unique_ptr<Connector>(std::make_unique<Echo>());
  }
  Status check(const Call&) override { return auth_error("NO", "here", "refused", "ask"); }
  Result<std::string> describe(const Call&) override { return std::string("{}"); }
  Result<Batch> read(std::string_view,
                     std::string_view,
                     const Limits& limits,
                     const Call&) override {
    Batch batch;
    batch.checkpoint = std::to_string(limits.records_max);
    return batch;
  }
  Result<std::vector<Outcome>> write(std::span<const Delivery> deliveries, const Call&) override {
    std::vector<Outcome> outcomes;
    for (const Delivery& delivery : deliveries)
      outcomes.push_back({std::nullopt, std::string(delivery.key)});
    return outcomes;
  }
};

concord_connector made() {
  concord_connector connector{};
  connector.struct_size = sizeof connector;
  concord_error error{};
  error.struct_size = sizeof error;
  EXPECT_EQ(detail::enter(CONCORD_ABI_VERSION, {}, &connector, &error, &Echo::create), CONCORD_OK);
  return connector;
}

TEST(Abi, deliveries_of_a_newer_host_are_walked_by_their_own_size) {
  struct Newer {
    concord_delivery known;
    char later[24];
  };
  Newer given[3]{};
  const char* keys[] = {"a", "b", "c"};
  for (int i = 0; i < 3; ++i) {
    given[i].known.struct_size = sizeof(Newer);
    given[i].known.key = Call::bytes(keys[i]);
  }
  concord_connector connector = made();
  concord_outcomes out{};
  out.struct_size = sizeof out;
  concord_call call{};
  call.struct_size = sizeof call;
  call.timeout_ms = 1000;
  ASSERT_EQ(connector.write(connector.self, &call, &given[0].known, 3, &out, nullptr), CONCORD_OK);
  ASSERT_EQ(out.count, 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(view(out.outcomes[i].remote_id), keys[i]);
  out.release(&out);
  connector.destroy(connector.self);
}

// Says as the remote id what had to go along.
class Along : public Echo {
 public:
  static Result<std::unique_ptr<Connector>> create(std::string_view) {
    return std::unique_ptr<Connector>(std::make_unique<Along>());
  }
  Result<std::vector<Outcome>> write(std::span<const Delivery> deliveries, const Call&) override {
    std::vector<Outcome> outcomes;
    for (const Delivery& delivery : deliveries)
      outcomes.push_back({std::nullopt, obligation_lines(delivery.obligations, "|")});
    return outcomes;
  }
};

std::vector<std::string> along(const concord_delivery* first, uint32_t count) {
  concord_connector connector{};
  connector.struct_size = sizeof connector;
  EXPECT_EQ(detail::enter(CONCORD_ABI_VERSION, {}, &connector, nullptr, &Along::create),
            CONCORD_OK);
  concord_outcomes out{};
  out.struct_size = sizeof out;
  concord_call call{};
  call.struct_size = sizeof call;
  call.timeout_ms = 1000;
  EXPECT_EQ(connector.write(connector.self, &call, first, count, &out, nullptr), CONCORD_OK);
  std::vector<std::string> said;
  for (uint32_t i = 0; i < out.count; ++i) said.emplace_back(view(out.outcomes[i].remote_id));
  out.release(&out);
  connector.destroy(connector.self);
  return said;
}

TEST(Abi, obligations_of_a_newer_host_are_walked_by_their_own_size) {
  struct Newer {
    concord_obligation known;
    char later[16];
  };
  Newer given[2]{};
  given[0].known = {sizeof(Newer), 0, Call::bytes("notice_part2"), {}, Call::bytes("A notice.")};
  given[1].known = {sizeof(Newer),
                    0,
                    Call::bytes("destroy_by"),
                    Call::bytes("2026-12-31"),
                    Call::bytes("By then.")};
  concord_delivery delivery{};
  delivery.struct_size = sizeof delivery;
  delivery.obligation_count = 2;
  delivery.obligations = &given[0].known;
  EXPECT_EQ(along(&delivery, 1),
            std::vector<std::string>{"notice_part2: A notice.|destroy_by: By then."});
}

TEST(Abi, a_host_of_1_0_brings_none) {
  // As long as 1.0 had it; what lies behind belongs to nobody.
  struct {
    alignas(8) unsigned char bytes[2 * CONCORD_DELIVERY_SIZE_1_0];
  } old;
  std::memset(old.bytes, 0, sizeof old.bytes);
  for (size_t i = 0; i < 2; ++i) {
    const uint32_t size = CONCORD_DELIVERY_SIZE_1_0;
    std::memcpy(old.bytes + i * size, &size, sizeof size);
  }
  EXPECT_EQ(along(reinterpret_cast<const concord_delivery*>(old.bytes), 2),
            (std::vector<std::string>{"", ""}));
}

TEST(Abi, nothing_is_written_beyond_the_size_that_the_host_gave) {
  concord_connector connector = made();
  concord_call call{};
  call.struct_size = sizeof call;
  call.timeout_ms = 1000;
  struct {
    concord_error error;
  } shorter{};
  shorter.error.struct_size = offsetof(concord_error, retry_after_ms);
  shorter.error.retry_after_ms = 42;
  EXPECT_EQ(connector.check(connector.self, &call, &shorter.error), CONCORD_AUTH);
  EXPECT_EQ(view(shorter.error.cause), "refused");
  EXPECT_EQ(shorter.error.retry_after_ms, 42u);
  EXPECT_EQ(shorter.error.struct_size, offsetof(concord_error, retry_after_ms));
  connector.destroy(connector.self);
}

TEST(Abi, another_major_version_is_refused_by_name) {
  concord_connector connector{};
  connector.struct_size = sizeof connector;
  concord_error error{};
  error.struct_size = sizeof error;
  EXPECT_EQ(detail::enter(2000, {}, &connector, &error, &Echo::create), CONCORD_CONFIG);
  EXPECT_EQ(view(error.code), "ABI_MISMATCH");
  EXPECT_NE(view(error.cause).find("2.0"), std::string::npos);
}

}  // namespace
}  // namespace concord::sdk
