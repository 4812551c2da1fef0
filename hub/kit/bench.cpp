#include "hub/kit/bench.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

namespace concord::kit {
namespace {

constexpr int kPagesMax = 2000;

}  // namespace

std::vector<sdk::Record> Reading::records() const {
  std::vector<sdk::Record> all;
  for (const sdk::Batch& batch : batches)
    all.insert(all.end(), batch.records.begin(), batch.records.end());
  return all;
}
std::vector<sdk::Reject> Reading::rejects() const {
  std::vector<sdk::Reject> all;
  for (const sdk::Batch& batch : batches)
    all.insert(all.end(), batch.rejects.begin(), batch.rejects.end());
  return all;
}
std::string Reading::checkpoint() const {
  return batches.empty() ? "" : batches.back().checkpoint;
}

std::string identity(const sdk::Record& record) {
  return record.type + " " + record.key + " v" + record.version + (record.deleted ? " gone" : "");
}
std::vector<std::string> identities(const std::vector<sdk::Record>& records) {
  std::vector<std::string> out;
  for (const sdk::Record& record : records) out.push_back(identity(record));
  return out;
}

Bench::Bench(Setting setting)
    : setting_(std::move(setting)), random_(std::stoull(setting_.words.at("seed"))) {
  if (auto schema = base::read_json(setting_.manifest.config_schema, setting_.manifest.path))
    schema_ = std::move(*schema);
}

uint64_t Bench::random() {  // splitmix64
  uint64_t z = random_ += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

const Library& Bench::library() {
  if (!library_) {
    doing("opening the library");
    auto opened = Library::open(setting_.manifest.library);
    if (!opened) fail(opened.error().cause);
    library_ = std::make_unique<Library>(std::move(*opened));
  }
  return *library_;
}

std::string Bench::settings() {
  auto json = settings_json(setting_.plan, setting_.words);
  if (!json) fail(to_text(json.error()));
  return *json;
}
std::string Bench::wrong_settings() {
  auto json = wrong_settings_json(setting_.plan, setting_.words);
  if (!json) fail(to_text(json.error()));
  return *json;
}

sdk::Result<std::unique_ptr<Instance>> Bench::try_make(const std::string& settings) {
  const Library& opened = library();
  doing("creating an instance");
  return Instance::make(opened, settings, told_);
}
std::unique_ptr<Instance> Bench::make(const std::string& settings) {
  return good(try_make(settings), "creating an instance with the settings of test.yaml");
}

std::string Bench::elsewhere(const std::function<std::string(Bench&)>& what, bool killed) {
  // After a fork only this thread is left: the connector must not have begun any.
  if (library_) fail("the kit itself is wrong: the library is open already");
  int ends[2];
  if (::pipe(ends) != 0) fail("no pipe could be made");
  const pid_t child = ::fork();
  if (child == 0) {
    std::string out;
    try {
      Bench there(setting_);
      out = "+" + what(there);
    } catch (const Failed& failed) {
      out = "-" + failed.why;
    } catch (const LeftOut& left) {
      out = "~" + left.why;
    }
    for (size_t at = 0; at < out.size();) {
      const ssize_t n = ::write(ends[1], out.data() + at, out.size() - at);
      if (n <= 0) break;
      at += static_cast<size_t>(n);
    }
    ::close(ends[1]);
    if (killed) ::kill(::getpid(), SIGKILL);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string out;
  char part[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], part, sizeof part)) > 0;)
    out.append(part, static_cast<size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
    fail(std::string("the connector's process was ended by ") + ::strsignal(WTERMSIG(status)));
  if (out.empty()) fail("the connector ended its process");
  if (out[0] == '-') fail(out.substr(1));
  if (out[0] == '~') leave_out(out.substr(1));
  return out.substr(1);
}

base::Json Bench::described() {
  auto instance = make();
  doing("describe");
  const std::string text = good(instance->describe(), "describe");
  auto json = base::read_json(text, "describe");
  if (!json) fail("describe gave no JSON: " + json.error().cause);
  const base::JsonValue* types = base::member(*json, "record_types");
  if (types == nullptr || !types->IsArray()) fail("describe names no record_types");
  return std::move(*json);
}

std::vector<std::string> Bench::types() {
  if (!plan().types.empty()) return plan().types;
  std::vector<std::string> out;
  const base::Json json = described();
  for (const auto& type : json["record_types"].GetArray()) {
    const base::JsonValue* reads = base::member(type, "reads");
    if (reads != nullptr && reads->IsTrue()) out.emplace_back(base::text_of(type, "name"));
  }
  return out;
}

std::vector<std::string> Bench::described_types() {
  std::vector<std::string> out;
  const base::Json json = described();
  for (const auto& type : json["record_types"].GetArray())
    out.emplace_back(base::text_of(type, "name"));
  return out;
}

Reading Bench::read_all(Instance& instance,
                        const std::string& type,
                        const std::string& from,
                        const sdk::Limits& limits,
                        bool ack) {
  Reading reading;
  std::string at = from;
  for (int page = 1;; ++page) {
    doing("read " + type + ", page " + std::to_string(page));
    sdk::Batch batch =
        good(instance.read(type, at, limits), "read of " + type + ", page " + std::to_string(page));
    const bool stuck =
        batch.more && batch.records.empty() && batch.rejects.empty() && batch.checkpoint == at;
    at = batch.checkpoint;
    const bool more = batch.more;
    reading.batches.push_back(std::move(batch));
    if (ack) {
      doing("ack " + type);
      good(instance.ack(type, at), "ack of " + type);
    }
    if (!more) return reading;
    require(!stuck,
            "read of " + type +
                " says that more waits, and gives neither records nor another checkpoint");
    require(page < kPagesMax, "read of " + type + " has not come to an end after 2000 pages");
  }
}

std::pair<std::string, Reading> Bench::some(Instance& instance, size_t at_least) {
  std::pair<std::string, Reading> best;
  size_t most = 0;
  for (const std::string& type : types()) {
    Reading reading = read_all(instance, type);
    const size_t count = reading.records().size();
    if (best.first.empty() || count > most) {
      best = {type, std::move(reading)};
      most = count;
    }
  }
  if (best.first.empty()) leave_out("describe() names no record type that is read");
  if (most < at_least)
    leave_out("the system gives " + std::to_string(most) + " records; this check needs " +
              std::to_string(at_least) + " of one type");
  return best;
}

sdk::Delivery Bench::delivery(const Document& document, const std::string& key, uint64_t version) {
  const auto keep = [&](std::string text) -> std::string_view {
    texts_.push_back(std::make_unique<std::string>(std::move(text)));
    return *texts_.back();
  };
  return {false,
          keep("kit-" + setting_.words.at("seed") + "-" + key + "-" + std::to_string(version)),
          keep(document.type),
          keep(key),
          version,
          keep(document.subject),
          keep(document.body)};
}

std::vector<sdk::Delivery> Bench::documents(size_t count) {
  std::vector<Document> given;
  for (const base::Yaml& yaml : plan().writes) {
    auto document = document_of(yaml, setting_.words);
    if (!document) fail(to_text(document.error()));
    given.push_back(std::move(*document));
  }
  if (given.empty()) {
    auto instance = make();
    auto json = base::read_json(good(instance->describe(), "describe"), "describe");
    if (!json) fail("describe gave no JSON");
    const base::JsonValue* types = base::member(*json, "record_types");
    if (types != nullptr && types->IsArray())
      for (const auto& type : types->GetArray()) {
        const base::JsonValue* writes = base::member(type, "writes");
        const base::JsonValue* sample = base::member(type, "sample");
        if (writes != nullptr && writes->IsTrue() && sample != nullptr)
          given.push_back(
              {std::string(base::text_of(type, "name")), "", "", base::write_json(*sample)});
      }
  }
  if (given.empty())
    leave_out("test.yaml says no writes, and describe() has no sample of a type that is written");
  std::vector<sdk::Delivery> out;
  for (size_t i = 0; i < count; ++i)
    out.push_back(delivery(given[i % given.size()], "KIT-" + std::to_string(i + 1)));
  return out;
}

Document Bench::refused() {
  auto document = document_of(plan().refused, setting_.words);
  if (!document) fail(to_text(document.error()));
  return *document;
}

Answer Bench::try_tell(const std::string& command, const Words& more) {
  doing("the command " + command + " of test.yaml");
  Words words = setting_.words;
  words.insert(more.begin(), more.end());
  auto line = filled(plan().commands.at(command), words);
  if (!line) fail(to_text(line.error()));
  return run_command(*line, plan().here);
}
std::string Bench::tell_text(const std::string& command, const Words& more) {
  Answer answer = try_tell(command, more);
  if (answer.exit_code != 0)
    fail("the command " + command + " of test.yaml ended with code " +
         std::to_string(answer.exit_code) + ": the kit cannot go on");
  return std::move(answer.out);
}
std::vector<std::string> Bench::tell(const std::string& command, const Words& more) {
  std::istringstream words(tell_text(command, more));
  std::vector<std::string> out;
  for (std::string word; words >> word;) out.push_back(word);
  return out;
}

void Bench::take_system_down() {
  doing("taking the system down");
  take_down(setting_.system, setting_.words);
}

void Bench::doing(const std::string& what) {
  const std::string line = "doing " + what + "\n";
  [[maybe_unused]] const ssize_t n = ::write(setting_.report, line.data(), line.size());
}

void Bench::require(bool holds, const std::string& otherwise) const {
  if (!holds) fail(otherwise);
}

std::string Bench::name_of(sdk::ErrorClass error_class) {
  static const char* names[] = {
      "ok", "retry", "rate_limited", "bad_record", "config", "auth", "fatal"};
  const auto at = static_cast<size_t>(error_class);
  return at < std::size(names) ? names[at] : "unknown";
}

std::string Bench::told_in_short(const sdk::Error& error) {
  return error.code + " (" + name_of(error.error_class) + ") " + error.place + ": " + error.cause;
}

}  // namespace concord::kit
