// The process that the connector is a guest in: nothing grows, nothing is changed behind its host's
// back, nothing is written where it has no business.
#include <dirent.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <thread>

#include "hub/kit/bench.hpp"
#include "hub/kit/tour.hpp"
#include "hub/kit/trace.hpp"

namespace concord::kit {
namespace {

size_t entries(const char* path) {
  size_t count = 0;
  DIR* folder = ::opendir(path);
  while (folder != nullptr && ::readdir(folder) != nullptr) ++count;
  if (folder != nullptr) ::closedir(folder);
  return count;
}

// Resident kilobytes.
long resident() {
  std::ifstream in("/proc/self/statm");
  long size = 0, pages = 0;
  in >> size >> pages;
  return pages * (::sysconf(_SC_PAGESIZE) / 1024);
}

struct Size {
  size_t threads = entries("/proc/self/task");
  size_t descriptors = entries("/proc/self/fd");
  long kilobytes = resident();
};

// What threads end with needs a moment to be gone.
Size settled(const Size& wanted) {
  Size now;
  for (int i = 0; i < 200 && (now.threads > wanted.threads || now.descriptors > wanted.descriptors);
       ++i) {
    std::this_thread::sleep_for(milliseconds(5));
    now = Size{};
  }
  return now;
}

void thousand_calls(Bench& bench,
                    const std::function<void(const Size& before, const Size& after)>& judge) {
  auto instance = bench.make();
  const bool reads = bench.manifest().can("read");
  const auto types = reads ? bench.types() : std::vector<std::string>();
  const auto round = [&](int n) {
    if (n % 10 == 0) (void)instance->check();
    if (n % 10 == 1) (void)instance->describe();
    if (!types.empty())
      (void)instance->read(types[static_cast<size_t>(n) % types.size()], "", {.records_max = 5});
  };
  bench.doing("the first of 1,000 calls");
  for (int i = 0; i < 100; ++i) round(i);
  const Size before;
  bench.doing("the rest of 1,000 calls");
  for (int i = 0; i < 900; ++i) round(i);
  judge(before, settled(before));
}

void threads(Bench& bench) {
  thousand_calls(bench, [&](const Size& before, const Size& after) {
    bench.require(after.threads <= before.threads,
                  std::to_string(before.threads) + " threads after 100 calls, " +
                      std::to_string(after.threads) + " after 1,000");
  });
}
void descriptors(Bench& bench) {
  thousand_calls(bench, [&](const Size& before, const Size& after) {
    bench.require(after.descriptors <= before.descriptors + 2,
                  std::to_string(before.descriptors) + " descriptors after 100 calls, " +
                      std::to_string(after.descriptors) + " after 1,000");
  });
}
void memory(Bench& bench) {
  thousand_calls(bench, [&](const Size& before, const Size& after) {
    bench.require(after.kilobytes <= before.kilobytes + 16384,
                  "memory grew by " + std::to_string((after.kilobytes - before.kilobytes) / 1024) +
                      " MB from the 100th to the 1,000th call");
  });
}

void instances(Bench& bench) {
  const std::string settings = bench.settings();
  const auto round = [&] {
    auto instance = bench.make(settings);
    (void)instance->check();
  };
  for (int i = 0; i < 5; ++i) round();
  const Size before;
  for (int i = 0; i < 100; ++i) round();
  const Size after = settled(before);
  bench.require(after.threads <= before.threads,
                "100 instances were made and destroyed, and " +
                    std::to_string(after.threads - before.threads) + " threads are left over");
  bench.require(after.descriptors <= before.descriptors + 2,
                "100 instances were made and destroyed, and " +
                    std::to_string(after.descriptors - before.descriptors) +
                    " descriptors are left over");
}

// What belongs to the process and not to its guest.
std::string handlers() {
  std::string out;
  for (int number = 1; number < 32; ++number) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) != 0) continue;
    out += std::to_string(reinterpret_cast<uintptr_t>(now.sa_handler)) + "," +
           std::to_string(now.sa_flags) + ";";
  }
  return out;
}
std::string umask_now() {
  const mode_t mask = ::umask(077);
  ::umask(mask);
  return std::to_string(mask);
}
std::string cwd() {
  std::array<char, 4096> path{};
  return ::getcwd(path.data(), path.size()) == nullptr ? "" : path.data();
}
std::string locale_now() {
  return ::setlocale(LC_ALL, nullptr);
}
std::string environment() {
  std::string out;
  for (char** at = environ; *at != nullptr; ++at) out += std::string(*at) + "\n";
  return out;
}

void unchanged(Bench& bench, const char* what, std::string (*look)()) {
  const std::string before = look();
  tour(bench);
  bench.require(look() == before,
                std::string(what) + " of the process changed: it belongs to the hub");
}
void signals(Bench& bench) {
  unchanged(bench, "a signal handler", handlers);
}
void umask_kept(Bench& bench) {
  unchanged(bench, "the umask", umask_now);
}
void folder_kept(Bench& bench) {
  unchanged(bench, "the working folder", cwd);
}
void locale_kept(Bench& bench) {
  unchanged(bench, "the locale", locale_now);
}
void environment_kept(Bench& bench) {
  unchanged(bench, "the environment", environment);
}

