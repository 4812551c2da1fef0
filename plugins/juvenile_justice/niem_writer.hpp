// Writes deliveries as NIEM 6.0 documents into a folder, one file a delivery.
//
// Which member of the record becomes which element is a table (settings); there is one for each
// record type that describe() names. A member without an element refuses the record: nothing is
// left out in silence. A repeat, or a version older than the last one written, writes no file.
// Should the machine stop between a file and the note that it was written, the same file is written
// again under the same name: its DocumentIdentification tells the reader that it is the same.
//
// Threads: write() one at a time.
#pragma once

#include <concord/connector.hpp>
#include <string>
#include <string_view>

#include "juvenile_justice/config.hpp"

namespace concord::juvenile_justice {

// The document, or why the record cannot be one (bad_record), or the table is wrong (config).
sdk::Result<std::string> niem_document(const sdk::Delivery& delivery, const NiemWriteConfig& write);

class NiemWriter {
 public:
  explicit NiemWriter(const NiemConfig& config) : config_(config) {}
  sdk::Outcome write(const sdk::Delivery& delivery, const WriteConfig& write);

 private:
  const NiemConfig& config_;
};

}  // namespace concord::juvenile_justice
