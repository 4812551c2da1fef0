#include "hub/kit/run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};  // a check that runs longer is taken for hung
constexpr milliseconds kReadyPatience{10000};

// One check under way.
struct Running {
  size_t index = 0;
  std::string folder;
  std::unique_ptr<SampleSystem> system;
  pid_t process = -1;
  int report = -1;  // what the check says: "doing …" lines, then "passed", "failed …", "left out …"
  std::string heard;
  Clock::time_point began = Clock::now();
};

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

void say(int fd, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(fd, text.data() + at, text.size() - at);
    if (n <= 0) return;
    at += static_cast<size_t>(n);
  }
}

// In the check's own process.
[[noreturn]] void be_check(const Check& check, Setting setting, const Plan& plan) {
  const std::string out = setting.words.at("folder") + "/check.out";
  const int fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(fd, 1);
  ::dup2(fd, 2);
  ::close(fd);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::signal(SIGPIPE, SIG_IGN);  // as the hub has it
  std::string verdict = "passed\n";
  const std::string unready = wait_until_ready(plan, setting.words, setting.system, kReadyPatience);
  if (::chdir(setting.words.at("folder").c_str()) != 0 || !unready.empty()) {
    verdict = "failed " + one_line(unready) + "\n";
  } else {
    const int report = setting.report;
    try {
      Bench bench(std::move(setting));
      check.run(bench);
      bench.doing("ending");
    } catch (const Failed& failed) {
      verdict = "failed " + one_line(failed.why) + "\n";
    } catch (const LeftOut& left) {
      verdict = "left out " + one_line(left.why) + "\n";
    } catch (const std::exception& fault) {
      verdict = "failed the kit itself: " + one_line(fault.what()) + "\n";
    }
    say(report, verdict);
    ::_exit(0);
  }
  say(setting.report, verdict);
  ::_exit(0);
}

class Runner {
 public:
  Runner(const runtime::Manifest& manifest, const Plan& plan, const Options& options)
      : manifest_(manifest), plan_(plan), options_(options) {
    std::string name = (fs::temp_directory_path() / "concord-kit-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) root_ = name;
  }
  ~Runner() {
    std::error_code ignored;
    if (!root_.empty()) fs::remove_all(root_, ignored);
  }

  std::vector<Result> run() {
    choose();
    size_t next = 0;
    while (next < results_.size() || !running_.empty()) {
      while (next < results_.size() && running_.size() < std::max(1u, options_.jobs)) begin(next++);
      listen();
    }
    return std::move(results_);
  }

 private:
  void choose() {
    for (const Check& check : all_checks()) {
      const bool wanted =
          options_.only.empty() ||
          std::any_of(options_.only.begin(), options_.only.end(), [&](const auto& name) {
            return check.name.starts_with(name);
          });
      if (!wanted) continue;
      checks_.push_back(&check);
      results_.push_back(
          {check.name, check.title, Verdict::left_out, cannot_run(check, plan_, manifest_), 0});
    }
  }

  void begin(size_t index) {
    const Check& check = *checks_[index];
    if (!results_[index].why.empty()) {
      tell(index);
      return;
    }
    auto running = std::make_unique<Running>();
    running->index = index;
    running->folder = root_ + "/" + check.name;
    std::error_code ignored;
    fs::create_directories(running->folder, ignored);
    Words words{{"folder", running->folder},
                {"here", plan_.here},
                {"seed", std::to_string(options_.seed)},
                {"schemas", options_.schemas}};
    for (int i = 1; i <= 4; ++i)
      words[i == 1 ? "port" : "port" + std::to_string(i)] = std::to_string(free_port());
    if (auto file = filled(plan_.ready, words); file && !plan_.ready.empty())
      words["ready file"] = *file;
    if (!plan_.start.empty()) running->system = std::make_unique<SampleSystem>(plan_, words);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
      results_[index] = {check.name, check.title, Verdict::failed, "no pipe could be made", 0};
      return tell(index);
    }
    running->process = ::fork();
    if (running->process == 0) {
      ::setpgid(0, 0);
      ::close(ends[0]);
      for (const auto& other : running_) ::close(other->report);
      be_check(check,
               {manifest_,
                plan_,
                std::move(words),
                running->system ? running->system->group() : -1,
                ends[1]},
               plan_);
    }
    ::close(ends[1]);
    running->report = ends[0];
    running_.push_back(std::move(running));
  }

