#include "child_welfare/rest_write.hpp"

#include <concord/id.hpp>
#include <concord/json.hpp>
#include <concord/obligations.hpp>

#include "child_welfare/fields.hpp"

namespace concord::child_welfare {
namespace {

std::string bulk_body(std::span<const sdk::Delivery> deliveries) {
  // The record is JSON already, checked by the hub; the writer escapes the rest.
  std::string body = "{\"items\":[";
  for (const sdk::Delivery& d : deliveries) {
    sdk::JsonWriter w;
    w.object()
        .field("idempotency_key", d.idempotency_key)
        .field("operation", d.withdraw ? "withdraw" : "upsert")
        .field("type", d.type)
        .field("key", d.key)
        .field("version", d.version)
        .field("subject", d.subject)
        .end();
    std::string item = w.text();
    item.back() = ',';
    body += (body.back() == '[' ? "" : ",") + item + "\"record\":";
    body += d.body.empty() ? std::string_view("{}") : d.body;
    // Beside the record, which stays as it was mapped.
    if (!d.obligations.empty()) body += ",\"obligations\":" + sdk::obligations_json(d.obligations);
    body += '}';
  }
  return body + "]}";
}

// The record alone is the body here: what must go along is a member of it.
std::string body_with_obligations(const sdk::Delivery& d) {
  std::string body(d.body.empty() ? "{}" : d.body);
  if (d.obligations.empty()) return body;
  const size_t end = body.rfind('}');
  const bool empty = body.find_first_not_of(" \t\r\n", body.find('{') + 1) == end;
  body.insert(end,
              (empty ? "" : ",") + std::string("\"concord_obligations\":") +
                  sdk::obligations_json(d.obligations));
  return body;
}

std::string hash_of_keys(std::span<const sdk::Delivery> deliveries) {
  std::string keys;
  for (const sdk::Delivery& d : deliveries) keys.append(d.idempotency_key).append(1, '\n');
  return sdk::content_hash(keys);
}

// A code from outside, if it looks like one: never a text that may hold content.
std::string safe_code(std::string_view code) {
  const bool safe = !code.empty() && code.size() <= 40 &&
                    code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == code.npos;
  return safe ? "REFUSED_" + std::string(code) : "REFUSED";
}

sdk::Outcome outcome_of(const rapidjson::Value& item, const std::string& place) {
  const std::string_view status = sdk::text_of(item, "status");
  const std::string id(sdk::text_of(item, "id"));
  if (status == "applied" || status == "repeat") return {std::nullopt, id};
  // The recipient already holds what came later; there is nothing left to bring.
  if (status == "stale") return {std::nullopt, id};
  if (status == "refused")
    return {sdk::bad_record(safe_code(sdk::text_of(item, "code")),
                            place,
                            "the system refuses this record",
                            "see its documentation for the code, then mend the mapping"),
            id};
  return {sdk::retry("NOT_NOW", place, "the system did not take it", "nothing; it is sent again"),
          id};
}

void all(std::span<sdk::Outcome> outcomes, const sdk::Error& error) {
  for (sdk::Outcome& outcome : outcomes) outcome.error = error;
}

}  // namespace

sdk::Result<std::vector<sdk::Outcome>> RestWriter::write(std::span<const sdk::Delivery> deliveries,
                                                         const sdk::Call& call) {
  std::vector<sdk::Outcome> outcomes(deliveries.size());
  if (!api_.settings().bulk.empty()) {
    if (!deliveries.empty()) write_bulk(deliveries, outcomes, call);
    return outcomes;
  }
  for (size_t i = 0; i < deliveries.size(); ++i) {
    outcomes[i] = write_one(deliveries[i], call);
    const auto& error = outcomes[i].error;
    if (error && error->error_class != sdk::ErrorClass::bad_record) {
      // What stopped this one stops the next; and order is kept.
      all(std::span(outcomes).subspan(i + 1), *error);
      break;
    }
  }
  return outcomes;
}

void RestWriter::write_bulk(std::span<const sdk::Delivery> deliveries,
                            std::span<sdk::Outcome> outcomes,
                            const sdk::Call& call) {
  const std::string& target = api_.settings().bulk;
  const std::string place = api_.place("POST", target);
  auto response = api_.send(
      "POST", target, {{"Idempotency-Key", hash_of_keys(deliveries)}}, bulk_body(deliveries), call);
  if (!response) return all(outcomes, response.error());
  if (response->status / 100 != 2) {
    const sdk::Error error = sdk::http_error(*response, place);
    // 404 and 405 speak of the path, not of what is in the bulk.
    const bool of_the_path = response->status == 404 || response->status == 405;
    if (error.error_class == sdk::ErrorClass::bad_record && !of_the_path && deliveries.size() > 1) {
      const size_t half = deliveries.size() / 2;
      write_bulk(deliveries.first(half), outcomes.first(half), call);
      return write_bulk(deliveries.subspan(half), outcomes.subspan(half), call);
    }
    all(outcomes, error);
    if (of_the_path)
      for (sdk::Outcome& outcome : outcomes) outcome.error->error_class = sdk::ErrorClass::config;
    return;
  }
  rapidjson::Document answer;
  sdk::JsonFault fault;
  const bool parsed = sdk::parse_json(response->body, answer, fault) && answer.IsObject();
  const auto list = parsed ? answer.FindMember("outcomes") : rapidjson::Value::MemberIterator{};
  if (!parsed || list == answer.MemberEnd() || !list->value.IsArray())
    return all(outcomes,
               sdk::retry("BULK_ANSWER",
                          place,
                          "the answer holds no outcomes",
                          "see whether the bulk path in the settings is right"));
  std::map<std::string_view, const rapidjson::Value*> by_key;
  for (const rapidjson::Value& item : list->value.GetArray())
    by_key[sdk::text_of(item, "idempotency_key")] = &item;
  for (size_t i = 0; i < deliveries.size(); ++i) {
    const auto it = by_key.find(deliveries[i].idempotency_key);
    static const rapidjson::Value none(rapidjson::kObjectType);  // left out: try again
    outcomes[i] = outcome_of(it == by_key.end() ? none : *it->second, place);
  }
}

sdk::Outcome RestWriter::write_one(const sdk::Delivery& d, const sdk::Call& call) {
  const std::string type(d.type);
  const auto path = settings_.paths.find(type);
  const std::string folder = path == settings_.paths.end() ? "/" + type + "s" : path->second;
  const std::string method = d.withdraw ? "DELETE" : "PUT";
  const sdk::HttpHeaders headers = {{"Idempotency-Key", std::string(d.idempotency_key)},
                                    {"X-Concord-Version", std::to_string(d.version)},
                                    {"X-Concord-Subject", std::string(d.subject)}};
  auto response = api_.send(method,
                            folder + "/" + sdk::url_encode(d.key),
                            headers,
                            d.withdraw ? std::string() : body_with_obligations(d),
                            call);
  // The key stays out of the place: it may be a case number.
  const std::string place = api_.place(method, folder);
  if (!response) {
    response.error().place = place;
    return {std::move(response).error(), {}};
  }
  if (response->status / 100 == 2) {
    rapidjson::Document answer;
    sdk::JsonFault fault;
    const bool parsed = sdk::parse_json(response->body, answer, fault);
    return {std::nullopt, parsed ? std::string(sdk::text_of(answer, "id")) : std::string()};
  }
  // Stale, or withdrawn already: the recipient is where we want it.
  if (response->status == 409 || (d.withdraw && response->status == 404)) return {std::nullopt, {}};
  return {sdk::http_error(*response, place), {}};
}

}  // namespace concord::child_welfare
