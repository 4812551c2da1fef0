// NIEM documents by HTTP: one request, one document. An answer that is a refusal is an error of the
// call, for asking again is what mends it; a document that cannot be read is a reject.
//
// Threads: read() one at a time.
#pragma once

#include <concord/connector.hpp>
#include <memory>
#include <string_view>

#include "juvenile_justice/config.hpp"

namespace concord::juvenile_justice {

class NiemHttp {
 public:
  explicit NiemHttp(const HttpSource& source);
  ~NiemHttp();

  sdk::Result<sdk::Batch> read(std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call);

 private:
  struct Client;
  const HttpSource& source_;
  std::unique_ptr<Client> client_;
};

}  // namespace concord::juvenile_justice
