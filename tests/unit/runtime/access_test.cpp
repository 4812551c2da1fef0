#include "hub/runtime/access.hpp"

#include <gmock/gmock.h>

#include "hub/runtime/addresses.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

HostPort at(const char* host, uint16_t port) {
  return {host, port};
}

Access access(const char* key, const char* value, const char* others = "") {
  return access_of(
      R"({"properties":{"it":{)" + std::string(key) + R"(},"host":{"default":"127.0.0.1"},
                     "port":{"default":22},"kind":{}}})",
      R"({"it":)" + std::string(value) + others + "}");
}

struct Url {
  const char* text;
  std::vector<HostPort> want;
};
class Urls : public testing::TestWithParam<Url> {};

TEST_P(Urls, name_a_host_and_a_port) {
  const std::string text = '"' + std::string(GetParam().text) + '"';
  EXPECT_EQ(access(R"("x-access":"connect")", text.c_str()).connect, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    Urls,
    testing::Values(Url{"https://a.example/x", {at("a.example", 443)}},
                    Url{"http://a.example", {at("a.example", 80)}},
                    Url{"http://a.example:8080/x", {at("a.example", 8080)}},
                    Url{"https://[2001:db8::1]:1/", {at("2001:db8::1", 1)}},
                    Url{"https://[2001:db8::1]/", {at("2001:db8::1", 443)}},
                    Url{"https://b.example@a.example/", {at("a.example", 443)}},
                    Url{"https://a.example?@b.example", {at("a.example", 443)}},
                    Url{"a.example", {at("a.example", 22)}},
                    Url{"", {}},
                    Url{"/run/a.socket", {}},
                    Url{"https://", {}}));

TEST(Access, is_what_the_settings_name_and_nothing_else) {
  EXPECT_EQ(access("\"type\":\"string\"", R"("https://a.example")"), Access{});
  EXPECT_THAT(access(R"("x-access":"read")", R"("/a/../b/key.pem")").read,
              ElementsAre("/b/key.pem"));
  EXPECT_THAT(access(R"("x-access":"write")", R"("/a/drop")").write, ElementsAre("/a/drop"));
  EXPECT_THAT(access(R"("x-access":"write_file")", R"("/a/jj.db")").write, ElementsAre("/a"));
  EXPECT_THAT(access(R"("x-access":"listen")", "8701").listen, ElementsAre(at("127.0.0.1", 8701)));
  EXPECT_THAT(access(R"("x-access":"listen")", "70000").listen, IsEmpty());
}

TEST(Access, of_a_key_may_depend_on_its_neighbour) {
  const char* key = R"("x-access":"connect","x-access-if":"kind=postgresql")";
  EXPECT_THAT(access(key, R"("db")", R"(,"kind":"sqlite")").connect, IsEmpty());
  EXPECT_THAT(access(key, R"("db")", R"(,"kind":"postgresql")").connect, ElementsAre(at("db", 22)));
}

// What a schema of ours names, in an example of all of it.
TEST(Access, of_our_connectors_is_found_in_their_manifests) {
  auto health = read_manifest(std::string(CONCORD_BUILD_DIR) +
                              "/lib/concord/connectors/health/health.connector.json");
  if (!health) GTEST_SKIP() << "skipped: the health connector is not built";
  const Access found =
      access_of(health->config_schema,
                R"({"mllp_listen":{"port":2575},"mllp_send":{"host":"lab.example","port":2576},
          "fhir":{"base_url":"https://fhir.example/r4","smart":{"token_url":"https://id.example:8443/t",
          "private_key_file":"/k/health.pem"}}})");
  EXPECT_THAT(found.connect,
              testing::UnorderedElementsAre(
                  at("lab.example", 2576), at("fhir.example", 443), at("id.example", 8443)));
  EXPECT_THAT(found.listen, ElementsAre(at("127.0.0.1", 2575)));
  EXPECT_THAT(found.read, ElementsAre("/k/health.pem"));
  EXPECT_THAT(found.write, IsEmpty());
}

TEST(Addresses, are_those_of_named_hosts_at_the_named_ports) {
  const Access named{
      {at("127.0.0.1", 443), at("::1", 22), at("localhost", 99)}, {at("", 8000)}, {}, {}};
  Addresses addresses(named);
  EXPECT_TRUE(addresses.may_connect("127.0.0.1", 443));
  EXPECT_FALSE(addresses.may_connect("127.0.0.1", 22));
  EXPECT_FALSE(addresses.may_connect("127.0.0.2", 443));
  EXPECT_TRUE(addresses.may_connect("::1", 22));
  EXPECT_FALSE(addresses.may_connect("127.0.0.1", 99)) << "before anybody has asked for its name";
  EXPECT_THAT(addresses.resolve("localhost"), testing::Contains("127.0.0.1"));
  EXPECT_TRUE(addresses.may_connect("127.0.0.1", 99));
  EXPECT_THAT(addresses.resolve("elsewhere.example"), IsEmpty());
  EXPECT_TRUE(addresses.may_listen("127.0.0.1", 8000));
  EXPECT_FALSE(addresses.may_listen("127.0.0.1", 8001));
}

}  // namespace
}  // namespace concord::runtime
