// The point of record: journal, entities, outbox, person index, evidence, ledger; content sealed.
// Threads: any. Reads use a connection each; writes go through the one Writer and return durable.
// Owns:    its folder while it is open for writing (a lock file says so).
// Errors:  Result; nothing half-written, ever.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/audit/check.hpp"
#include "hub/store/changes.hpp"
#include "hub/store/keys.hpp"
#include "hub/store/writer.hpp"

namespace concord::store {

enum class Open { write, read };

class Store {
 public:
  // folder is made where it is missing. write: one process at a time.
  static base::Result<std::unique_ptr<Store>> open(const std::string& folder, Open mode);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  // While it lives, all that this thread reads is as it was at the first look, and costs one look
  // into the log of changes instead of one each. Let it go before a commit whose effect is to be
  // seen.
  class View {
   public:
    explicit View(Store& store);
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;

   private:
    Store& store_;
    std::unique_ptr<Db> db_;  // null: it could not be opened; each read tries by itself
  };

  [[nodiscard]] const Keys& keys() const { return keys_; }
  [[nodiscard]] uint64_t commits() const { return writer_ ? writer_->commits() : 0; }
  int64_t next_record_id() { return ++last_record_; }
  int64_t next_delivery_id() { return ++last_delivery_; }

  // --- ingest: journal.cpp
  base::Status commit(const IngestCommit& changes);
  base::Result<std::string> checkpoint(const model::SystemId& system, const std::string& type);
  struct Unacked {
    std::string type, checkpoint;
  };
  base::Result<std::vector<Unacked>> unacked(const model::SystemId& system);
  struct KnownRecord {
    bool same_version = false;                   // this key has this version already
    bool same_content = false;                   // ... with this content
    std::optional<base::Instant> newest_change;  // of this key
  };
  base::Result<KnownRecord> known(const model::Record& record);
  base::Result<JournalEntry> record(int64_t id);
  base::Result<std::vector<int64_t>> records_in(RecordState state, int limit);
  // What a mended cause may set going, rejected and parked, of one system or all (""), rising by
  // id.
  struct ToMend {
    std::vector<std::pair<int64_t, model::SystemId>> records;
    int64_t more = 0;  // beyond these
  };
  base::Result<ToMend> records_to_mend(const std::string& system, int64_t after, int limit);
  base::Result<std::vector<int64_t>> records_waiting_for(const model::SystemId& system,
                                                         const std::string& key);

  // --- entities: entities.cpp
  struct KnownEntity {
    model::EntityId id;
    int version = 0;
    std::string digest;
    model::PersonId person;
  };
  base::Result<std::optional<KnownEntity>> newest(const model::SystemId& system,
                                                  const std::string& type,
                                                  const std::string& key);
  [[nodiscard]] std::string content_digest(const model::Entity& entity) const;
  base::Result<model::Entity> entity(const model::EntityId& id, int version);

  base::Result<int> newest_version(const model::EntityId& id);
  // When the hub had its first version.
  base::Result<std::optional<base::Instant>> first_received(const model::EntityId& id);

