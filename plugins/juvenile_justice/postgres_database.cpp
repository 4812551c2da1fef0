// PostgreSQL. Reads go through Poco::Data; what is written goes through statements prepared with
// libpq on the same connection, because Poco 1.11 frees a result twice when a statement that ran
// before fails, and a refused record is nothing unusual.
#include "juvenile_justice/postgres_link.hpp"
//
#include <Poco/Data/PostgreSQL/Connector.h>
#include <Poco/Data/PostgreSQL/SessionImpl.h>
#include <Poco/Exception.h>
#include <sys/socket.h>

#include <map>

#include "juvenile_justice/poco_database.hpp"

namespace concord::juvenile_justice {

namespace {

class PostgresDatabase final : public PocoDatabase {
 public:
  explicit PostgresDatabase(Poco::Data::Session session)
      : PocoDatabase(std::move(session)),
        connection_(static_cast<Poco::Data::PostgreSQL::SessionImpl*>(session_.impl())->handle()) {}

  [[nodiscard]] Dialect dialect() const override { return Dialect::postgresql; }

  [[nodiscard]] bool usable() override {
    // A server that went away has said so by now: its last words, then the end, wait in the socket.
    for (int i = 0; i < 4 && pg_wait_readable(connection_, std::chrono::milliseconds(0)); ++i) {
      if (PQconsumeInput(connection_) == 0) return false;
    }
    return PQstatus(connection_) == CONNECTION_OK &&
           PQtransactionStatus(connection_) == PQTRANS_IDLE;
  }

  sdk::Result<size_t> execute(const std::string& place,
                              const std::string& sql,
                              std::span<const SqlValue> values) override {
    const auto [found, is_new] = prepared_.try_emplace(sql, "c" + std::to_string(prepared_.size()));
    if (is_new) {
      const PgResult made(PQprepare(connection_, found->second.c_str(), sql.c_str(), 0, nullptr));
      if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) {
        prepared_.erase(found);
        return failed(place, made.get());
      }
    }
    std::vector<const char*> texts;
    for (const SqlValue& value : values) texts.push_back(value ? value->c_str() : nullptr);
    const PgResult result(PQexecPrepared(connection_,
                                         found->second.c_str(),
                                         static_cast<int>(texts.size()),
                                         texts.data(),
                                         nullptr,
                                         nullptr,
                                         0));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return failed(place, result.get());
    return static_cast<size_t>(std::strtoull(PQcmdTuples(result.get()), nullptr, 10));
  }

  sdk::Status run(const std::string& place, const std::string& sql) override {
    const PgResult result(PQexec(connection_, sql.c_str()));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return sdk::Done{};
    return failed(place, result.get());
  }

  // From any thread: what waits for the server wakes up with a broken connection.
  void interrupt() override { ::shutdown(PQsocket(connection_), SHUT_RDWR); }

 protected:
  sdk::Error fault(const std::string& place, const std::string& message) override {
    if (PQstatus(connection_) != CONNECTION_OK) return pg_fault(place, {}, {});
    return pg_fault(place, pg_state_in(message), message);
  }

 private:
  sdk::Error failed(const std::string& place, const PGresult* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state == nullptr || PQstatus(connection_) != CONNECTION_OK) return pg_fault(place, {}, {});
    return pg_fault(place, state, PQresultErrorMessage(result));
  }

  PGconn* connection_;
  std::map<std::string, std::string> prepared_;  // SQL -> name of the statement
};

}  // namespace

sdk::Result<std::unique_ptr<Database>> open_postgresql(const DatabaseConfig& config,
                                                       std::chrono::milliseconds left) {
  static const bool registered = (Poco::Data::PostgreSQL::Connector::registerConnector(), true);
  (void)registered;
  // First by ourselves: with a deadline, and with a reason if it fails. (A connection that fails
  // within Poco 1.11 tells only a text, and leaks.)
  if (auto reachable = pg_connect(config, left); !reachable) return std::move(reachable).error();
  try {
    Poco::Data::Session session("PostgreSQL", pg_connection_string(config, left));
    auto* handle = &static_cast<Poco::Data::PostgreSQL::SessionImpl*>(session.impl())->handle();
    if (auto prepared = pg_prepare_session(*handle); !prepared) return std::move(prepared).error();
    return std::unique_ptr<Database>(std::make_unique<PostgresDatabase>(std::move(session)));
  } catch (const Poco::Exception&) {
    return sdk::retry("DB_UNREACHABLE",
                      "database",
                      "the server was there and is gone again",
                      "nothing; it is tried again");
  }
}

}  // namespace concord::juvenile_justice