void children(Bench& bench) {
  tour(bench);
  std::ifstream in("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  std::string child;
  bench.require(!(in >> child), "a process that the connector started is still there");
}

void writes_only_its_own(Bench& bench) {
  // Traced from outside, so that an attempt that fails is seen as well.
  const Traced traced = trace_writes([&] {
    try {
      tour(bench);
    } catch (const Failed&) {  // judged by other checks
    } catch (const LeftOut&) {
    }
  });
  if (!traced.could) Bench::leave_out("this machine does not let a process trace its child");
  const std::string settings = bench.settings();
  for (const std::string& path : traced.paths) {
    // Its own is what the settings name, what lies below, and what SQLite keeps beside a database.
    bool allowed =
        path.starts_with("/dev/") || path.starts_with("/proc/self/") || path.starts_with("pipe:");
    std::string own = path;
    for (const char* beside : {"-journal", "-wal", "-shm"})
      if (own.ends_with(beside)) own.resize(own.size() - std::string_view(beside).size());
    for (std::string part = own; !allowed && part.size() > 1;
         part = part.substr(0, part.rfind('/')))
      allowed = settings.find("\"" + part + "\"") != std::string::npos ||
                settings.find("\"" + part + "/\"") != std::string::npos;
    bench.require(
        allowed,
        "it opened " + path + " for writing, or made or removed it; no setting names that place");
  }
}

void two_threads(Bench& bench) {
  auto instance = bench.make();
  const auto types = bench.manifest().can("read") ? bench.types() : std::vector<std::string>();
  const auto documents =
      bench.manifest().can("write") ? bench.documents(3) : std::vector<sdk::Delivery>();
  bench.doing("check, read and write at once");
  std::vector<std::thread> all;
  std::atomic<int> bad{0};
  if (!types.empty())
    all.emplace_back([&] {
      for (int i = 0; i < 20; ++i) bad += !instance->read(types[0], "", {.records_max = 3});
    });
  if (!documents.empty())
    all.emplace_back([&] {
      for (int i = 0; i < 20; ++i) bad += !instance->write(documents);
    });
  all.emplace_back([&] {
    for (int i = 0; i < 20; ++i) bad += !instance->check();
  });
  for (std::thread& thread : all) thread.join();
  bench.require(bad == 0,
                std::to_string(bad) +
                    " of the calls that overlapped failed; check, read and write of one instance "
                    "may run at once");
}

void instances_in_parallel(Bench& bench) {
  const std::string settings = bench.settings();
  const Library& library = bench.library();
  bench.doing("four instances on four threads");
  std::vector<std::thread> all;
  std::atomic<int> bad{0};
  for (int t = 0; t < 4; ++t)
    all.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        auto made = Instance::make(library, settings, bench.told());
        if (!made || !(*made)->check() || !(*made)->describe()) ++bad;
      }
    });
  for (std::thread& thread : all) thread.join();
  bench.require(bad == 0,
                std::to_string(bad) +
                    " of 20 instances failed that were made and asked on four threads at once");
}

void any_thread(Bench& bench) {
  auto instance = bench.make();
  std::optional<sdk::Error> error;
  for (int i = 0; i < 3; ++i)
    std::thread([&] {
      if (auto checked = instance->check(); !checked) error = checked.error();
    }).join();
  std::thread([&] { instance.reset(); }).join();
  bench.require(!error, "check fails on a thread other than that which made the instance");
}

}  // namespace

std::vector<Check> process_checks() {
  return {
      {"process.threads_are_stable", "After 1,000 calls there are no more threads", {}, threads},
      {"process.descriptors_are_stable",
       "After 1,000 calls there are no more descriptors",
       {},
       descriptors},
      {"process.memory_is_stable", "After 1,000 calls memory has not grown", {}, memory},
      {"process.instances_leave_nothing",
       "Instances leave no thread and no descriptor",
       {},
       instances},
      {"process.signal_handlers", "Signal handlers stay as they were", {}, signals},
      {"process.umask", "The umask stays as it was", {}, umask_kept},
      {"process.working_folder", "The working folder stays as it was", {}, folder_kept},
      {"process.locale", "The locale stays as it was", {}, locale_kept},
      {"process.environment", "The environment stays as it was", {}, environment_kept},
      {"process.leaves_no_child", "No process is left behind", {}, children},
      {"process.writes_only_its_own",
       "It writes nowhere but where its settings say",
       {},
       writes_only_its_own},
      {"thread.calls_may_overlap",
       "Check, read and write of one instance may run at once",
       {},
       two_threads},
      {"thread.instances_in_parallel",
       "Instances may be made and used on several threads",
       {},
       instances_in_parallel},
      {"thread.any_thread",
       "Calls may come from any thread, and the instance may end on another",
       {},
       any_thread},
  };
}

}  // namespace concord::kit
