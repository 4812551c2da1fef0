// concord person review: what is parked because nobody was sure whose it is, and who it may be.
#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <map>

#include "hub/app/commands.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"
#include "hub/identify/person_index.hpp"
#include "hub/pipeline/identities.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

constexpr int kMost = 500;

struct Candidate {
  model::PersonId person;
  std::vector<model::ChildRef> known;
};

struct Review {
  int64_t record = 0;
  model::ChildRef key;
  std::string type, reason, detail;
  base::Instant since;
  std::vector<Candidate> candidates;
};

// Asks the index again, as the hub did, and takes back what it answers. Only the journal knows the
// key: what the store keeps of it beside is a digest.
void ask_again(const store::JournalEntry& entry,
               const Whole& whole,
               identify::PersonIndex& index,
               Review& review,
               std::vector<model::PersonId>& candidates) {
  const model::System* system = whole.coalition->system(entry.record.system);
  if (system == nullptr) return;
  auto translated = whole.mappings->to_entities(
      entry.record, {system->id, system->agency, system->mapping, system->zone});
  for (const auto& [place, hints] : translated.hints) {
    identify::Found found = index.identify(translated.entities[place], hints, *system);
    index.undo(found.change);
    if (found.kind != identify::Found::Kind::parked) continue;
    review.key.key = translated.entities[place].subject_record;
    candidates = std::move(found.people);
    return;
  }
}

base::Result<std::vector<Review>> reviews(store::Store& store, const Whole& whole) {
  auto ids = store.records_in(store::RecordState::parked, kMost);
  if (!ids) return std::move(ids).error();
  auto rows = store.index_rows();
  if (!rows) return std::move(rows).error();
  auto profiles = store.profiles();
  if (!profiles) return std::move(profiles).error();
  identify::PersonIndex index(store.keys().index_key());
  std::vector<identify::IndexRow> index_rows;
  for (store::IndexRow& row : *rows)
    index_rows.push_back({row.kind, std::move(row.digest), std::move(row.person), row.remove});
  index.load(index_rows);
  auto decided = store.evidence(pipeline::kIdentityKind);
  if (!decided) return std::move(decided).error();
  pipeline::Identities identities;
  if (auto loaded = identities.load(*decided); !loaded) return std::move(loaded).error();
  index.keep_apart(identities.all_apart());
  std::map<model::PersonId, std::vector<model::ChildRef>> known;
  for (store::Profile& profile : *profiles) known[profile.person] = std::move(profile.known);

  std::vector<Review> found;
  for (const int64_t id : *ids) {
    auto entry = store.record(id);
    if (!entry) return std::move(entry).error();
    if (!entry->reason.starts_with("IDENTITY")) continue;
    Review review{id,
                  {entry->record.system, ""},
                  entry->record.type,
                  entry->reason,
                  entry->detail,
                  entry->record.read_at,
                  {}};
    std::vector<model::PersonId> candidates;
    ask_again(*entry, whole, index, review, candidates);
    for (model::PersonId& person : candidates) {
      const auto at = known.find(person);
      review.candidates.push_back(
          {person, at == known.end() ? std::vector<model::ChildRef>{} : at->second});
    }
    found.push_back(std::move(review));
  }
  return found;
}

std::string reviews_json(const std::vector<Review>& all) {
  sdk::JsonWriter out;
  out.object().key("reviews").array();
  for (const Review& review : all) {
    out.object().field("record", review.record).field("system", review.key.system.value);
    out.field("key", review.key.key).field("type", review.type).field("reason", review.reason);
    out.field("detail", review.detail).field("since", base::to_text(review.since));
    out.key("candidates").array();
    for (const Candidate& candidate : review.candidates) {
      out.object().field("person", candidate.person.value).key("known").array();
      for (const model::ChildRef& ref : candidate.known)
        out.object().field("system", ref.system.value).field("key", ref.key).end();
      out.end_array().end();
    }
    out.end_array().end();
  }
  out.end_array().end();
  return out.text();
}

void print(const Review& review) {
  std::printf("%s %s: %s, since %s\n  %s\n",
              review.key.system.value.c_str(),
              review.key.key.c_str(),
              review.reason.c_str(),
              base::to_text(review.since).substr(0, 19).c_str(),
              review.detail.substr(0, review.detail.find("  Next:")).c_str());  // this is the next
  for (const Candidate& candidate : review.candidates) {
    std::printf("  may be %s, known as", candidate.person.value.c_str());
    for (const model::ChildRef& ref : candidate.known)
      std::printf(" %s %s", ref.system.value.c_str(), ref.key.c_str());
    std::printf("\n");
  }
}

}  // namespace

int list_reviews(const std::string& folder, bool json) {
  auto whole = load_whole(folder);
  if (!whole) return tell(whole.error());
  auto store = store::Store::open(whole->coalition->data_folder, store::Open::read);
  if (!store) return tell(store.error());
  auto found = reviews(**store, *whole);
  if (!found) return tell(found.error());
  if (json) {
    std::printf("%s\n", reviews_json(*found).c_str());
    return EX_OK;
  }
  if (found->empty()) {
    std::printf("nobody waits for a review\n");
    return EX_OK;
  }
  std::printf("%s for somebody to say whose it is\n",
              counted(static_cast<int64_t>(found->size()), "record waits", "records wait").c_str());
  for (const Review& review : *found) print(review);
  std::printf(
      "next: look the keys up in their systems, then: concord person link SYSTEM KEY PERSON, or: "
      "concord person new SYSTEM KEY; of a key that is known: concord person merge or split\n");
  return EX_OK;
}

}  // namespace concord::app
