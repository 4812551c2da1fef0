#include "examples/simulators/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <concord/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <system_error>

namespace concord::sim {
namespace {

constexpr std::array kEffects{Effect::applied, Effect::repeat, Effect::stale, Effect::refused};

// strerror() is not for threads.
std::string reason(int error) {
  return std::generic_category().message(error);
}

std::string now_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  const std::time_t seconds = static_cast<std::time_t>(us / 1000000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 16> micros{};
  std::snprintf(micros.data(), micros.size(), ".%06dZ", static_cast<int>(us % 1000000));
  return std::string(text.data(), size) + micros.data();
}

std::string slot(const Received& received) {
  return received.type + '\0' + received.key;
}

Effect effect_of(std::string_view name) {
  for (const Effect effect : kEffects) {
    if (name_of(effect) == name) return effect;
  }
  return Effect::refused;
}

std::string read_range(int fd, uint64_t from, uint64_t to) {
  std::string bytes(to - from, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(from + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

// JSON is kept as JSON, anything else as a string.
void write_text(sdk::JsonWriter& out, const char* name, const std::string& text) {
  rapidjson::Document json;
  sdk::JsonFault fault;
  out.key(name);
  if (!text.empty() && sdk::parse_json(text, json, fault)) {
    out.value(json);
  } else {
    out.value(text);
  }
}

// A journal that cannot be written would make every later check a lie, so there is no going on.
void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      std::fprintf(stderr,
                   "journal: cannot be written: %s.  Next: make room on the disk.\n",
                   reason(errno).c_str());
      std::abort();
    }
    bytes.remove_prefix(static_cast<size_t>(put));
  }
}

void write_counts(sdk::JsonWriter& out, const std::map<Effect, uint64_t>& counts) {
  for (const Effect effect : kEffects) {
    const auto it = counts.find(effect);
    out.field(name_of(effect), it == counts.end() ? uint64_t{0} : it->second);
  }
}

}  // namespace

std::string_view name_of(Effect effect) {
  switch (effect) {
    case Effect::applied:
      return "applied";
    case Effect::repeat:
      return "repeat";
    case Effect::stale:
      return "stale";
    case Effect::refused:
      return "refused";
  }
  return "";
}

sdk::Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& file,
                                                    std::string system) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) {
    return sdk::config_error("JOURNAL_OPEN",
                             file.string(),
                             reason(errno),
                             "choose a folder that can be written with --dir");
  }
  std::unique_ptr<Journal> journal(new Journal(fd, std::move(system)));
  if (auto loaded = journal->load(file.string()); !loaded) return std::move(loaded).error();
  return journal;
}

Journal::Journal(int fd, std::string system) : fd_(fd), system_(std::move(system)) {}

Journal::~Journal() {
  ::close(fd_);
}

Effect Journal::receive(const Received& received) {
  const std::lock_guard lock(mutex_);
  const Effect effect = judge(received);
  append(received, effect);
  return effect;
}

void Journal::write(const Received& received, Effect effect) {
  const std::lock_guard lock(mutex_);
  append(received, effect);
}

std::string Journal::counts_json() const {
  const std::lock_guard lock(mutex_);
  sdk::JsonWriter out;
  out.object().field("lines", static_cast<uint64_t>(starts_.size()));
  write_counts(out, totals_);
  out.key("types").object();
  for (const auto& [type, counts] : by_type_) {
    out.key(type).object();
    write_counts(out, counts);
    out.end();
  }
  out.end().end();
  return out.text();
}

uint64_t Journal::lines() const {
  const std::lock_guard lock(mutex_);
  return starts_.size();
}

uint64_t Journal::count(Effect effect) const {
  const std::lock_guard lock(mutex_);
  const auto it = totals_.find(effect);
  return it == totals_.end() ? 0 : it->second;
}

std::vector<std::string> Journal::since(uint64_t since, size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (uint64_t n = since; n < starts_.size() && lines.size() < most; ++n) {
    const uint64_t end = n + 1 < starts_.size() ? starts_[n + 1] : end_;
    lines.push_back(read_range(fd_, starts_[n], end - 1));
  }
  return lines;
}

sdk::Status Journal::load(const std::string& place) {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) {
    return sdk::config_error("JOURNAL_OPEN", place, reason(errno), "choose another --dir");
  }
  const std::string bytes = read_range(fd_, 0, static_cast<uint64_t>(info.st_size));
  size_t start = 0;
  for (size_t end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n', start)) {
    rapidjson::Document line;
    sdk::JsonFault fault;
    if (!sdk::parse_json(std::string_view(bytes).substr(start, end - start), line, fault) ||
        !line.IsObject() || !line.HasMember("version") || !line["version"].IsUint64()) {
      return sdk::config_error("JOURNAL_DAMAGED",
                               place + ':' + std::to_string(starts_.size() + 1),
                               "this line is not one that a simulator wrote",
                               "move the file away, or choose another --dir");
    }
    Received received;
    received.idempotency_key = sdk::text_of(line, "idempotency_key");
    received.type = sdk::text_of(line, "type");
    received.key = sdk::text_of(line, "key");
    received.version = line["version"].GetUint64();
    starts_.push_back(start);
    remember(received, effect_of(sdk::text_of(line, "effect")));
    start = end + 1;
  }
  end_ = start;
  if (start < bytes.size() && ::ftruncate(fd_, static_cast<off_t>(start)) != 0) {
    return sdk::config_error("JOURNAL_DAMAGED", place, reason(errno), "choose another --dir");
  }
  return sdk::Done{};
}

Effect Journal::judge(const Received& received) const {
  if (!received.idempotency_key.empty() && seen_keys_.contains(received.idempotency_key)) {
    return Effect::repeat;
  }
  const auto held = versions_.find(slot(received));
  return held != versions_.end() && received.version < held->second ? Effect::stale
                                                                    : Effect::applied;
}

void Journal::append(const Received& received, Effect effect) {
  sdk::JsonWriter out;
  out.object().field("n", static_cast<uint64_t>(starts_.size())).field("at", now_text());
  out.field("system", system_).field("idempotency_key", received.idempotency_key);
  out.field("type", received.type).field("key", received.key).field("version", received.version);
  out.field("subject", received.subject).field("effect", name_of(effect));
  out.field("status", received.status);
  write_text(out, "body", received.body);
  if (!received.obligations.empty()) write_text(out, "obligations", received.obligations);
  out.end();
  const std::string line = out.text() + '\n';
  write_all(fd_, line);
  starts_.push_back(end_);
  end_ += line.size();
  remember(received, effect);
}

void Journal::remember(const Received& received, Effect effect) {
  ++totals_[effect];
  ++by_type_[received.type][effect];
  if (effect != Effect::applied) return;
  if (!received.idempotency_key.empty()) seen_keys_.insert(received.idempotency_key);
  uint64_t& held = versions_[slot(received)];
  if (received.version > held) held = received.version;
}

}  // namespace concord::sim
