// concord audit disclosures: the accounting of disclosures under 45 CFR 164.528, and the log of 34
// CFR 99.32 and of the CJIS policy, from the audit's own entries.
#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <map>

#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/tell.hpp"
#include "hub/pipeline/identities.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

struct Disclosure {
  uint64_t entry = 0;  // in which it started
  base::Instant at;
  // disclosed: the recipient says that it has it. under_way, attempted: it was sent and may have
  // arrived; attempted ended otherwise, by a refusal, say.
  std::string outcome;
  audit::Entry said;
  std::vector<std::string> evidence, ended_as;
  bool in_error = false;    // staff said since: it was about somebody else
  bool taken_over = false;  // sent as of somebody else; the entry is under that person's key
};

base::Error unknown() {
  return base::config_error("PERSON_UNKNOWN",
                            "person index",
                            "there is no such person",
                            "name an id, or a system's key: SYSTEM:KEY");
}

base::Result<model::PersonId> find(store::Store& store,
                                   const pipeline::Identities& identities,
                                   const Whom& whom) {
  if (!whom.person.empty()) {
    model::PersonId person(whom.person);
    while (const auto merged = identities.merge_of(person)) person = merged->person;
    return person;
  }
  auto profiles = store.profiles();
  if (!profiles) return std::move(profiles).error();
  const model::ChildRef key{model::SystemId(whom.system), whom.key};
  for (const store::Profile& profile : *profiles)
    if (std::find(profile.known.begin(), profile.known.end(), key) != profile.known.end())
      return profile.person;
  return unknown();
}

// What started left the hub. Whoever refused it has seen it, and whoever did not answer may have:
// an account that leaves these out would be shorter than the truth.
class Account {
 public:
  // keys: of the person, and of those who became this person.
  explicit Account(std::vector<base::Key> keys) : keys_(std::move(keys)) {}

  base::Status look(uint64_t number, std::string_view leaf) {
    auto written = audit::read_leaf(leaf);
    if (!written) return std::move(written).error();
    const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const base::Key& one) {
      return audit::is_of(*written, one);
    });
    if (key == keys_.end()) return base::Done{};
    const audit::Entry& entry = written->entry;
    if (entry.kind == audit::Kind::struck || entry.kind == audit::Kind::taken_over)
      return correct(entry);
    if (entry.kind == audit::Kind::started && !entry.verdict.empty()) {  // else: asked back
      auto evidence = audit::evidence_of(*written, *key);
      if (!evidence) return std::move(evidence).error();
      if (const auto before = open_.find(entry.delivery);
          before != open_.end() && before->second.said.fields != entry.fields)
        end(before, "attempted", {"SENT_AGAIN"});
      open_[entry.delivery] = {number, entry.at, "under_way", entry, std::move(*evidence), {}};
      return base::Done{};
    }
    const auto started = open_.find(entry.delivery);
    if (started == open_.end()) return base::Done{};
    if (entry.kind != audit::Kind::disclosed) {
      end(started, "attempted", entry.reasons);
      return base::Done{};
    }
    started->second.at = entry.at;
    end(started, "disclosed", {});
    return base::Done{};
  }

  // What was sent as of somebody else is told by an entry under that one's key: when, and whether
  // it arrived.
  base::Status complete(store::Store& store) {
    std::map<uint64_t, Disclosure*> wanted;
    for (Disclosure& one : done_)
      if (one.taken_over) wanted[one.entry] = &one;
    if (wanted.empty()) return base::Done{};
    base::Status fault = base::Done{};
    auto read = store.each_leaf([&](uint64_t number, std::string_view leaf) {
      const auto at = wanted.find(number);
      if (at == wanted.end()) return true;
      auto written = audit::read_leaf(leaf);
      if (!written) {
        fault = std::move(written).error();
        return false;
      }
      at->second->at = written->entry.at;
      if (written->entry.kind == audit::Kind::disclosed) at->second->outcome = "disclosed";
      return true;
    });
    return read ? fault : read;
  }

  std::vector<Disclosure> all(const std::optional<base::Instant>& since) {
    for (auto& [delivery, disclosure] : open_) done_.push_back(std::move(disclosure));
    if (since) std::erase_if(done_, [&](const Disclosure& d) { return d.at < *since; });
    std::sort(done_.begin(), done_.end(), [](const Disclosure& a, const Disclosure& b) {
      return a.at < b.at;
    });
    return std::move(done_);
  }

 private:
  using Open = std::map<int64_t, Disclosure>;
  // Staff said that a delivery was not about this person, or that it was.
  base::Status correct(const audit::Entry& entry) {
    const bool theirs = entry.kind == audit::Kind::taken_over;
    bool known = false;
    for (Disclosure& one : done_)
      if (one.said.delivery == entry.delivery) {
        one.in_error = !theirs;
        known = true;
      }
    if (const auto open = open_.find(entry.delivery); open != open_.end()) {
      open->second.in_error = !theirs;
      known = true;
    }
    if (!known && theirs)
      done_.push_back(
          {static_cast<uint64_t>(entry.of), entry.at, "attempted", entry, {}, {}, false, true});
    return base::Done{};
  }
  void end(Open::iterator disclosure, const char* outcome, std::vector<std::string> as) {
    disclosure->second.outcome = outcome;
    disclosure->second.ended_as = std::move(as);
    done_.push_back(std::move(disclosure->second));
    open_.erase(disclosure);
  }

  std::vector<base::Key> keys_;
  Open open_;
  std::vector<Disclosure> done_;
};