  void listen() {
    if (running_.empty()) return;
    std::vector<pollfd> polled;
    for (const auto& one : running_) polled.push_back({one->report, POLLIN, 0});
    ::poll(polled.data(), polled.size(), 100);
    for (size_t i = polled.size(); i-- > 0;) {
      Running& one = *running_[i];
      bool over = false;
      if (polled[i].revents != 0) {
        char part[4096];
        const ssize_t n = ::read(one.report, part, sizeof part);
        if (n > 0) one.heard.append(part, static_cast<size_t>(n));
        over = n <= 0;
      }
      int status = 0;
      // The pipe may be held open by what the connector started: its own end counts.
      const bool ended = ::waitpid(one.process, &status, WNOHANG) == one.process;
      const bool hung = !ended && Clock::now() - one.began > kPatience;
      if (over && !ended && !hung) ::waitpid(one.process, &status, 0);
      if (over || ended || hung) finish(i, status, hung);
    }
  }

  void finish(size_t at, int status, bool hung) {
    const auto running = std::move(running_[at]);
    running_.erase(running_.begin() + static_cast<ptrdiff_t>(at));
    Running& one = *running;
    if (hung) {
      ::kill(one.process, SIGKILL);
      ::waitpid(one.process, &status, 0);
    }
    ::kill(-one.process, SIGKILL);  // what it left behind
    ::fcntl(one.report, F_SETFL, O_NONBLOCK);
    char part[4096];
    for (ssize_t n = 0; (n = ::read(one.report, part, sizeof part)) > 0;)
      one.heard.append(part, static_cast<size_t>(n));
    ::close(one.report);
    one.system.reset();
    Result& result = results_[one.index];
    result.ms = std::chrono::duration_cast<milliseconds>(Clock::now() - one.began).count();
    judge(result, one.heard, status, hung);
    std::error_code ignored;
    if (result.verdict == Verdict::failed && !options_.keep.empty()) {
      fs::create_directories(options_.keep, ignored);
      fs::copy(one.folder,
               options_.keep + "/" + result.name,
               fs::copy_options::recursive | fs::copy_options::overwrite_existing,
               ignored);
    }
    fs::remove_all(one.folder, ignored);
    tell(one.index);
  }

  static void judge(Result& result, const std::string& heard, int status, bool hung) {
    std::string last = "starting", verdict;
    for (size_t from = 0; from < heard.size();) {
      const size_t end = std::min(heard.find('\n', from), heard.size());
      const std::string line = heard.substr(from, end - from);
      if (line.starts_with("doing "))
        last = line.substr(6);
      else
        verdict = line;
      from = end + 1;
    }
    result.verdict = Verdict::failed;
    if (hung)
      result.why = "it did not return within " + std::to_string(kPatience.count()) +
                   " s; the last was: " + last;
    else if (verdict == "passed")
      result.verdict = Verdict::passed;
    else if (verdict.starts_with("left out ")) {
      result.verdict = Verdict::left_out;
      result.why = verdict.substr(9);
    } else if (verdict.starts_with("failed "))
      result.why = verdict.substr(7);
    else if (WIFSIGNALED(status))
      result.why =
          std::string("it crashed (") + ::strsignal(WTERMSIG(status)) + "); the last was: " + last;
    else
      result.why = "it ended its process with code " + std::to_string(WEXITSTATUS(status)) +
                   "; the last was: " + last;
    if (result.verdict == Verdict::passed) result.why.clear();
  }

  void tell(size_t index) {
    if (options_.done) options_.done(results_[index]);
  }

  const runtime::Manifest& manifest_;
  const Plan& plan_;
  const Options& options_;
  std::string root_;
  std::vector<const Check*> checks_;
  std::vector<Result> results_;
  std::vector<std::unique_ptr<Running>> running_;
};

}  // namespace

std::vector<Result> run_checks(const runtime::Manifest& manifest,
                               const Plan& plan,
                               const Options& options) {
  return Runner(manifest, plan, options).run();
}

}  // namespace concord::kit
