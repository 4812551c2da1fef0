#include "hub/app/remote.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>

#include "hub/api/server.hpp"

namespace concord::app {
namespace {

base::Error not_running(const std::string& data_folder) {
  return base::config_error("HUB_NOT_RUNNING",
                            data_folder,
                            "no hub runs on this data folder",
                            "start it: concord serve; or name its coalition: -C FOLDER");
}

base::ErrorClass class_of(std::string_view name) {
  for (const auto c : {base::ErrorClass::retry,
                       base::ErrorClass::rate_limited,
                       base::ErrorClass::bad_record,
                       base::ErrorClass::config,
                       base::ErrorClass::auth})
    if (base::name_of(c) == name) return c;
  return base::ErrorClass::fatal;
}

base::Error error_in(int status, const std::string& body) {
  auto json = base::read_json(body, "answer");
  const base::JsonValue* error = json ? base::member(*json, "error") : nullptr;
  if (error == nullptr)
    return base::fatal_error(
        "HUB_ANSWER", "admin address", "HTTP " + std::to_string(status), "see the hub's log");
  return error_of(*error);
}

}  // namespace

base::Error error_of(const base::JsonValue& told) {
  auto text = [&](const char* name) { return std::string(base::text_of(told, name)); };
  return {class_of(text("class")), text("code"), text("place"), text("cause"), text("next")};
}

bool hub_runs(const std::string& data_folder) {
  return ask_hub(data_folder, "GET", "status").ok();
}

base::Result<std::string> ask_hub(const std::string& data_folder,
                                  const std::string& method,
                                  const std::string& path,
                                  const std::string& body,
                                  std::chrono::seconds patience) {
  auto admin = api::read_admin_file(data_folder);
  if (!admin) return not_running(data_folder);
  const size_t colon = admin->address.rfind(':');
  if (colon == std::string::npos) return not_running(data_folder);
  try {
    Poco::Net::HTTPClientSession session(
        admin->address.substr(0, colon),
        static_cast<Poco::UInt16>(std::stoi(admin->address.substr(colon + 1))));
    session.setTimeout(Poco::Timespan(static_cast<long>(patience.count()), 0));
    Poco::Net::HTTPRequest request(method, "/api/v1/" + path, Poco::Net::HTTPMessage::HTTP_1_1);
    request.set("Authorization", "Bearer " + admin->token);
    request.setContentLength(static_cast<std::streamsize>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer);
    if (response.getStatus() != 200) return error_in(response.getStatus(), answer);
    return answer;
  } catch (const Poco::TimeoutException&) {
    return base::retry_error("HUB_SLOW",
                             admin->address,
                             "the hub has not answered in time; it may still do what was asked",
                             "look again in a minute: concord status");
  } catch (const Poco::Exception&) {
    return not_running(data_folder);
  }
}

}  // namespace concord::app
