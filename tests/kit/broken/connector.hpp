// A connector that is sound, or has the one fault that fault.hpp names.
#pragma once

#include <atomic>
#include <concord/settings.hpp>
#include <set>
#include <thread>

#include "tests/kit/broken/system.hpp"

namespace concord::broken {

inline const sdk::Settings<Given>& settings() {
  static const auto declared =
      sdk::Settings<Given>("Broken")
          .text("folder", &Given::folder, "Where the system lives")
          .required()
          .opens(sdk::Access::write)
          .secret("token", &Given::token, "To get in")
          .required()
          .number("port", &Given::port, 1, 65535, "Answers while it is up")
          .required()
          .number("listen_port", &Given::listen_port, 0, 65535, "For events")
          .opens(sdk::Access::listen)
          .number("page_size", &Given::page_size, 1, 500, "At once");
  return declared;
}

class Broken : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view config);
  explicit Broken(Given given);
  ~Broken() override;

  sdk::Status check(const sdk::Call& call) override;
  sdk::Result<std::string> describe(const sdk::Call& call) override;
  sdk::Result<sdk::Batch> read(std::string_view type,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call) override;
  sdk::Status ack(std::string_view type,
                  std::string_view checkpoint,
                  const sdk::Call& call) override;
  sdk::Status listen(const sdk::Sink& sink, const sdk::Call& call) override;
  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call& call) override;

 private:
  struct Page;
  void add_line(const std::string& line,
                size_t number,
                std::string_view type,
                const sdk::Limits& limits,
                sdk::Batch& batch);
  sdk::Outcome write_one(const sdk::Delivery& delivery);
  // Counts a call in, and gives another time to come: whether one of this instance is under way.
  bool enter();
  void leak();
  void meddle();

  Given given_;
  System system_;
  std::thread::id made_on_ = std::this_thread::get_id();
  bool checked_ = false, poisoned_ = false, skip_next_ = false;
  int checks_ = 0, reads_ = 0, listens_ = 0, describes_ = 0;
  size_t acks_ = 0, last_ack_ = 0;
  bool at_end_was_acked_ = false;
  std::atomic<bool> listening_{false};
  std::atomic<int> inside_{0};
  int extra_port_ = -1;
  std::set<std::string> written_;  // idempotency keys
};

}  // namespace concord::broken
