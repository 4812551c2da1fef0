#include "court/calendar.hpp"

#include <algorithm>
#include <concord/detail/encoding.hpp>
#include <concord/json.hpp>
#include <set>

#include "court/content_lines.hpp"
#include "court/event_times.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

using Lines = std::vector<ContentLine>;

// So many broken lines, and it is no calendar any more: the rest is not looked at.
constexpr int kFaultsMax = 20;

struct Event {
  size_t first = 0;  // line
  Lines lines;

  [[nodiscard]] const ContentLine* find(std::string_view name) const {
    for (const ContentLine& line : lines)
      if (line.name == name) return &line;
    return nullptr;
  }
  [[nodiscard]] Lines all(std::string_view name) const {
    Lines out;
    for (const ContentLine& line : lines)
      if (line.name == name) out.push_back(line);
    return out;
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    const ContentLine* line = find(name);
    return line == nullptr ? std::string() : unescape_text(line->value);
  }
};

struct Times {
  Wall start;
  std::string zone;
  std::optional<std::chrono::seconds> length;
};

class Reader {
 public:
  Reader(const std::string& origin, const CalendarOptions& options)
      : origin_(origin), options_(options) {
    zones_.court = options.zone;
    zones_.aliases = options.settings.zone_aliases;
  }

  CalendarReading read(std::string_view bytes) {
    all_ = bytes;
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const size_t bad = sdk::utf8_fault(bytes);
    if (bad != std::string_view::npos || bytes.find('\0') != std::string_view::npos) {
      const size_t at = std::min(bad, bytes.find('\0'));
      const auto line =
          1 + std::count(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(at), '\n');
      reject("ICS_ENCODING",
             static_cast<size_t>(line),
             "bytes that are not valid UTF-8",
             "publish the calendar in UTF-8",
             {},
             all_);
      return std::move(out_);
    }
    split(content_lines(bytes));
    for (const Event& event : events_) {
      if (event.find("RECURRENCE-ID") != nullptr) note_override(event);
    }
    for (const Event& event : events_) hearing(event);
    std::sort(out_.records.begin(), out_.records.end(), [](const auto& a, const auto& b) {
      return a.key < b.key;
    });
    return std::move(out_);
  }

 private:
  std::string place(size_t line) const { return origin_ + ":" + std::to_string(line); }

  void reject(std::string code,
              size_t line,
              std::string cause,
              std::string next,
              std::string key = {},
              std::string_view raw = {}) {
    reject(sdk::bad_record(std::move(code), place(line), std::move(cause), std::move(next)),
           std::move(key),
           raw);
  }
  void reject(sdk::Error error, std::string key, std::string_view raw) {
    out_.rejects.push_back(
        {"hearing", std::move(key), std::string(raw.substr(0, 64 << 10)), std::move(error)});
  }
  // The event's lines, so that it can be read again once the cause is mended.
  static std::string raw_of(const Event& event) {
    std::string raw = "BEGIN:VEVENT\r\n";
    for (const ContentLine& line : event.lines) {
      raw += line.name;
      for (const auto& [key, value] : line.parameters) raw += ";" + key + "=\"" + value + "\"";
      raw += ":" + line.value + "\r\n";
    }
    return raw + "END:VEVENT\r\n";
  }

