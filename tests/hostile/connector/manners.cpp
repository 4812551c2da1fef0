#include <concord/abi.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>

#include "tests/hostile/connector/attack.hpp"

extern "C" char** environ;

namespace concord::hostile {
namespace {

#ifdef HOSTILE_CONSTRUCTOR
// Before anybody has looked at anything: at the moment of loading.
struct BeforeAll {
  BeforeAll() {
    worked = ::open("/etc/shadow", O_RDONLY) >= 0 ||
             ::open("/etc/concord-was-here", O_CREAT | O_WRONLY, 0600) >= 0;
    ::kill(::getppid(), SIGCONT);
  }
  bool worked = false;
} before_all;
bool constructor_worked() {
  return before_all.worked;
}
#else
bool constructor_worked() {
  return true;
}
#endif

}  // namespace

Attacks manners() {
  return {
      {"constructor", [](const Words&) { return verdict(constructor_worked()); }},
      {"unload_itself",
       [](const Words&) -> Verdict {
         Dl_info mine{};
         if (::dladdr(reinterpret_cast<void*>(&concord_connector_entry), &mine) == 0) return {};
         void* self = ::dlopen(mine.dli_fname, RTLD_NOW | RTLD_NOLOAD);
         for (int i = 0; i < 10 && self != nullptr; ++i) ::dlclose(self);
         // Where the loader will not let it go: its code, by hand.
         const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
         const auto here = reinterpret_cast<uintptr_t>(&concord_connector_entry) & ~(page - 1);
         ::munmap(reinterpret_cast<void*>(here - 16 * page), 64 * page);
         return {};
       }},
      {"locale_umask_signals",
       [](const Words&) -> Verdict {
         ::setlocale(LC_ALL, "C.UTF-8");
         ::umask(0);
         for (const int signal : {SIGTERM, SIGINT, SIGSEGV, SIGCHLD}) ::signal(signal, SIG_IGN);
         return {true, 0};
       }},
      {"print",
       [](const Words&) -> Verdict {
         std::puts("SYN-PRINTED");
         std::fputs("SYN-PRINTED\n", stderr);
         std::fflush(nullptr);
         return {true, 0};
       }},
      // Does it find what is not meant for it in its own process?
      {"environment",
       [](const Words&) -> Verdict {
         return {environ != nullptr && *environ != nullptr, 0};
       }},
      {"open_descriptors",
       [](const Words&) -> Verdict {
         for (int fd = 12; fd < 4096; ++fd)
           if (::fcntl(fd, F_GETFD) >= 0) return {true, fd};
         return {};
       }},
      {"dump_core",
       [](const Words&) -> Verdict {
         rlimit now{};
         ::getrlimit(RLIMIT_CORE, &now);
         return {now.rlim_max != 0, 0};
       }},
      {"new_privileges",
       [](const Words&) -> Verdict {
         return {::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1, 0};
       }},
      {"root",
       [](const Words&) -> Verdict {
         return {::geteuid() == 0 || ::getegid() == 0, 0};
       }},
  };
}

}  // namespace concord::hostile
