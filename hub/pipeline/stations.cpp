#include "hub/pipeline/stations.hpp"

namespace concord::pipeline {

Station::Station(const Works& works,
                 const model::SystemId& system,
                 std::unique_ptr<runtime::Connector> connector,
                 Source::Told told)
    : connector_(std::move(connector)),
      sender_(works, system, *connector_, counters_, told.learnt),
      source_(works, system, *connector_, counters_, std::move(told)) {}

void Station::start(bool listens) {
  sender_.start();
  source_.start(listens);
}

void Station::stop() {
  source_.stop();
  sender_.stop();
}

void Station::use(std::unique_ptr<runtime::Connector> connector) {
  std::shared_ptr<runtime::Connector> next = std::move(connector);
  source_.use(*next);
  sender_.use(*next);
  const std::scoped_lock lock(mutex_);
  connector_.swap(next);
}

std::shared_ptr<runtime::Connector> Station::connector() const {
  const std::scoped_lock lock(mutex_);
  return connector_;
}

std::shared_ptr<Station> Stations::find(const model::SystemId& system) const {
  const std::scoped_lock lock(mutex_);
  const auto found = stations_.find(system);
  return found == stations_.end() ? nullptr : found->second;
}

Stations::All Stations::all() const {
  const std::scoped_lock lock(mutex_);
  return stations_;
}

void Stations::add(const model::SystemId& system, std::shared_ptr<Station> station) {
  const std::scoped_lock lock(mutex_);
  stations_[system] = std::move(station);
}

void Stations::remove(const model::SystemId& system) {
  const std::scoped_lock lock(mutex_);
  stations_.erase(system);
}

}  // namespace concord::pipeline
