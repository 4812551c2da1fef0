// What an agency drops into a folder: CSV, or XML as AFCARS has it; in batches, from any position.
#include "child_welfare/drop_file.hpp"

#include "child_welfare/afcars.hpp"
#include "tests/fuzz/records.hpp"

namespace concord::fuzz {
namespace {

using namespace concord::child_welfare;

constexpr sdk::Limits kLimits{.records_max = 7, .body_bytes_max = 2000};

std::unique_ptr<DropFile> open(const RecordSettings& settings, std::string_view input) {
  if (settings.format == Format::xml)
    return open_xml(settings, "a.xml", std::string(input), 1u << 20);
  return open_csv(settings, "a.csv", std::string(input));
}

}  // namespace

void drop_file(std::string_view input) {
  RecordSettings settings;
  settings.type = "placement";
  const unsigned way = choice(input, 6);
  static constexpr const char* kAfcars[] = {"person", "removal", "placement"};
  if (way < 3) {
    settings.type = kAfcars[way];
    must(afcars_profile(settings.type, settings), "AFCARS has such records");
  } else {
    settings.from = Source::folder;
    settings.allow_ragged_rows = way == 4;
    if (way == 5) settings.columns = {"id", "start", "modified"}, settings.csv.delimiter = ';';
  }
  const auto file = open(settings, input);
  DropPosition position;
  for (size_t reads = 0; !position.finished; ++reads) {
    must(reads <= input.size() + 1, "it does not come to an end");
    sdk::Batch batch, same;
    const DropPosition before = position;
    const auto status = file->read(position, kLimits, batch);
    if (!status) return tells_all(status.error());
    must(batch.records.size() + batch.rejects.size() <= kLimits.records_max, "more than asked for");
    all_good(batch);
    for (const sdk::Record& r : batch.records)
      must(r.body.size() <= kLimits.body_bytes_max, "a body beyond its limit");
    for (const sdk::Reject& r : batch.rejects)
      must(r.raw.size() <= kLimits.body_bytes_max, "a reject's bytes beyond their limit");
    if (reads >= 5) continue;
    DropPosition resumed = before;
    const auto other = open(settings, input);
    must(static_cast<bool>(other->read(resumed, kLimits, same)), "resumed, it fails");
    must(resumed.offset == position.offset && resumed.finished == position.finished,
         "resumed, it stands elsewhere");
    must(same.records.size() == batch.records.size(), "resumed, it reads other records");
    for (size_t i = 0; i < same.records.size(); ++i)
      must(same.records[i].key == batch.records[i].key &&
               same.records[i].body == batch.records[i].body &&
               same.records[i].origin == batch.records[i].origin,
           "resumed, a record is another");
  }
}

}  // namespace concord::fuzz
