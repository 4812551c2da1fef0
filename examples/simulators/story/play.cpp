#include "examples/simulators/story/play.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

namespace concord::story {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A port that is free now, for a listener whose number both sides must know before.
int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

Clock::time_point parse_time(std::string_view text) {
  std::tm tm{};
  int micro = 0;
  if (std::sscanf(std::string(text).c_str(),
                  "%d-%d-%dT%d:%d:%d.%d",
                  &tm.tm_year,
                  &tm.tm_mon,
                  &tm.tm_mday,
                  &tm.tm_hour,
                  &tm.tm_min,
                  &tm.tm_sec,
                  &micro) < 6)
    return {};
  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  return Clock::from_time_t(::timegm(&tm)) + std::chrono::microseconds(micro);
}

rapidjson::Document parse(std::string_view text) {
  rapidjson::Document json;
  sdk::JsonFault fault;
  sdk::parse_json(text, json, fault);
  return json;
}

std::string setting(const rapidjson::Document& ports, const char* system, const char* name) {
  return std::string(sdk::text_of(ports["systems"][system]["settings"], name));
}

}  // namespace

Play::Play(Folders folders, int children, bool quick_jobs)
    : folders_(std::move(folders)), children_(children), quick_jobs_(quick_jobs) {}

bool Play::open() {
  const fs::path ports_file = folders_.run / "ports.json";
  fs::create_directories(folders_.run);
  fs::remove(ports_file);
  simulators.start({(folders_.binaries / "concord-sim").string(),
                    "--dir",
                    (folders_.run / "sim").string(),
                    "--seed",
                    "1",
                    "--children",
                    std::to_string(children_),
                    "--port-file",
                    ports_file.string()},
                   folders_.run / "sim.log");
  if (!wait(milliseconds(30000), [&] { return fs::exists(ports_file) || !simulators.runs(); }) ||
      !fs::exists(ports_file)) {
    say("the simulated systems did not start: " + text_of_file(folders_.run / "sim.log"));
    return false;
  }
  const rapidjson::Document ports = parse(text_of_file(ports_file));
  control_ = "http://127.0.0.1:" + std::to_string(ports["control"].GetInt());
  if (!copy_coalition(ports)) return false;
  if (!start_hub()) return false;
  return connect_events(ports);
}

bool Play::secret(const std::string& name, std::string_view text) {
  const fs::path path = folders_.run / "secrets" / name;
  std::ofstream(path) << text;
  return ::chmod(path.c_str(), 0600) == 0;
}

