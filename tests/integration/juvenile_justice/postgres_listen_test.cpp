// LISTEN and NOTIFY.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/integration/juvenile_justice/with_postgres.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;

class Listening : public WithPostgres {};

// Counts pokes by type, and waits for them.
class Pokes {
 public:
  Pokes() {
    sink_.struct_size = sizeof sink_;
    sink_.host = this;
    sink_.poke = [](void* host, concord_bytes type) {
      auto* self = static_cast<Pokes*>(host);
      const std::scoped_lock lock(self->mutex_);
      self->types_.emplace_back(sdk::view(type));
      self->changed_.notify_all();
    };
  }
  [[nodiscard]] sdk::Sink sink() const { return sdk::Sink(sink_); }
  bool wait_for(const std::string& type, std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(
        lock, time, [&] { return std::find(types_.begin(), types_.end(), type) != types_.end(); });
  }

 private:
  concord_sink sink_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> types_;
};

TEST_F(Listening, a_notification_pokes_its_type_and_after_a_lost_connection_all_types) {
  const auto connector = system(
      R"("listen":{"channel":"Concord jj"},"read":{"youth":{"select":"SELECT * FROM youth","key_column":"youth_id","changed_column":"changed_at"}})");
  Pokes pokes;
  TestCall listening(std::chrono::hours(1));
  std::thread listener([&] { EXPECT_TRUE(connector->listen(pokes.sink(), listening.call())); });
  bool poked = false;
  for (int i = 0; i < 100 && !poked; ++i) {
    server_->run("NOTIFY \"Concord jj\", 'youth'");
    poked = pokes.wait_for("youth", std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(poked);
  EXPECT_FALSE(pokes.wait_for("", std::chrono::milliseconds(0)));
  server_->stop();
  server_->start();
  EXPECT_TRUE(pokes.wait_for("", std::chrono::seconds(20)));
  listening.cancel();
  listener.join();
}

TEST_F(Listening, listening_with_a_wrong_password_is_an_error_and_no_endless_try) {
  const auto connector = system(R"("listen":{"channel":"c"})", "wrong-secret");
  Pokes pokes;
  TestCall listening(std::chrono::hours(1));
  const auto listened = connector->listen(pokes.sink(), listening.call());
  ASSERT_FALSE(listened);
  EXPECT_EQ(listened.error().error_class, sdk::ErrorClass::auth);
}

}  // namespace
}  // namespace concord::juvenile_justice
