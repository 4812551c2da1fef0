// sample_system serve PORT [PORT]     serves until it is ended; the second is another agency's
// sample_system tell PORT VERB [WORD] see sample_system.hpp
#include <concord/http.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "sample_system.hpp"

namespace {

uint16_t port_of(const std::string& text) {
  return static_cast<uint16_t>(std::stoi(text));
}

int serve(const std::vector<std::string>& ports) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const SampleSystem system("SYN", port_of(ports[0]));
  std::unique_ptr<SampleSystem> other;
  if (ports.size() > 1) other = std::make_unique<SampleSystem>("OTHER", port_of(ports[1]));
  std::printf("serving %s\n", system.url().c_str());
  std::fflush(stdout);
  int which = 0;
  sigwait(&ends, &which);
  return 0;
}

int tell(const std::string& port, const std::string& verb, const std::string& word) {
  concord::sdk::HttpClient http;
  auto answer = http.send({.method = "POST",
                           .url = "http://127.0.0.1:" + port + "/tell/" + verb +
                                  "?word=" + concord::sdk::url_encode(word)});
  if (!answer || answer->status != 200) return 69;
  std::fputs(answer->body.c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() >= 2 && words[0] == "serve") return serve({words.begin() + 1, words.end()});
    if (words.size() >= 3 && words[0] == "tell")
      return tell(words[1], words[2], words.size() > 3 ? words[3] : "");
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "%s\n", fault.what());
    return 70;
  }
  std::fputs("sample_system serve PORT [PORT] | tell PORT VERB [WORD]\n", stderr);
  return 64;
}
