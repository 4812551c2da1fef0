// The county's child welfare agency: its CCWIS over REST, file drops and webhook, as the connector
// `child_welfare` speaks them (plugins/child_welfare/rest_read.hpp, rest_write.hpp, intake.hpp).
//
//   POST /oauth/token                    client credentials by HTTP Basic
//   GET  /api/v1/{persons|cases|placements|removals|missing_events}?limit&modified_since&cursor
//   POST /api/v1/{…}/ack                 with prune_on_ack: what the receipt covers leaves the list
//   POST /api/v1/bulk                    upserts and withdrawals, an outcome for each
//   PUT or DELETE /api/v1/{type}s/{key}  one of them
//
// Verbs (POST /systems/child_welfare/do); a child by "child": number or "person_id": text:
//   {"verb":"place_child","child":1,"placement_type":"FFH","facility":"…","date":"2026-03-01"}
//   {"verb":"report_missing","child":1,"last_seen_at":"2026-03-01T02:10:00"}
//   {"verb":"found","child":1,"found_at":"2026-03-02T11:00:00"}
//   {"verb":"correct_person","child":1,"first_name":"…","last_name":"…","birth_date":"…","sex":"F"}
//   {"verb":"delete_record","type":"placement","id":"…"}   the source says that it is gone
//   {"verb":"refuse_child","child":1,"on":true}     every delivery about the child is refused
//   {"verb":"drop_csv","type":"placement","name":"placements-1.csv","half":false}
//   {"verb":"subscribe","url":"http://127.0.0.1:1/","secret":"…","mode":"record" or "poke"}
//   {"verb":"unsubscribe"}   {"verb":"events"}: sent, waiting, refused
//   {"verb":"prune_on_ack","on":true}
// Faults beside those of HTTP: duplicate and out_of_order, in lists (place "/placements") and of
// events (duplicate, place "/events").
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "examples/simulators/court_events.hpp"
#include "examples/simulators/http.hpp"
#include "examples/simulators/system.hpp"
#include "examples/simulators/welfare_records.hpp"

namespace concord::sim {

class ChildWelfare : public System {
 public:
  ChildWelfare(const World& world, std::unique_ptr<Journal> journal);
  ~ChildWelfare() override;

  [[nodiscard]] std::string_view name() const override { return "child_welfare"; }
  sdk::Status start() override;
  void stop() override;
  [[nodiscard]] std::vector<std::pair<std::string, uint16_t>> ports() const override {
    return {{"http", server_.port()}};
  }
  // url, token_url, client_id, client_secret, folder, webhook_secret
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override;
  Reply control(std::string_view verb, std::string_view args_json) override;
  [[nodiscard]] std::string truth_json() const override { return records_.json(); }

 private:
  HttpReply handle(const HttpRequest& request);
  HttpReply token(const HttpRequest& request);
  HttpReply list(const std::string& name, const HttpRequest& request);
  HttpReply acknowledge(const std::string& name, const HttpRequest& request);
  HttpReply bulk(const HttpRequest& request);
  HttpReply one(const std::string& path, const HttpRequest& request);
  // Judges and journals one delivery; code says why it was refused.
  Effect take(Received& received, std::string& code);
  Reply answer(const WelfareRecords::Changes& changes);
  Reply drop_csv(const std::string& type, const std::string& name, bool half);

  WelfareRecords records_;
  CourtEvents events_;        // the sender of signed events; nothing in it is the court's
  mutable std::mutex mutex_;  // guards what follows
  std::set<std::string> refused_;
  bool prune_on_ack_ = false;
  HttpServer server_;
};

}  // namespace concord::sim
