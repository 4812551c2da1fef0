#include "examples/simulators/court.hpp"

#include <algorithm>
#include <charconv>
#include <concord/json.hpp>
#include <concord/xml.hpp>

namespace concord::sim {
namespace {

constexpr std::string_view kRoot = "/docket/v1/";

HttpReply error(int status, std::string_view code) {
  return {status, R"({"code":")" + std::string(code) + "\"}"};
}

// Cursors mean nothing to whoever gets them; here they are a change's number.
std::string cursor_of(uint64_t sequence) {
  return "c1." + std::to_string(sequence * 7919 + 13);
}
bool read_cursor(std::string_view text, uint64_t& sequence) {
  sequence = 0;
  if (text.empty()) return true;
  if (!text.starts_with("c1.")) return false;
  uint64_t number = 0;
  const auto [end, bad] = std::from_chars(text.data() + 3, text.data() + text.size(), number);
  sequence = number < 13 ? 0 : (number - 13) / 7919;
  return bad == std::errc{} && end == text.data() + text.size();
}

uint64_t number_of(const rapidjson::Value& object, const char* name) {
  const auto it = object.FindMember(name);
  return it != object.MemberEnd() && it->value.IsUint64() ? it->value.GetUint64() : 0;
}
bool flag_of(const rapidjson::Value& object, const char* name) {
  const auto it = object.FindMember(name);
  return it != object.MemberEnd() && it->value.IsTrue();
}

// What was received, as an answer in the docket API's words.
std::string result_json(const Received& received, Effect effect, std::string_view code) {
  sdk::JsonWriter w;
  w.object().field("status", received.status).field("id", "SYN-N-" + received.key);
  w.field("effect", name_of(effect));
  if (!code.empty()) w.field("code", code);
  w.end();
  return w.text();
}

}  // namespace

Court::Court(const World& world, std::unique_ptr<Journal> journal)
    : System(world, std::move(journal)),
      docket_(world.children),
      events_(faults_),
      server_([this](const HttpRequest& request) { return handle(request); }, &faults_) {}
Court::~Court() {
  stop();
}

sdk::Status Court::start() {
  auto started = server_.start();
  if (started) events_.start();
  return started;
}
void Court::stop() {
  events_.stop();
  server_.stop();
}

std::vector<std::pair<std::string, std::string>> Court::settings() const {
  const std::string base = "http://127.0.0.1:" + std::to_string(server_.port());
  const std::string seed = std::to_string(world_.seed);
  return {{"url", base + "/docket/v1"},
          {"token", "SYN-court-token-" + seed},
          {"calendar_url", base + "/calendar.ics"},
          {"webhook_secret", "SYN-court-webhook-secret-" + seed}};
}

HttpReply Court::handle(const HttpRequest& request) {
  if (request.path == "/calendar.ics") return calendar(request);
  if (!std::string_view(request.path).starts_with(kRoot)) return error(404, "NOT_FOUND");
  if (request.header("Authorization") != "Bearer SYN-court-token-" + std::to_string(world_.seed))
    return error(401, "TOKEN");
  const std::string path = request.path.substr(kRoot.size());
  if (path == "status" && request.method == "GET") return {200, R"({"status":"ok"})"};
  if (request.method == "GET") return list(path, request);
  if (request.method != "POST") return error(405, "METHOD");
  if (path == "notes") return take_note(request);
  if (path == "notes:bulk") return take_notes(request);
  if (path == "filings") return take_filing(request);
  if (path.ends_with("/ack")) return acknowledge(path.substr(0, path.size() - 4), request);
  return error(404, "NOT_FOUND");
}

HttpReply Court::list(const std::string& collection, const HttpRequest& request) {
  uint64_t after = 0;
  if (!read_cursor(request.parameter("cursor"), after)) return error(410, "CURSOR");
  size_t limit = 100;
  const std::string_view wanted = request.parameter("limit");
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), limit);
  CourtDocket::Page page;
  if (!docket_.page(collection, after, std::clamp<size_t>(limit, 1, 5000), page))
    return error(404, "NOT_FOUND");
  if (!page.items.empty() && faults_.take(FaultKind::duplicate, "/" + collection))
    page.items.push_back(page.items.front());
  if (faults_.take(FaultKind::out_of_order, "/" + collection)) {
    std::reverse(page.items.begin(), page.items.end());
    for (const std::string& old : page.previous) {
      if (!old.empty()) page.items.push_back(old);
    }
  }
  std::string body = R"({"items":[)";
  for (size_t i = 0; i < page.items.size(); ++i) body += (i > 0 ? "," : "") + page.items[i];
  body += R"(],"next_cursor":")" + cursor_of(page.next) + R"(","more":)" +
          (page.more ? "true}" : "false}");
  return {200, std::move(body)};
}

