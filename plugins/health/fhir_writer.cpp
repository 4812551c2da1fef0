#include "health/fhir_writer.hpp"

#include <algorithm>
#include <set>

#include "health/fhir_bundle.hpp"
#include "health/fhir_resource.hpp"
#include "health/json_slices.hpp"

namespace concord::health {
namespace {

struct Job {
  const sdk::Delivery* delivery;
  sdk::Outcome* outcome;
  Entries entries;
};

// "Observation/123/_history/1" -> "Observation/123"
std::string remote_id_of(std::string_view location) {
  location = location.substr(0, location.find("/_history"));
  const size_t id = location.rfind('/');
  if (id == std::string_view::npos) return std::string(location);
  const size_t type = location.rfind('/', id - 1);
  return std::string(location.substr(type == std::string_view::npos ? 0 : type + 1));
}

int rank(const std::optional<sdk::Error>& error) {
  if (!error) return 0;
  switch (error->error_class) {
    case sdk::ErrorClass::bad_record:
      return 3;  // again would not help
    case sdk::ErrorClass::retry:
      return 1;
    default:
      return 2;
  }
}

// The entries of the answer, in the order of ours; fewer or more: nothing can be said of any.
void take_answer(std::span<Job> jobs, std::string_view body, const std::string& place) {
  const auto members = json_members(body);
  const auto items = members ? json_items(json_slice(*members, "entry")) : std::nullopt;
  size_t expected = 0;
  for (const Job& job : jobs) expected += job.entries.count;
  if (!items || items->size() != expected) {
    for (Job& job : jobs) {
      job.outcome->error = sdk::retry("FHIR_BATCH_ANSWER",
                                      place,
                                      "the answer does not tell what became of each entry",
                                      "nothing; it is sent again, and a repeat changes nothing");
    }
    return;
  }
  size_t at = 0;
  for (Job& job : jobs) {
    for (size_t i = 0; i < job.entries.count; ++i) {
      std::string_view response;
      if (const auto entry = json_members((*items)[at++]))
        response = json_slice(*entry, "response");
      const auto parts = json_members(response);
      const std::string_view status = parts ? json_plain(json_slice(*parts, "status")) : "";
      const std::string_view told = parts ? json_slice(*parts, "outcome") : "";
      auto error = entry_error(
          status, told, job.delivery->withdraw, place + (i == 0 ? "" : " (Provenance)"));
      if (rank(error) > rank(job.outcome->error)) job.outcome->error = std::move(error);
      if (i == 0 && parts)
        job.outcome->remote_id = remote_id_of(json_plain(json_slice(*parts, "location")));
    }
  }
}

void send_bundle(FhirClient& client, std::span<Job> jobs, const sdk::Call& call) {
  if (jobs.empty()) return;
  std::string body = R"({"resourceType":"Bundle","type":"batch","entry":[)";
  for (size_t i = 0; i < jobs.size(); ++i) body += (i > 0 ? "," : "") + jobs[i].entries.text;
  body += "]}";
  const std::string place = "POST " + sdk::url_path(client.settings().base_url);
  auto response = client.send("POST", client.settings().base_url, call, std::move(body));
  if (response && response->status >= 200 && response->status < 300) {
    return take_answer(jobs, response->body, place);
  }
  sdk::Error error =
      response ? FhirClient::error_of(*response, place) : std::move(response).error();
  const bool content =
      response && (response->status == 400 || response->status == 413 || response->status == 422);
  if (content && jobs.size() > 1) {
    const size_t half = jobs.size() / 2;
    send_bundle(client, jobs.first(half), call);
    send_bundle(client, jobs.subspan(half), call);
    return;
  }
  for (Job& job : jobs) job.outcome->error = error;
}

}  // namespace

std::optional<sdk::Error> entry_error(std::string_view status,
                                      std::string_view outcome,
                                      bool withdraw,
                                      const std::string& place) {
  long number = 0;
  for (size_t i = 0; i < status.size() && i < 3 && status[i] >= '0' && status[i] <= '9'; ++i) {
    number = number * 10 + (status[i] - '0');
  }
  if (number >= 200 && number < 300) return std::nullopt;
  if (withdraw && (number == 404 || number == 410)) return std::nullopt;  // gone already
  if (number < 100) {
    return sdk::retry("FHIR_BATCH_ANSWER",
                      place,
                      "an entry without a status",
                      "nothing; it is sent again, and a repeat changes nothing");
  }
  sdk::HttpResponse response;
  response.status = number;
  sdk::Error error = sdk::http_error(response, place);
  // Of one entry: the system as a whole is not forbidden, this document is.
  if (number == 403) error.error_class = sdk::ErrorClass::bad_record;
  if (number == 409 || number == 423) error.error_class = sdk::ErrorClass::retry;
  if (number == 412) error.next = "several resources there bear our identifier: have them merged";
  const std::string told = outcome_text(outcome);
  if (!told.empty()) error.cause += ": " + told;
  return error;
}

std::vector<sdk::Outcome> write_fhir(FhirClient& client,
                                     std::span<const sdk::Delivery> deliveries,
                                     const sdk::Call& call,
                                     int64_t now_us) {
  std::vector<sdk::Outcome> outcomes(deliveries.size());
  std::vector<Job> jobs;
  std::set<std::pair<std::string_view, std::string_view>> documents, failed;
  auto flush = [&] {
    send_bundle(client, jobs, call);
    for (const Job& job : jobs) {
      const auto& error = job.outcome->error;
      if (error && error->error_class != sdk::ErrorClass::bad_record) {
        failed.emplace(job.delivery->type, job.delivery->key);
      }
    }
    jobs.clear();
    documents.clear();
  };
  for (size_t i = 0; i < deliveries.size(); ++i) {
    const sdk::Delivery& delivery = deliveries[i];
    const std::pair document(delivery.type, delivery.key);
    if (documents.contains(document) || jobs.size() >= client.settings().bundle_entries_max)
      flush();
    if (failed.contains(document)) {
      outcomes[i].error = sdk::retry("FHIR_BEHIND",
                                     "POST " + sdk::url_path(client.settings().base_url),
                                     "an earlier version of this document must go first",
                                     "nothing; it is sent after that one");
      continue;
    }
    auto entries = entries_of(delivery, client.settings(), now_us);
    if (!entries) {
      outcomes[i].error = std::move(entries).error();
      continue;
    }
    documents.insert(document);
    jobs.push_back({&delivery, &outcomes[i], std::move(*entries)});
  }
  flush();
  return outcomes;
}

}  // namespace concord::health
