#include "child_welfare/connector.hpp"

namespace concord::child_welfare {

sdk::Result<std::unique_ptr<sdk::Connector>> ChildWelfare::create(std::string_view config_json) {
  auto settings = read_settings(config_json);
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<sdk::Connector>(
      std::make_unique<ChildWelfare>(std::move(settings).value()));
}

ChildWelfare::ChildWelfare(Settings settings) : settings_(std::move(settings)), intake_(settings_) {
  if (settings_.rest) {
    api_ = std::make_unique<RestApi>(*settings_.rest);
    rest_reader_ = std::make_unique<RestReader>(*api_);
  }
  if (settings_.folder)
    folder_ = std::make_unique<DropReader>(
        local_folder(settings_.folder->path), settings_.folder->drop, read_from(Source::folder));
  if (settings_.sftp)
    sftp_ = std::make_unique<DropReader>(
        sftp_folder(*settings_.sftp), settings_.sftp->drop, read_from(Source::sftp));
  if (!settings_.write) return;
  // A store of its own: over SFTP reading and writing each have their connection.
  if (settings_.write->to == Source::rest)
    rest_writer_ = std::make_unique<RestWriter>(*api_, *settings_.write);
  else if (settings_.write->to == Source::folder)
    pickup_ =
        std::make_unique<PickupWriter>(local_folder(settings_.folder->path), *settings_.write);
  else
    pickup_ = std::make_unique<PickupWriter>(sftp_folder(*settings_.sftp), *settings_.write);
}

sdk::Status ChildWelfare::check(const sdk::Call& call) {
  if (api_) {
    bool asked = false;
    for (const RecordSettings* record : read_from(Source::rest)) {
      if (auto status = rest_reader_->check(*record, call); !status) return status;
      asked = true;
    }
    if (!asked)
      if (auto reached = api_->send("GET", "/", {}, "", call); !reached)
        return std::move(reached).error();
  }
  for (DropReader* reader : {folder_.get(), sftp_.get()})
    if (reader != nullptr)
      if (auto status = reader->check(call); !status) return status;
  if (pickup_) return pickup_->check(call);
  return sdk::Done{};
}

sdk::Result<std::string> ChildWelfare::describe(const sdk::Call&) {
  return describe_records(settings_);
}

sdk::Result<sdk::Batch> ChildWelfare::read(std::string_view record_type,
                                           std::string_view checkpoint,
                                           const sdk::Limits& limits,
                                           const sdk::Call& call) {
  auto record = find(record_type);
  if (!record) return std::move(record).error();
  if ((*record)->from == Source::rest)
    return rest_reader_->read(**record, checkpoint, limits, call);
  return drop(**record).read(**record, checkpoint, limits, call);
}

sdk::Status ChildWelfare::ack(std::string_view record_type,
                              std::string_view checkpoint,
                              const sdk::Call& call) {
  auto record = find(record_type);
  if (!record) return std::move(record).error();
  if ((*record)->from == Source::rest) return rest_reader_->ack(**record, checkpoint, call);
  return drop(**record).ack(**record, checkpoint, call);
}

sdk::Status ChildWelfare::listen(const sdk::Sink& sink, const sdk::Call& call) {
  return intake_.listen(sink, call);
}

sdk::Result<std::vector<sdk::Outcome>> ChildWelfare::write(
    std::span<const sdk::Delivery> deliveries, const sdk::Call& call) {
  if (rest_writer_) return rest_writer_->write(deliveries, call);
  if (pickup_) return pickup_->write(deliveries, call);
  return sdk::config_error("SETTING", "write", "has no settings", "add them to write to it");
}

std::vector<const RecordSettings*> ChildWelfare::read_from(Source source) const {
  std::vector<const RecordSettings*> out;
  for (const RecordSettings& record : settings_.records)
    if (record.from == source) out.push_back(&record);
  return out;
}

sdk::Result<const RecordSettings*> ChildWelfare::find(std::string_view type) const {
  if (const RecordSettings* record = settings_.find(type)) return record;
  return sdk::config_error("TYPE_UNKNOWN",
                           "records",
                           "record type \"" + std::string(type) + "\" is not configured",
                           "add it to the system's records, or mend the job");
}

}  // namespace concord::child_welfare
