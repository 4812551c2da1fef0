#include "juvenile_justice/listener.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "juvenile_justice/database.hpp"
#include "juvenile_justice/postgres_link.hpp"

namespace concord::juvenile_justice {

namespace {

using sdk::Call;
using sdk::Done;
using sdk::Sink;
using sdk::Status;
using std::chrono::milliseconds;

constexpr milliseconds kSlice{100};  // how late a cancellation may be noticed
constexpr milliseconds kPauseFirst{250};
constexpr milliseconds kPauseMost{30000};

// Waits, unless cancelled.
void pause(milliseconds time, const Call& call) {
  const auto ends = std::chrono::steady_clock::now() + time;
  while (!call.cancelled() && std::chrono::steady_clock::now() < ends)
    std::this_thread::sleep_for(std::min(time, kSlice));
}

bool passes(const sdk::Error& error) {
  return error.error_class == sdk::ErrorClass::retry ||
         error.error_class == sdk::ErrorClass::rate_limited;
}

void poke(const Config& config, const Sink& sink, const std::set<std::string>& types) {
  for (const std::string& type : types) {
    // A payload that is no record type of ours means: something changed.
    if (type.empty() || !config.reads.contains(type)) {
      sink.poke({});
      return;
    }
  }
  for (const std::string& type : types) sink.poke(type);
}

sdk::Result<PgConnection> subscribe(const Config& config, const Call& call) {
  auto connection = pg_connect(
      config.database, config.database.connect_timeout, [&call] { return call.cancelled(); });
  if (!connection) return connection;
  PGconn* link = connection->get();
  if (auto ready = pg_prepare_session(link); !ready) return std::move(ready).error();
  char* channel =
      PQescapeIdentifier(link, config.listen.channel.c_str(), config.listen.channel.size());
  if (channel == nullptr)
    return sdk::config_error(
        "SETTING", "listen.channel", "not a name", "use letters, digits and underscores");
  const PgResult listening(PQexec(link, ("LISTEN " + std::string(channel)).c_str()));
  PQfreemem(channel);
  if (PQresultStatus(listening.get()) != PGRES_COMMAND_OK)
    return pg_fault("listen.channel", pg_state_in(PQerrorMessage(link)), {});
  return connection;
}

// Until the connection breaks or the call is cancelled.
void follow(const Config& config, PGconn* link, const Sink& sink, const Call& call) {
  while (!call.cancelled()) {
    const bool readable = pg_wait_readable(link, kSlice);
    if (readable && PQconsumeInput(link) == 0) return;
    if (PQstatus(link) != CONNECTION_OK) return;
    std::set<std::string> types;
    while (PGnotify* notice = PQnotifies(link)) {
      types.insert(notice->extra);
      PQfreemem(notice);
    }
    poke(config, sink, types);
  }
}

Status listen_postgresql(const Config& config, const Sink& sink, const Call& call) {
  milliseconds wait = kPauseFirst;
  bool was_connected = false;
  while (!call.cancelled()) {
    auto connection = subscribe(config, call);
    if (!connection && !was_connected && !passes(connection.error()))
      return std::move(connection).error();
    if (connection) {
      if (was_connected) {
        call.log(1, "listen.reconnected");
        sink.poke({});
      }
      was_connected = true;
      wait = kPauseFirst;
      follow(config, connection->get(), sink, call);
      if (!call.cancelled()) call.log(2, "listen.lost");
    }
    pause(wait, call);
    wait = std::min(wait * 2, kPauseMost);
  }
  return Done{};
}

Status listen_sqlite(const Config& config, const Sink& sink, const Call& call) {
  Session session(config.database);
  std::string last;
  while (!call.cancelled()) {
    auto database = session.get(config.database.connect_timeout);
    if (!database) {
      last.clear();
    } else {
      // Rises with every commit by another connection; reading it touches no table.
      auto rows = (*database)->query(
          "listen", "SELECT CAST(data_version AS TEXT) FROM pragma_data_version", {}, 1);
      if (rows && !rows->empty() && rows->front()[0]) {
        const std::string now = *rows->front()[0];
        if (now != last && !last.empty()) sink.poke({});
        last = now;
      } else {
        session.drop();
      }
    }
    pause(config.listen.poll_interval, call);
  }
  return Done{};
}

}  // namespace

Status listen_for_changes(const Config& config, const Sink& sink, const Call& call) {
  switch (config.database.kind) {
    case DatabaseConfig::Kind::postgresql:
      if (config.listen.channel.empty()) break;
      return listen_postgresql(config, sink, call);
    case DatabaseConfig::Kind::sqlite:
      return listen_sqlite(config, sink, call);
    default:
      break;
  }
  return sdk::config_error("LISTEN_NOT_CONFIGURED",
                           "listen.channel",
                           "this system has nothing to listen to",
                           "name the channel that the database notifies, or read by schedule");
}

}  // namespace concord::juvenile_justice
