// Where reading one record type stopped. Text to the hub, this to us:
//   {"cursor":"…","files":[["a.xml","<hash>"]],"file_next":2,"calendar":{"hash":"…","next":500}}
#pragma once

#include <concord/connector.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "court/drop_folder.hpp"

namespace concord::court {

struct Checkpoint {
  std::string cursor;              // of the docket API
  std::vector<DroppedFile> files;  // given to the hub, not yet moved away
  uint64_t file_next = 0;      // records given of the last of files, where it holds more; else 0
  std::string calendar_hash;   // of the calendars as they were
  uint64_t calendar_next = 0;  // hearings given of them; 0: all

  static sdk::Result<Checkpoint> read(std::string_view text);
  [[nodiscard]] std::string text() const;
};

}  // namespace concord::court