  // Splits the calendar into events; what is neither opened nor closed rightly is a reject.
  void split(const Lines& lines) {
    const bool any = std::any_of(
        lines.begin(), lines.end(), [](const ContentLine& line) { return line.name == "BEGIN"; });
    const size_t end = lines.empty() ? 1 : lines.back().number;
    if (!any) {
      reject("ICS_SYNTAX",
             end,
             "there is no BEGIN line: this is no calendar",
             "check what the URL or folder really holds",
             {},
             all_);
      return;
    }
    std::vector<std::string> open;
    std::string tzid;
    Event event;
    int faults = 0;
    for (const ContentLine& line : lines) {
      if (line.name.empty()) {
        reject("ICS_SYNTAX",
               line.number,
               "a line that is no NAME:value",
               "fold long lines with a space, and end each with CRLF");
        if (++faults >= kFaultsMax) return;
      } else if (line.name == "BEGIN") {
        open.push_back(line.value);
        if (line.value == "VEVENT") event = Event{line.number, {}};
      } else if (line.name == "END") {
        if (open.empty() || open.back() != line.value) {
          reject("ICS_SYNTAX",
                 line.number,
                 "an END that closes nothing that is open",
                 "close what is open first; what follows was not read",
                 {},
                 all_);
          return;
        }
        open.pop_back();
        if (line.value == "VEVENT") events_.push_back(std::move(event));
      } else if (!open.empty() && open.back() == "VEVENT") {
        event.lines.push_back(line);
      } else if (!open.empty() && open.back() == "VTIMEZONE") {
        if (line.name == "TZID") tzid = line.value;
        if (line.name == "X-LIC-LOCATION" && zone_known(line.value))
          zones_.aliases.emplace(tzid, line.value);
      }
    }
    if (!open.empty())
      reject("ICS_SYNTAX",
             end,
             "the calendar ends before all that was begun is closed",
             "publish the whole calendar; events before this place were read",
             {},
             all_);
  }

  void note_override(const Event& event) {
    const ContentLine* line = event.find("RECURRENCE-ID");
    if (const auto wall = wall_of(line->value)) overrides_.insert(instance_key(event, *wall));
  }
  // Instances are told by their wall time where the court sits or where the series says.
  std::string instance_key(const Event& event, const Wall& wall) {
    Wall local = wall;
    if (wall.utc) {
      const ContentLine* start = event.find("DTSTART");
      const auto own = start == nullptr ? std::nullopt : wall_of(start->value);
      if (own && !own->utc) {
        if (const auto zone = zone_of(*start, *own, zones_, "")) local = to_zone(wall, *zone);
      }
    }
    return event.text("UID") + ";" + local.text();
  }

  std::optional<Times> times(const Event& event, const std::string& uid) {
    const std::string raw = raw_of(event);
    const Lines starts = event.all("DTSTART");
    if (starts.size() != 1) {
      reject("ICS_START",
             starts.empty() ? event.first : starts[1].number,
             starts.empty() ? "the event has no DTSTART" : "the event has two DTSTART",
             "give each hearing one DTSTART",
             uid,
             raw);
      return std::nullopt;
    }
    const auto start = wall_of(starts[0].value);
    if (!start) {
      reject("ICS_START",
             starts[0].number,
             "DTSTART: expected YYYYMMDD or YYYYMMDDTHHMMSS, saw " +
                 std::to_string(starts[0].value.size()) + " other characters",
             "mend the date at the court",
             uid,
             raw);
      return std::nullopt;
    }
    auto zone = zone_of(starts[0], *start, zones_, place(starts[0].number) + " DTSTART");
    if (!zone) {
      reject(std::move(zone).error(), uid, raw);
      return std::nullopt;
    }
    Times out{*start, *std::move(zone), std::nullopt};
    if (const ContentLine* line = event.find("DTEND")) {
      auto end = wall_of(line->value);
      if (end && end->utc && !start->utc) end = to_zone(*end, out.zone);
      if (!end || end->at < start->at) {
        reject("ICS_END",
               line->number,
               end ? "DTEND lies before DTSTART" : "DTEND is no date or time",
               "mend the end at the court",
               uid,
               raw);
        return std::nullopt;
      }
      out.length = end->at - start->at;
    } else if (const ContentLine* length = event.find("DURATION")) {
      out.length = duration_of(length->value);
      if (!out.length) {
        reject("ICS_DURATION",
               length->number,
               "DURATION is malformed, negative or longer than a year",
               "mend the duration at the court",
               uid,
               raw);
        return std::nullopt;
      }
    }
    return out;
  }

