#include "juvenile_justice/connector.hpp"

#include "juvenile_justice/listener.hpp"

namespace concord::juvenile_justice {

using sdk::Batch;
using sdk::Call;
using sdk::Delivery;
using sdk::Outcome;
using sdk::Status;

namespace {

sdk::Error unknown_type(std::string_view type) {
  return sdk::config_error("READ_NOT_CONFIGURED",
                           "read",
                           "there is no entry for record type \"" + std::string(type) + "\"",
                           "add it, or remove the job that reads it");
}

}  // namespace

sdk::Result<std::unique_ptr<sdk::Connector>> JuvenileJustice::create(std::string_view json) {
  auto config = read_config(json);
  if (!config) return std::move(config).error();
  return std::unique_ptr<sdk::Connector>(
      std::make_unique<JuvenileJustice>(std::move(config).value()));
}

JuvenileJustice::JuvenileJustice(Config config)
    : config_(std::move(config)),
      sql_reader_(config_),
      sql_writer_(config_),
      niem_folder_(config_.niem),
      niem_http_(config_.niem.http),
      niem_writer_(config_.niem) {}

Status JuvenileJustice::check(const Call& call) {
  if (auto folders = niem_folder_.check(); !folders) return folders;
  if (config_.database.kind == DatabaseConfig::Kind::none) return sdk::Done{};
  return check_database(config_, call);
}

sdk::Result<std::string> JuvenileJustice::describe(const Call&) {
  return description_of(config_);
}

sdk::Result<Batch> JuvenileJustice::read(std::string_view type,
                                         std::string_view checkpoint,
                                         const sdk::Limits& limits,
                                         const Call& call) {
  if (const auto found = config_.reads.find(type); found != config_.reads.end())
    return sql_reader_.read(found->second, checkpoint, limits, call);
  if (type != kNiemDocument || !config_.niem.reads()) return unknown_type(type);
  return config_.niem.in_folder.empty() ? niem_http_.read(checkpoint, limits, call)
                                        : niem_folder_.read(checkpoint, limits, call);
}

Status JuvenileJustice::ack(std::string_view type, std::string_view checkpoint, const Call& call) {
  if (const auto found = config_.reads.find(type); found != config_.reads.end())
    return sql_reader_.ack(found->second, checkpoint, call);
  if (type != kNiemDocument || !config_.niem.reads()) return unknown_type(type);
  return config_.niem.in_folder.empty() ? Status(sdk::Done{}) : niem_folder_.ack(checkpoint);
}

Status JuvenileJustice::listen(const sdk::Sink& sink, const Call& call) {
  return listen_for_changes(config_, sink, call);
}

sdk::Result<std::vector<Outcome>> JuvenileJustice::write(std::span<const Delivery> deliveries,
                                                         const Call& call) {
  std::vector<Outcome> outcomes(deliveries.size());
  std::vector<size_t> by_sql;
  for (size_t i = 0; i < deliveries.size(); ++i) {
    const WriteConfig* write = config_.write_for(deliveries[i].type);
    if (write == nullptr || write->mode != WriteConfig::Mode::niem) by_sql.push_back(i);
  }
  // SQL first: it can fail as a whole, and then nothing was tried.
  if (!by_sql.empty()) {
    if (auto written = sql_writer_.write(deliveries, by_sql, outcomes, call); !written)
      return std::move(written).error();
  }
  for (size_t i = 0; i < deliveries.size(); ++i) {
    const WriteConfig* write = config_.write_for(deliveries[i].type);
    if (write != nullptr && write->mode == WriteConfig::Mode::niem)
      outcomes[i] = niem_writer_.write(deliveries[i], *write);
  }
  return outcomes;
}

}  // namespace concord::juvenile_justice