  // --- outbox: outbox.cpp
  // Outcomes, and in the same transaction what of the audit must be durable before a send starts.
  base::Status commit(const std::vector<DeliveryUpdate>& updates,
                      const std::vector<audit::Entry>& started = {});
  // Waiting and parked ones of a system with id > after, in order.
  base::Result<std::vector<model::Delivery>> open_deliveries(const model::SystemId& system,
                                                             int64_t after,
                                                             int limit);
  base::Result<std::vector<model::Delivery>> deliveries(std::optional<model::Outcome> outcome,
                                                        int64_t before,
                                                        int limit);
  base::Result<std::optional<model::Delivery>> delivery(int64_t id);
  // Codes of the obligations that went along with it when it was last sent, joined by blanks.
  base::Result<std::string> went_along(int64_t delivery);
  // The first delivery of this document by this flow that its recipient acknowledged.
  base::Result<std::optional<model::Delivery>> first_delivered(const model::EntityId& entity,
                                                               const model::FlowId& flow);
  // The systems that something waits or is parked for.
  base::Result<std::vector<model::SystemId>> systems_owed();
  // What this recipient got last of the same document before this delivery, unless it was asked to
  // give it back since.
  base::Result<std::optional<model::Delivery>> held_before(const model::Delivery& delivery);
  // What waits or is parked of this person, for all systems.
  base::Result<std::vector<model::Delivery>> open_of(const model::PersonId& person);
  // What recipients hold of this person: the newest delivery of each entity to each system that
  // nobody asks back.
  base::Result<std::vector<model::Delivery>> held_of(const model::PersonId& person);
  // Everyone of whom this system was given something, as long as not all of it is asked back.
  base::Result<std::vector<model::PersonId>> people_held_at(const model::SystemId& system);
  // The newest delivery of each entity of this person by each flow, where it was withheld or asked
  // back.
  base::Result<std::vector<model::Delivery>> withheld_of(const model::PersonId& person);
  // Deliveries that ask something back. open: oldest first, those that are not acknowledged, or not
  // attested where that is asked for; else the newest.
  base::Result<std::vector<model::Delivery>> recalls(bool open_only, int limit);
  base::Status attest(const model::Delivery& recall, const audit::Entry& audit);
  // Recalls of this person that have not reached their recipients.
  struct Unreached {
    int64_t waiting = 0, parked = 0;
  };
  base::Result<Unreached> recalls_under_way(const model::PersonId& person);
  // Everyone of whom something was ever withheld.
  base::Result<std::vector<model::PersonId>> people_withheld_from();
  // New deliveries of records that are in the journal already: their debts rise with them.
  base::Status owe(const std::vector<model::Delivery>& more);

  // --- people: people.cpp
  base::Result<std::vector<IndexRow>> index_rows();
  base::Result<std::vector<Profile>> profiles();

  // --- persons become one, or two: persons.cpp
  struct Document {
    model::EntityId id;
    int version = 0;
    int64_t record = 0;
    bool operator==(const Document&) const = default;
  };
  // Each version of each document about this person.
  base::Result<std::vector<Document>> documents_of(const model::PersonId& person);
  base::Result<std::vector<int64_t>> records_of(const model::PersonId& person);
  base::Result<std::vector<int64_t>> deliveries_of(const Document& document);
  // Those of this person that have the same keys as these records, which they may be among.
  base::Result<std::vector<int64_t>> same_key(const std::vector<int64_t>& records,
                                              const model::PersonId& person);
  // Records that are parked because nobody is sure whose they are.
  base::Result<std::vector<std::pair<int64_t, model::SystemId>>> records_unsure();
  struct Reassigning {
    model::PersonId from, to;
    bool whole = false;  // nothing of from is left
    std::vector<Document> documents;
    std::vector<int64_t> records;
    std::vector<Profile> profiles;  // as they are now
    std::vector<IndexRow> index;
    std::vector<EvidenceRow> evidence;
    std::vector<audit::Entry> audit;
    std::vector<model::Delivery> withdrawn, more;  // ended by it; owed anew
    base::Instant at;
  };
  // Makes these documents and records, with their deliveries, to's: all of it, or nothing. Nobody
  // may be at work on either.
  base::Status reassign(const Reassigning& what);

  // --- the end of a person: shred.cpp
  struct Shredding {
    model::PersonId person;
    std::vector<model::ChildRef> known;   // the keys that systems have for the person
    std::vector<model::PersonId> former;  // who became this person: their keys go, too
    std::string order;
    base::Key receipt;
    base::Instant at;
  };
  struct Shredded {
    int64_t records = 0, documents = 0, withdrawn = 0, evidence = 0;
    std::map<std::string, int64_t> delivered;  // system → how many deliveries it had
    uint64_t entry = 0;                        // of the audit
  };
  // Destroys the person's key and all that leads to the person, in one commit. What is open of the
  // person is withheld; the ledger and the audit stay whole. Nobody may be at work on the person.
  // Not done before wipe() is.
  base::Result<Shredded> shred(const Shredding& what);
  // Rewrites the store without what was deleted, empties its log, and removes older copies of it:
  // what was destroyed stands nowhere. Where nothing was destroyed since the last time, does
  // nothing. Fails with retry while somebody reads an older state.
  base::Status wipe();

