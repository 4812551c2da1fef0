// Errors and events: the right class, told so that an operator can act, and nothing that must not
// be told.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "hub/kit/bench.hpp"
#include "hub/kit/tour.hpp"

namespace concord::kit {
namespace {

// The call that meets the system soonest, and must fail with this class.
void provoked(Bench& bench, const std::string& command, sdk::ErrorClass wanted) {
  auto instance = bench.make();
  (void)bench.tell(command);
  bench.doing("check after " + command);
  bench.must_fail(instance->check(), wanted, "check after " + command);
  if (bench.manifest().can("read")) {
    const auto types = bench.types();
    bench.doing("read after " + command);
    if (!types.empty())
      bench.must_fail(instance->read(types[0], ""), wanted, "read after " + command);
  }
  if (bench.manifest().can("write")) {
    bench.doing("write after " + command);
    auto result = instance->write(bench.documents(1));
    const auto error = !result           ? std::optional(result.error())
                       : result->empty() ? std::nullopt
                                         : (*result)[0].error;
    bench.require(error.has_value(), "write after " + command + " is told as durable");
    bench.require(error->error_class == wanted,
                  "write after " + command + " failed with class " +
                      Bench::name_of(error->error_class) + "; it must be " +
                      Bench::name_of(wanted));
  }
}

void retry(Bench& bench) {
  provoked(bench, "fail_retry", sdk::ErrorClass::retry);
}
void auth(Bench& bench) {
  provoked(bench, "fail_auth", sdk::ErrorClass::auth);
}
void config(Bench& bench) {
  provoked(bench, "fail_config", sdk::ErrorClass::config);
}
void rate_limited(Bench& bench) {
  provoked(bench, "fail_rate_limited", sdk::ErrorClass::rate_limited);
}

void retry_after(Bench& bench) {
  auto instance = bench.make();
  (void)bench.tell("fail_rate_limited");
  const auto checked = instance->check();
  const sdk::Error error =
      bench.must_fail(checked, sdk::ErrorClass::rate_limited, "check after fail_rate_limited");
  bench.require(error.retry_after.has_value(),
                "the system said when to come again, and the error does not");
  bench.require(*error.retry_after >= std::chrono::seconds(5) &&
                    *error.retry_after <= std::chrono::seconds(9),
                "the system said to come again in 7 s, and the error says " +
                    std::to_string(error.retry_after->count()) + " ms");
}

void recovers(Bench& bench) {
  auto instance = bench.make();
  for (const char* command : {"fail_retry", "fail_auth", "fail_rate_limited"}) {
    if (!bench.plan().can(command)) continue;
    (void)bench.tell(command);
    (void)instance->check();
    (void)bench.tell("heal");
    bench.doing("check after heal");
    bench.good(instance->check(),
               std::string("check by the same instance after ") + command + " was healed");
  }
}

void down_and_nothing_lost(Bench& bench) {
  auto instance = bench.make();
  const auto [type, whole] = bench.some(*instance, 3);
  const auto page =
      bench.good(instance->read(type, "", {.records_max = 2}), "read of \"" + type + "\"");
  (void)bench.tell("fail_retry");
  bench.must_fail(
      instance->read(type, page.checkpoint), sdk::ErrorClass::retry, "read after fail_retry");
  (void)bench.tell("heal");
  auto all = identities(page.records);
  for (const std::string& one :
       identities(bench.read_all(*instance, type, page.checkpoint).records()))
    all.push_back(one);
  const std::set<std::string> given(all.begin(), all.end());
  for (const std::string& one : identities(whole.records()))
    bench.require(
        given.contains(one),
        "a read failed half-way and was tried again, and a record of \"" + type + "\" was lost");
}

bool is_code(const std::string& code) {
  return !code.empty() && code.size() <= 64 && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void shape(Bench& bench) {
  tour(bench);
  const auto errors = bench.told().errors();
  bench.require(!errors.empty(),
                "no error could be provoked, not even by settings that are no JSON");
  for (const auto& [call, error] : errors) {
    const std::string which = "an error of " + call + " (" + error.code + ")";
    bench.require(is_code(error.code), which + " has no code in upper snake case");
    bench.require(!error.place.empty(), which + " does not say where");
    bench.require(!error.cause.empty(), which + " does not say what was seen");
    bench.require(!error.next.empty(), which + " does not say what to do");
    for (const std::string* text : {&error.place, &error.cause, &error.next}) {
      bench.require(text->size() <= 1000,
                    which + " holds a text of " + std::to_string(text->size()) + " bytes");
      bench.require(text->find_first_of("\n\r\t\x1b") == std::string::npos,
                    which + " holds a line end or control character");
      bench.require(static_cast<bool>(base::read_json(
                        "\"" +
                            [&] {
                              std::string out;
                              for (const char c : *text)
                                if (c != '"' && c != '\\') out += c;
                              return out;
                            }() +
                            "\"",
                        "text")),
                    which + " holds bytes that are not UTF-8");
    }
    bench.require(error.error_class != sdk::ErrorClass::fatal,
                  which + " is of class fatal: " + error.cause);
  }
}

// All texts that left the connector, each with where it was said.
std::vector<std::pair<std::string, std::string>> said(Bench& bench) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [call, error] : bench.told().errors())
    out.emplace_back("an error of " + call + " (" + error.code + ")",
                     error.code + " " + error.place + " " + error.cause + " " + error.next);
  for (const Event& event : bench.told().events())
    out.emplace_back("the log event " + event.name, event.name + " " + event.fields);
  std::ifstream in(bench.folder() + "/check.out", std::ios::binary);
  out.emplace_back("stdout or stderr", std::string(std::istreambuf_iterator<char>(in), {}));
  return out;
}

void collect_secrets(const base::JsonValue& schema,
                     const base::JsonValue& given,
                     std::set<std::string>& out) {
  const base::JsonValue* properties = base::member(schema, "properties");
  if (properties == nullptr || !properties->IsObject() || !given.IsObject()) return;
  for (const auto& p : properties->GetObject()) {
    const base::JsonValue* value = base::member(given, base::text(p.name));
    if (value == nullptr) continue;
    const base::JsonValue* secret = base::member(p.value, "x-secret");
    if (secret != nullptr && secret->IsTrue() && value->IsString() && value->GetStringLength() >= 4)
      out.insert(value->GetString());
    collect_secrets(p.value, *value, out);
  }
}

void no_secret(Bench& bench) {
  std::set<std::string> secrets;
  for (const std::string& settings :
       {bench.settings(),
        bench.plan().has_wrong_credentials ? bench.wrong_settings() : bench.settings()})
    if (auto json = base::read_json(settings, "settings"))
      collect_secrets(bench.schema(), *json, secrets);
  if (secrets.empty()) Bench::leave_out("no setting of test.yaml is marked x-secret");
  tour(bench);
  for (const auto& [where, text] : said(bench))
    for (const std::string& secret : secrets)
      bench.require(text.find(secret) == std::string::npos,
                    "a secret of the settings stands in " + where);
}

void collect_texts(const base::JsonValue& value, std::set<std::string>& out) {
  if (value.IsString() && value.GetStringLength() >= 8) out.insert(std::string(base::text(value)));
  if (value.IsObject())
    for (const auto& member : value.GetObject()) collect_texts(member.value, out);
  if (value.IsArray())
    for (const auto& item : value.GetArray()) collect_texts(item, out);
}

void no_content(Bench& bench) {
  const Toured toured = tour(bench);
  std::set<std::string> texts;
  for (const std::string& body : toured.bodies)
    if (auto json = base::read_json(body, "body", {64u << 20, 64})) collect_texts(*json, texts);
  // What settings and record types are called is no content, wherever it stands.
  const std::string settings = bench.settings();
  for (const std::string& type : bench.described_types()) texts.erase(type);
  std::erase_if(texts, [&](const std::string& text) {
    return settings.find(text) != std::string::npos || text.size() > 4096;
  });
  if (texts.empty()) Bench::leave_out("no record and no document has a text of 8 bytes or more");
  for (const auto& [where, text] : said(bench))
    for (const std::string& content : texts)
      bench.require(text.find(content) == std::string::npos,
                    "a text of " + std::to_string(content.size()) +
                        " bytes from a record stands in " + where);
}

void events_are_short(Bench& bench) {
  tour(bench);
  for (const Event& event : bench.told().events()) {
    const size_t dot = event.name.find('.');
    const bool named =
        dot != std::string::npos && dot > 0 && event.name.size() <= 64 &&
        std::all_of(event.name.begin(), event.name.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || c == '_' || c == '.' || (c >= '0' && c <= '9');
        });
    bench.require(named, "a log event is called otherwise than noun.verb, in lower case");
    bench.require(event.level >= 0 && event.level <= 3,
                  "the log event " + event.name + " has level " + std::to_string(event.level));
    auto fields = base::read_json(event.fields, "fields");
    bench.require(fields && fields->IsObject(),
                  "the fields of the log event " + event.name + " are no JSON object");
    for (const auto& field : fields->GetObject()) {
      bench.require(!field.value.IsObject() && !field.value.IsArray(),
                    "a field of the log event " + event.name + " is neither id, count nor word");
      bench.require(!field.value.IsString() || field.value.GetStringLength() <= 128,
                    "a field of the log event " + event.name + " is a text of more than 128 bytes");
    }
  }
}

