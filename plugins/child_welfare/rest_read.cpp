#include "child_welfare/rest_read.hpp"

#include <algorithm>
#include <concord/id.hpp>
#include <concord/json.hpp>
#include <concord/page.hpp>
#include <concord/time.hpp>

#include "child_welfare/fields.hpp"
#include "child_welfare/rest_page.hpp"

namespace concord::child_welfare {
namespace {

constexpr size_t kSeenMax = 1000;

// {"since":…,"seen":[…],"ims":…} between runs, and in a run also cursor, high, high_seen, first.
struct Checkpoint {
  std::string since;              // as the source spells it; empty: from the beginning
  std::vector<std::string> seen;  // hashes of what was given of that very time
  std::string if_modified;        // Last-Modified of the last run, where it can be relied on
  std::string cursor;             // empty: between runs
  std::string high;               // newest time of this run
  std::vector<std::string> high_seen;
  std::string last_modified;  // of this run's first page
  std::string receipt;
};

std::vector<std::string> texts(const rapidjson::Value& object, const char* name) {
  std::vector<std::string> out;
  auto it = object.FindMember(name);
  if (it == object.MemberEnd() || !it->value.IsArray()) return out;
  for (const auto& v : it->value.GetArray())
    if (v.IsString()) out.emplace_back(v.GetString(), v.GetStringLength());
  return out;
}

sdk::Result<Checkpoint> read_checkpoint(std::string_view text) {
  Checkpoint c;
  if (text.empty()) return c;
  rapidjson::Document d;
  sdk::JsonFault fault;
  if (!sdk::parse_json(text, d, fault) || !d.IsObject())
    return sdk::config_error("CHECKPOINT",
                             "checkpoint",
                             "it was not made by this connector for this source",
                             "reset the job's checkpoint: all is read again, repeats do no harm");
  c.since = sdk::text_of(d, "since");
  c.seen = texts(d, "seen");
  c.if_modified = sdk::text_of(d, "if_modified");
  c.cursor = sdk::text_of(d, "cursor");
  c.high = sdk::text_of(d, "high");
  c.high_seen = texts(d, "high_seen");
  c.last_modified = sdk::text_of(d, "last_modified");
  c.receipt = sdk::text_of(d, "receipt");
  return c;
}

std::string write_checkpoint(const Checkpoint& c) {
  sdk::JsonWriter w;
  w.object();
  auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) w.field(name, value);
  };
  auto list = [&](const char* name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    w.key(name).array();
    for (const std::string& value : values) w.value(value);
    w.end_array();
  };
  text("since", c.since);
  list("seen", c.seen);
  text("if_modified", c.if_modified);
  text("cursor", c.cursor);
  text("high", c.high);
  list("high_seen", c.high_seen);
  text("last_modified", c.last_modified);
  text("receipt", c.receipt);
  w.end();
  return w.text();
}

// Older, same or newer; texts that are no times compare as texts.
int compare_times(const std::string& a, const std::string& b) {
  const auto x = sdk::read_instant(a), y = sdk::read_instant(b);
  if (x && y) return x->us < y->us ? -1 : x->us > y->us ? 1 : 0;
  return a.compare(b);
}

