// Tells the hub when something changed: PostgreSQL by LISTEN, SQLite by its change counter.
//
// Blocks until the call is cancelled. A lost connection is made again with growing pauses, and then
// all types are poked, for what was notified meanwhile is lost. Only a first connection that cannot
// be made at all (auth, config) is an error.
//
// Threads: one at a time.
#pragma once

#include <concord/connector.hpp>

#include "juvenile_justice/config.hpp"

namespace concord::juvenile_justice {

sdk::Status listen_for_changes(const Config& config, const sdk::Sink& sink, const sdk::Call& call);

}  // namespace concord::juvenile_justice
