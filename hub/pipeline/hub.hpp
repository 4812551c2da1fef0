// The running hub: a station for every system, the scheduler, and the operations that people ask
// for. Built by app, which gives it all it works with.
//   hub.cpp         opening, starting, stopping; what is handed from one part to another
//   operations.cpp  what people ask for
//   evidence.cpp    what they put in force and end
//   recalls.cpp     what is asked back; expunge.cpp: how a person leaves
//   persons.cpp     two persons are one, or one is two; person_changes.cpp: how
//   apply.cpp       takes over a changed coalition while running
// Threads: start() and stop() from one; the operations from any.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hub/base/guarded.hpp"
#include "hub/pipeline/difference.hpp"
#include "hub/pipeline/given.hpp"
#include "hub/pipeline/head_keeper.hpp"
#include "hub/pipeline/mandates.hpp"
#include "hub/pipeline/person_changes.hpp"
#include "hub/pipeline/scheduler.hpp"
#include "hub/pipeline/second_look.hpp"
#include "hub/pipeline/stations.hpp"

namespace concord::pipeline {

struct SystemStatus {
  model::SystemId id;
  std::string connector;
  std::string running;  // job
  size_t waiting = 0, parked_lanes = 0;
  std::optional<base::Error> fault;  // reading, listening or writing
  std::optional<base::Instant> fault_since;
  std::optional<runtime::Isolation> isolation;  // none: its connector runs in the hub
};

class Hub {
 public:
  // Opens the store, loads what it holds, loads every connector. No port is open yet.
  static base::Result<std::unique_ptr<Hub>, base::Errors> open(Setup setup);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void start();
  // Takes in nothing more, finishes what is in hand.
  void stop();

  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] std::shared_ptr<const View> view() const { return views_->view(); }
  [[nodiscard]] std::vector<SystemStatus> status() const;
  [[nodiscard]] Stations::All stations() const { return stations_.all(); }
  [[nodiscard]] size_t people() const { return people_.size(); }
  [[nodiscard]] Mandates& mandates() { return *mandates_; }

  // What would change, and what stands against it. Changes nothing.
  [[nodiscard]] Difference difference(const std::shared_ptr<const Setup>& next) const;
  // From a view to the next in one step, then the stations: a system whose connector and settings
  // stay is not touched, others are opened, reopened or stopped. Where a connector cannot be
  // loaded, nothing changes. Otherwise the change stands, whatever remains to be looked at.
  struct Applied {
    base::Errors to_look_at;
  };
  base::Result<Applied, base::Errors> apply(const std::shared_ptr<const Setup>& next);

  // The number of the run, see job_runs().
  base::Result<int64_t> run_job(const model::JobId& job);
  base::Result<Source::Runs> job_runs(const model::JobId& job) const;
  base::Status retry_delivery(int64_t id);
  base::Status drop_delivery(int64_t id, const std::string& why);
  // The agency says that what was asked back is destroyed, or out of use: who said so is kept. A
  // recall that its system could not carry out is done with that too.
  base::Status attest_recall(int64_t delivery, const std::string& who);
  // Takes up parked and rejected records again, of one system or all: some, from the first after
  // this one.
  struct TakenUp {
    int64_t records = 0, last = 0, left = 0;
  };
  base::Result<TakenUp> take_up_again(const std::string& system, int64_t after = 0);
  // Signs a head of the audit now, and hands it to the witnesses that the coalition names.
  base::Status sign_head() { return heads_->sign(); }
  // Why the audit's newest head is not signed, or not with every witness.
  [[nodiscard]] std::optional<HeadKeeper::Behind> audit_behind() const { return heads_->behind(); }
  // Expungement: what waits for the person is withheld, what recipients have is asked back, and
  // once that is out the person's key is destroyed and everything that leads to the person
  // (shred.cpp). Fails with retry while something stands in the way; asking again goes on from
  // there.
  struct Expunged {
    store::Store::Shredded was;
    base::Key receipt;
    size_t in_files = 0;  // consents, orders, facts, assignments in the coalition's own files
    std::optional<base::Error> unfinished;  // destroyed, but the store's log is still read
  };
  base::Result<Expunged> expunge(const model::PersonId& person, const std::string& order);
  [[nodiscard]] std::optional<model::PersonId> person_of(const model::ChildRef& key) const {
    return people_.find(key);
  }
  // All of them or none.
  base::Status grant(const std::vector<Piece>& pieces);
  // Revokes a consent; ends an order, a seat or an assignment. Acknowledged once nothing more can
  // start under it, and what was given under it is asked back; of a seat, is being asked back.
  base::Status end(const std::string& kind, const std::string& id);
  base::Status revoke(const model::ConsentId& consent);
  // Its runner was given up on: starts it again.
  base::Status release_runner(const model::SystemId& system);
  // Asks the system's connector, as it runs: does the system answer?
  base::Status check_system(const model::SystemId& system);
  // A person that nobody was sure of: this key of this system is that person, or a new one ("").
  base::Status answer_review(const model::ChildRef& key, const model::PersonId& person);
  // --- who is who: persons.cpp says what may be asked, person_changes.cpp does it. With dry_run:
  // what it would change. Once acknowledged, nothing starts as of whom it was about before.
  // other becomes survivor: keys, documents, deliveries, evidence.
  base::Result<PersonChange> merge(const model::PersonId& survivor,
                                   const model::PersonId& other,
                                   const PersonAsked& how);
  // This key is a person of its own, and stays it. from: whom it is not; "": whoever has it now.
  base::Result<PersonChange> split(const model::ChildRef& key,
                                   const model::PersonId& from,
                                   const PersonAsked& how);
  // Takes a merge back: person, who became another by it, is there again.
  base::Result<PersonChange> unmerge(const model::PersonId& person, const PersonAsked& how);
  [[nodiscard]] const Identities& identities() const { return identities_; }

