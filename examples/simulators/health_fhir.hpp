// The simulated hospital's FHIR R4 server: a store in memory, search and history by time, batch
// Bundles with conditional create, update and delete.
//
// Its resources are in the order of their changes; a page goes on after a change's number, so that
// paging over live data skips nothing.
//
// Threads: any number may call any function.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "examples/simulators/faults.hpp"
#include "examples/simulators/http.hpp"
#include "examples/simulators/journal.hpp"

namespace concord::sim {

class HealthFhir {
 public:
  HealthFhir(Journal& journal, Faults& faults) : journal_(journal), faults_(faults) {}

  // As the hospital's own staff: a new version of this resource, made at this time.
  void put(std::string_view type, std::string_view id, std::string resource, int64_t at_us);
  void remove(std::string_view type, std::string_view id, int64_t at_us);

  // What comes below /fhir; path without it: "/Patient", "". base_url: for links.
  HttpReply handle(const HttpRequest& request, std::string_view path, const std::string& base_url);

  // Everything written about this child is answered with 422.
  void refuse(const std::string& mrn, bool on);
  [[nodiscard]] std::string counts_json() const;  // {"Patient":200,"Provenance":12}

 private:
  struct Stored {
    uint64_t version = 0, change = 0;
    int64_t at_us = 0;
    std::string json;  // with meta; empty: deleted
  };
  struct Answer {
    int status = 200;
    std::string location, outcome;
  };
  using Key = std::pair<std::string, std::string>;  // type, id

  HttpReply page(const HttpRequest& request,
                 const std::string& type,
                 bool history,
                 const std::string& base_url);
  HttpReply batch(const HttpRequest& request);
  Answer apply(std::string_view method,
               std::string_view url,
               std::string_view if_none_exist,
               const rapidjson::Value* resource);
  Answer write_ours(std::string_view type,
                    const std::string& our_key,
                    const std::string& id,
                    const rapidjson::Value& resource,
                    bool create_only);
  Answer withdraw(std::string_view type, const std::string& our_key, const std::string& id);
  void store(const Key& key, std::string resource, int64_t at_us);  // with mutex_ held

  Journal& journal_;
  Faults& faults_;
  mutable std::mutex mutex_;
  std::map<Key, Stored> held_;
  // Of each type, the newest change of each resource; times rise with it.
  std::map<std::string, std::map<uint64_t, std::string>> changes_;
  std::map<Key, std::string> by_identifier_;  // type, system|value -> id
  std::set<std::string> refused_;
  uint64_t change_ = 0, made_ = 0;
  int64_t last_us_ = 0;
};

}  // namespace concord::sim