bool Play::copy_coalition(const rapidjson::Document& ports) {
  const fs::path to = folders_.run / "coalition";
  fs::create_directories(folders_.run / "secrets");
  fs::remove_all(to);
  fs::copy(folders_.coalition, to, fs::copy_options::recursive);
  // Beside the tree its mappings are found by absolute path.
  const fs::path mappings = fs::absolute(folders_.coalition / "../../mappings");
  std::string concord = text_of_file(to / "concord.yaml");
  for (size_t at; (at = concord.find("../../mappings")) != std::string::npos;)
    concord.replace(at, 14, "/\x01");
  for (size_t at; (at = concord.find("/\x01")) != std::string::npos;)
    concord.replace(at, 2, mappings.lexically_normal().string());
  std::ofstream(to / "concord.yaml") << concord;
  if (quick_jobs_) {
    // A day in the life of a coalition, told in a minute: what runs each five minutes runs each
    // second.
    for (const auto& file : fs::directory_iterator(to / "flows")) {
      std::string text = text_of_file(file.path());
      for (const std::string every : {"every: 15m", "every: 5m", "every: 1m"})
        for (size_t at; (at = text.find(every)) != std::string::npos;)
          text.replace(at, every.size(), "every: 1s");
      std::ofstream(file.path()) << text;
    }
  }
  const std::string evidence =
      (to / "make_evidence").string() + " " + std::to_string(children_) + " " + to.string();
  if (std::system(evidence.c_str()) != 0) return say("make_evidence failed"), false;

  environment_ = {{"CONCORD_COALITION", to.string()},
                  {"CONCORD_SECRETS", (folders_.run / "secrets").string()},
                  {"CONCORD_DATA", (folders_.run / "data").string()},
                  {"CONCORD_ADMIN", "127.0.0.1:0"},
                  {"CONCORD_CHILD_WELFARE_URL", setting(ports, "child_welfare", "url")},
                  {"CONCORD_CHILD_WELFARE_TOKEN_URL", setting(ports, "child_welfare", "token_url")},
                  {"CONCORD_CHILD_WELFARE_CLIENT_ID", setting(ports, "child_welfare", "client_id")},
                  {"CONCORD_CHILD_WELFARE_ACK", "prune"},
                  {"CONCORD_CHILD_WELFARE_WEBHOOK_PORT", std::to_string(free_port())},
                  {"CONCORD_COURT_URL", setting(ports, "court", "url")},
                  {"CONCORD_COURT_ACK", "true"},
                  {"CONCORD_COURT_WEBHOOK_PORT", std::to_string(free_port())},
                  {"CONCORD_HEALTH_MLLP_PORT", std::to_string(free_port())},
                  {"CONCORD_HEALTH_FHIR_BASE_URL", setting(ports, "health", "fhir_base_url")},
                  {"CONCORD_HEALTH_TOKEN_URL", setting(ports, "health", "token_url")},
                  {"CONCORD_HEALTH_CLIENT_ID", setting(ports, "health", "client_id")},
                  {"CONCORD_HEALTH_KEY_ID", setting(ports, "health", "key_id")},
                  {"CONCORD_HEALTH_PRIVATE_KEY_FILE", setting(ports, "health", "private_key_file")},
                  {"CONCORD_HEALTH_HOME_ASSIGNER", setting(ports, "health", "home_assigner")},
                  {"CONCORD_JUVENILE_JUSTICE_FILE", setting(ports, "juvenile_justice", "file")}};
  for (const auto& [name, value] : environment_) ::setenv(name.c_str(), value.c_str(), 1);
  return secret("child_welfare.client_secret", setting(ports, "child_welfare", "client_secret")) &&
         secret("child_welfare.webhook_secret",
                setting(ports, "child_welfare", "webhook_secret")) &&
         secret("court.token", setting(ports, "court", "token")) &&
         secret("court.webhook_secret", setting(ports, "court", "webhook_secret"));
}

bool Play::start_hub() {
  const fs::path admin = folders_.run / "data" / "admin.json";
  fs::remove(admin);
  hub.start({(folders_.binaries / "concord").string(), "serve"}, folders_.run / "hub.log");
  std::ofstream(folders_.run / "hub.pid") << hub.pid() << "\n";
  if (wait(milliseconds(20000), [&] { return fs::exists(admin) || !hub.runs(); }) &&
      fs::exists(admin))
    return true;
  say("the hub did not start: " + text_of_file(folders_.run / "hub.log"));
  return false;
}

// The systems that send events are told where the hub listens. Child welfare is not: its changes
// are to be found on schedule.
bool Play::connect_events(const rapidjson::Document& ports) {
  sdk::JsonWriter court;
  court.object()
      .field("verb", "subscribe")
      .field("url", "http://127.0.0.1:" + environment_["CONCORD_COURT_WEBHOOK_PORT"] + "/events");
  court.field("secret", setting(ports, "court", "webhook_secret")).field("mode", "poke").end();
  sdk::JsonWriter health;
  health.object()
      .field("verb", "connect")
      .field("host", "127.0.0.1")
      .field("port", std::atoi(environment_["CONCORD_HEALTH_MLLP_PORT"].c_str()));
  health.field("pipeline", 16).end();
  return act("court", court.text()).IsObject() && act("health", health.text()).IsObject();
}

int Play::close() {
  const int code = hub.end();
  simulators.end();
  return code;
}

rapidjson::Document Play::tell(const std::string& system,
                               const std::string& what,
                               const std::string& json) {
  sdk::HttpRequest request;
  request.method = "POST";
  request.url = control_ + "/systems/" + system + "/" + what;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = json;
  auto response = http_.send(request);
  if (!response || response->status >= 300) {
    say(system + " would not " + what + " " + json + (response ? ": " + response->body : ""));
    return {};
  }
  return parse(response->body);
}

