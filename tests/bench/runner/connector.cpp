// Reads records of a kilobyte that it makes up, takes whatever is written.
#include <concord/connector.hpp>

namespace concord::bench {

class Idle : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view) {
    return std::unique_ptr<sdk::Connector>(std::make_unique<Idle>());
  }
  sdk::Status check(const sdk::Call&) override { return sdk::Done{}; }
  sdk::Result<std::string> describe(const sdk::Call&) override { return std::string("{}"); }
  sdk::Result<sdk::Batch> read(std::string_view type,
                               std::string_view,
                               const sdk::Limits& limits,
                               const sdk::Call&) override {
    sdk::Batch batch;
    batch.records.reserve(limits.records_max);
    for (uint32_t i = 0; i < limits.records_max; ++i)
      batch.records.push_back(
          {std::string(type), "SYN-" + std::to_string(++key_), "1", body_, "made"});
    batch.checkpoint = std::to_string(key_);
    return batch;
  }
  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call&) override {
    return std::vector<sdk::Outcome>(deliveries.size());
  }

 private:
  uint64_t key_ = 0;
  const std::string body_ = R"({"text":")" + std::string(1000, 'x') + R"("})";
};

}  // namespace concord::bench

CONCORD_CONNECTOR(concord::bench::Idle)
