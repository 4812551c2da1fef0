#include "juvenile_justice/postgres_link.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <vector>

namespace concord::juvenile_justice {

namespace {

using sdk::Error;
using sdk::ErrorClass;
using std::chrono::milliseconds;

const std::string kPlace = "database";

std::vector<std::pair<const char*, std::string>> settings(const DatabaseConfig& config,
                                                          milliseconds timeout) {
  const auto seconds = std::max<int64_t>(2, (timeout.count() + 999) / 1000);
  std::vector<std::pair<const char*, std::string>> out{{"host", config.host},
                                                       {"port", std::to_string(config.port)},
                                                       {"dbname", config.name},
                                                       {"user", config.user},
                                                       {"password", config.password},
                                                       {"sslmode", config.sslmode},
                                                       {"sslrootcert", config.ca_file},
                                                       {"connect_timeout", std::to_string(seconds)},
                                                       {"keepalives_idle", "30"},
                                                       {"keepalives_interval", "10"},
                                                       {"keepalives_count", "3"},
                                                       {"client_encoding", "UTF8"},
                                                       {"application_name", "concord"}};
  std::erase_if(out, [](const auto& setting) { return setting.second.empty(); });
  return out;
}

bool is_state(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// The server is there, yet we and it find no common ground: TLS, mostly.
bool answers(const DatabaseConfig& config) {
  const std::string port = std::to_string(config.port);
  const std::array<const char*, 4> names{"host", "port", "connect_timeout", nullptr};
  const std::array<const char*, 4> values{config.host.c_str(), port.c_str(), "2", nullptr};
  return PQpingParams(names.data(), values.data(), 0) == PQPING_OK;
}

Error connect_fault(const DatabaseConfig& config, PGconn* connection) {
  if (PQconnectionNeedsPassword(connection) != 0)
    return sdk::auth_error("DB_PASSWORD",
                           kPlace,
                           "the server wants a password, none is given",
                           "set database.password");
  const std::string_view message = PQerrorMessage(connection);
  const std::string_view state = pg_state_in(message);
  if (!state.empty()) return pg_fault(kPlace, state, {});
  const bool wants_tls = config.sslmode == "require" || config.sslmode.starts_with("verify");
  if (wants_tls && answers(config))
    return sdk::config_error("DB_TLS",
                             kPlace,
                             "the server answers, but not with the TLS that sslmode asks for",
                             "see to sslmode, ca_file and the server's certificate");
  return sdk::retry("DB_UNREACHABLE",
                    kPlace,
                    "no connection to the server",
                    "see that it runs and that host and port are right");
}

}  // namespace

std::string_view pg_state_in(std::string_view message) {
  for (size_t at = message.find(":  "); at != std::string_view::npos;
       at = message.find(":  ", at + 1)) {
    const std::string_view state = message.substr(at + 3, 5);
    const std::string_view after = message.substr(std::min(message.size(), at + 8), 1);
    if (is_state(state) && (after.empty() || after == ":" || after == "\n")) return state;
  }
  return {};
}

sdk::Error pg_fault(const std::string& place, std::string_view state, std::string_view message) {
  struct Row {
    std::string_view start;  // of the SQLSTATE
    ErrorClass error_class;
    const char* cause;
    const char* next;
  };
  static constexpr std::array rows{
      Row{"28", ErrorClass::auth, "user or password refused", "see to database.user and password"},
      Row{"08", ErrorClass::retry, "no connection to the server", "see that it runs"},
      Row{"IM", ErrorClass::config, "there is no such ODBC source or driver", "see odbcinst.ini"},
      Row{"01", ErrorClass::config, "the ODBC driver cannot be loaded", "see odbcinst.ini"},
      Row{"3D", ErrorClass::config, "there is no such database", "see to database.name"},
      Row{"42501", ErrorClass::config, "the user may not do this", "GRANT it at the database"},
      Row{"42", ErrorClass::config, "the statement does not run", "mend the statement"},
      Row{"0A", ErrorClass::config, "the server does not offer this", "mend the statement"},
      Row{"3F", ErrorClass::config, "there is no such schema", "mend the statement"},
      Row{"25006", ErrorClass::config, "the server is read-only", "name the primary server"},
      Row{"22", ErrorClass::bad_record, "a value does not fit", "see the mapping"},
      Row{"23", ErrorClass::bad_record, "a constraint refuses the values", "see the mapping"},
      Row{"P0", ErrorClass::bad_record, "the database's own code refuses", "ask the agency"},
      Row{"44", ErrorClass::bad_record, "a view refuses the values", "see the mapping"},
      Row{"57014", ErrorClass::retry, "ended at the call's deadline", "read fewer records at once"},
      Row{"57", ErrorClass::retry, "the server is starting or stopping", "nothing; tried again"},
      Row{"53", ErrorClass::retry, "the server is short of something", "see to the server"},
      Row{"55", ErrorClass::retry, "something is locked", "nothing; it is tried again"},
      Row{"40", ErrorClass::retry, "the transaction was rolled back", "nothing; it is tried again"},
  };
  if (state.empty())
    return sdk::retry("DB_CONNECTION_LOST",
                      place,
                      "the connection to the server broke",
                      "nothing; it is tried again with a new one");
  for (const Row& row : rows) {
    if (!state.starts_with(row.start)) continue;
    std::string cause = row.cause;
    const size_t at = message.find(std::string(state) + ": ");
    if (row.error_class == ErrorClass::config && state.starts_with("42") &&
        at != std::string_view::npos) {
      cause += ": ";
      cause += message.substr(at + 7, message.find('\n', at) - at - 7);
    }
    return {row.error_class, "SQLSTATE_" + std::string(state), place, cause, row.next};
  }
  return sdk::retry("SQLSTATE_" + std::string(state),
                    place,
                    "the server failed",
                    "see the server's log if it goes on");
}

bool pg_wait_readable(PGconn* connection, milliseconds time) {
  pollfd waiting{PQsocket(connection), POLLIN, 0};
  return waiting.fd >= 0 && ::poll(&waiting, 1, static_cast<int>(time.count())) > 0;
}

sdk::Result<PgConnection> pg_connect(const DatabaseConfig& config,
                                     milliseconds timeout,
                                     const std::function<bool()>& cancelled) {
  const auto given = settings(config, timeout);
  std::vector<const char*> names, values;
  for (const auto& [name, value] : given) {
    names.push_back(name);
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  PgConnection connection(PQconnectStartParams(names.data(), values.data(), 0));
  if (connection == nullptr || PQstatus(connection.get()) == CONNECTION_BAD)
    return connect_fault(config, connection.get());
  // Before the handshake: its errors then come with their SQLSTATE, in any language.
  PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
  PQsetNoticeReceiver(
      connection.get(), [](void*, const PGresult*) {}, nullptr);
  const auto ends = std::chrono::steady_clock::now() + timeout;
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) return connect_fault(config, connection.get());
    pollfd waiting{PQsocket(connection.get()),
                   static_cast<short>(next == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                   0};
    const int ready = ::poll(&waiting, 1, 100);
    if (ready == 0) {
      if (std::chrono::steady_clock::now() < ends && !(cancelled && cancelled())) continue;
      return sdk::retry("DB_UNREACHABLE",
                        kPlace,
                        "the server did not answer in time",
                        "see that it runs and is not overloaded");
    }
    next = PQconnectPoll(connection.get());
  }
  return connection;
}

std::string pg_connection_string(const DatabaseConfig& config, milliseconds timeout) {
  std::string out;
  for (const auto& [name, value] : settings(config, timeout)) {
    out += out.empty() ? "" : " ";
    out += name;
    out += "='";
    for (const char c : value)
      out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
    out += '\'';
  }
  return out;
}

sdk::Status pg_prepare_session(PGconn* connection) {
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  const PgResult result(PQexec(connection,
                               "SET timezone='UTC'; SET datestyle='ISO, YMD'; "
                               "SET standard_conforming_strings=on; SET client_encoding='UTF8'; "
                               "SET extra_float_digits=1; SET bytea_output='hex'"));
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return sdk::Done{};
  return pg_fault(kPlace, pg_state_in(PQerrorMessage(connection)), {});
}

}  // namespace concord::juvenile_justice
