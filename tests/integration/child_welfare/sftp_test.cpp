// Against Debian's OpenSSH: sshd runs on a loopback port for the life of the test, with keys and
// settings of its own in a temporary folder.
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kSshd = "/usr/sbin/sshd";

// Starts a program and gives its process id.
pid_t start(std::vector<std::string> words, const std::string& log) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (std::freopen(log.c_str(), "a", stdout) == nullptr ||
        std::freopen(log.c_str(), "a", stderr) == nullptr)
      ::_exit(126);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  return pid;
}
int run(const std::vector<std::string>& words, const std::string& log) {
  int status = 0;
  const pid_t pid = start(words, log);
  return ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class Sftp : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (::access(kSshd, X_OK) != 0) return;
    server_ = new TempFolder;
    const std::string at = server_->path().string();
    for (const char* key : {"host_key", "user_key", "other_key"})
      ASSERT_EQ(run({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at + "/" + key},
                    at + "/log"),
                0);
    {
      Poco::Net::ServerSocket free(Poco::Net::SocketAddress("127.0.0.1", 0));
      port_ = free.address().port();
    }
    server_->put("authorized_keys", server_->get("user_key.pub"));
    for (const char* key : {"host_key", "other_key"}) {
      const std::string text = server_->get(std::string(key) + ".pub");
      server_->put(std::string("known_by_") + key,
                   "[127.0.0.1]:" + std::to_string(port_) + " " + text);
    }
    server_->put("sshd_config",
                 "ListenAddress 127.0.0.1\nPort " + std::to_string(port_) + "\nHostKey " + at +
                     "/host_key\nAuthorizedKeysFile " + at +
                     "/authorized_keys\nPidFile none\nStrictModes no\nUsePAM no\n"
                     "PasswordAuthentication no\nPermitRootLogin prohibit-password\n"
                     "Subsystem sftp internal-sftp\nLogLevel ERROR\n");
    std::filesystem::create_directories("/run/sshd");  // sshd asks for it where it is root
    pid_ = start({kSshd, "-D", "-e", "-f", at + "/sshd_config"}, at + "/log");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(15);
    for (bool up = false; !up && std::chrono::steady_clock::now() < end;) {
      try {
        Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", port_)).close();
        up = true;
      } catch (const Poco::Exception&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
  }
  static void TearDownTestSuite() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      ::waitpid(pid_, nullptr, 0);
    }
    delete server_;
    server_ = nullptr;
  }

  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << "skipped: OpenSSH's sshd is not installed";
    std::filesystem::create_directories(drop_.path().string() + "/pickup");
  }

  // {"sftp":{…,drop},more}
  [[nodiscard]] std::string config(const std::string& drop,
                                   const std::string& more,
                                   const std::string& known = "known_by_host_key",
                                   const std::string& key = "user_key") const {
    const std::string at = server_->path().string() + "/";
    return R"({"sftp":{"host":"127.0.0.1","port":)" + std::to_string(port_) + R"(,"user":")" +
           ::getpwuid(::getuid())->pw_name + R"(","key_file":")" + at + key +
           R"(","known_hosts":")" + at + known + R"(","path":")" + drop_.path().string() + "\"" +
           drop + "}" + more + "}";
  }
  [[nodiscard]] std::unique_ptr<ChildWelfare> reader(const std::string& drop) const {
    return connector_of(
        config(drop, R"(,"records":{"placement":{"from":"sftp","files":"*.csv","key":"id"}})"));
  }

  TempFolder drop_;

 private:
  static inline TempFolder* server_ = nullptr;
  static inline uint16_t port_ = 0;
  static inline pid_t pid_ = -1;
};

TEST_F(Sftp, files_are_read_in_pages_and_moved_once_acknowledged) {
  std::string csv = "id,name\r\n";
  for (int i = 0; i < 1200; ++i) csv += std::to_string(i) + ",\"Example, Testfamily\"\r\n";
  drop_.put("a file with \"quotes\" & blanks.csv", csv);
  drop_.put("z.csv", "id,name\nlast,\n");
  auto connector = reader(R"(,"complete":"renamed")");
  auto checked = connector->check(TestCall());
  ASSERT_TRUE(checked) << checked.error().code << " " << checked.error().cause;
  auto first = connector->read("placement", "", {500, 1u << 20}, TestCall());
  ASSERT_TRUE(first);
  EXPECT_THAT(first->records, SizeIs(500));
  ASSERT_TRUE(connector->ack("placement", first->checkpoint, TestCall()));
  EXPECT_THAT(drop_.names(), SizeIs(2)) << "half read is not done";
  auto rest = read_all(*reader(R"(,"complete":"renamed")"), "placement", first->checkpoint);
  EXPECT_FALSE(rest.error);
  EXPECT_THAT(rest.records, SizeIs(701));
  EXPECT_EQ(rest.records.back().key, "last");
  EXPECT_THAT(drop_.names(), IsEmpty());
  EXPECT_THAT(drop_.names("done"), ElementsAre("a file with \"quotes\" & blanks.csv", "z.csv"));
}

