#include "tests/bench/hub.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace concord::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConcord = R"(name: Bench coalition
jurisdiction: US
coordinator: example_dcf
hub_is_intermediary: true
zone: America/New_York
data: @RUN@/data
admin: 127.0.0.1:@ADMIN@
mappings: @MAPPINGS@
policy: @MAPPINGS@/policy
)";

constexpr const char* kWelfare = R"(agency: example_dcf
connector: child_welfare
listens: true
trusted_identifiers: [state_id]
config:
  rest:
    url: http://127.0.0.1:@WELFARE@/api/v1
    token_url: http://127.0.0.1:@WELFARE@/oauth/token
    client_id: SYN-concord
    client_secret: ${file:secrets/bench}
    ack: prune
  webhook: {port: @WELFARE_HOOK@, secret: "${file:secrets/bench}"}
)";

constexpr const char* kCourt = R"(agency: example_court
connector: court
listens: true
trusted_identifiers: [state_id]
config:
  zone: America/New_York
  api: {url: "http://127.0.0.1:@COURT@/docket/v1", token: "${file:secrets/bench}", ack: true}
  webhook: {port: @COURT_HOOK@, secret: "${file:secrets/bench}"}
)";

constexpr const char* kHealth = R"(agency: example_hospital
connector: health
listens: true
trusted_identifiers: [state_id]
config:
  hl7: {time_zone: America/New_York, home_assigner: SYNHOSP}
  mllp_listen: {port: @MLLP@}
  fhir: {base_url: "http://127.0.0.1:@HOSPITAL@/fhir", bearer_token: "${file:secrets/bench}"}
)";

constexpr const char* kProbation = R"(agency: example_probation
connector: juvenile_justice
listens: true
trusted_identifiers: [state_id]
config:
  database: {kind: sqlite, file: "@RUN@/probation.db"}
  listen: {poll_ms: 10}
  read:
    youth:
      select: >-
        SELECT o.seq, o.operation, o.record_key, r.* FROM outbox o
        LEFT JOIN youth r ON r.youth_id = o.record_key WHERE o.record_type = 'youth'
      key_column: record_key
      deleted_column: operation
      outbox: {table: outbox, sequence_column: seq}
    detention:
      select: >-
        SELECT o.seq, o.operation, o.record_key, r.* FROM outbox o
        LEFT JOIN detention r ON r.detention_id = o.record_key WHERE o.record_type = 'detention'
      key_column: record_key
      deleted_column: operation
      outbox: {table: outbox, sequence_column: seq}
  write:
    "*": {inbox: inbox, obligations_column: obligations}
)";

constexpr const char* kJobsAndFlows = R"(jobs:
  - {id: child_welfare.people, system: child_welfare, records: [person], every: 1h, on_event: false}
  - {id: child_welfare.placements, system: child_welfare, records: [placement], every: 1s}
  - {id: court.people, system: court, records: [party], every: 1h, on_event: false}
  - {id: court.hearings, system: court, records: [hearing], every: 1s}
  - {id: juvenile_justice.people, system: juvenile_justice, records: [youth], every: 1h, on_event: false}
  - {id: juvenile_justice.custody, system: juvenile_justice, records: [detention], every: 1h}
flows:
  - {id: stays_to_coordinator, entities: [Encounter], from: [example_hospital], to: child_welfare,
     purpose: case_planning, trigger: event}
  - {id: placement_to_hospital, entities: [Placement], from: [example_dcf], to: health, purpose: case_planning}
  - {id: hearing_to_probation, entities: [Hearing], from: [example_court], to: juvenile_justice,
     purpose: case_planning}
  - {id: custody_to_court, entities: [Detention], from: [example_probation], to: court, purpose: case_planning}
)";

std::string filled(std::string text,
                   const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [name, value] : values)
    for (size_t at; (at = text.find(name)) != std::string::npos;)
      text.replace(at, name.size(), value);
  return text;
}

