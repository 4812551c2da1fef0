// What the databases share: statements through Poco::Data. Only the sources of this folder that
// talk to a database include it, for Poco::Data's headers are heavy.
#pragma once

#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "juvenile_justice/database.hpp"

namespace concord::juvenile_justice {

class PocoDatabase : public Database {
 public:
  explicit PocoDatabase(Poco::Data::Session session) : session_(std::move(session)) {}

  sdk::Result<std::vector<std::string>> columns(const std::string& place,
                                                const std::string& select) override;
  sdk::Result<std::vector<SqlRow>> query(const std::string& place,
                                         const std::string& sql,
                                         std::span<const std::string> values,
                                         size_t column_count) override;
  sdk::Result<size_t> execute(const std::string& place,
                              const std::string& sql,
                              std::span<const SqlValue> values) override;
  sdk::Status run(const std::string& place, const std::string& sql) override;

 protected:
  // What went wrong, told without content. message is the library's and stays here.
  virtual sdk::Error fault(const std::string& place, const std::string& message) = 0;

  Poco::Data::Session session_;

 private:
  struct Prepared;
  // Statements are kept only where a failed one can be thrown away safely; see execute().
  std::map<std::string, std::shared_ptr<Prepared>> prepared_;
};

}  // namespace concord::juvenile_justice