// The time `overlap` before this one; the same where it cannot be told.
std::string earlier(const std::string& time, std::chrono::seconds overlap) {
  const auto at = sdk::read_instant(time);
  if (!at || overlap.count() == 0) return time;
  const int64_t us = at->us - overlap.count() * 1'000'000;
  const auto seconds = std::chrono::sys_seconds(std::chrono::seconds(us / 1'000'000));
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  char text[48];
  std::snprintf(text,
                sizeof text,
                "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

// Last-Modified, if it can tell a later change from itself (RFC 9110, 8.8.2.2).
std::string reliable_last_modified(const sdk::HttpResponse& response) {
  const std::string modified(response.header("Last-Modified")), date(response.header("Date"));
  if (modified.empty() || date.empty()) return {};
  const std::time_t then = curl_getdate(modified.c_str(), nullptr);
  const std::time_t now = curl_getdate(date.c_str(), nullptr);
  return then >= 0 && now >= then + 2 ? modified : std::string();
}

// A client error to a read is the settings' fault: there is no record to blame.
sdk::Error read_error(const sdk::HttpResponse& response, const std::string& place) {
  sdk::Error error = sdk::http_error(response, place);
  if (error.error_class == sdk::ErrorClass::bad_record) error.error_class = sdk::ErrorClass::config;
  return error;
}

std::string target_of(const RecordSettings& record,
                      const RestSettings& rest,
                      const Checkpoint& c,
                      size_t limit) {
  std::string target = record.path + "?limit=" + std::to_string(limit);
  if (!c.since.empty())
    target += "&modified_since=" + sdk::url_encode(earlier(c.since, rest.overlap));
  if (!c.cursor.empty()) target += "&cursor=" + sdk::url_encode(c.cursor);
  return target;
}

// A time beyond tomorrow is a slip of the source; to go on from there would skip all until then.
bool believable(const std::string& time) {
  const auto at = sdk::read_instant(time);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  // In microseconds: the year 9999 does not fit the system clock's nanoseconds.
  const auto tomorrow =
      std::chrono::duration_cast<std::chrono::microseconds>(now).count() + int64_t{86'400'000'000};
  return !at || at->us < tomorrow;
}

// Keeps or leaves out one record, and moves the newest time seen.
void take(sdk::Record record,
          const std::string& time,
          Checkpoint& c,
          sdk::Batch& batch,
          const sdk::Limits& limits) {
  const std::string hash = sdk::content_hash(record.key + '\n' + record.version).substr(0, 12);
  const bool known =
      time == c.since && std::find(c.seen.begin(), c.seen.end(), hash) != c.seen.end();
  if (!time.empty() && believable(time)) {
    const int order = c.high.empty() ? 1 : compare_times(time, c.high);
    if (order > 0) {
      c.high = time;
      c.high_seen.clear();
    }
    // So many of one moment are not told apart any more: they are read again, which does no harm.
    if (order >= 0 && !known && c.high_seen.size() < kSeenMax) c.high_seen.push_back(hash);
  }
  if (!known) sdk::add_record(batch, std::move(record), limits);
}

}  // namespace

sdk::Result<sdk::Batch> RestReader::read(const RecordSettings& record,
                                         std::string_view checkpoint,
                                         const sdk::Limits& limits,
                                         const sdk::Call& call) {
  auto parsed = read_checkpoint(checkpoint);
  if (!parsed) return std::move(parsed).error();
  Checkpoint c = std::move(parsed).value();
  const RestSettings& rest = api_.settings();
  const size_t limit = std::min<size_t>(rest.page_size, limits.records_max);
  const std::string place = api_.place("GET", record.path);
  sdk::HttpHeaders headers;
  if (c.cursor.empty()) {
    c.high = c.since;
    c.high_seen = c.seen;
    if (!c.if_modified.empty()) headers.emplace_back("If-Modified-Since", c.if_modified);
  }
  auto response = api_.send("GET", target_of(record, rest, c, limit), headers, "", call);
  if (!response) return std::move(response).error();
  sdk::Batch batch;
  if (response->status == 304) {
    batch.checkpoint = checkpoint;
    return batch;
  }
  if (response->status == 410 && !c.cursor.empty()) {
    // The cursor is too old for the system: the run begins again.
    c.cursor.clear();
    batch.checkpoint = write_checkpoint(c);
    batch.more = true;
    return batch;
  }
  if (response->status != 200) return read_error(*response, place);
  auto page = read_page(response->body, rest, place);
  if (!page) return std::move(page).error();
  if (page->items.size() > limit)
    return sdk::config_error("PAGE_SIZE",
                             place,
                             std::to_string(page->items.size()) + " records where " +
                                 std::to_string(limit) + " were asked for",
                             "raise the job's records_max to the system's page size");
  if (c.cursor.empty()) c.last_modified = reliable_last_modified(*response);
  for (const std::string_view item : page->items) {
    auto read = read_item(response->body, item, record, place);
    if (!read) {
      batch.rejects.push_back(
          {record.type, "", sdk::cut_raw(item, limits.body_bytes_max), std::move(read).error()});
      continue;
    }
    take(std::move(read->record), read->modified, c, batch, limits);
  }
  if (!page->receipt.empty()) c.receipt = page->receipt;
  c.cursor = page->next;
  batch.more = !c.cursor.empty();
  if (!batch.more) {
    c.since = std::move(c.high);
    c.seen = std::move(c.high_seen);
    c.if_modified = std::move(c.last_modified);
    c.high.clear();
    c.high_seen.clear();
    c.last_modified.clear();
  }
  batch.checkpoint = write_checkpoint(c);
  return batch;
}

sdk::Status RestReader::ack(const RecordSettings& record,
                            std::string_view checkpoint,
                            const sdk::Call& call) {
  if (!api_.settings().prune) return sdk::Done{};
  auto c = read_checkpoint(checkpoint);
  if (!c) return std::move(c).error();
  if (c->receipt.empty()) return sdk::Done{};
  sdk::JsonWriter body;
  body.object().field("receipt", c->receipt).end();
  const std::string target = record.path + "/ack";
  auto response = api_.send("POST", target, {}, body.text(), call);
  if (!response) return std::move(response).error();
  if (response->status / 100 != 2) return read_error(*response, api_.place("POST", target));
  return sdk::Done{};
}

sdk::Status RestReader::check(const RecordSettings& record, const sdk::Call& call) {
  auto response = api_.send("GET", record.path + "?limit=1", {}, "", call);
  if (!response) return std::move(response).error();
  const std::string place = api_.place("GET", record.path);
  if (response->status != 200) return read_error(*response, place);
  auto page = read_page(response->body, api_.settings(), place);
  if (!page) return std::move(page).error();
  return sdk::Done{};
}

}  // namespace concord::child_welfare
