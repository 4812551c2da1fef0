// The juvenile justice connector: a database read and written with SQL, and NIEM documents.
//
// Threads: as abi.h says; reads, writes and listening have connections of their own.
#pragma once

#include <concord/connector.hpp>

#include "juvenile_justice/config.hpp"
#include "juvenile_justice/niem_folder.hpp"
#include "juvenile_justice/niem_http.hpp"
#include "juvenile_justice/niem_writer.hpp"
#include "juvenile_justice/sql_reader.hpp"
#include "juvenile_justice/sql_writer.hpp"

namespace concord::juvenile_justice {

class JuvenileJustice final : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view config_json);
  explicit JuvenileJustice(Config config);

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

 private:
  const Config config_;  // first: the others keep references to it
  SqlReader sql_reader_;
  SqlWriter sql_writer_;
  NiemFolder niem_folder_;
  NiemHttp niem_http_;
  NiemWriter niem_writer_;
};

// The record types of these settings, with synthetic samples; JSON, see abi.h.
std::string description_of(const Config& config);

// Does what is configured fit the database? Changes nothing there.
sdk::Status check_database(const Config& config, const sdk::Call& call);

}  // namespace concord::juvenile_justice