void prints_nothing(Bench& bench) {
  tour(bench);
  std::fflush(nullptr);
  std::ifstream in(bench.folder() + "/check.out", std::ios::binary);
  const std::string out(std::istreambuf_iterator<char>(in), {});
  bench.require(out.empty(),
                "it wrote " + std::to_string(out.size()) +
                    " bytes to stdout or stderr: log through the call");
}

void keeps_the_boundary(Bench& bench) {
  tour(bench);
  const auto breaches = bench.told().breaches();
  bench.require(breaches.empty(), breaches.empty() ? "" : breaches.front());
}

}  // namespace

std::vector<Check> error_checks() {
  const auto with = [](std::vector<std::string> commands) {
    return Needs{.commands = std::move(commands)};
  };
  return {
      {"error.retry",
       "What passes by itself is of class retry, in check, read and write",
       with({"fail_retry"}),
       retry},
      {"error.auth",
       "Refused credentials are of class auth, in check, read and write",
       with({"fail_auth"}),
       auth},
      {"error.config",
       "What only other settings mend is of class config, in check, read and write",
       with({"fail_config"}),
       config},
      {"error.rate_limited",
       "A system that asks to come later is of class rate_limited, in check, read and write",
       with({"fail_rate_limited"}),
       rate_limited},
      {"error.retry_after_is_kept",
       "When to come again is told as the system told it",
       with({"fail_rate_limited"}),
       retry_after},
      {"error.recovers",
       "Once all is well again, the same instance goes on",
       with({"fail_retry", "heal"}),
       recovers},
      {"error.loses_nothing",
       "A read that failed half-way loses nothing",
       {.capabilities = {"read"}, .commands = {"fail_retry", "heal"}},
       down_and_nothing_lost},
      {"error.is_complete",
       "Each error has code, place, cause and next step; none is fatal",
       {},
       shape},
      {"error.no_secret", "No secret stands in an error, an event or the output", {}, no_secret},
      {"error.no_content",
       "No content of a record stands in an error, an event or the output",
       {},
       no_content},
      {"log.events_are_short",
       "Log events are noun.verb with ids, counts and words",
       {},
       events_are_short},
      {"log.prints_nothing", "Nothing is written to stdout or stderr", {}, prints_nothing},
      {"abi.breaks_no_rule",
       "Classes, sizes and releases are as the boundary wants them",
       {},
       keeps_the_boundary},
  };
}

}  // namespace concord::kit
