// What an operator sets for one court: see court.connector.json for each key.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace concord::court {

struct ApiSettings {
  std::string url;  // without a trailing slash
  std::string token;
  std::string ca_file;
  uint32_t page_size = 500;
  bool ack = false;  // tell the court what is committed; it may prune
  bool bulk_notes = true;
  std::chrono::seconds timeout{30};
};

struct FilingSettings {
  std::filesystem::path folder;       // ECF messages come here; empty: none do
  std::filesystem::path done_folder;  // where they go once committed
  bool remove = false;                // instead: remove them
  std::chrono::seconds settle{2};     // a file younger than that may still be written
  std::filesystem::path out_folder;   // filings that we write; empty: POST them
  std::string court_id;
  std::string court_name;
  std::string sender = "urn:concord:hub";
};

struct CalendarSettings {
  std::string url;
  std::filesystem::path folder;
  std::map<std::string, std::string> zone_aliases;  // TZID -> IANA
  std::string docket_property = "X-DOCKET-NUMBER";
  std::string party_property = "X-PARTY-ID";
  int days_back = 30;
  int days_ahead = 365;
  uint32_t instances_max = 400;
};

struct WebhookSettings {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  std::string secret;
  std::string path = "/events";
  std::chrono::seconds tolerance{300};
};

struct Settings {
  std::string zone;  // IANA: where the court sits
  std::optional<ApiSettings> api;
  FilingSettings filings;
  CalendarSettings calendar;
  std::optional<WebhookSettings> webhook;

  [[nodiscard]] bool has_calendar() const {
    return !calendar.url.empty() || !calendar.folder.empty();
  }
};

// The first fault, with its place ("config.api.url"). The manifest's schema has been checked.
sdk::Result<Settings> read_settings(std::string_view json);

// Whether this machine knows the zone by that name.
bool zone_known(std::string_view name);

}  // namespace concord::court
