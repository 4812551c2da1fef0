// concord record list, concord record again: what was read and could not go on.
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>

#include "hub/app/operate.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/json.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

constexpr int kMost = 500;

std::string records_json(const std::vector<store::JournalEntry>& all) {
  sdk::JsonWriter out;
  out.object().key("records").array();
  for (const store::JournalEntry& entry : all) {
    out.object().field("record", entry.id).field("state", store::name_of(entry.state));
    out.field("system", entry.record.system.value).field("type", entry.record.type);
    out.field("key", entry.record.key).field("reason", entry.reason).field("detail", entry.detail);
    out.field("move", model::name_of(entry.owner));
    out.field("since", base::to_text(entry.record.read_at)).end();
  }
  out.end_array().end();
  return out.text();
}

void print(const store::JournalEntry& entry) {
  std::printf("  %-9s %s %s %s  %s  move: %s, since %sZ\n",
              std::string(store::name_of(entry.state)).c_str(),
              entry.record.system.value.c_str(),
              entry.record.type.c_str(),
              entry.record.key.empty() ? "(no key)" : entry.record.key.c_str(),
              entry.reason.c_str(),
              std::string(model::name_of(entry.owner)).c_str(),
              base::to_text(entry.record.read_at).substr(0, 19).c_str());
  std::printf("            %s\n", entry.detail.c_str());
}

}  // namespace

int list_records(const model::Coalition& coalition, const std::string& system, bool json) {
  auto store = store::Store::open(coalition.data_folder, store::Open::read);
  if (!store) return tell(store.error());
  std::vector<store::JournalEntry> found;
  for (const auto state : {store::RecordState::rejected, store::RecordState::parked}) {
    auto ids = (*store)->records_in(state, kMost);
    if (!ids) return tell(ids.error());
    for (const int64_t id : *ids) {
      auto entry = (*store)->record(id);
      if (!entry) return tell(entry.error());
      if (system.empty() || entry->record.system.value == system)
        found.push_back(std::move(*entry));
    }
  }
  if (json) {
    std::printf("%s\n", records_json(found).c_str());
    return EX_OK;
  }
  std::printf(
      "%s\n",
      counted(static_cast<int64_t>(found.size()), "record is kept back", "records are kept back")
          .c_str());
  for (const store::JournalEntry& entry : found) print(entry);
  if (!found.empty())
    std::printf("next: mend the mapping or the source, then: concord record again\n");
  return EX_OK;
}

}  // namespace concord::app