base::Result<std::vector<Disclosure>> disclosures(store::Store& store,
                                                  const Whom& whom,
                                                  const std::optional<base::Instant>& since) {
  auto decided = store.evidence(pipeline::kIdentityKind);
  if (!decided) return std::move(decided).error();
  pipeline::Identities identities;
  if (auto loaded = identities.load(*decided); !loaded) return std::move(loaded).error();
  auto person = find(store, identities, whom);
  if (!person) return std::move(person).error();
  std::vector<model::PersonId> people = identities.former_of(*person);
  people.insert(people.begin(), *person);
  std::vector<base::Key> keys;
  for (const model::PersonId& one : people) {
    auto key = store.audit_key(one);
    if (!key) return std::move(key).error();
    if (*key) keys.push_back(**key);
  }
  if (keys.empty()) return unknown();
  Account account(std::move(keys));
  base::Status fault = base::Done{};
  auto read = store.each_leaf([&](uint64_t number, std::string_view leaf) {
    fault = account.look(number, leaf);
    return fault.ok();
  });
  if (!read) return std::move(read).error();
  if (!fault) return std::move(fault).error();
  if (auto completed = account.complete(store); !completed) return std::move(completed).error();
  return account.all(since);
}

std::string joined(const std::vector<std::string>& words, const char* otherwise) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? otherwise : text;
}

void list(sdk::JsonWriter& out, const char* name, const std::vector<std::string>& words) {
  out.key(name).array();
  for (const std::string& word : words) out.value(word);
  out.end_array();
}

std::string as_json(const std::vector<Disclosure>& all) {
  sdk::JsonWriter out;
  out.object().key("disclosures").array();
  for (const Disclosure& d : all) {
    out.object().field("entry", d.entry).field("at", base::to_text(d.at));
    out.field("outcome", d.outcome).field("agency", d.said.agency).field("system", d.said.to);
    out.field("purpose", d.said.purpose).field("type", d.said.type);
    list(out, "fields", d.said.fields);
    list(out, "reasons", d.said.reasons);
    list(out, "evidence", d.evidence);
    if (!d.ended_as.empty()) list(out, "ended_as", d.ended_as);
    if (d.in_error) out.field("in_error", true);
    if (d.taken_over) out.field("sent_as_another", true);
    out.field("rules", d.said.rules).field("delivery", d.said.delivery).end();
  }
  out.end_array().end();
  return out.text();
}

std::string correction(const Disclosure& d) {
  if (d.in_error) return "  (sent in error: it was about somebody else)";
  return d.taken_over ? "  (sent as of somebody else)" : "";
}

std::string doubt(const Disclosure& d) {
  if (d.outcome == "disclosed") return "";
  if (d.outcome == "under_way") return "  (under way: it may have arrived)";
  return "  (attempted, ended as " + joined(d.ended_as, "withheld") + ": it may have arrived)";
}

void print(const Disclosure& d) {
  std::printf("%s  %s, to %s (%s), for %s%s%s\n",
              base::to_text(d.at).substr(0, 19).c_str(),
              d.said.type.empty() ? "document" : d.said.type.c_str(),
              d.said.agency.c_str(),
              d.said.to.c_str(),
              d.said.purpose.empty() ? "no stated purpose" : d.said.purpose.c_str(),
              doubt(d).c_str(),
              correction(d).c_str());
  std::printf("  fields: %s\n  on: %s    entry %llu, delivery %lld\n",
              joined(d.said.fields, "none").c_str(),
              joined(d.evidence, "no consent or order").c_str(),
              static_cast<unsigned long long>(d.entry),
              static_cast<long long>(d.said.delivery));
}

}  // namespace

int list_disclosures(const std::string& folder,
                     const Whom& whom,
                     const std::string& since,
                     bool json) {
  std::optional<base::Instant> from;
  if (!since.empty()) {
    from = base::parse_date_or_instant(since);
    if (!from)
      return tell(base::config_error(
          "DATE", "--since", "expected YYYY-MM-DD or a full time", "name a date: 2026-06-01"));
  }
  auto coalition = load_head(folder);
  if (!coalition) return tell(coalition.error());
  auto store = store::Store::open(coalition->data_folder, store::Open::read);
  if (!store) return tell(store.error());
  auto found = disclosures(**store, whom, from);
  if (!found) return tell(found.error());
  if (json) {
    std::printf("%s\n", as_json(*found).c_str());
    return EX_OK;
  }
  std::printf("%zu disclosures\n", found->size());
  for (const Disclosure& d : *found) print(d);
  if (!found->empty()) std::printf("next: concord audit prove ENTRY\n");
  return EX_OK;
}

}  // namespace concord::app
