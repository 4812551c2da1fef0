// The child_welfare connector: a CCWIS and what is around it. Says who does what; the doing is in
// rest_read, rest_write, drop_reader, pickup_writer and intake.
#pragma once

#include <concord/connector.hpp>

#include "child_welfare/drop_reader.hpp"
#include "child_welfare/intake.hpp"
#include "child_welfare/pickup_writer.hpp"
#include "child_welfare/rest_read.hpp"
#include "child_welfare/rest_write.hpp"

namespace concord::child_welfare {

// The record types as JSON, with synthetic samples; see concord_connector::describe.
std::string describe_records(const Settings& settings);

class ChildWelfare : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view config_json);
  explicit ChildWelfare(Settings settings);

  sdk::Status check(const sdk::Call& call) override;
  sdk::Result<std::string> describe(const sdk::Call& call) override;
  sdk::Result<sdk::Batch> read(std::string_view record_type,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call) override;
  sdk::Status ack(std::string_view record_type,
                  std::string_view checkpoint,
                  const sdk::Call& call) override;
  sdk::Status listen(const sdk::Sink& sink, const sdk::Call& call) override;
  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call& call) override;
  // While listen() runs, else 0.
  [[nodiscard]] uint16_t webhook_port() const { return intake_.port(); }

 private:
  [[nodiscard]] std::vector<const RecordSettings*> read_from(Source source) const;
  sdk::Result<const RecordSettings*> find(std::string_view type) const;
  DropReader& drop(const RecordSettings& record) {
    return record.from == Source::folder ? *folder_ : *sftp_;
  }

  const Settings settings_;  // the others refer to it
  std::unique_ptr<RestApi> api_;
  std::unique_ptr<RestReader> rest_reader_;
  std::unique_ptr<RestWriter> rest_writer_;
  std::unique_ptr<DropReader> folder_, sftp_;
  std::unique_ptr<PickupWriter> pickup_;
  Intake intake_;
};

}  // namespace concord::child_welfare
