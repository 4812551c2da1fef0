#include "juvenile_justice/niem_http.hpp"

#include <concord/http.hpp>
#include <concord/id.hpp>

#include "juvenile_justice/checkpoint.hpp"
#include "juvenile_justice/niem_reader.hpp"

namespace concord::juvenile_justice {

struct NiemHttp::Client {
  sdk::HttpClient http;
};

NiemHttp::NiemHttp(const HttpSource& source)
    : source_(source), client_(std::make_unique<Client>()) {}
NiemHttp::~NiemHttp() = default;

namespace {

// What the refusal asks for decides who has to move.
void as_error_of_the_call(sdk::Error& error) {
  if (error.code == "NIEM_ACCESS_DENIED") error.error_class = sdk::ErrorClass::auth;
  if (error.code == "NIEM_TOO_MANY") error.error_class = sdk::ErrorClass::config;
  if (error.code == "NIEM_ERROR_ANSWER") error.error_class = sdk::ErrorClass::retry;
}

}  // namespace

sdk::Result<sdk::Batch> NiemHttp::read(std::string_view checkpoint,
                                       const sdk::Limits& limits,
                                       const sdk::Call& call) {
  const std::string place = source_.method + " " + sdk::url_path(source_.url);
  auto mark = read_http_mark(place, checkpoint);
  if (!mark) return std::move(mark).error();
  sdk::HttpRequest request{source_.method, source_.url};
  request.headers = {{"Accept", "application/xml, text/xml"}};
  if (!source_.request_body.empty())
    request.headers.emplace_back("Content-Type", source_.content_type);
  if (!source_.bearer_token.empty())
    request.headers.emplace_back("Authorization", "Bearer " + source_.bearer_token);
  if (!mark->etag.empty()) request.headers.emplace_back("If-None-Match", mark->etag);
  request.body = source_.request_body;
  request.timeout = call.left();
  request.ca_file = source_.ca_file;
  request.body_bytes_max = static_cast<size_t>(limits.body_bytes_max);
  request.cancelled = [&call] { return call.cancelled(); };
  auto response = client_->http.send(request);
  if (!response) return std::move(response).error();

  sdk::Batch batch;
  batch.checkpoint = checkpoint;
  if (response->status == 304 || response->status == 204) return batch;
  if (response->status != 200) return sdk::http_error(*response, place);
  const std::string digest = sdk::sha256_hex(response->body);
  if (digest == mark->sha256) return batch;
  NiemAnswer answer = read_niem(response->body, place, limits);
  for (sdk::Reject& reject : answer.rejects) {
    as_error_of_the_call(reject.error);
    if (reject.error.error_class != sdk::ErrorClass::bad_record && answer.records.empty())
      return reject.error;
    reject.error.error_class = sdk::ErrorClass::bad_record;
  }
  batch.records = std::move(answer.records);
  batch.rejects = std::move(answer.rejects);
  batch.checkpoint = write_http_mark({std::string(response->header("etag")), digest});
  return batch;
}

}  // namespace concord::juvenile_justice
