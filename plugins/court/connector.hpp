// The court connector: docket API, ECF filings, hearing calendars and webhooks of one court.
#pragma once

#include <concord/connector.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "court/docket_api.hpp"
#include "court/feeds.hpp"
#include "court/settings.hpp"

namespace concord::court {

// record types, keys and synthetic samples; in describe.cpp
std::string describe_json();

class Court : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view config_json);
  explicit Court(Settings settings, CalendarFeed::Today today);
  ~Court() override;

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
  sdk::Outcome write_filing(const sdk::Delivery& delivery, const sdk::Call& call);
  Settings settings_;
  std::unique_ptr<DocketApi> api_;
  std::unique_ptr<FilingFeed> filings_;
  std::unique_ptr<CalendarFeed> calendar_;
};

}  // namespace concord::court
