// The control API of the simulators, on a loopback port of its own: how tests and the demo make
// things happen, break things, and compare.
//
//   POST /systems/<name>/do       {"verb":"place_child",…}    what the agency's staff would do
//   POST /systems/<name>/fault    {"kind":"slow",…}           see faults.hpp; kind "none": clear
//   GET  /systems/<name>/faults                               what is armed, what was taken
//   POST /systems/<name>/down  and  /up                       refuses connections, and serves again
//   GET  /systems/<name>/journal?since=N&most=M               {"counts":{…},"next":N,"lines":[…]}
//   GET  /systems/<name>/truth                                what the agency holds
//   GET  /systems                                             names, ports, settings
//   GET  /truth                                               all children, and who knows them how
//   POST /stop                                                ends the program, in order
#pragma once

#include <functional>
#include <mutex>
#include <span>

#include "examples/simulators/http.hpp"
#include "examples/simulators/system.hpp"

namespace concord::sim {

class Control {
 public:
  // Borrows world and systems. on_stop is called from a server thread, once per POST /stop.
  Control(const World& world,
          std::span<const std::unique_ptr<System>> systems,
          std::function<void()> on_stop,
          uint16_t port = 0);

  sdk::Status start() { return server_.start(); }
  void stop() { server_.stop(); }
  [[nodiscard]] uint16_t port() const { return server_.port(); }

  // {"control":40000,"pid":123,"seed":1,"systems":{"court":{"ports":{…},"settings":{…}}}}
  [[nodiscard]] std::string ports_json() const;

 private:
  HttpReply handle(const HttpRequest& request);
  HttpReply handle_system(System& system, std::string_view what, const HttpRequest& request);
  HttpReply journal(System& system, const HttpRequest& request);
  HttpReply up_or_down(System& system, bool up);

  const World& world_;
  std::span<const std::unique_ptr<System>> systems_;
  std::function<void()> on_stop_;
  std::mutex switching_;  // up and down of one system never overlap
  HttpServer server_;
};

}  // namespace concord::sim
