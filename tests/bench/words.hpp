// What the agencies of the bench say, record by record, and how a recipient tells which record it
// has before it. Record number n of a flow is about child n % children, and stands on day, or
// minute, n / children: the two come through mapping and decision, and name it again.
//
//   health            ADT^A03 over MLLP       -> child_welfare     health_event, bulk REST
//   child_welfare     placement, JSON         -> health            Flag with Provenance, FHIR batch
//   court             hearing, JSON           -> juvenile_justice  court_event, inbox table
//   juvenile_justice  detention, a row        -> court             docket_note, bulk REST
//
// Threads: pure, after construction.
#pragma once

#include <concord/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "examples/simulators/children.hpp"
#include "examples/simulators/juvenile_words.hpp"
#include "tests/bench/traffic.hpp"

namespace concord::bench {

class Words {
 public:
  // Plain children, known to all four agencies, none of whom make_evidence makes an exception of.
  explicit Words(int count);
  [[nodiscard]] const std::vector<sim::Child>& children() const { return children_; }

  [[nodiscard]] std::string person(const sim::Child& child) const;  // HL7 v2, unframed: A28
  [[nodiscard]] std::string discharge(int64_t n) const;             // A03
  [[nodiscard]] std::string placement(int64_t n) const;
  [[nodiscard]] std::string hearing(int64_t n) const;
  [[nodiscard]] sim::JuvenileRow detention(int64_t n) const;

  // Which record this is, told from what its recipient was given; -1: none of ours.
  [[nodiscard]] int64_t health_event(const rapidjson::Value& record) const;
  [[nodiscard]] int64_t flag(const rapidjson::Value& resource) const;
  [[nodiscard]] int64_t court_event(const rapidjson::Value& record) const;
  [[nodiscard]] int64_t docket_note(const rapidjson::Value& note) const;

 private:
  [[nodiscard]] const sim::Child& child(int64_t n) const;
  [[nodiscard]] int64_t turn(int64_t n) const;  // n / children
  [[nodiscard]] int64_t number(std::string_view child_key, int64_t turn) const;
  std::vector<sim::Child> children_;
  std::unordered_map<std::string, int64_t> places_;  // any agency's key -> place in children_
};

}  // namespace concord::bench
