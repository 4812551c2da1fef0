// NIEM documents by HTTP.
#include "examples/simulators/http.hpp"

#include <gmock/gmock.h>

#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string document(const std::string& inner) {
  return "<e:Results xmlns:e='urn:e' "
         "xmlns:n='https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/'>" +
         inner + "</e:Results>";
}
const std::string kPerson =
    "<n:DocumentIdentification><n:IdentificationID>0007</n:IdentificationID>"
    "</n:DocumentIdentification><n:Person><n:PersonName><n:PersonFullName>Ana Testfamily"
    "</n:PersonFullName></n:PersonName></n:Person>";

class Http : public testing::Test {
 protected:
  Http() : server_([this](const sim::HttpRequest& request) { return answer(request); }, nullptr) {
    EXPECT_TRUE(server_.start());
    hub_ =
        connector(R"({"niem":{"http":{"url":"http://127.0.0.1:)" + std::to_string(server_.port()) +
                  R"(/history?youth=JJ-00042","bearer_token":"niem-secret"}}})");
  }
  sim::HttpReply answer(const sim::HttpRequest& request) {
    EXPECT_EQ(request.header("Authorization"), "Bearer niem-secret");
    if (!etag_.empty() && request.header("If-None-Match") == etag_) return {304, ""};
    sim::HttpReply reply{status_, body_, "application/xml"};
    if (!etag_.empty()) reply.headers.emplace_back("ETag", etag_);
    return reply;
  }
  sdk::Result<sdk::Batch> read(std::string_view checkpoint = {}) {
    return hub_->read("niem_document", checkpoint, {}, call_.call());
  }
  int status_ = 200;
  std::string body_ = document(kPerson), etag_;
  sim::HttpServer server_;
  std::unique_ptr<sdk::Connector> hub_;
  TestCall call_;
};

TEST_F(Http, a_document_is_read_once_and_again_when_it_changed) {
  const auto first = read();
  ASSERT_TRUE(first) << first.error().cause;
  EXPECT_THAT(keys_of(*first), ElementsAre("Results:0007"));
  const auto same = read(first->checkpoint);
  ASSERT_TRUE(same);
  EXPECT_THAT(same->records, IsEmpty());
  body_ = document(kPerson + "<n:Person><n:PersonName/></n:Person>");
  const auto changed = read(first->checkpoint);
  ASSERT_TRUE(changed);
  EXPECT_THAT(keys_of(*changed), ElementsAre("Results:0007"));
  EXPECT_NE(changed->records[0].version, first->records[0].version);
}

TEST_F(Http, not_modified_is_nothing_new) {
  etag_ = "\"v1\"";
  const auto first = read();
  ASSERT_TRUE(first);
  const auto second = read(first->checkpoint);
  ASSERT_TRUE(second);
  EXPECT_THAT(second->records, IsEmpty());
  EXPECT_EQ(second->checkpoint, first->checkpoint);
}

TEST_F(Http, a_refusal_is_an_error_whose_class_says_who_moves) {
  body_ = document("<e:InformationAccessDenialIndicator>true</e:InformationAccessDenialIndicator>");
  EXPECT_EQ(read().error().error_class, sdk::ErrorClass::auth);
  body_ = document("<e:SearchResultsExceedThresholdError/>");
  EXPECT_EQ(read().error().error_class, sdk::ErrorClass::config);
  body_ = document(
      "<e:SearchRequestError><e:ErrorText>Testfamily</e:ErrorText></e:SearchRequestError>");
  EXPECT_EQ(read().error().error_class, sdk::ErrorClass::retry);
  EXPECT_THAT(text_of(read().error()), Not(HasSubstr("Testfamily")));
}

TEST_F(Http, a_document_that_cannot_be_read_is_a_reject_with_its_place) {
  body_ = "<half>";
  const auto batch = read();
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->rejects.size(), 1u);
  EXPECT_THAT(batch->rejects[0].error.place, HasSubstr("GET /history:1:"));
  EXPECT_THAT(text_of(batch->rejects[0].error), Not(HasSubstr("JJ-00042")));
}

TEST_F(Http, a_status_has_its_class_and_a_server_that_is_away_is_tried_again) {
  status_ = 401;
  EXPECT_EQ(read().error().error_class, sdk::ErrorClass::auth);
  status_ = 503;
  EXPECT_EQ(read().error().error_class, sdk::ErrorClass::retry);
  EXPECT_THAT(text_of(read().error()), Not(HasSubstr("niem-secret")));
  server_.stop();
  EXPECT_EQ(read().error().error_class, sdk::ErrorClass::retry);
}

}  // namespace
}  // namespace concord::juvenile_justice
