#include "examples/simulators/juvenile_words.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace concord::sim {

namespace {

using Value = JuvenileDatabase::Value;

constexpr std::array kTables{"youth", "detention", "charge", "supervision", "referral"};

struct Offense {
  const char* statute;
  const char* text;
  const char* code;
  const char* severity;
};
constexpr std::array kOffenses{Offense{"266-30", "larceny", "23H", "misdemeanor"},
                               Offense{"266-126A", "vandalism", "290", "misdemeanor"},
                               Offense{"265-13A", "simple assault", "13B", "misdemeanor"},
                               Offense{"266-16", "breaking and entering", "220", "felony"}};

Value maybe(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

// "2024-03-07", between the start of 2023 and the end of 2024.
std::string date(Random& random) {
  char out[48];
  std::snprintf(out,
                sizeof out,
                "%04d-%02d-%02d",
                2023 + static_cast<int>(random.below(2)),
                1 + static_cast<int>(random.below(12)),
                1 + static_cast<int>(random.below(28)));
  return out;
}

std::string number(const std::string& prefix, const Child& child, int n) {
  char out[48];
  std::snprintf(out, sizeof out, "%s%05d-%d", prefix.c_str(), child.number, n);
  return out;
}

JuvenileRow youth_row(const Child& child) {
  const Sighting seen = seen_by(child, Agency::juvenile_justice);
  return insert_row("youth",
                    {{"youth_id", seen.key},
                     {"family_name", maybe(seen.family)},
                     {"given_name", maybe(seen.given)},
                     {"middle_name", maybe(seen.middle)},
                     {"birth_date", maybe(seen.birth_date)},
                     {"sex", maybe(seen.sex)},
                     {"state_id", maybe(seen.state_id)},
                     {"state_id_assigner", seen.state_id.empty() ? Value() : Value("state")},
                     {"street", maybe(child.street)},
                     {"city", maybe(child.city)},
                     {"state", maybe(child.state)},
                     {"zip", maybe(child.zip)},
                     {"phone", maybe(child.phone)},
                     {"guardian_family", maybe(child.guardian_family)},
                     {"guardian_given", maybe(child.guardian_given)},
                     {"status", "active"},
                     {"sealed", child.sealed_juvenile ? "1" : "0"}});
}

}  // namespace

std::string now_text() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t seconds = system_clock::to_time_t(now);
  const auto micros = duration_cast<microseconds>(now.time_since_epoch()).count() % 1000000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char out[40];
  char part[24];
  std::strftime(part, sizeof part, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(out, sizeof out, "%s.%06ldZ", part, static_cast<long>(micros));
  return out;
}

JuvenileRow insert_row(const std::string& table,
                       std::vector<std::pair<std::string, Value>> columns) {
  columns.emplace_back("changed_at", now_text());
  JuvenileRow row;
  std::string names, marks;
  for (auto& [name, value] : columns) {
    names += (names.empty() ? "" : ", ") + name;
    marks += marks.empty() ? "?" : ", ?";
    row.values.push_back(std::move(value));
  }
  row.sql = "INSERT INTO " + table + " (" + names + ") VALUES (" + marks + ")";
  return row;
}

std::string key_column(const std::string& table) {
  return table + "_id";
}

bool is_table(const std::string& table) {
  return std::find(kTables.begin(), kTables.end(), table) != kTables.end();
}

std::vector<std::pair<std::string, std::string>> outbox_selects() {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string table : kTables) {
    out.emplace_back(table,
                     "SELECT o.seq, o.operation, o.record_key, r.* FROM outbox o LEFT JOIN " +
                         table + " r ON r." + key_column(table) +
                         " = o.record_key WHERE o.record_type = '" + table + "'");
  }
  return out;
}

std::vector<JuvenileRow> first_rows(uint64_t seed, const Child& child) {
  Random random(seed * 0x9E3779B1u + static_cast<uint64_t>(child.number) * 7919u + 2u);
  const std::string& youth = child.juvenile_id;
  const std::string sealed = child.sealed_juvenile ? "1" : "0";
  std::vector<JuvenileRow> rows{youth_row(child)};
  const std::string referral = number("REF-", child, 1);
  const bool status_offense = random.one_in(4);
  rows.push_back(insert_row("referral",
                            {{"referral_id", referral},
                             {"youth_id", youth},
                             {"referral_number", number("2024-", child, 1)},
                             {"received_at", date(random) + "T16:00:00Z"},
                             {"referred_by", random.one_in(3) ? "school" : "police"},
                             {"reason", status_offense ? "truancy" : "delinquency"},
                             {"status_offense", status_offense ? "1" : "0"},
                             {"decision", status_offense ? "informal" : "petition"},
                             {"sealed", sealed}}));
  const auto charges = status_offense && !child.sealed_juvenile ? 0 : 1 + random.below(2);
  for (uint64_t i = 1; i <= charges; ++i) {
    const Offense& offense = kOffenses[random.below(kOffenses.size())];
    rows.push_back(insert_row("charge",
                              {{"charge_id", number("CHG-", child, static_cast<int>(i))},
                               {"youth_id", youth},
                               {"referral_id", referral},
                               {"statute", offense.statute},
                               {"offense", offense.text},
                               {"offense_code", offense.code},
                               {"severity", offense.severity},
                               {"counts", "1"},
                               {"filed_on", date(random)},
                               {"disposition", Value()},
                               {"disposition_on", Value()},
                               {"sealed", sealed}}));
  }
  if (child.sealed_juvenile || random.one_in(3)) {
    const std::string day = date(random);
    rows.push_back(insert_row("detention",
                              {{"detention_id", number("DET-", child, 1)},
                               {"youth_id", youth},
                               {"booking_number", number("", child, 1)},
                               {"facility", "Example Youth Center"},
                               {"admitted_at", day + "T21:15:00Z"},
                               {"released_at", day + "T23:50:00Z"},
                               {"released_to", "parent"},
                               {"reason", "awaiting_hearing"},
                               {"sealed", sealed}}));
  }
  if (random.one_in(2)) {
    rows.push_back(insert_row("supervision",
                              {{"supervision_id", number("SUP-", child, 1)},
                               {"youth_id", youth},
                               {"kind", random.one_in(3) ? "diversion" : "probation"},
                               {"level", random.one_in(2) ? "low" : "medium"},
                               {"starts_on", date(random)},
                               {"ends_on", Value()},
                               {"officer", "Officer Testfamily"},
                               {"conditions", "curfew;school_attendance"},
                               {"sealed", sealed}}));
  }
  return rows;
}

}  // namespace concord::sim
