#include "court/feeds.hpp"

#include <algorithm>
#include <concord/http.hpp>

#include "court/ecf.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

sdk::Reject too_large(const DropFolder::Content& content, const char* type, std::string place) {
  return {type,
          "",
          content.bytes,
          sdk::bad_record("FILE_SIZE",
                          std::move(place),
                          "the file is larger than 16 MiB",
                          "have it split at the court")};
}

}  // namespace

// ── filings ──

FilingFeed::FilingFeed(FilingSettings settings)
    : settings_(std::move(settings)), folder_({settings_.folder, ".xml", settings_.settle}) {}

sdk::Status FilingFeed::read(Checkpoint& checkpoint, const sdk::Limits& limits, sdk::Batch& batch) {
  auto names = folder_.names();
  if (!names) return std::move(names).error();
  // What was moved away needs no remembering, except the file that is half given.
  const DroppedFile half = checkpoint.file_next > 0 && !checkpoint.files.empty()
                               ? checkpoint.files.back()
                               : DroppedFile{};
  std::erase_if(checkpoint.files, [&](const DroppedFile& file) {
    return !std::binary_search(names->begin(), names->end(), file.name) && file != half;
  });
  if (!half.name.empty()) {
    auto content = folder_.read(half.name);
    if (!content) return std::move(content).error();
    if (!*content || (*content)->file != half) {
      checkpoint.file_next = 0;  // gone or changed: what is there now is another file
    } else if (!add(**content, checkpoint, limits, batch)) {
      return sdk::Done{};
    }
  }
  for (const std::string& name : *names) {
    if (batch.records.size() + batch.rejects.size() >= limits.records_max) {
      batch.more = true;
      break;
    }
    auto content = folder_.read(name);
    if (!content) return std::move(content).error();
    if (!*content) continue;
    const DroppedFile& file = (*content)->file;
    if (std::find(checkpoint.files.begin(), checkpoint.files.end(), file) != checkpoint.files.end())
      continue;
    checkpoint.files.push_back(file);
    if (!add(**content, checkpoint, limits, batch)) break;
  }
  return sdk::Done{};
}

bool FilingFeed::add(const DropFolder::Content& content,
                     Checkpoint& checkpoint,
                     const sdk::Limits& limits,
                     sdk::Batch& batch) {
  const std::string place = "filings/" + content.file.name;
  if (content.too_large) {
    batch.rejects.push_back(too_large(content, "filing", place));
    return true;
  }
  auto records = read_ecf(content.bytes, place);
  if (!records) {
    batch.rejects.push_back(
        {"filing", "", cut(content.bytes, limits.body_bytes_max), std::move(records).error()});
    return true;
  }
  for (uint64_t i = checkpoint.file_next; i < records->size(); ++i) {
    if (batch.records.size() + batch.rejects.size() >= limits.records_max) {
      checkpoint.file_next = i;
      batch.more = true;
      return false;
    }
    sdk::Record& record = (*records)[i];
    if (record.body.size() > limits.body_bytes_max) {
      batch.rejects.push_back({"filing",
                               record.key,
                               cut(record.body, limits.body_bytes_max),
                               sdk::bad_record("RECORD_SIZE",
                                               record.origin,
                                               "a filing that is larger than a record may be",
                                               "have it split at the court")});
    } else {
      batch.records.push_back(std::move(record));
    }
  }
  checkpoint.file_next = 0;
  return true;
}

sdk::Status FilingFeed::settle(const Checkpoint& checkpoint) {
  std::vector<DroppedFile> files = checkpoint.files;
  if (checkpoint.file_next > 0) files.pop_back();  // half of it is still to be read
  return folder_.settle(files, settings_.done_folder, settings_.remove);
}

// ── calendars ──

struct CalendarFeed::Client {
  sdk::HttpClient http;
};

CalendarFeed::CalendarFeed(CalendarSettings settings,
                           std::string zone,
                           std::string ca_file,
                           Today today)
    : settings_(std::move(settings)),
      zone_(std::move(zone)),
      ca_file_(std::move(ca_file)),
      today_(std::move(today)),
      folder_({settings_.folder, ".ics", std::chrono::seconds(0)}),
      client_(std::make_unique<Client>()) {}