std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool listens(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

}  // namespace

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool write_coalition(const Folders& folders,
                     const Wires& wires,
                     const Words& words,
                     uint16_t welfare,
                     uint16_t court,
                     uint16_t hospital) {
  const fs::path to = folders.run / "coalition";
  fs::create_directories(to / "systems");
  fs::create_directories(to / "flows");
  fs::create_directories(to / "secrets");
  const std::vector<std::pair<std::string, std::string>> values = {
      {"@RUN@", folders.run.string()},
      {"@MAPPINGS@", folders.mappings.string()},
      {"@ADMIN@", std::to_string(wires.admin)},
      {"@WELFARE_HOOK@", std::to_string(wires.welfare_webhook)},
      {"@WELFARE@", std::to_string(welfare)},
      {"@COURT_HOOK@", std::to_string(wires.court_webhook)},
      {"@COURT@", std::to_string(court)},
      {"@MLLP@", std::to_string(wires.mllp)},
      {"@HOSPITAL@", std::to_string(hospital)}};
  auto write = [&](const char* name, std::string text) {
    std::ofstream(to / name) << filled(std::move(text), values);
  };
  write("concord.yaml", kConcord);
  const std::string runs = "runs: " + folders.runs + "\n";
  write("systems/child_welfare.yaml", kWelfare + runs);
  write("systems/court.yaml", kCourt + runs);
  write("systems/health.yaml", kHealth + runs);
  write("systems/juvenile_justice.yaml", kProbation + runs);
  write("flows/bench.yaml", kJobsAndFlows);
  write("secrets/bench", wires.secret);
  ::chmod((to / "secrets" / "bench").c_str(), 0600);
  for (const char* name : {"agencies.yaml", "roster.yaml"})
    fs::copy_file(folders.coalition / name, to / name, fs::copy_options::overwrite_existing);
  const std::string evidence = (folders.coalition / "make_evidence").string() + " " +
                               std::to_string(words.children().back().number) + " " + to.string();
  if (std::system(evidence.c_str()) == 0) return true;
  std::fprintf(stderr, "bench: make_evidence failed\n");
  return false;
}

Usage usage_of(pid_t process) {
  const fs::path of = fs::path("/proc") / std::to_string(process);
  Usage usage;
  std::string stat = text_of_file(of / "stat");
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string field;
  for (int n = 3; fields >> field; ++n) {
    if (n == 14 || n == 15)
      usage.cpu_ms += std::strtod(field.c_str(), nullptr) * 1000.0 /
                      static_cast<double>(::sysconf(_SC_CLK_TCK));
    if (n == 20) usage.threads = std::atoi(field.c_str());
  }
  std::ifstream status(of / "status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) usage.rss_mb = std::strtod(line.c_str() + 6, nullptr) / 1024;
  std::ifstream io(of / "io");
  for (std::string line; std::getline(io, line);)
    if (line.starts_with("write_bytes:"))
      usage.written_mb = std::strtod(line.c_str() + 12, nullptr) / 1048576;
  return usage;
}

std::vector<Usage> Hub::runners() const {
  const fs::path tasks = fs::path("/proc") / std::to_string(process_.pid()) / "task";
  std::vector<Usage> all;
  std::error_code fault;
  for (const auto& task : fs::directory_iterator(tasks, fault)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) {
      Usage usage = usage_of(child);
      std::ifstream rollup(fs::path("/proc") / std::to_string(child) / "smaps_rollup");
      for (std::string line; std::getline(rollup, line);)
        if (line.starts_with("Pss:")) usage.rss_mb = std::strtod(line.c_str() + 4, nullptr) / 1024;
      all.push_back(usage);
    }
  }
  return all;
}

std::string Hub::get(const std::string& path, const std::string& token) {
  sdk::HttpRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(wires_.admin) + path;
  if (!token.empty()) request.headers = {{"Authorization", "Bearer " + token}};
  request.timeout = std::chrono::seconds(60);
  auto response = http_.send(request);
  return response && response->status == 200 ? response->body : std::string();
}

std::optional<double> Hub::start() {
  ::setenv("CONCORD_COALITION", (folders_.run / "coalition").c_str(), 1);
  const auto began = Clock::now();
  process_.start({(folders_.binaries / "concord").string(), "serve"}, folders_.run / "hub.log");
  while (Clock::now() - began < std::chrono::seconds(30) && process_.runs()) {
    // Ready is who takes events too.
    if (!get("/readyz").empty() && listens(wires_.mllp) && listens(wires_.welfare_webhook) &&
        listens(wires_.court_webhook))
      return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::fprintf(
      stderr, "bench: the hub did not start: %s\n", text_of_file(folders_.run / "hub.log").c_str());
  return std::nullopt;
}

double Hub::metric(const std::string& name, const std::string& system) {
  std::istringstream in(get("/metrics"));
  double sum = -1;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(name)) continue;
    const char after = line[name.size()];
    if (after != ' ' && after != '{') continue;
    if (!system.empty() && line.find("system=\"" + system + "\"") == std::string::npos) continue;
    sum = std::max(sum, 0.0) + std::strtod(line.c_str() + line.rfind(' '), nullptr);
  }
  return sum;
}

rapidjson::Document Hub::ledger() {
  rapidjson::Document admin, ledger;
  admin.Parse(text_of_file(folders_.run / "data" / "admin.json").c_str());
  if (!admin.IsObject()) return ledger;
  ledger.Parse(get("/api/v1/ledger", std::string(sdk::text_of(admin, "token"))).c_str());
  return ledger;
}

StoreSize size_of_store(const Folders& folders) {
  StoreSize size;
  sqlite3* db = nullptr;
  sqlite3_open_v2(
      (folders.run / "data" / "concord.db").c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
  auto number = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    int64_t value = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
      value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
  };
  size.records = number("SELECT count(*) FROM records");
  size.bytes = number("PRAGMA page_count") * number("PRAGMA page_size");
  sqlite3_close(db);
  return size;
}

}  // namespace concord::bench
