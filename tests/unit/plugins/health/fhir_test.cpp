#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <concord/json.hpp>

#include "health/describe.hpp"
#include "health/fhir_bundle.hpp"
#include "health/fhir_reader.hpp"
#include "health/fhir_resource.hpp"
#include "health/fhir_writer.hpp"
#include "health/json_slices.hpp"
#include "health/settings.hpp"
#include "health/smart_token.hpp"

namespace concord::health {
namespace {

BundlePage page_of(std::string_view text) {
  auto page = read_bundle(text, "GET /fhir/Patient", 1 << 20);
  EXPECT_TRUE(page) << (page ? "" : page.error().cause);
  return page ? std::move(*page) : BundlePage{};
}

TEST(FhirBundle, gives_resources_to_the_byte) {
  const std::string patient =
      R"({"id" : "p1","resourceType":"Patient","meta":{"versionId":"7","lastUpdated":"2026-03-01T12:00:00.5-05:00"},"weight":1.20})";
  const BundlePage page = page_of(
      R"({"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"x"},{"relation":"next","url":"https://h/fhir?page=2"}],"entry":[{"fullUrl":"https://h/fhir/Patient/p1","resource":)" +
      patient + R"(,"search":{"mode":"match"}}]})");
  EXPECT_EQ(page.next, "https://h/fhir?page=2");
  ASSERT_EQ(page.records.size(), 1u);
  EXPECT_EQ(page.records[0].type, "Patient");
  EXPECT_EQ(page.records[0].key, "p1");
  EXPECT_EQ(page.records[0].version, "20260301T170000.500000Z/000000000007");
  EXPECT_EQ(page.records[0].body, patient);
  EXPECT_EQ(page.records[0].changed_at_us, 1772384400500000);
}

TEST(FhirBundle, one_bad_resource_spoils_no_other) {
  const BundlePage page = page_of(
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1","id":"2"}},{"resource":{"resourceType":"Patient","id":"3"}},{"resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"Patient","id":")"
      "du March\xE9"
      R"("}},{"nothing":1},{"resource":{"resourceType":"OperationOutcome"}}]})");
  ASSERT_EQ(page.records.size(), 1u);
  EXPECT_EQ(page.records[0].key, "3");
  ASSERT_EQ(page.rejects.size(), 4u);
  EXPECT_EQ(page.rejects[0].error.code, "FHIR_JSON");
  EXPECT_NE(page.rejects[0].error.cause.find("JSON_DUPLICATE_KEY"), std::string::npos);
  EXPECT_NE(page.rejects[0].error.place.find("entry 1, byte"), std::string::npos);
  EXPECT_EQ(page.rejects[1].error.code, "FHIR_NO_ID");
  EXPECT_NE(page.rejects[2].error.cause.find("JSON_ENCODING"), std::string::npos);
  EXPECT_EQ(page.rejects[3].error.code, "FHIR_ENTRY");
  EXPECT_EQ(page.outcomes, 1u);
}

TEST(FhirBundle, tells_what_was_deleted) {
  const BundlePage page = page_of(
      R"({"resourceType":"Bundle","type":"history","entry":[{"fullUrl":"https://h/fhir/Patient/9","request":{"method":"DELETE","url":"Patient/9"},"response":{"status":"204","etag":"W/\"3\"","lastModified":"2026-03-01T17:00:00Z"}},{"fullUrl":"https://h/fhir/Encounter/5","response":{"status":"410 Gone"}}]})");
  ASSERT_EQ(page.records.size(), 2u);
  EXPECT_TRUE(page.records[0].deleted);
  EXPECT_EQ(page.records[0].type, "Patient");
  EXPECT_EQ(page.records[0].key, "9");
  EXPECT_EQ(page.records[0].version, "20260301T170000.000000Z/000000000003");
  EXPECT_EQ(page.records[1].type, "Encounter");
  EXPECT_EQ(page.records[1].key, "5");
  EXPECT_TRUE(page.records[1].deleted);
}

TEST(FhirBundle, is_told_from_what_is_none) {
  EXPECT_EQ(read_bundle("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{", "x", 1000)
                .error()
                .error_class,
            sdk::ErrorClass::retry);
  EXPECT_EQ(read_bundle("<html>", "x", 1000).error().code, "FHIR_PAGE");
  EXPECT_EQ(read_bundle(R"({"resourceType":"Patient","id":"1"})", "x", 1000).error().code,
            "FHIR_NO_BUNDLE");
  EXPECT_TRUE(read_bundle(R"({"resourceType":"Bundle"})", "x", 1000));
}

TEST(FhirBundle, survives_any_depth) {
  std::string deep =
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1","x":)";
  deep += std::string(100000, '[') + std::string(100000, ']') + "}}]}";
  const BundlePage page = page_of(deep);
  ASSERT_EQ(page.rejects.size(), 1u);
  EXPECT_NE(page.rejects[0].error.cause.find("JSON_DEPTH"), std::string::npos);
}

TEST(FhirOutcome, is_told_without_its_diagnostics) {
  EXPECT_EQ(
      outcome_text(
          R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"SECRET","expression":["Patient.name[0].family"]},{"severity":"error","code":"value","expression":["SECRET is wrong"]}]})"),
      "error invalid at Patient.name[0].family; error value");
  EXPECT_EQ(outcome_text("no JSON"), "");
  EXPECT_EQ(outcome_text(R"({"resourceType":"OperationOutcome","issue":[7,null,[]]})"),
            "an OperationOutcome");
}

