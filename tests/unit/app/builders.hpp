// A coalition in a folder of its own, whole until a test changes a file.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>

#include "hub/app/coalition.hpp"
#include "hub/app/parts.hpp"
#include "hub/base/crypto.hpp"

namespace concord::app {

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("concord-app-" + base::uuid())) {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  Folder& with(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file) << text;
    return *this;
  }
  Folder& without(const std::string& file) {
    std::filesystem::remove(path_ / file);
    return *this;
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// A command's exit code, and what it said.
struct Ran {
  int code = 0;
  std::string out, err;
};
inline Ran run(const std::function<int()>& command) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Ran ran;
  ran.code = command();
  std::fflush(stdout);
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

inline const char* const kManifestHead =
    R"({"id": "cms", "name": "Case management", "version": "0.1.0",
  "abi": {"min": 1000, "max": 1000}, "library": "cms.so", "sha256": ")";
inline const char* const kManifestTail = R"(",
  "capabilities": ["read", "write"],
  "config_schema": {"type": "object", "additionalProperties": false, "anyOf": [{"required": ["rest"]}, {"required": ["folder"]}],
    "properties": {
      "rest": {"type": "object", "additionalProperties": false, "required": ["url", "secret"], "properties": {
        "url": {"type": "string", "pattern": "^https?://"},
        "secret": {"type": "string", "minLength": 8, "x-secret": true},
        "page_size": {"type": "integer", "minimum": 1, "maximum": 1000},
        "auth": {"enum": ["basic", "body"]},
        "token": {"$ref": "#/definitions/text"}}},
      "folder": {"type": "string"}},
    "definitions": {"text": {"type": "string"}}}})";

inline void a_connector(Folder& folder) {
  const std::string library = "not really a library";
  folder.with("connectors/cms/cms.so", library);
  folder.with("connectors/cms/cms.connector.json",
              kManifestHead + base::sha256_hex(library) + kManifestTail);
}

// Two agencies, a system each.
inline void a_coalition(Folder& folder) {
  a_connector(folder);
  folder.with("mappings/schema/types.json", "{}").with("mappings/schema/missing_event.json", "{}");
  folder.with("mappings/cms/README.md", "").with("secrets/cms", "a secret of ours\n");
  folder.with("concord.yaml", R"(name: Example County
jurisdiction: US-MA
coordinator: advocacy
zone: America/New_York
data: data
admin: 127.0.0.1:8700
witnesses: heads/court.jsonl
connectors: connectors
unsigned: [cms]
mappings: [mappings]
policy: []
)");
  folder.with("agencies.yaml", R"(agencies:
  - id: advocacy
    name: Example Advocacy
    capacities: [coalition]
  - id: dcf
    name: Example DCF
    capacities: [cwa, child_abuse_authority]
    agreements: [seen_2026]
    credentials: {ori: "SYN0001"}
    supports: ["*"]
)");
  folder.with("systems/cwa.yaml", R"(agency: dcf
connector: cms
config:
  rest:
    url: http://127.0.0.1:${env:CWA_PORT:-9001}
    secret: ${file:secrets/cms}
trusted_identifiers: [state_id]
)");
  folder.with("systems/advocacy_cms.yaml", R"(id: advocacy_cms
agency: advocacy
connector: cms
zone: UTC
write_batch: 10
config: {folder: "${folder}/drop"}
)");
  folder.with("flows/missing.yaml", R"(jobs:
  - id: cwa.missing
    system: cwa
    records: missing_event
    every: 15m
  - {id: cwa.nightly, system: cwa, records: [person], daily: "02:30", on_event: false}
flows:
  - id: missing_to_advocacy
    entities: [MissingEvent]
    from: [dcf]
    to: advocacy_cms
    purpose: case_planning
    trigger: event
)");
  folder.with("roster.yaml", R"(roster:
  - {agency: advocacy, role: case coordinator, start: 2026-01-01, end: 2026-12-31}
)");
  folder.with("assignments.csv",
              "agency,system,child,start,end\nadvocacy,cwa,SYN-CW-000001,2026-01-01,\n");
  folder.with("consents/one.yaml", R"(consents:
  - id: C-1
    child: {system: cwa, key: SYN-CW-000001}
    form: hipaa_auth
    signers: [guardian]
    recipients: [advocacy]
    purposes: [case_planning]
    except_labels: [PART2]
    signed: 2026-01-02
    end: 2026-12-31
)");
  folder.with("orders.yaml", R"(orders:
  - {id: O-1, child: {system: cwa, key: SYN-CW-000001}, recipient: advocacy, fields: [placement.start]}
)");
  folder.with("facts.yaml", R"(facts:
  - {child: {system: cwa, key: SYN-CW-000001}, name: custody_current}
)");
}

// An environment that holds only this.
inline Environment environment(std::map<std::string, std::string> variables = {}) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

// Everything that is wrong, a line each, with the folder's path left out.
inline std::string faults(const base::Errors& errors, const Folder& folder) {
  std::string text;
  for (const base::Error& error : errors) {
    std::string line = error.code + " " + base::to_text(error) + "\n";
    for (size_t at; (at = line.find(folder.path() + "/")) != std::string::npos;)
      line.erase(at, folder.path().size() + 1);
    text += line;
  }
  return text;
}

inline std::string faults(const Folder& folder, const Environment& variables = environment()) {
  auto coalition = load_coalition(folder.path(), {}, variables);
  if (!coalition) return faults(coalition.error(), folder);
  std::string text;
  if (auto evidence = load_evidence(*coalition, variables); !evidence)
    text += faults(evidence.error(), folder);
  if (auto parts = load_parts(*coalition, variables); !parts) text += faults(parts.error(), folder);
  return text;
}

}  // namespace concord::app
