#include "examples/simulators/control.hpp"

#include <unistd.h>

#include <charconv>
#include <concord/json.hpp>

namespace concord::sim {
namespace {

HttpReply fail(int status, const std::string& cause, const std::string& next) {
  sdk::JsonWriter out;
  out.object().field("error", cause).field("next", next).end();
  return {status, out.text()};
}

HttpReply fail(int status, const sdk::Error& error) {
  return fail(status, error.place + ": " + error.cause, error.next);
}

uint64_t number(std::string_view text, uint64_t otherwise) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? value
                                                                                   : otherwise;
}

// "/systems/court/journal" gives "court" and "journal".
std::pair<std::string_view, std::string_view> name_and_what(std::string_view path) {
  path.remove_prefix(std::string_view("/systems/").size());
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {path, {}};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace

Control::Control(const World& world,
                 std::span<const std::unique_ptr<System>> systems,
                 std::function<void()> on_stop,
                 uint16_t port)
    : world_(world),
      systems_(systems),
      on_stop_(std::move(on_stop)),
      server_([this](const HttpRequest& request) { return handle(request); },
              nullptr,
              HttpOptions{.port = port, .certificate_file = {}, .key_file = {}}) {}

std::string Control::ports_json() const {
  sdk::JsonWriter out;
  out.object().field("control", static_cast<int>(port())).field("pid", static_cast<int>(getpid()));
  out.field("seed", world_.seed).field("children", static_cast<uint64_t>(world_.children.size()));
  out.key("systems").object();
  for (const auto& system : systems_) {
    out.key(system->name()).object().key("ports").object();
    for (const auto& [name, port] : system->ports()) out.field(name, static_cast<int>(port));
    out.end().key("settings").object();
    for (const auto& [name, value] : system->settings()) out.field(name, value);
    out.end().end();
  }
  out.end().end();
  return out.text();
}

HttpReply Control::handle(const HttpRequest& request) {
  const std::string_view path = request.path;
  const bool get = request.method == "GET";
  if (get && path == "/systems") return {200, ports_json()};
  if (get && path == "/truth") return {200, children_json(world_.children)};
  if (!get && path == "/stop") {
    on_stop_();
    return {202, "{}"};
  }
  if (path.starts_with("/systems/")) {
    const auto [name, what] = name_and_what(path);
    for (const auto& system : systems_) {
      if (system->name() == name) return handle_system(*system, what, request);
    }
    return fail(404, "no such system runs here", "GET /systems lists them");
  }
  return fail(404, "no such address", "see examples/simulators/control.hpp");
}

HttpReply Control::handle_system(System& system,
                                 std::string_view what,
                                 const HttpRequest& request) {
  const bool get = request.method == "GET";
  if (get && what == "journal") return journal(system, request);
  if (get && what == "truth") return {200, system.truth_json()};
  if (get && what == "faults") return {200, system.faults().json()};
  if (!get && (what == "up" || what == "down")) return up_or_down(system, what == "up");
  if (!get && what != "do" && what != "fault")
    return fail(404, "no such address", "see control.hpp");

  rapidjson::Document body;
  sdk::JsonFault json_fault;
  if (!sdk::parse_json(request.body, body, json_fault) || !body.IsObject()) {
    return fail(400, "the body is no JSON object", "send one");
  }
  if (!get && what == "do") {
    const std::string_view verb = sdk::text_of(body, "verb");
    if (verb.empty()) return fail(400, "verb is missing", "name what to do");
    Reply reply = system.control(verb, request.body);
    return {reply.status, std::move(reply.json)};
  }
  if (!get && what == "fault") {
    if (sdk::text_of(body, "kind") == "none") {
      system.faults().clear();
      return {200, system.faults().json()};
    }
    auto fault = read_fault(request.body);
    if (!fault) return fail(400, fault.error());
    system.faults().arm(std::move(fault).value());
    return {200, system.faults().json()};
  }
  return fail(404, "no such address", "see examples/simulators/control.hpp");
}

HttpReply Control::journal(System& system, const HttpRequest& request) {
  const uint64_t since = number(request.parameter("since"), 0);
  const uint64_t most = number(request.parameter("most"), 1000);
  const auto lines = system.journal().since(since, most);
  // Each line is JSON already.
  std::string body = "{\"counts\":" + system.journal().counts_json() +
                     ",\"next\":" + std::to_string(since + lines.size()) + ",\"lines\":[";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) body += ',';
    body += lines[i];
  }
  return {200, body + "]}"};
}

HttpReply Control::up_or_down(System& system, bool up) {
  const std::lock_guard lock(switching_);
  if (!up) {
    system.stop();
    return {200, "{}"};
  }
  if (auto started = system.start(); !started) return fail(500, started.error());
  return {200, "{}"};
}

}  // namespace concord::sim