TEST(FhirLinks, stay_with_their_server) {
  const std::string base = "https://fhir.example:443/r4";
  EXPECT_EQ(same_origin_path(base, "https://FHIR.example/r4?p=2"), "/r4?p=2");
  EXPECT_EQ(same_origin_path(base, "/other?p=2"), "/other?p=2");
  EXPECT_EQ(same_origin_path(base, "?p=2"), "/r4?p=2");
  EXPECT_EQ(same_origin_path(base, "Patient?p=2"), "/r4/Patient?p=2");
  for (const char* url : {"http://fhir.example/r4?p=2",
                          "https://evil.example/r4",
                          "//evil.example/",
                          "https://fhir.example:8443/r4",
                          "https://fhir.example:443@evil.example/",
                          ""}) {
    EXPECT_EQ(same_origin_path(base, url), std::nullopt) << url;
  }
}

sdk::Delivery delivery(std::string_view type, std::string_view body) {
  sdk::Delivery out;
  out.idempotency_key = "k";
  out.type = type;
  out.key = "SYN-D|1";
  out.version = 4;
  out.subject = "SYN-MRN-7";
  out.body = body;
  return out;
}

TEST(FhirResource, keeps_the_body_and_adds_what_makes_it_found_again) {
  auto text = resource_of(
      delivery(
          "Observation",
          R"({"resourceType":"Observation","id":"mine","identifier":[{"value":"other"}],"meta":{"versionId":"9","profile":["p"]},"valueQuantity":{"value":1.20}})"),
      FhirSettings{});
  ASSERT_TRUE(text) << text.error().cause;
  EXPECT_NE(text->find("1.20"), std::string::npos);
  rapidjson::Document document;
  sdk::JsonFault fault;
  ASSERT_TRUE(sdk::parse_json(*text, document, fault)) << *text;
  EXPECT_FALSE(document.HasMember("id"));
  EXPECT_EQ(document["identifier"].Size(), 2u);
  EXPECT_STREQ(document["identifier"][1]["value"].GetString(), "SYN-D|1");
  EXPECT_FALSE(document["meta"].HasMember("versionId"));
  EXPECT_STREQ(document["meta"]["profile"][0].GetString(), "p");
  EXPECT_STREQ(document["meta"]["tag"][0]["code"].GetString(), "4");
  EXPECT_STREQ(document["subject"]["reference"].GetString(), "Patient/SYN-MRN-7");
}

TEST(FhirResource, bears_what_must_go_along_as_security_labels_with_their_words) {
  sdk::Delivery d = delivery(
      "Condition",
      R"({"resourceType":"Condition","meta":{"security":[{"system":"s","code":"R"}]},"code":{}})");
  d.obligations = {{"notice_part2", "", "A notice."}, {"no_proceedings", "", "Not in court."}};
  auto text = resource_of(d, FhirSettings{});
  ASSERT_TRUE(text) << text.error().cause;
  rapidjson::Document document;
  sdk::JsonFault fault;
  ASSERT_TRUE(sdk::parse_json(*text, document, fault)) << *text;
  EXPECT_EQ(
      sdk::write_json(document["meta"]["security"]),
      R"([{"system":"s","code":"R"},)"
      R"({"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"},)"
      R"({"system":"urn:concord:obligation","code":"notice_part2","display":"A notice."},)"
      R"({"system":"urn:concord:obligation","code":"no_proceedings","display":"Not in court."}])");
}

