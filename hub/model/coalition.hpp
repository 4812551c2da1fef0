// A coalition as its text files say it: who takes part, with which systems, who gets what.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/model/ids.hpp"

namespace concord::model {

struct Agency {
  AgencyId id;
  std::string name;
  std::vector<std::string> capacities;             // covered_entity, cwa, juvenile_court ...
  std::vector<std::string> agreements;             // signed ones, by name
  std::map<std::string, std::string> credentials;  // "ori" ...
  std::vector<std::string> supports;               // obligations that it can honour; "*": all
  bool operator==(const Agency&) const = default;
};

// In a process of its own, or in the hub: for trusted code and the last bit of speed.
enum class Runs { isolated, in_process };

// What a system's connector may reach besides what its settings name.
struct Allows {
  std::vector<std::string> connect;      // "host:port"
  std::vector<std::string> read, write;  // absolute
  bool operator==(const Allows&) const = default;
};

// Of all runners: when one is given up on, and how large it may grow.
struct RunnerLimits {
  unsigned ends_max = 5;  // 0: never given up on
  std::chrono::milliseconds ends_window{600000};
  unsigned memory_mb = 1024;
};

// A configured connector at an agency.
struct System {
  SystemId id;
  AgencyId agency;
  std::string connector;  // manifest id: "child_welfare"
  std::string mapping;    // folder of mapping tables: "child_welfare"
  std::string zone;       // IANA; for wall times that name none
  std::string config;     // JSON object; secrets still references
  unsigned read_batch = 500;
  unsigned write_batch = 50;
  bool listens = false;
  Runs runs = Runs::isolated;
  Allows allows;
  // Identifier systems (as ident.system spells them) that this agency is trusted to have right.
  std::vector<std::string> trusted_identifiers;
  bool person_index = true;  // false for victim-service providers: never matched, never indexed
  bool operator==(const System&) const = default;
};

struct Schedule {
  enum class Kind { every, daily, cron } kind = Kind::every;
  std::chrono::milliseconds every{0};
  int hour = 0, minute = 0;
  std::string cron;  // five fields
  std::string zone;
  bool operator==(const Schedule&) const = default;
};

struct Job {
  JobId id;
  SystemId system;
  std::vector<std::string> record_types;
  std::optional<Schedule> schedule;  // none: by event or by hand only
  bool on_event = true;              // a poke of one of its record types runs it
  bool operator==(const Job&) const = default;
};

struct Flow {
  FlowId id;
  std::vector<std::string> entities;
  std::vector<AgencyId> from;  // empty: every agency but the recipient's own
  SystemId to;
  std::string purpose;               // absent: none stated
  std::vector<std::string> fields;   // requested, as "placement.start"; empty: all that is mapped
  std::string trigger = "schedule";  // schedule, event, request, mandate, emergency
  bool operator==(const Flow&) const = default;
};

// Who sits in the team (right to know).
struct RosterEntry {
  AgencyId agency;
  std::string role;
  std::string status = "active";  // active, ended, suspended
  std::optional<base::Instant> start, end;
  std::string id{};  // what commands call it; left out: made of agency and role
  bool operator==(const RosterEntry&) const = default;
};

// A child as people name it: the key that one system has for it.
struct ChildRef {
  SystemId system;
  std::string key;
  auto operator<=>(const ChildRef&) const = default;
};

// Who works with which child (need to know).
struct Assignment {
  AgencyId agency;
  ChildRef child;
  std::optional<base::Instant> start, end;
  std::string id{};  // what commands call it; left out: a digest of agency, child and start
  bool operator==(const Assignment&) const = default;
};

struct Publisher {
  std::string name;
  std::string key;  // Ed25519, 32 raw bytes
  bool operator==(const Publisher&) const = default;
};

// Whose connectors the hub runs.
struct Trust {
  std::vector<Publisher> publishers;
  std::vector<std::string> unsigned_ids;  // connectors that the operator runs all the same
  std::vector<Publisher> testers;        // hubs that ran the kit; any: a connector needs its result
  std::vector<std::string> own_folders;  // of connectors: they came with the hub
};

// Somebody in the coalition: a role at an agency, and a name where there is one.
struct Contact {
  AgencyId agency;
  std::string role, name;
  bool operator==(const Contact&) const = default;
};

// A duty to report within a time: a missing or trafficked child, 24 h (42 USC 671(a)(34)-(35)).
struct Mandate {
  std::string id;
  std::string event;                  // as the rule packs name it: missing_child
  std::vector<std::string> entities;  // one of these starts the clock
  std::vector<AgencyId> from;         // empty: every agency
  // Only if each of these members of the document has one of these codes, or is "absent".
  std::vector<std::pair<std::string, std::vector<std::string>>> when;
  std::chrono::milliseconds within{std::chrono::hours{24}};
  FlowId flow;  // whose delivery is the proof; empty: somebody says that it is done
  Contact owner;
  struct Step {
    std::chrono::milliseconds after{0};
    Contact to;
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> escalate;  // rising
  bool operator==(const Mandate&) const = default;
};

struct Coalition {
  std::string name;
  std::string folder;        // where its files are
  std::string jurisdiction;  // "US" or "US-XX"
  std::string coordinator;   // agency id
  bool hub_is_intermediary = true;
  std::string exchange_policy;         // "" or "opt_in"
  std::string data_folder;             // store and keys
  std::string admin_address;           // "127.0.0.1:0"
  std::vector<std::string> witnesses;  // files at agencies that the audit's heads are appended to
  RunnerLimits runners;
  Trust trust;
  std::vector<std::string> connector_folders, mapping_folders, policy_folders;
  std::vector<Agency> agencies;
  std::vector<System> systems;
  std::vector<Job> jobs;
  std::vector<Flow> flows;
  std::vector<Mandate> mandates;
  std::vector<RosterEntry> roster;
  std::vector<Assignment> assignments;

  [[nodiscard]] const Agency* agency(const AgencyId& id) const;
  [[nodiscard]] const System* system(const SystemId& id) const;
};

}  // namespace concord::model