 private:
  explicit Hub(base::Clock clock) : clock_(std::move(clock)) {}
  base::Status load_people();
  base::Result<std::shared_ptr<Station>> make_station(
      const model::SystemId& system, std::unique_ptr<runtime::Connector> connector);
  void hand_on(const std::vector<model::Delivery>& deliveries);
  void poked(const model::SystemId& system, const std::string& type);

  // The evidence of the setup's files, with what was granted and revoked since.
  [[nodiscard]] std::shared_ptr<const View> view_of(std::shared_ptr<const Setup> setup) const;
  base::Status put_in_force(const std::vector<Given::Kept>& kept);
  // Waits until nothing is under way that began under an older view.
  base::Status older_ended(uint64_t epoch);
  // What waits for a system that the coalition no longer has goes nowhere: it ends as withheld.
  base::Status end_deliveries_to(const model::SystemId& system);
  base::Status end_deliveries_to_nowhere();

  // Takes what waits for a person out of all lanes.
  base::Status withdraw(const model::PersonId& person, std::vector<model::Delivery>& taken_out);
  // Withholds it; what is asked back goes on. How many.
  base::Result<int64_t> withhold(std::vector<model::Delivery> taken_out);
  base::Status ask_everything_back(const model::PersonId& person);
  // Nobody finds the person any more; returns how to undo that.
  std::function<void()> hide(const model::PersonId& person, const store::Profile& profile);
  // What was given under it. Again is harmless: what is asked back already is not asked twice.
  base::Status ask_back(const Piece& ended);
  base::Status ask_back_of(const model::PersonId& person, model::Recall how);
  base::Status ask_back_from(const model::AgencyId& agency);
  // Of these persons more is known: what was withheld may be due.
  void look_again(const std::vector<model::PersonId>& people);
  // At everyone, in the background, when the hub starts and when the coalition has changed: more
  // may be permitted now.
  void want_a_look();
  void look_at_everyone();
  void look_when_wanted();
  [[nodiscard]] Works works() const;

  [[nodiscard]] base::Result<std::string> against(const store::Profile& one,
                                                  const store::Profile& other) const;
  [[nodiscard]] base::Result<PersonChange> plan_merge(const model::PersonId& survivor,
                                                      const model::PersonId& other,
                                                      const PersonAsked& how) const;
  [[nodiscard]] base::Result<PersonChange> plan_split(const model::PersonId& from,
                                                      const model::PersonId& to,
                                                      const Keys& keys,
                                                      const PersonAsked& how) const;
  base::Result<PersonChange> keep_apart(const model::ChildRef& key,
                                        const model::PersonId& from,
                                        const PersonAsked& how);
  // Both: whose documents may change.
  base::Result<PersonChange> carry_out(const model::PersonId& one,
                                       const model::PersonId& other,
                                       const PersonPlan& plan,
                                       const PersonAsked& how);
  base::Status keep(PersonChange& change, std::vector<audit::Entry> entries);
  base::Status hold_back(const std::vector<model::PersonId>& people);
  void let_go(const std::vector<model::PersonId>& people, bool as_it_was);
  void hand_on_open(const std::vector<model::PersonId>& people);
  // Records that are parked for doubt of whose they are: the doubt may be gone.
  void take_up_unsure();

  base::Clock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<identify::PersonIndex> index_;
  mutable People people_;  // guards itself
  Identities identities_;
  mutable Gate gate_;
  mutable base::Guarded<Given> given_;
  std::mutex staff_mutex_;  // what staff ask of persons and parked deliveries, one at a time
  std::mutex swap_mutex_;   // one view is made of the one before at a time
  std::unique_ptr<Views> views_;
  std::unique_ptr<SecondLook> second_look_;
  std::unique_ptr<Mandates> mandates_;
  Stations stations_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<HeadKeeper> heads_;
  std::mutex apply_mutex_;  // one change of the stations at a time: apply() or stop()
  std::mutex mutex_;
  std::condition_variable changed_;
  bool look_wanted_ = false;  // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  bool started_ = false;
  std::thread looker_;
};

}  // namespace concord::pipeline