TEST(FhirResource, keeps_its_own_labels_where_nothing_must_go_along) {
  auto text = resource_of(
      delivery("Condition",
               R"({"resourceType":"Condition","meta":{"security":[{"code":"R"}]},"code":{}})"),
      FhirSettings{});
  ASSERT_TRUE(text) << text.error().cause;
  EXPECT_NE(text->find(R"("security":[{"code":"R"}])"), std::string::npos) << *text;
}

TEST(FhirResource, never_writes_over_their_patient) {
  auto entries = entries_of(delivery("Patient", R"({"resourceType":"Patient"})"), {}, 0);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->count, 2u);
  EXPECT_NE(
      entries->text.find(R"("url":"Patient?identifier=urn%3Aconcord%3Adelivery%7CSYN-D%7C1")"),
      std::string::npos)
      << entries->text;
  EXPECT_NE(entries->text.find(R"("type":"seealso")"), std::string::npos);
  EXPECT_NE(entries->text.find(R"("url":"Provenance/concord-)"), std::string::npos);
}

TEST(FhirResource, is_created_once_where_the_settings_want_it) {
  FhirSettings settings;
  settings.create_only_types = {"Communication"};
  settings.provenance = false;
  auto entries =
      entries_of(delivery("Communication", R"({"resourceType":"Communication"})"), settings, 0);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->count, 1u);
  EXPECT_NE(entries->text.find(
                R"("method":"POST","url":"Communication","ifNoneExist":"identifier=urn%3A)"),
            std::string::npos)
      << entries->text;
}

TEST(FhirResource, refuses_a_body_of_another_type) {
  EXPECT_EQ(resource_of(delivery("Flag", R"({"resourceType":"Task"})"), {}).error().place,
            "resourceType");
  EXPECT_EQ(resource_of(delivery("Flag", "{"), {}).error().code, "FHIR_BODY");
}

TEST(FhirEntry, has_an_error_of_the_right_class) {
  using C = sdk::ErrorClass;
  const auto class_of = [](const char* status, bool withdraw = false) {
    auto error = entry_error(status, "", withdraw, "p");
    return error ? error->error_class : C::ok;
  };
  EXPECT_EQ(class_of("201 Created"), C::ok);
  EXPECT_EQ(class_of("200"), C::ok);
  EXPECT_EQ(class_of("422 Unprocessable"), C::bad_record);
  EXPECT_EQ(class_of("412"), C::bad_record);
  EXPECT_EQ(class_of("403"), C::bad_record);
  EXPECT_EQ(class_of("409 Conflict"), C::retry);
  EXPECT_EQ(class_of("503"), C::retry);
  EXPECT_EQ(class_of("429"), C::rate_limited);
  EXPECT_EQ(class_of(""), C::retry);
  EXPECT_EQ(class_of("404", true), C::ok);
  EXPECT_EQ(class_of("404", false), C::bad_record);
}

// --- tokens --------------------------------------------------------------------------------------

std::string pem_of(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<size_t>(size));
  BIO_free(bio);
  return out;
}

std::string from_base64url(std::string_view text) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : text) {
    bits = (bits << 6) | static_cast<unsigned>(kLetters.find(c));
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held);
    }
  }
  return out;
}

bool verifies(EVP_PKEY* key, const std::string& jwt) {
  const size_t dot = jwt.rfind('.');
  std::string signature = from_base64url(std::string_view(jwt).substr(dot + 1));
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
    ECDSA_SIG* flat = ECDSA_SIG_new();
    const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG_set0(flat, BN_bin2bn(bytes, 48, nullptr), BN_bin2bn(bytes + 48, 48, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(flat, &der);
    signature.assign(reinterpret_cast<char*>(der), static_cast<size_t>(size));
    OPENSSL_free(der);
    ECDSA_SIG_free(flat);
  }
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha384(), nullptr, key);
  const bool ok = EVP_DigestVerify(context,
                                   reinterpret_cast<const unsigned char*>(signature.data()),
                                   signature.size(),
                                   reinterpret_cast<const unsigned char*>(jwt.data()),
                                   dot) == 1;
  EVP_MD_CTX_free(context);
  return ok;
}

