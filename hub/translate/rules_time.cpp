#include <array>
#include <charconv>

#include "hub/base/time.hpp"
#include "hub/translate/rules.hpp"

namespace concord::translate {
namespace {

constexpr std::string_view kIso = "YYYY-MM-DD";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

enum class Token : uint8_t { year, month, day, name, open, close, other };
struct Piece {
  Token token;
  size_t digits_min, digits_max;
};

// Takes the next piece off the format.
Piece take_piece(std::string_view& format) {
  struct Word {
    std::string_view word;
    Piece piece;
  };
  static constexpr std::array kWords{Word{"YYYY", {Token::year, 4, 4}},
                                     Word{"MON", {Token::name, 3, 3}},
                                     Word{"MM", {Token::month, 2, 2}},
                                     Word{"DD", {Token::day, 2, 2}},
                                     Word{"M", {Token::month, 1, 2}},
                                     Word{"D", {Token::day, 1, 2}},
                                     Word{"[", {Token::open, 0, 0}},
                                     Word{"]", {Token::close, 0, 0}}};
  for (const Word& word : kWords) {
    if (!format.starts_with(word.word)) continue;
    format.remove_prefix(word.word.size());
    return word.piece;
  }
  format.remove_prefix(1);
  return {Token::other, 0, 0};
}

std::optional<int> take_digits(std::string_view& text, size_t least, size_t most) {
  size_t n = 0;
  int value = 0;
  while (n < most && n < text.size() && text[n] >= '0' && text[n] <= '9')
    value = value * 10 + (text[n++] - '0');
  if (n < least) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

std::optional<int> take_month_name(std::string_view& text) {
  if (text.size() < 3) return std::nullopt;
  for (int month = 0; month < 12; ++month) {
    bool same = true;
    for (size_t i = 0; i < 3; ++i)
      same &= (text[i] | 0x20) == (kMonths[static_cast<size_t>(month) * 3 + i] | 0x20);
    if (!same) continue;
    text.remove_prefix(3);
    return month + 1;
  }
  return std::nullopt;
}

bool exists(const DateParts& date) {
  if (date.year < 1850 || date.year > 2200) return false;
  if (date.month == 0) return date.day == 0;
  if (date.month > 12) return false;
  if (date.day == 0) return true;
  static constexpr std::array<int, 12> kDays{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  return date.day <= (date.month == 2 && !leap ? 28 : kDays[static_cast<size_t>(date.month) - 1]);
}

std::string day_text(const DateParts& date) {
  return write_date(date, kIso);
}

struct Text {
  std::optional<std::string_view> text;
  Made instead;
};
Text take(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const auto text = scalar_text(*values.front(), run);
  if (!text) return {std::nullopt, Made::bad("expected a time, saw " + shape_of(*values.front()))};
  if (const CodeRow* found = sentinel(row, *text, run))
    return {std::nullopt, Made::absent(*found, *text)};
  return {text, {}};
}

// Wall clock or instant in words of a time of day, as an instant; the zone that it stands in.
struct Moment {
  std::optional<base::Instant> at;
  std::string cause;
};
Moment moment_of(std::string_view text, std::string_view zone, std::optional<int> fold) {
  if (const auto at = base::parse_instant(text)) return {at, {}};
  if (zone.empty()) return {std::nullopt, "a time without a zone, and the system has none"};
  const auto at = base::wall_to_instant(text, zone, fold);
  if (at) return {*at, {}};
  if (at.error().code == "WALL_TIME")
    return {std::nullopt, "expected YYYY-MM-DDTHH:MM, saw " + shape_of(text)};
  return {std::nullopt, at.error().cause};
}

std::string_view zone_of(const Row& row, const JsonValue& given, Run& run) {
  const auto named = part(row.args.find("zone"), given, run);
  return named && !named->empty() ? *named : run.zone;
}

}  // namespace

std::optional<std::string> format_fault(std::string_view format, bool partial) {
  if (format.empty() || format == "iso") return std::nullopt;
  bool year = false, month = false, day = false;
  int depth = 0;
  for (std::string_view rest = format; !rest.empty();) {
    const Piece piece = take_piece(rest);
    year |= piece.token == Token::year;
    month |= piece.token == Token::month || piece.token == Token::name;
    day |= piece.token == Token::day;
    depth += piece.token == Token::open ? 1 : piece.token == Token::close ? -1 : 0;
    if (depth < 0) break;
  }
  if (depth != 0) return "the brackets do not match";
  if (!year) return "the format has no YYYY";
  if (!partial && (!month || !day)) return "the format has no month or no day";
  return std::nullopt;
}

std::optional<DateParts> read_date(std::string_view text, std::string_view format) {
  if (format.empty()) format = kIso;
  if (format == "iso") {
    format = "YYYY[-MM[-DD]]";
    // In front of a time of day.
    if (text.size() > 10 && (text[10] == 'T' || text[10] == ' ')) text = text.substr(0, 10);
  }
  DateParts date;
  while (!format.empty()) {
    const char literal = format.front();
    const Piece piece = take_piece(format);
    if (piece.token == Token::close) continue;
    if (piece.token == Token::open) {
      if (text.empty()) break;  // all that may be missing is missing
      continue;
    }
    if (piece.token == Token::other) {
      if (text.empty() || text.front() != literal) return std::nullopt;
      text.remove_prefix(1);
      continue;
    }
    const auto number = piece.token == Token::name
                            ? take_month_name(text)
                            : take_digits(text, piece.digits_min, piece.digits_max);
    if (!number || *number == 0) return std::nullopt;
    (piece.token == Token::year  ? date.year
     : piece.token == Token::day ? date.day
                                 : date.month) = *number;
  }
  if (!text.empty() || !exists(date)) return std::nullopt;
  return date;
}

std::string write_date(const DateParts& date, std::string_view format) {
  if (format.empty()) format = kIso;
  if (format == "iso") format = "YYYY[-MM[-DD]]";
  std::string out;
  while (!format.empty()) {
    const char literal = format.front();
    const Piece piece = take_piece(format);
    if (piece.token == Token::other) {
      out += literal;
      continue;
    }
    if (piece.token == Token::open) {  // ends where the next part is not known
      std::string_view ahead = format;
      Piece next = take_piece(ahead);
      while (!ahead.empty() && next.token == Token::other) next = take_piece(ahead);
      const int value = next.token == Token::day ? date.day : date.month;
      if (value == 0) return out;
      continue;
    }
    if (piece.token == Token::close) continue;
    if (piece.token == Token::name) {
      out += kMonths.substr(static_cast<size_t>(date.month - 1) * 3, 3);
      continue;
    }
    const int value = piece.token == Token::year  ? date.year
                      : piece.token == Token::day ? date.day
                                                  : date.month;
    std::string digits = std::to_string(value);
    if (digits.size() < piece.digits_min) digits.insert(0, piece.digits_min - digits.size(), '0');
    out += digits;
  }
  return out;
}

JsonValue pdate_of(const DateParts& date, Run& run) {
  JsonValue out(rapidjson::kObjectType);
  out.AddMember("year", JsonValue(date.year), run.memory);
  if (date.month != 0) out.AddMember("month", JsonValue(date.month), run.memory);
  if (date.day != 0) out.AddMember("day", JsonValue(date.day), run.memory);
  return out;
}

std::optional<DateParts> parts_of_pdate(const JsonValue& pdate) {
  const auto number = [&](std::string_view name) {
    const JsonValue* found = base::member(pdate, name);
    return found != nullptr && found->IsInt() ? found->GetInt() : 0;
  };
  const DateParts date{number("year"), number("month"), number("day")};
  if (!exists(date)) return std::nullopt;
  return date;
}

Made make_date(const Row& row, const Values& values, Run& run) {
  Text taken = take(row, values, run);
  if (!taken.text) return std::move(taken.instead);
  const std::string_view format = row.argument;
  const auto date = read_date(*taken.text, format);
  const bool partial = row.rule == Rule::partial_date;
  if (!date || (!partial && date->day == 0))
    return Made::bad("expected " +
                     std::string(format.empty()    ? kIso
                                 : format == "iso" ? "YYYY-MM-DD or a time that begins so"
                                                   : format) +
                     " and a day that exists, saw " + shape_of(*taken.text));
  if (row.target.node != nullptr && row.target.node->type == "pdate")
    return Made::of(pdate_of(*date, run));
  return Made::of(copied(day_text(*date), run));
}

Made make_instant(const Row& row, const Values& values, Run& run) {
  Text taken = take(row, values, run);
  if (!taken.text) return std::move(taken.instead);
  const bool day_will_do = row.target.node != nullptr && row.target.node->type == "moment";
  if (day_will_do && base::is_date(*taken.text)) return Made::of(copied(*taken.text, run));
  const Moment moment = moment_of(*taken.text, zone_of(row, *values.front(), run), std::nullopt);
  if (!moment.at) return Made::bad(moment.cause);
  return Made::of(copied(base::to_text(*moment.at), run));
}

Made make_wall_time(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const JsonValue& given = *values.front();
  std::string_view zone = zone_of(row, given, run);
  std::string_view local;
  std::optional<int> fold;
  if (given.IsObject()) {  // {local, zone, fold}, as some sources write it
    local = trimmed(base::text_of(given, "local"));
    if (const auto named = base::text_of(given, "zone"); !named.empty()) zone = named;
    if (const JsonValue* pass = base::member(given, "fold"); pass != nullptr && pass->IsInt())
      fold = pass->GetInt();
  } else {
    Text taken = take(row, values, run);
    if (!taken.text) return std::move(taken.instead);
    local = *taken.text;
  }
  if (const auto pass = part(row.args.find("fold"), given, run); pass == "0" || pass == "1")
    fold = *pass == "1" ? 1 : 0;
  if (local.empty()) return {};
  if (!base::is_zone(zone)) return Made::bad("a time whose zone is not known, " + shape_of(zone));
  const Moment moment = moment_of(local, zone, fold);
  if (!moment.at) return Made::bad(moment.cause);
  const auto at = std::chrono::floor<std::chrono::seconds>(*moment.at);
  auto wall = base::instant_to_wall(at, zone);
  if (!wall) return Made::bad(wall.error().cause);
  JsonValue out(rapidjson::kObjectType);
  put(out, "local", *wall, run);
  put(out, "zone", zone, run);
  const auto plain = base::wall_to_instant(*wall, zone, std::nullopt);
  if (!plain) {  // a repeated hour
    const auto first = base::wall_to_instant(*wall, zone, 0);
    out.AddMember("fold", JsonValue(first && *first == at ? 0 : 1), run.memory);
  }
  put(out, "at", base::to_text(at), run);
  return Made::of(std::move(out));
}

Made make_age_band(const Row& row, const Values& values, Run& run) {
  if (values.empty()) return {};
  const auto day_of = [&](const JsonValue& value) -> std::optional<DateParts> {
    if (value.IsObject()) return parts_of_pdate(value);
    const auto text = scalar_text(value, run);
    return text ? read_date(*text, "iso") : std::nullopt;
  };
  const auto birth = day_of(*values.front());
  const Arg* at_arg = row.args.find("at");
  const JsonValue* at_value =
      at_arg == nullptr || at_arg->paths.empty() ? nullptr : at_arg->paths.front().first(run.metas);
  const auto at = at_value == nullptr ? std::nullopt : day_of(*at_value);
  if (!birth || !at || birth->day == 0 || at->day == 0)
    return Made::bad("expected two exact dates, saw " + shape_of(*values.front()));
  const bool before =
      at->month < birth->month || (at->month == birth->month && at->day < birth->day);
  const int age = at->year - birth->year - (before ? 1 : 0);
  std::string_view bands = row.args.text("bands");
  while (!bands.empty()) {
    const std::string_view band = bands.substr(0, bands.find(','));
    bands.remove_prefix(std::min(band.size() + 1, bands.size()));
    int from = 0, to = 0;
    const auto read = std::from_chars(band.data(), band.data() + band.size(), from);
    to = from;
    if (read.ptr != band.data() + band.size() && *read.ptr == '-')
      std::from_chars(read.ptr + 1, band.data() + band.size(), to);
    if (age >= from && age <= to) return Made::of(copied(band, run));
  }
  return Made::bad("an age that no band covers");
}

}  // namespace concord::translate
