// The county's juvenile court: docket API, filing intake, hearing calendar and webhook, as the
// connector `court` speaks them (plugins/court/docket_api.hpp, listen.cpp).
//
//   GET  /docket/v1/{parties|cases|hearings|orders|filings}?limit=N&cursor=C   changed since
//   POST /docket/v1/{…}/ack      with prune_on_ack: what was acknowledged leaves the list
//   POST /docket/v1/notes, /docket/v1/notes:bulk, /docket/v1/filings (ECF XML); GET
//   /docket/v1/status GET  /calendar.ics           hearings that the docket API does not hold
//   (every tenth child's)
//
// Verbs (POST /systems/court/do); a child by "child": number or "party_id": text:
//   {"verb":"schedule_hearing","child":1,"kind":"review","local":"2026-03-09T09:30:00","calendar":false}
//   {"verb":"continue_hearing","child":1,"hearing_id":"…","local":"2026-04-09T09:30:00"}  (either)
//   {"verb":"issue_order","child":1,"kind":"temporary_custody","opens":["placement.start"]}
//   {"verb":"seal_case","child":1}                the case and all that belongs to it
//   {"verb":"correct_party","child":1,"family":"Example-New"}
//   {"verb":"refuse_party","child":1,"on":true}   every note about the child is answered with 422
//   {"verb":"subscribe","url":"http://127.0.0.1:1/events","secret":"…","mode":"record" or "poke"}
//   {"verb":"unsubscribe"}   {"verb":"events"}: sent, waiting, refused   {"verb":"prune_on_ack","on":true}
// Faults beside those of HTTP: duplicate and out_of_order, in lists (place "/hearings") and of
// events (duplicate, place "/events").
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "examples/simulators/court_docket.hpp"
#include "examples/simulators/court_events.hpp"
#include "examples/simulators/http.hpp"
#include "examples/simulators/system.hpp"

namespace concord::sim {

class Court : public System {
 public:
  Court(const World& world, std::unique_ptr<Journal> journal);
  ~Court() override;

  [[nodiscard]] std::string_view name() const override { return "court"; }
  sdk::Status start() override;
  void stop() override;
  [[nodiscard]] std::vector<std::pair<std::string, uint16_t>> ports() const override {
    return {{"http", server_.port()}};
  }
  // url, token, calendar_url, webhook_secret
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override;
  Reply control(std::string_view verb, std::string_view args_json) override;
  [[nodiscard]] std::string truth_json() const override { return docket_.json(); }

 private:
  HttpReply handle(const HttpRequest& request);
  HttpReply list(const std::string& collection, const HttpRequest& request);
  HttpReply acknowledge(const std::string& collection, const HttpRequest& request);
  HttpReply take_note(const HttpRequest& request);
  HttpReply take_notes(const HttpRequest& request);
  HttpReply take_filing(const HttpRequest& request);
  HttpReply calendar(const HttpRequest& request) const;
  Reply answer(const CourtDocket::Changes& changes);
  bool refuses(const std::string& party_id) const;

  CourtDocket docket_;
  CourtEvents events_;
  mutable std::mutex mutex_;  // guards what follows
  std::set<std::string> refused_;
  bool prune_on_ack_ = false;
  HttpServer server_;
};

}  // namespace concord::sim
