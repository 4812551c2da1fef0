// concord-runner: holds one connector for one system, away from the hub and from every other one.
// The hub starts it (hub/runtime/runner_process.cpp) with its lanes open and an empty environment;
// it shuts itself in, and only then sees settings, secrets and the connector's code.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "hub/runtime/abi_values.hpp"
#include "hub/runtime/channel/spec.hpp"
#include "hub/runtime/plugin.hpp"
#include "hub/runtime/runner/confine.hpp"
#include "hub/runtime/runner/encode.hpp"
#include "hub/runtime/runner/holder.hpp"
#include "hub/runtime/runner/names.hpp"

namespace concord::runtime {
namespace {

Put refusal(const base::Error& error) {
  Put put(Kind::fail);
  concord_error abi = no_error();
  abi.error_class = class_of(error.error_class);
  abi.code = bytes(error.code);
  abi.place = bytes(error.place);
  abi.cause = bytes(error.cause);
  abi.next = bytes(error.next);
  abi.retry_after_ms = CONCORD_RETRY_AFTER_UNKNOWN;
  put_error(put, abi);
  return put;
}

bool hear(const Lane& control, Kind kind, Frame& frame) {
  return control.receive(frame, kShortBytesMax) == Lane::Outcome::good && frame.kind == kind;
}

int run(const std::string& system) {
  const Lane control(kControlLane);
  Frame frame;
  if (!hear(control, Kind::sandbox, frame)) return 70;
  Take spec(frame.payload);
  const auto confined = confine(take_spec(spec));
  Put said = confined ? put_confined(*confined) : refusal(confined.error());
  if (control.send(said) != Lane::Outcome::good || !confined) return 70;

  static Holder holder(control);  // threads of the connector may outlive this function
  look_up_names_with(holder);
  if (!hear(control, Kind::config, frame)) return 70;
  // The hub has taken the gate over: here it would be a door to open from within.
  if (confined->gate_fd >= 0) ::close(confined->gate_fd);
  Take take(frame.payload);
  const auto abi_min = static_cast<int>(take.u32());
  const std::string library(take.text());
  auto connector = open_plugin(library, abi_min, take.text(), system);
  frame = {};  // the secrets are the connector's now
  Put answer(Kind::ok);
  if (connector) {
    answer.u32(Holder::offers(*connector));
  } else {
    answer = refusal(connector.error());
  }
  if (control.send(answer) != Lane::Outcome::good || !connector) return 0;
  holder.start(*connector);
  holder.obey();
  return 0;
}

}  // namespace
}  // namespace concord::runtime

int main(int argc, char** argv) {
  if (argc != 2 || ::fcntl(concord::runtime::kControlLane, F_GETFD) < 0) {
    std::fputs("concord-runner is started by the hub, with lanes open.  Next: concord serve\n",
               stderr);
    return 64;
  }
  ::signal(SIGPIPE, SIG_IGN);
  ::_exit(concord::runtime::run(argv[1]));
}
