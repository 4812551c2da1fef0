// The county's juvenile justice agency: a database that the connector `juvenile_justice` reads
// (from its outbox or by change column) and writes (into its inbox). SQLite in
// <dir>/juvenile_justice/jj.db, or PostgreSQL where CONCORD_SIM_JUVENILE_POSTGRESQL holds a libpq
// conninfo of an empty database.
//
// Verbs (POST /systems/juvenile_justice/do); a youth by "child": number or "youth_id": text:
//   {"verb":"detain","child":1,"facility":"…","reason":"…"}       -> {"detention_id":…}
//   (this and the three below: "sealed":true, sealed from the start)
//   {"verb":"release","detention_id":"…","released_to":"parent"}
//   {"verb":"charge","child":1,"statute":"…","offense":"…"}       -> {"charge_id":…}
//   {"verb":"refer","child":1,"reason":"…","status_offense":true} -> {"referral_id":…}
//   {"verb":"supervise","child":1,"kind":"probation"}             -> {"supervision_id":…}
//   {"verb":"seal","record":"charge","key":"…"} or {"verb":"seal","child":1}: all of the youth's
//   {"verb":"remove","record":"charge","key":"…"}   deletes the row
//   {"verb":"correct_youth","child":1,"family":"Example-New"}
//   {"verb":"touch","count":500}    that many youth rows change, all at the same instant
//   {"verb":"refuse_youth","child":1,"on":true}     the inbox refuses all about the youth
//   {"verb":"outbox"}               -> {"waiting":12}
// The outbox is pruned by the hub's ack, so what it holds is what was not acknowledged.
// Faults: slow (another writer holds the lock for delay_ms), hang (until cleared), duplicate (a
// change comes into the outbox twice). Down: the file is moved away, or the database closed.
// The journal has what reached the inbox: applied, and repeat where it was there already.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "examples/simulators/juvenile_database.hpp"
#include "examples/simulators/system.hpp"

namespace concord::sim {

class JuvenileJustice : public System {
 public:
  JuvenileJustice(const World& world, std::unique_ptr<Journal> journal);
  // conninfo empty: SQLite.
  JuvenileJustice(const World& world, std::unique_ptr<Journal> journal, std::string conninfo);
  ~JuvenileJustice() override;

  [[nodiscard]] std::string_view name() const override { return "juvenile_justice"; }
  sdk::Status start() override;
  void stop() override;
  [[nodiscard]] std::vector<std::pair<std::string, uint16_t>> ports() const override { return {}; }
  // kind, file (or host, port, name, user, password), inbox, channel; and connector_settings: the
  // whole of what a hub needs, as the connector's JSON settings, reading all types by outbox.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override;
  Reply control(std::string_view verb, std::string_view args_json) override;
  // {"youth":[{"youth_id","sealed","detained"}],"outbox":3,"inbox":{"court_event":12}}
  [[nodiscard]] std::string truth_json() const override;

 private:
  using Value = JuvenileDatabase::Value;
  struct Args;
  sdk::Status open();
  sdk::Status fill();
  void watch();  // the journal follows the inbox; faults are played
  void hold(const Fault& fault);
  bool follow_inbox();  // true: there was something; with mutex_ held
  Reply change(const std::string& table,
               const std::string& key,
               const std::string& sql,
               const JuvenileDatabase::Row& values,
               const std::string& answer);
  Reply seal(const Args& args);
  Reply add_record(std::string_view verb, const Args& args);
  std::string next_key(const std::string& table, const std::string& youth_id);

  const std::string conninfo_;
  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  bool running_ = false;
  std::unique_ptr<JuvenileDatabase> database_;
  uint64_t journalled_ = 0;  // last number of inbox_log in the journal
  std::thread watcher_;
};

}  // namespace concord::sim
