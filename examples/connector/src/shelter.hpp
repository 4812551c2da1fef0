// Speaks to one system: reads its change feed, tells it what is committed, and writes notices.
#pragma once

#include <concord/http.hpp>

#include "settings.hpp"

namespace shelter {

class Shelter : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view config_json);
  explicit Shelter(Given given) : given_(std::move(given)) {}

  sdk::Status check(const sdk::Call& call) override;
  sdk::Result<std::string> describe(const sdk::Call& call) override;
  sdk::Result<sdk::Batch> read(std::string_view type,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call) override;
  sdk::Status ack(std::string_view type,
                  std::string_view checkpoint,
                  const sdk::Call& call) override;
  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call& call) override;

 private:
  // An answer of 2xx, or an error of the right class.
  sdk::Result<sdk::HttpResponse> ask(sdk::HttpRequest request, const sdk::Call& call);
  sdk::Outcome write_one(const sdk::Delivery& delivery, const sdk::Call& call);

  Given given_;
  sdk::HttpClient http_;
};

}  // namespace shelter