HttpReply Court::acknowledge(const std::string& collection, const HttpRequest& request) {
  rapidjson::Document body;
  sdk::JsonFault fault;
  uint64_t up_to = 0;
  if (!sdk::parse_json(request.body, body, fault) ||
      !read_cursor(sdk::text_of(body, "cursor"), up_to))
    return error(400, "CURSOR");
  {
    const std::lock_guard lock(mutex_);
    if (!prune_on_ack_) return {200, "{}"};
  }
  docket_.prune(collection, up_to);
  return {200, "{}"};
}

bool Court::refuses(const std::string& party_id) const {
  const std::lock_guard lock(mutex_);
  return refused_.contains(party_id);
}

namespace {

// A note as it came, with what is wrong about it, if anything.
const char* read_note(const rapidjson::Value& from, Received& out) {
  if (!from.IsObject()) return "NOTE_SHAPE";
  out.type = "docket_note";
  out.idempotency_key = sdk::text_of(from, "idempotency_key");
  out.key = sdk::text_of(from, "key");
  out.version = number_of(from, "version");
  out.subject = sdk::text_of(from, "party_id");
  out.body = sdk::write_json(from);
  if (out.idempotency_key.empty() || out.key.empty() || out.version == 0) return "NOTE_SHAPE";
  if (sdk::text_of(from, "operation") == "withdraw") return nullptr;
  const auto note = from.FindMember("note");
  if (note == from.MemberEnd() || !note->value.IsObject()) return "NOTE_SHAPE";
  out.body = sdk::write_json(note->value);
  if (const auto along = from.FindMember("obligations"); along != from.MemberEnd())
    out.obligations = sdk::write_json(along->value);
  if (out.subject.empty()) out.subject = sdk::text_of(note->value, "party_id");
  return sdk::text_of(note->value, "kind").empty() ? "NOTE_KIND" : nullptr;
}

}  // namespace

HttpReply Court::take_notes(const HttpRequest& request) {
  rapidjson::Document body;
  sdk::JsonFault fault;
  if (!sdk::parse_json(request.body, body, fault, {.bytes_max = 32u << 20}) || !body.IsObject() ||
      !body.HasMember("notes") || !body["notes"].IsArray())
    return error(400, "NOTES_SHAPE");
  std::string results;
  for (const auto& note : body["notes"].GetArray()) {
    Received received;
    const char* wrong = read_note(note, received);
    if (wrong == nullptr && !docket_.knows(received.subject)) wrong = "PARTY_UNKNOWN";
    if (wrong == nullptr && refuses(received.subject)) wrong = "NOTE_REFUSED";
    Effect effect = Effect::refused;
    std::string_view code = wrong == nullptr ? "" : wrong;
    if (wrong != nullptr) {
      received.status = 422;
      journal().write(received, effect);
    } else {
      received.status = 201;
      effect = journal().receive(received);
      if (effect == Effect::repeat) received.status = 200;
      if (effect == Effect::stale) received.status = 409, code = "STALE_VERSION";
    }
    results += (results.empty() ? "" : ",") + result_json(received, effect, code);
  }
  return {200, R"({"results":[)" + results + "]}"};
}

HttpReply Court::take_note(const HttpRequest& request) {
  // One note is a list of one; its answer is that one's, and the key is the header's.
  HttpRequest many = request;
  many.body = R"({"notes":[)" + request.body + "]}";
  HttpReply reply = take_notes(many);
  rapidjson::Document answer;
  sdk::JsonFault fault;
  if (reply.status != 200 || !sdk::parse_json(reply.body, answer, fault)) return reply;
  const auto& result = answer["results"][0];
  return {result["status"].GetInt(), sdk::write_json(result)};
}

