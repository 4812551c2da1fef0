#include "hub/app/serve.hpp"

#include <signal.h>
#include <sysexits.h>

#include <chrono>
#include <cstdio>
#include <future>

#include "hub/app/progress.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/log.hpp"

namespace concord::app {

namespace {

int64_t on_their_way(const pipeline::Hub& hub) {
  size_t waiting = 0;
  for (const pipeline::SystemStatus& system : hub.status()) waiting += system.waiting;
  return static_cast<int64_t>(waiting);
}

// What is in hand is finished; what waits stays in the store.
void drain(pipeline::Hub& hub) {
  std::fprintf(stderr, "draining: %lld on their way\n", static_cast<long long>(on_their_way(hub)));
  {
    auto stopped = std::async(std::launch::async, [&] { hub.stop(); });
    Progress progress("still on their way", false);
    while (stopped.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready)
      progress.show(on_their_way(hub));
  }
  const int64_t left = on_their_way(hub);
  std::fprintf(stderr,
               left == 0 ? "stopped\n" : "stopped: %lld stay in the store until the next start\n",
               static_cast<long long>(left));
}

}  // namespace

int serve(pipeline::Setup setup, api::Apply::Read read) {
  // Blocked before any thread starts, so that only this one takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const auto began = std::chrono::steady_clock::now();
  const std::string address = setup.coalition->admin_address;
  auto hub = pipeline::Hub::open(std::move(setup));
  if (!hub) return tell(hub.error());
  auto server = api::Server::start(address, **hub, std::move(read));
  if (!server) return tell(server.error());
  (*hub)->start();
  const auto ready = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  std::fprintf(stderr,
               "ready in %lld ms: http://%s\n",
               static_cast<long long>(ready.count()),
               (*server)->address().c_str());

  int which = 0;
  sigwait(&ends, &which);
  (*server)->draining();
  drain(**hub);
  server->reset();
  return EX_OK;
}

}  // namespace concord::app