CalendarFeed::~CalendarFeed() = default;

sdk::Result<std::string> CalendarFeed::fetch(const sdk::Call& call) {
  sdk::HttpRequest request;
  request.url = settings_.url;
  request.headers = {{"Accept", "text/calendar"}};
  if (!etag_.empty()) request.headers.emplace_back("If-None-Match", etag_);
  request.ca_file = ca_file_;
  request.timeout = std::min<std::chrono::milliseconds>(std::chrono::seconds(60), call.left());
  request.cancelled = [&call] { return call.cancelled(); };
  auto response = client_->http.send(request);
  if (!response) return std::move(response).error();
  if (response->status == 304 && !etag_.empty()) return fetched_;
  if (response->status != 200) {
    sdk::Error error = sdk::http_error(*response, "GET " + sdk::url_path(settings_.url));
    if (error.error_class == sdk::ErrorClass::bad_record)
      error.error_class = sdk::ErrorClass::config;
    return error;
  }
  etag_ = response->header("ETag");
  fetched_ = std::move(response->body);
  return fetched_;
}

sdk::Status CalendarFeed::check(const sdk::Call& call) {
  if (!settings_.url.empty()) {
    if (auto got = fetch(call); !got) return std::move(got).error();
  }
  if (!settings_.folder.empty()) {
    if (auto names = folder_.names(); !names) return std::move(names).error();
  }
  return sdk::Done{};
}

sdk::Result<std::vector<CalendarFeed::Source>> CalendarFeed::sources(const sdk::Call& call,
                                                                     sdk::Batch& batch) {
  std::vector<Source> out;
  if (!settings_.url.empty()) {
    auto body = fetch(call);
    if (!body) return std::move(body).error();
    out.push_back({"GET " + sdk::url_path(settings_.url), std::move(body).value()});
  }
  if (settings_.folder.empty()) return out;
  auto names = folder_.names();
  if (!names) return std::move(names).error();
  for (const std::string& name : *names) {
    auto content = folder_.read(name);
    if (!content) return std::move(content).error();
    if (!*content) continue;
    if ((*content)->too_large) {
      batch.rejects.push_back(too_large(**content, "hearing", "calendar/" + name));
    } else {
      out.push_back({"calendar/" + name, std::move((*content)->bytes)});
    }
  }
  return out;
}

sdk::Status CalendarFeed::read(Checkpoint& checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call,
                               sdk::Batch& batch) {
  sdk::Batch found;
  auto all = sources(call, found);
  if (!all) return std::move(all).error();
  const std::chrono::sys_days today = today_();
  // The day counts: it moves the window of recurring hearings.
  std::string text = std::to_string(today.time_since_epoch().count());
  for (const Source& source : *all) text += "\n" + source.origin + "\n" + sha256_hex(source.bytes);
  const std::string hash = sha256_hex(text).substr(0, 32);
  if (hash == checkpoint.calendar_hash && checkpoint.calendar_next == 0) return sdk::Done{};
  if (hash != hash_) {
    reading_ = {};
    for (const Source& source : *all) {
      auto one = read_calendar(source.bytes, source.origin, {zone_, settings_, today});
      std::move(one.records.begin(), one.records.end(), std::back_inserter(reading_.records));
      std::move(one.rejects.begin(), one.rejects.end(), std::back_inserter(reading_.rejects));
    }
    hash_ = hash;
  }
  const bool from_the_start = hash != checkpoint.calendar_hash;
  size_t next = from_the_start ? 0 : checkpoint.calendar_next;
  if (from_the_start) {
    std::move(found.rejects.begin(), found.rejects.end(), std::back_inserter(batch.rejects));
    batch.rejects.insert(batch.rejects.end(), reading_.rejects.begin(), reading_.rejects.end());
  }
  while (next < reading_.records.size() && batch.records.size() < limits.records_max)
    batch.records.push_back(reading_.records[next++]);
  checkpoint.calendar_hash = hash;
  const bool more = next < reading_.records.size();
  checkpoint.calendar_next = more ? next : 0;
  batch.more = batch.more || more;
  return sdk::Done{};
}

}  // namespace concord::court