HttpReply Court::take_filing(const HttpRequest& request) {
  Received received;
  received.type = "filing";
  received.idempotency_key = request.header("Idempotency-Key");
  const std::string_view version = request.header("X-Filing-Version");
  std::from_chars(version.data(), version.data() + version.size(), received.version);
  pugi::xml_document document;
  auto refuse = [&](int status, const char* code) {
    received.status = status;
    received.body = R"({"code":")" + std::string(code) + "\"}";
    journal().write(received, Effect::refused);
    return error(status, code);
  };
  if (!sdk::load_xml(request.body, document, "filing")) return refuse(400, "XML");
  const pugi::xml_node root = document.document_element();
  auto deep = [&](const char* name) {
    const auto all = sdk::find_deep(root, "", name);
    return all.empty() ? pugi::xml_node{} : all.front();
  };
  const bool cancel = sdk::local_name(root) == "CancelFilingMessage";
  if (!cancel && sdk::local_name(root) != "FilingMessage") return refuse(422, "ECF_KIND");
  received.key = sdk::xml_text(deep("DocumentIdentification"), "", "IdentificationID");
  received.subject = sdk::xml_text(deep("ParticipantID"), "", "IdentificationID");
  if (received.idempotency_key.empty() || received.key.empty()) return refuse(400, "FILING_ID");
  if (!cancel && !docket_.knows(received.subject)) return refuse(422, "PARTY_UNKNOWN");
  if (refuses(received.subject)) return refuse(422, "FILING_REFUSED");
  sdk::JsonWriter w;
  w.object().field("operation", cancel ? "withdraw" : "upsert");
  w.field("docket", sdk::xml_text(deep("CaseDocketID")));
  w.field("kind", sdk::xml_text(deep("DocumentCategoryText")));
  w.field("sensitivity", sdk::xml_text(deep("SensitivityText")));
  w.key("message");
  sdk::xml_to_json(root, w);
  w.end();
  received.body = w.text();
  received.status = 201;
  const Effect effect = journal().receive(received);
  if (effect == Effect::repeat) received.status = 200;
  if (effect == Effect::stale) received.status = 409;
  return {received.status,
          result_json(received, effect, effect == Effect::stale ? "STALE_VERSION" : "")};
}

HttpReply Court::calendar(const HttpRequest& request) const {
  std::string body = docket_.calendar();
  const std::string etag = "\"" + std::to_string(std::hash<std::string>{}(body)) + "\"";
  if (request.header("If-None-Match") == etag) return {304, "", "text/calendar", {{"ETag", etag}}};
  return {200, std::move(body), "text/calendar; charset=utf-8", {{"ETag", etag}}};
}

Reply Court::answer(const CourtDocket::Changes& changes) {
  if (changes.empty())
    return {404, R"({"error":"the court has no such child or hearing","next":"see GET /truth"})"};
  events_.announce(changes);
  std::string list;
  for (const auto& change : changes)
    list += (list.empty() ? "" : ",") +
            (R"({"type":")" + change.type + R"(","item":)" + change.json + "}");
  return {200, R"({"changed":[)" + list + "]}"};
}

Reply Court::control(std::string_view verb, std::string_view args_json) {
  rapidjson::Document args;
  sdk::JsonFault fault;
  if (!sdk::parse_json(args_json, args, fault) || !args.IsObject())
    return {400, R"({"error":"not a JSON object","next":"see court.hpp"})"};
  std::string party(sdk::text_of(args, "party_id"));
  const uint64_t child = number_of(args, "child");
  if (child > 0 && child <= world_.children.size())
    party = world_.children[child - 1].court_party_id;
  auto text = [&](const char* name, const char* otherwise) {
    const std::string_view value = sdk::text_of(args, name);
    return value.empty() ? std::string(otherwise) : std::string(value);
  };
  if (verb == "schedule_hearing")
    return answer(docket_.schedule_hearing(party,
                                           text("kind", "review"),
                                           text("local", "2026-06-01T09:30:00"),
                                           flag_of(args, "calendar")));
  if (verb == "continue_hearing")
    return answer(docket_.continue_hearing(
        party, text("hearing_id", ""), text("local", "2026-07-01T09:30:00")));
  if (verb == "issue_order") {
    std::vector<std::string> opens;
    if (args.HasMember("opens") && args["opens"].IsArray()) {
      for (const auto& field : args["opens"].GetArray()) {
        if (field.IsString()) opens.emplace_back(field.GetString());
      }
    }
    return answer(docket_.issue_order(party, text("kind", "temporary_custody"), opens));
  }
  if (verb == "seal_case") return answer(docket_.seal_case(party));
  if (verb == "correct_party")
    return answer(docket_.correct_party(party, text("family", "Testfamily")));
  if (verb == "events") return {200, events_.json()};
  if (verb == "subscribe") {
    events_.subscribe(text("url", ""), text("secret", ""), text("mode", "record") == "poke");
    return {};
  }
  if (verb == "unsubscribe") {
    events_.unsubscribe();
    return {};
  }
  const std::lock_guard lock(mutex_);
  if (verb == "prune_on_ack") {
    prune_on_ack_ = flag_of(args, "on");
    return {};
  }
  if (verb == "refuse_party") {
    if (flag_of(args, "on")) {
      refused_.insert(party);
    } else {
      refused_.erase(party);
    }
    return {};
  }
  return unknown_verb();
}

}  // namespace concord::sim