  // --- evidence, runs: evidence.cpp
  // Of one kind, or all ("").
  base::Result<std::vector<EvidenceRow>> evidence(const std::string& kind = "");
  // All or none.
  base::Status put_evidence(const std::vector<EvidenceRow>& rows,
                            const std::vector<audit::Entry>& audit);
  // Where it is still there: what was destroyed does not come back.
  base::Status change_evidence(const EvidenceRow& row);
  base::Result<std::vector<RunRow>> runs();
  base::Status put_run(const RunRow& row);  // without a job: what was acked alone

  // --- the audit: audit_write.cpp, audit_read.cpp
  // Signs a head over what was added since the last one, if anything was, and hands it out together
  // with those that commits signed (one for each 1,000 entries): appended to heads.jsonl and to the
  // witnesses' files. Each file is tried; the first fault is told.
  base::Status sign_head(base::Instant at, const std::vector<std::string>& witnesses = {});
  base::Result<std::optional<audit::Head>> newest_head();
  // Every leaf by number, rising, as of one moment. false ends it.
  using EachLeaf = std::function<bool(uint64_t number, std::string_view leaf)>;
  base::Status each_leaf(const EachLeaf& look);
  base::Result<audit::Report> check_audit(const std::vector<audit::Head>& witnesses);
  // The person's, where the store has one.
  base::Result<std::optional<base::Key>> audit_key(const model::PersonId& person);

  // --- ledger.cpp
  base::Result<Ledger> ledger();

 private:
  Store(std::string folder, Keys keys);
  template <class T>
  base::Result<T> read(const std::function<base::Result<T>(Db&)>& look);
  base::Result<std::unique_ptr<Db>> reader();
  void give_back(std::unique_ptr<Db> db);
  base::Status prepare();

  // Keys that content is sealed with. A new person's key is written with the first commit that
  // uses it, so that no content is ever durable without its key.
  struct PersonKey {
    base::Key key, audit;
    bool durable = false;
  };
  base::Result<PersonKey> person_key(const model::PersonId& person, bool may_make);
  base::Result<base::Key> content_key(const model::PersonId& person, bool may_make);
  struct NewKey {
    std::string person, wrapped;
  };
  [[nodiscard]] std::string seal_evidence(const EvidenceRow& row) const;
  std::vector<NewKey> keys_to_write(const std::vector<std::string>& people);
  void keys_written(const std::vector<NewKey>& keys);
  base::Result<std::string> seal_for(const model::PersonId& person,
                                     std::string_view bytes,
                                     std::string_view bound);
  base::Result<std::string> open_for(const model::PersonId& person,
                                     std::string_view sealed,
                                     std::string_view bound);
  [[nodiscard]] std::string record_digest(const model::Record& record) const;
  [[nodiscard]] std::string key_digest(const model::SystemId& system,
                                       const std::string& type,
                                       const std::string& key) const;

  base::Status prepare_audit();
  // Entries as leaves, each under its person's key: in the caller's thread.
  base::Result<std::vector<std::string>> leaves_of(const std::vector<const audit::Entry*>& entries);
  // In the writer's transaction: what is not in the audit is not done.
  void append(Db& db, const std::vector<std::string>& leaves) const;
  base::Status hand_out_heads(const std::string& file);

  std::string folder_;
  Keys keys_;
  int lock_ = -1;
  std::unique_ptr<Writer> writer_;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Db>> readers_;
  std::mutex person_keys_mutex_;
  std::unordered_map<std::string, PersonKey> person_keys_;
  std::atomic<int64_t> last_record_{0}, last_delivery_{0};
  std::mutex heads_file_mutex_;
};

}  // namespace concord::store
