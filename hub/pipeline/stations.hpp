// The systems at work, each at its station: connector, source and sender.
//
// A station whose connector is replaced keeps its source and its sender: what waits to be read or
// sent stays in hand meanwhile.
// Threads: any. A station that is taken away lives until the last who looked at it lets go.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "hub/pipeline/sender.hpp"
#include "hub/pipeline/source.hpp"

namespace concord::pipeline {

class Station {
 public:
  Station(const Works& works,
          const model::SystemId& system,
          std::unique_ptr<runtime::Connector> connector,
          Source::Told told);
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  // What the outbox holds for it.
  base::Status load() { return sender_.load(); }
  void start(bool listens);
  // Takes in nothing more, finishes what is in hand.
  void stop();
  // Only between stop() and start().
  void use(std::unique_ptr<runtime::Connector> connector);

  [[nodiscard]] Source& source() { return source_; }
  [[nodiscard]] Sender& sender() { return sender_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::shared_ptr<runtime::Connector> connector() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<runtime::Connector> connector_;  // guarded by mutex_
  Counters counters_;
  Sender sender_;
  Source source_;
};

class Stations {
 public:
  using All = std::map<model::SystemId, std::shared_ptr<Station>>;
  [[nodiscard]] std::shared_ptr<Station> find(const model::SystemId& system) const;
  [[nodiscard]] All all() const;
  void add(const model::SystemId& system, std::shared_ptr<Station> station);
  void remove(const model::SystemId& system);

 private:
  mutable std::mutex mutex_;
  All stations_;
};

}  // namespace concord::pipeline
