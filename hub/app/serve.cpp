#include "hub/app/serve.hpp"

#include <signal.h>
#include <sysexits.h>

#include <chrono>
#include <cstdio>

#include "hub/api/server.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/log.hpp"

namespace concord::app {

int serve(pipeline::Setup setup) {
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
  auto server = api::Server::start(address, **hub);
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
  std::fputs("draining\n", stderr);
  (*server)->draining();
  (*hub)->stop();
  server->reset();
  std::fputs("stopped\n", stderr);
  return EX_OK;
}

}  // namespace concord::app