  void hearing(const Event& event) {
    const std::string uid = event.text("UID");
    if (uid.empty() || uid.size() > 512) {
      reject("ICS_UID",
             event.first,
             uid.empty() ? "the event has no UID" : "the UID is longer than 512 bytes",
             "publish each hearing with a UID of its own",
             {},
             raw_of(event));
      return;
    }
    const auto at = times(event, uid);
    if (!at) return;
    if (const ContentLine* line = event.find("RECURRENCE-ID")) {
      const auto which = wall_of(line->value);
      if (!which) {
        reject("ICS_RECURRENCE",
               line->number,
               "RECURRENCE-ID is no date or time",
               "mend it at the court",
               uid,
               raw_of(event));
        return;
      }
      emit(event, instance_key(event, *which), *at, at->start);
      return;
    }
    Recurrence recurrence{
        at->start, at->zone, event.all("RRULE"), event.all("RDATE"), event.all("EXDATE")};
    if (recurrence.rules.empty() && recurrence.added.empty()) {
      emit(event, uid, *at, at->start);
      return;
    }
    const Window window{options_.today - std::chrono::days(options_.settings.days_back),
                        options_.today + std::chrono::days(options_.settings.days_ahead),
                        options_.settings.instances_max};
    auto starts = instances(recurrence, window, origin_);
    if (!starts) {
      reject(std::move(starts).error(), uid, raw_of(event));
      return;
    }
    for (const Wall& start : *starts) {
      const std::string key = uid + ";" + start.text();
      if (!overrides_.contains(key)) emit(event, key, *at, start);
    }
  }

  void emit(const Event& event, const std::string& key, const Times& at, const Wall& start) {
    sdk::JsonWriter w;
    auto text = [&](const char* name, const std::string& value) {
      if (!value.empty()) w.field(name, value);
    };
    auto when = [&](const char* name, const Wall& wall) {
      w.key(name).object().field("local", wall.text()).field("zone", at.zone).end();
    };
    w.object().field("hearing_id", key);
    text("docket", event.text(options_.settings.docket_property));
    text("party_id", event.text(options_.settings.party_property));
    const ContentLine* kinds = event.find("CATEGORIES");
    text("kind", kinds == nullptr ? "" : unescape_text(split_list(kinds->value).front()));
    text("status", lower(event.text("STATUS")));
    when("start", start);
    if (at.length) {
      when("end", Wall{start.at + *at.length, start.date_only, start.utc});
      w.field("minutes", int64_t{at.length->count() / 60});
    }
    if (start.date_only) w.field("all_day", true);
    const std::string location = event.text("LOCATION");
    if (!location.empty()) w.key("location").object().field("text", location).end();
    text("summary", event.text("SUMMARY"));
    text("description", event.text("DESCRIPTION"));
    const std::string access = lower(event.text("CLASS"));
    text("class", access);
    w.field("sealed", !access.empty() && access != "public");
    w.end();
    sdk::Record record{"hearing", key, "", w.text(), place(event.first)};
    record.version = version(event, record.body);
    if (const ContentLine* line = event.find("LAST-MODIFIED")) {
      const auto changed = wall_of(line->value);
      if (changed && changed->utc)
        record.changed_at_us = int64_t{changed->at.time_since_epoch().count()} * 1000000;
    }
    if (!keys_.insert(key).second) {
      reject("ICS_UID",
             event.first,
             "an event before it has the same UID",
             "give each hearing a UID of its own",
             key,
             raw_of(event));
      return;
    }
    out_.records.push_back(std::move(record));
  }

  // Rises with SEQUENCE, then LAST-MODIFIED; tells any change of what we read from it.
  static std::string version(const Event& event, const std::string& body) {
    uint64_t sequence = 0;
    for (const char c : event.text("SEQUENCE").substr(0, 10)) {
      if (c >= '0' && c <= '9') sequence = sequence * 10 + static_cast<uint64_t>(c - '0');
    }
    const auto modified = wall_of(event.text("LAST-MODIFIED"));
    return padded(sequence) + "." + (modified ? modified->text() : std::string("0")) + "." +
           sha256_hex(body).substr(0, 12);
  }

  static std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
  }

  const std::string& origin_;
  const CalendarOptions& options_;
  ZoneNames zones_;
  std::vector<Event> events_;
  std::set<std::string> overrides_;
  std::set<std::string> keys_;
  CalendarReading out_;
  std::string_view all_;  // the bytes being read
};

}  // namespace

CalendarReading read_calendar(std::string_view bytes,
                              const std::string& origin,
                              const CalendarOptions& options) {
  return Reader(origin, options).read(bytes);
}

}  // namespace concord::court
