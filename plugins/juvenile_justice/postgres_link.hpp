// libpq, where Poco::Data has nothing: connecting with a deadline and an exact reason, SQLSTATEs,
// and LISTEN. Include only in sources that talk to PostgreSQL.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <concord/connector.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "juvenile_justice/config.hpp"

namespace concord::juvenile_justice {

struct PgFinish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PgConnection = std::unique_ptr<PGconn, PgFinish>;

struct PgClear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, PgClear>;

// Connects, or says why not: auth, config or retry. Ends early when cancelled says so.
sdk::Result<PgConnection> pg_connect(const DatabaseConfig& config,
                                     std::chrono::milliseconds timeout,
                                     const std::function<bool()>& cancelled = {});

// What Poco::Data wants to hear. Holds the password: never into a message.
std::string pg_connection_string(const DatabaseConfig& config, std::chrono::milliseconds timeout);

// The session as this connector expects it: UTC, ISO dates, UTF-8, errors with SQLSTATE, and no
// notice on stderr, where it would show content.
sdk::Status pg_prepare_session(PGconn* connection);

// An error from a SQLSTATE; state empty: the connection broke. message: the server's, in verbose
// form; its first line is told only where it speaks of the configured SQL (class 42).
sdk::Error pg_fault(const std::string& place, std::string_view state, std::string_view message);

// The SQLSTATE in a verbose message ("ERROR:  42P01: relation …"), or empty.
std::string_view pg_state_in(std::string_view message);

// Waits until the connection can be read, or the time is over. False: over, or broken.
bool pg_wait_readable(PGconn* connection, std::chrono::milliseconds time);

}  // namespace concord::juvenile_justice