TEST_F(Sftp, files_are_removed_where_that_is_configured_and_an_earlier_one_is_kept_else) {
  drop_.put("p.csv", "id\n1\n");
  EXPECT_THAT(
      read_all(*reader(R"(,"complete":"renamed","after_ack":"remove")"), "placement").records,
      SizeIs(1));
  EXPECT_THAT(drop_.names(), IsEmpty());
  EXPECT_THAT(drop_.names("done"), IsEmpty());
  auto moving = reader(R"(,"complete":"renamed")");
  for (const char* row : {"2", "3"}) {
    drop_.put("p.csv", std::string("id\n") + row + "\n");
    EXPECT_THAT(read_all(*moving, "placement").keys(), ElementsAre(row));
  }
  EXPECT_THAT(drop_.names("done"), SizeIs(2));
  EXPECT_EQ(drop_.get("done/p.csv"), "id\n2\n");
}

TEST_F(Sftp, a_file_is_taken_only_when_it_rests) {
  drop_.put("p.csv", "id\n1\n");
  drop_.put("q.csv.part", "id\n2\n");
  auto connector = reader(R"(,"settle_seconds":1)");
  auto all = read_all(*connector, "placement");
  EXPECT_FALSE(all.error);
  EXPECT_THAT(all.keys(), ElementsAre("1"));
  EXPECT_THAT(drop_.names(), ElementsAre("q.csv.part"));
}

TEST_F(Sftp, a_server_that_is_not_in_known_hosts_is_not_spoken_to) {
  for (const char* known : {"known_by_other_key", "authorized_keys", "not_there"}) {
    auto connector = connector_of(config("", "", known));
    auto checked = connector->check(TestCall());
    ASSERT_FALSE(checked) << known;
    EXPECT_EQ(checked.error().error_class, sdk::ErrorClass::config) << checked.error().cause;
    EXPECT_THAT(checked.error().code,
                std::string(known) == "not_there" ? "SFTP_KNOWN_HOSTS" : "SFTP_HOST_KEY");
  }
}

TEST_F(Sftp, a_refused_key_and_a_missing_folder_are_told_apart) {
  auto refused = connector_of(config("", "", "known_by_host_key", "other_key"))->check(TestCall());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error_class, sdk::ErrorClass::auth) << refused.error().cause;
  EXPECT_EQ(refused.error().code, "SFTP_LOGIN");
  std::string lost = config("", "");
  lost.replace(
      lost.find(drop_.path().string()), drop_.path().string().size(), "/nonexistent-concord");
  auto missing = connector_of(lost)->check(TestCall());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().error_class, sdk::ErrorClass::config) << missing.error().cause;
  EXPECT_EQ(missing.error().place, "sftp://127.0.0.1/nonexistent-concord");
}

TEST_F(Sftp, pick_up_files_appear_whole_and_once) {
  const std::string settings = config("", R"(,"write":{"to":"sftp","folder":"pickup"})");
  const sdk::Delivery batch[] = {{.withdraw = false,
                                  .idempotency_key = "k1",
                                  .type = "court_event",
                                  .key = "SYN-D-1",
                                  .version = 1,
                                  .subject = "SYN-CW-000001",
                                  .body = R"({"docket":"SYN-J-1"})"}};
  for (int again = 0; again < 2; ++again) {
    auto outcomes = connector_of(settings)->write(batch, TestCall());
    ASSERT_TRUE(outcomes) << outcomes.error().code;
    EXPECT_FALSE((*outcomes)[0].error);
    EXPECT_THAT(drop_.names("pickup"), SizeIs(again == 0 ? 1 : 0));
    for (const auto& name : drop_.names("pickup")) {
      EXPECT_THAT(drop_.get("pickup/" + name),
                  HasSubstr("k1,upsert,SYN-D-1,1,SYN-CW-000001,SYN-J-1"));
      std::filesystem::remove(drop_.path().string() + "/pickup/" + name);
    }
  }
}

TEST_F(Sftp, a_file_beyond_the_limit_is_rejected_and_not_read_again_and_again) {
  drop_.put("p.csv", "id\n" + std::string(5000, '1') + "\n");
  auto connector = reader(R"(,"complete":"renamed","file_bytes_max":1000)");
  auto all = read_all(*connector, "placement");
  EXPECT_THAT(all.records, IsEmpty());
  ASSERT_THAT(all.rejects, SizeIs(1));
  EXPECT_EQ(all.rejects[0].error.code, "FILE_SIZE");
  EXPECT_THAT(drop_.names("done"), ElementsAre("p.csv"));
}

}  // namespace
}  // namespace concord::child_welfare