std::vector<int> Play::children_known_to(const std::vector<std::string>& systems, int count) {
  sdk::HttpRequest request;
  request.url = control_ + "/truth";
  auto response = http_.send(request);
  const rapidjson::Document truth = response ? parse(response->body) : rapidjson::Document{};
  std::vector<int> found;
  if (!truth.IsArray()) return found;
  for (const auto& child : truth.GetArray()) {
    const int number = child["number"].GetInt();
    // Of each hundred, the first dozen and the last are cases of their own.
    const bool plain =
        number % 100 > 12 && number % 100 < 95 && child["birth_date"].GetStringLength() > 0;
    bool known = true;
    for (const std::string& system : systems) known &= child["agencies"].HasMember(system);
    if (!plain || !known || number <= last_child_ || static_cast<int>(found.size()) == count)
      continue;
    found.push_back(number);
  }
  if (!found.empty()) last_child_ = found.back();
  return found;
}

std::string Play::concord(const std::vector<std::string>& words, int* code) const {
  std::string command = (folders_.binaries / "concord").string();
  for (const std::string& word : words) command += " '" + word + "'";
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {};
  std::string out;
  char buffer[4096];
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  const int status = ::pclose(pipe);
  if (code != nullptr) *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

std::vector<Line> Play::received(const std::string& system) const {
  std::vector<Line> lines;
  std::istringstream in(text_of_file(folders_.run / "sim" / (system + ".jsonl")));
  for (std::string text; std::getline(in, text);) {
    const rapidjson::Document json = parse(text);
    if (!json.IsObject()) continue;
    Line line;
    line.at = parse_time(sdk::text_of(json, "at"));
    line.idempotency_key = sdk::text_of(json, "idempotency_key");
    line.type = sdk::text_of(json, "type");
    line.key = sdk::text_of(json, "key");
    line.subject = sdk::text_of(json, "subject");
    line.effect = sdk::text_of(json, "effect");
    if (json.HasMember("version")) line.version = json["version"].GetUint64();
    if (json.HasMember("body")) line.body = sdk::write_json(json["body"]);
    if (json.HasMember("obligations")) line.obligations = sdk::write_json(json["obligations"]);
    lines.push_back(std::move(line));
  }
  return lines;
}

bool Play::wait(milliseconds patience, const std::function<bool()>& until) const {
  const auto ends = std::chrono::steady_clock::now() + patience;
  while (!until()) {
    if (std::chrono::steady_clock::now() > ends) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

rapidjson::Document Play::ledger() const {
  return parse(concord({"ledger", "--json"}));
}

bool Play::settle(milliseconds patience) const {
  int64_t last = -1;
  int quiet = 0;
  return wait(patience, [&] {
    const rapidjson::Document now = ledger();
    if (!now.IsObject()) return false;
    const auto& deliveries = now["deliveries"];
    const int64_t waiting = deliveries.HasMember("waiting") ? deliveries["waiting"].GetInt64() : 0;
    const int64_t read = now["records"].GetInt64();
    quiet = waiting == 0 && read == last ? quiet + 1 : 0;
    last = read;
    std::this_thread::sleep_for(milliseconds(300));
    return quiet >= 4;
  });
}

std::string Play::key(int child, const char* prefix) const {
  char text[64];
  std::snprintf(text, sizeof text, "%s%06d", prefix, child);
  return text;
}

void Play::scene(const std::string& title) const {
  std::printf("\n%s\n", title.c_str()), std::fflush(stdout);
}
void Play::say(const std::string& text, int lines_max) const {
  std::istringstream in(text);
  for (std::string line; lines_max-- > 0 && std::getline(in, line);)
    if (!line.empty()) std::printf("     %s\n", line.c_str());
  std::fflush(stdout);
}
void Play::claim(bool holds, const std::string& what) {
  ++claims_;
  failures_ += !holds;
  std::printf("  %s  %s\n", holds ? "ok " : "NOT", what.c_str());
  std::fflush(stdout);
}

}  // namespace concord::story
