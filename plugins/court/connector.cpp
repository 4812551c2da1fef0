#include "court/connector.hpp"

#include <algorithm>
#include <concord/json.hpp>

#include "court/ecf.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

constexpr const char* kNotes = "docket_note";

sdk::Error no_source(std::string_view type) {
  return sdk::config_error("RECORD_TYPE",
                           "record type " + std::string(type),
                           "nothing that is set up for this court gives it",
                           "set api, filings.folder or calendar, or drop the job");
}

// One name a key and version, so that a repeat overwrites itself: readable, and safe as a name.
std::string file_stem(std::string_view key) {
  std::string stem;
  for (const char c : key.substr(0, 60)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    stem += plain ? c : '_';
  }
  return stem + "-" + sha256_hex(key).substr(0, 8);
}

sdk::Status writable(const std::filesystem::path& folder, const char* setting) {
  std::error_code failed;
  if (std::filesystem::is_directory(folder, failed) && !failed) return sdk::Done{};
  return sdk::config_error("FOLDER",
                           std::string("config.") + setting,
                           "no folder is there",
                           "make it, and let the hub read and write in it");
}

}  // namespace

sdk::Result<std::unique_ptr<sdk::Connector>> Court::create(std::string_view config_json) {
  auto settings = read_settings(config_json);
  if (!settings) return std::move(settings).error();
  auto today = [] {
    return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  };
  return std::unique_ptr<sdk::Connector>(
      std::make_unique<Court>(std::move(settings).value(), today));
}

Court::Court(Settings settings, CalendarFeed::Today today) : settings_(std::move(settings)) {
  if (settings_.api) api_ = std::make_unique<DocketApi>(*settings_.api);
  if (!settings_.filings.folder.empty()) filings_ = std::make_unique<FilingFeed>(settings_.filings);
  if (settings_.has_calendar())
    calendar_ = std::make_unique<CalendarFeed>(settings_.calendar,
                                               settings_.zone,
                                               settings_.api ? settings_.api->ca_file : "",
                                               std::move(today));
}
Court::~Court() = default;

sdk::Status Court::check(const sdk::Call& call) {
  if (api_) {
    if (auto ok = api_->check(call); !ok) return ok;
  }
  if (filings_) {
    if (auto ok = writable(settings_.filings.folder, "filings.folder"); !ok) return ok;
  }
  if (!settings_.filings.out_folder.empty()) {
    if (auto ok = writable(settings_.filings.out_folder, "filings.out_folder"); !ok) return ok;
  }
  // A feed of its own: check may run beside read.
  if (!calendar_) return sdk::Done{};
  return CalendarFeed(
             settings_.calendar, settings_.zone, settings_.api ? settings_.api->ca_file : "", {})
      .check(call);
}

sdk::Result<std::string> Court::describe(const sdk::Call&) {
  return describe_json();
}

sdk::Result<sdk::Batch> Court::read(std::string_view type,
                                    std::string_view checkpoint,
                                    const sdk::Limits& limits,
                                    const sdk::Call& call) {
  const bool from_api = api_ && !collection_of(type).empty();
  const bool from_folder = filings_ && type == "filing";
  const bool from_calendar = calendar_ && type == "hearing";
  if (!from_api && !from_folder && !from_calendar) return no_source(type);
  auto at = Checkpoint::read(checkpoint);
  if (!at) return std::move(at).error();
  sdk::Batch batch;
  if (from_api) {
    auto page = api_->page(type, at->cursor, limits, call);
    if (!page) return std::move(page).error();
    batch.records = std::move(page->records);
    batch.rejects = std::move(page->rejects);
    if (!page->next_cursor.empty()) at->cursor = std::move(page->next_cursor);
    batch.more = page->more;
  }
  const bool room = batch.records.size() < limits.records_max;
  if (!room) {
    batch.more = batch.more || from_folder || from_calendar;
  } else if (from_folder) {
    if (auto read = filings_->read(*at, limits, batch); !read) return std::move(read).error();
  } else if (from_calendar) {
    if (auto read = calendar_->read(*at, limits, call, batch); !read)
      return std::move(read).error();
  }
  batch.checkpoint = at->text();
  return batch;
}

sdk::Status Court::ack(std::string_view type, std::string_view checkpoint, const sdk::Call& call) {
  auto at = Checkpoint::read(checkpoint);
  if (!at) return std::move(at).error();
  if (filings_ && type == "filing") {
    if (auto settled = filings_->settle(*at); !settled) return settled;
  }
  if (api_ && !collection_of(type).empty()) return api_->ack(type, at->cursor, call);
  return sdk::Done{};
}

sdk::Result<std::vector<sdk::Outcome>> Court::write(std::span<const sdk::Delivery> deliveries,
                                                    const sdk::Call& call) {
  std::vector<sdk::Outcome> out(deliveries.size());
  // Runs of notes go together; a filing stands alone. The order stays the hub's.
  for (size_t i = 0; i < deliveries.size();) {
    const sdk::Delivery& first = deliveries[i];
    if (first.type == "filing") {
      out[i++] = write_filing(first, call);
      continue;
    }
    if (first.type != kNotes || !api_) {
      out[i++].error =
          first.type == kNotes
              ? sdk::config_error(
                    "NOT_CONFIGURED", "docket_note", "api is not set", "set api.url and api.token")
              : sdk::bad_record("RECORD_TYPE",
                                "delivery",
                                "this court takes docket_note and filing only",
                                "name one of them in the mapping");
      continue;
    }
    std::vector<const sdk::Delivery*> notes;
    const size_t from = i;
    while (i < deliveries.size() && deliveries[i].type == kNotes) notes.push_back(&deliveries[i++]);
    auto outcomes = api_->send_notes(notes, call);
    std::move(outcomes.begin(), outcomes.end(), out.begin() + static_cast<ptrdiff_t>(from));
  }
  return out;
}

sdk::Outcome Court::write_filing(const sdk::Delivery& delivery, const sdk::Call& call) {
  auto ecf = write_ecf(delivery, settings_.filings);
  if (!ecf) return {std::move(ecf).error(), ""};
  const std::filesystem::path& folder = settings_.filings.out_folder;
  if (folder.empty()) {
    if (api_) return api_->send_filing(delivery, std::move(ecf).value(), call);
    return {sdk::config_error("NOT_CONFIGURED",
                              "filing",
                              "neither api nor filings.out_folder is set",
                              "set one of them"),
            ""};
  }
  const std::string stem = file_stem(delivery.key) + "-v";
  // A newer one may lie there already: then this one is stale, and nothing is left to do.
  std::error_code failed;
  for (std::filesystem::directory_iterator it(folder, failed), end; !failed && it != end;
       it.increment(failed)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(stem) && name > stem + padded(delivery.version) + ".xml" &&
        name.ends_with(".xml"))
      return {std::nullopt, name};
  }
  const std::string name = stem + padded(delivery.version) + ".xml";
  if (auto put = put_file(folder, name, *ecf); !put) return {std::move(put).error(), ""};
  return {std::nullopt, name};
}

}  // namespace concord::court