class Assertion : public testing::TestWithParam<const char*> {};
TEST_P(Assertion, is_signed_by_the_key_and_short_lived) {
  const bool rsa = std::string_view(GetParam()) == "RS384";
  EVP_PKEY* key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-384");
  SmartSettings settings;
  settings.token_url = "https://h/token";
  settings.client_id = "hub";
  settings.key_id = "k1";
  auto jwt = client_assertion(settings, pem_of(key), 1000, "once");
  ASSERT_TRUE(jwt) << jwt.error().cause;
  EXPECT_TRUE(verifies(key, *jwt));
  std::string forged = *jwt;
  forged[5] = forged[5] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(verifies(key, forged));
  const size_t first = jwt->find('.'), second = jwt->rfind('.');
  EXPECT_EQ(from_base64url(jwt->substr(0, first)),
            std::string(R"({"alg":")") + GetParam() + R"(","typ":"JWT","kid":"k1"})");
  EXPECT_EQ(
      from_base64url(jwt->substr(first + 1, second - first - 1)),
      R"({"iss":"hub","sub":"hub","aud":"https://h/token","jti":"once","iat":1000,"exp":1240})");
  EVP_PKEY_free(key);
}
INSTANTIATE_TEST_SUITE_P(Keys, Assertion, testing::Values("RS384", "ES384"));

TEST(Assertion, refuses_a_weak_or_unreadable_key) {
  EVP_PKEY* weak = EVP_EC_gen("P-256");
  EXPECT_EQ(client_assertion({}, pem_of(weak), 0, "x").error().code, "SMART_KEY");
  EXPECT_EQ(client_assertion({}, "no key", 0, "x").error().code, "SMART_KEY");
  EVP_PKEY_free(weak);
}

// --- settings and description
// ----------------------------------------------------------------------

TEST(Settings, say_what_is_wrong_with_them) {
  EXPECT_EQ(read_settings("{}").error().code, "HEALTH_SETTINGS");
  EXPECT_EQ(read_settings(R"({"mllp_listen":{},"hl7":{"time_zone":"Mars/Olympus"}})").error().place,
            "hl7.time_zone");
  EXPECT_EQ(read_settings(R"({"fhir":{"base_url":"ftp://x"}})").error().place, "fhir.base_url");
  EXPECT_EQ(read_settings(R"({"fhir":{"base_url":"http://x","smart":{}}})").error().place,
            "fhir.smart");
  EXPECT_EQ(read_settings(R"({"mllp_listen":{"port":2575,"tls":{}}})").error().place,
            "mllp_listen.tls");
  auto settings =
      read_settings(R"({"mllp_listen":{"port":0},"fhir":{"base_url":"http://x/r4//"}})");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->fhir->base_url, "http://x/r4");
  EXPECT_EQ(settings->listen->port, 0);
}

TEST(Description, has_a_sample_that_the_reader_made) {
  auto settings = read_settings(R"({"mllp_listen":{"port":0},"fhir":{"base_url":"http://x"}})");
  ASSERT_TRUE(settings);
  rapidjson::Document document;
  sdk::JsonFault fault;
  ASSERT_TRUE(sdk::parse_json(description(*settings), document, fault));
  const auto& types = document["record_types"];
  ASSERT_EQ(types.Size(), 11u);
  EXPECT_STREQ(types[0]["sample"]["patient"]["key"].GetString(), "SYN-MRN-000001");
  EXPECT_STREQ(types[0]["sample"]["visit"]["discharged_to"].GetString(), "HOME");
  EXPECT_STREQ(types[0]["sample"]["visit"]["number"].GetString(), "SYN-V-1");
  EXPECT_STREQ(types[1]["sample"]["observations"][0]["value"].GetString(), "13.2");
  EXPECT_STREQ(types[1]["sample"]["observations"][0]["status"].GetString(), "F");
  EXPECT_STREQ(types[1]["sample"]["observations"][0]["order"]["status"].GetString(), "F");
  EXPECT_STREQ(types[2]["sample"]["appointment"]["status"].GetString(), "Booked");
  EXPECT_FALSE(types[0]["writes"].GetBool());
}

TEST(JsonSlices, cut_where_values_end) {
  EXPECT_TRUE(json_members("\xEF\xBB\xBF{}") && json_items("\xEF\xBB\xBF[]"));
  const auto members = json_members(R"( {"a" : "x\"}" , "b":[1,{"c":"]"}],"d":null,"e":-1.20e5} )");
  ASSERT_TRUE(members);
  EXPECT_EQ(json_slice(*members, "a"), R"("x\"}")");
  EXPECT_EQ(json_slice(*members, "b"), R"([1,{"c":"]"}])");
  EXPECT_EQ(json_slice(*members, "e"), "-1.20e5");
  for (const char* bad : {"",
                          "{",
                          "{}x",
                          "[1]",
                          R"({"a":})",
                          R"({"a":1,})",
                          R"({"a" 1})",
                          R"({"a":"x)",
                          R"({"a":[1})"}) {
    EXPECT_FALSE(json_members(bad)) << bad;
  }
}

}  // namespace
}  // namespace concord::health
