#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "tests/hostile/connector/attack.hpp"

namespace concord::hostile {
namespace {

volatile int sink_of_work = 0;
volatile int endless = -1;  // no depth that it comes to

int recurse(int n) {  // NOLINT(misc-no-recursion): that is the point
  volatile char room[4096];
  std::memset(const_cast<char*>(room), n, sizeof room);
  if (n == endless) return 0;
  return recurse(n + 1) + room[0];
}

}  // namespace

Attacks ends() {
  return {
      {"segfault",
       [](const Words&) -> Verdict {
         *reinterpret_cast<volatile int*>(8) = 1;
         return {};
       }},
      {"abort", [](const Words&) -> Verdict { std::abort(); }},
      {"exit", [](const Words&) -> Verdict { ::exit(0); }},
      {"quick_exit", [](const Words&) -> Verdict { ::_exit(3); }},
      {"stack_overflow",
       [](const Words&) -> Verdict {
         return {recurse(0) != 0, 0};
       }},
      {"stack_smash",
       [](const Words& words) -> Verdict {
         char room[8];
         volatile size_t beyond = 4096;  // what the compiler cannot know
         std::memset(room, static_cast<int>(words.size()), beyond);
         return {room[0] != 0, 0};
       }},
      {"loop",
       [](const Words&) -> Verdict {
         for (;;) sink_of_work = sink_of_work + 1;
       }},
      {"sleep",
       [](const Words&) -> Verdict {
         for (;;) ::pause();
       }},
      {"sleep_with_signals_blocked",
       [](const Words&) -> Verdict {
         sigset_t all;
         sigfillset(&all);
         ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
         for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
         for (;;) ::pause();
       }},
      // Each of them works if it gets beyond what a runner may have.
      {"allocate_10_gb",
       [](const Words&) {
         void* room = ::mmap(nullptr,
                             size_t{10} << 30,
                             PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                             -1,
                             0);
         return verdict(room != MAP_FAILED);
       }},
      {"leak",
       [](const Words&) -> Verdict {
         for (;;) {
           void* room =
               ::mmap(nullptr, 4 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
           if (room == MAP_FAILED)
             for (;;) ::pause();  // what it has it keeps
           std::memset(room, 1, 4 << 20);
           ::usleep(2000);
         }
       }},
      {"descriptors",
       [](const Words&) {
         int last = 0;
         for (int i = 0; i < 2000 && last >= 0; ++i) last = ::open("/dev/null", O_RDONLY);
         return verdict(last >= 0);
       }},
      {"threads",
       [](const Words&) -> Verdict {
         std::vector<std::thread> all;
         bool all_started = true;
         try {
           for (int i = 0; i < 2000; ++i) all.emplace_back([] { ::usleep(300000); });
         } catch (const std::system_error&) {
           all_started = false;
         }
         for (std::thread& one : all) one.join();
         return {all_started, all_started ? 0 : EAGAIN};
       }},
  };
}

}  // namespace concord::hostile
