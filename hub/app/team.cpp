// roster.yaml and assignments.csv: the right to know, and the need to.
#include <algorithm>
#include <concord/csv.hpp>
#include <filesystem>

#include "hub/app/coalition_files.hpp"
#include "hub/base/files.hpp"
#include "hub/base/nearest.hpp"

namespace concord::app {
namespace {

void read_seat(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  Fields fields(yaml, {file, "seat", loading.zone}, loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::RosterEntry seat;
  if (fields.has("id")) seat.id = fields.id("id");
  seat.agency = loading.agency(fields, "agency");
  seat.role = fields.text("role");
  seat.status = fields.one_of("status", {"active", "ended", "suspended"}, "active");
  seat.start = fields.start("start");
  seat.end = fields.finish("end");
  fields.end();
  loading.coalition.roster.push_back(std::move(seat));
}

void read_assignment(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  const Where where{file, "assignment", loading.zone};
  Fields fields(yaml, where, loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::Assignment assignment;
  if (fields.has("id")) assignment.id = fields.id("id");
  assignment.agency = loading.agency(fields, "agency");
  assignment.child = loading.child(fields, where);
  assignment.start = fields.start("start");
  assignment.end = fields.finish("end");
  fields.end();
  loading.coalition.assignments.push_back(std::move(assignment));
}

const std::vector<std::string>& columns() {
  static const std::vector<std::string> known = {"agency", "system", "child", "start", "end", "id"};
  return known;
}

// Where each of columns() stands in the file; -1: not there.
std::vector<int> places_of(const sdk::CsvRow& header, const std::string& place, Loading& loading) {
  std::vector<int> places(columns().size(), -1);
  for (size_t i = 0; i < header.cells.size(); ++i) {
    const auto at = std::find(columns().begin(), columns().end(), header.cells[i]);
    if (at == columns().end()) {
      loading.errors.push_back(base::config_error("CONFIG_UNKNOWN_KEY",
                                                  place,
                                                  "there is no column \"" + header.cells[i] + "\"",
                                                  base::advice(header.cells[i], columns())));
    } else {
      places[static_cast<size_t>(at - columns().begin())] = static_cast<int>(i);
    }
  }
  for (size_t i = 0; i < 3; ++i)
    if (places[i] < 0)
      loading.errors.push_back(base::config_error(
          "CONFIG_MISSING",
          place,
          "the column \"" + columns()[i] + "\" is missing",
          "the first line is: agency,system,child,start,end,id; the last three may lack"));
  return places;
}

class Row {
 public:
  Row(const sdk::CsvRow& row, const std::vector<int>& places, std::string place, Loading& loading)
      : row_(row), places_(places), place_(std::move(place)), loading_(loading) {}

  void read() {
    model::Assignment assignment;
    assignment.agency = model::AgencyId(needed(0));
    if (!cell(0).empty() && !loading_.knows(assignment.agency))
      complain("there is no agency \"" + cell(0) + "\"",
               base::advice(cell(0), loading_.agency_ids()));
    assignment.child = {model::SystemId(needed(1)), needed(2)};
    if (!cell(1).empty() && !loading_.knows(assignment.child.system))
      complain("there is no system \"" + cell(1) + "\"",
               base::advice(cell(1), loading_.system_ids()));
    assignment.start = time(3, false);
    assignment.end = time(4, true);
    assignment.id = cell(5);
    loading_.coalition.assignments.push_back(std::move(assignment));
  }

 private:
  std::string cell(size_t column) const {
    const int at = places_[column];
    return at < 0 || static_cast<size_t>(at) >= row_.cells.size()
               ? std::string{}
               : row_.cells[static_cast<size_t>(at)];
  }
  std::string needed(size_t column) {
    std::string text = cell(column);
    if (text.empty() && places_[column] >= 0)
      complain("\"" + columns()[column] + "\" is empty", "fill it in, or remove the row");
    return text;
  }
  std::optional<base::Instant> time(size_t column, bool to_end_of_day) {
    const std::string text = cell(column);
    if (text.empty()) return std::nullopt;
    auto at = time_of(text, loading_.zone, to_end_of_day);
    if (!at) complain("\"" + columns()[column] + "\" is no date", "write it as 2026-06-01");
    return at;
  }
  void complain(std::string cause, std::string next) {
    loading_.errors.push_back(
        base::config_error("CONFIG_VALUE", place_, std::move(cause), std::move(next)));
  }
  const sdk::CsvRow& row_;
  const std::vector<int>& places_;
  std::string place_;
  Loading& loading_;
};

base::Error told(const sdk::Error& error) {
  return base::config_error(error.code, error.place, error.cause, error.next);
}

void read_seats(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  read_items(
      yaml, "roster", file, loading, [&](const auto& item) { read_seat(item, file, loading); });
}

void read_rows(const std::string& file, Loading& loading) {
  auto bytes = base::read_file(file, 64u << 20);
  if (!bytes) {
    loading.errors.push_back(std::move(bytes).error());
    return;
  }
  sdk::CsvOptions options;
  options.name = file;
  sdk::CsvReader reader(*bytes, options);
  std::optional<std::vector<int>> places;
  for (;;) {
    auto row = reader.next();
    if (!row) {
      loading.errors.push_back(told(row.error()));
      continue;
    }
    if (!*row) return;
    const std::string place = file + ":" + std::to_string((*row)->line);
    if (!places) {
      places = places_of(**row, place, loading);
    } else {
      Row(**row, *places, place, loading).read();
    }
  }
}

using Assignments = base::Result<std::vector<model::Assignment>, base::Errors>;

Assignments assignments_of(Loading loading) {
  if (!loading.errors.empty()) return std::move(loading.errors);
  return std::move(loading.coalition.assignments);
}

}  // namespace

void read_roster(Loading& loading) {
  const std::string file = "roster.yaml";
  if (const auto yaml = loading.read(file, false))
    read_seats(*yaml, loading.folder + "/" + file, loading);
}

void read_assignments(Loading& loading) {
  const std::string file = loading.folder + "/assignments.csv";
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) read_rows(file, loading);
}

base::Result<std::vector<model::RosterEntry>, base::Errors> load_seats(
    const model::Coalition& coalition, const base::Yaml& yaml, const std::string& file) {
  Loading loading = loading_for(coalition);
  read_seats(yaml, file, loading);
  if (!loading.errors.empty()) return std::move(loading.errors);
  return std::move(loading.coalition.roster);
}

Assignments load_assignments(const model::Coalition& coalition,
                             const base::Yaml& yaml,
                             const std::string& file) {
  Loading loading = loading_for(coalition);
  read_items(yaml, "assignments", file, loading, [&](const auto& item) {
    read_assignment(item, file, loading);
  });
  return assignments_of(std::move(loading));
}

Assignments load_assignments_csv(const model::Coalition& coalition, const std::string& file) {
  Loading loading = loading_for(coalition);
  read_rows(file, loading);
  return assignments_of(std::move(loading));
}

}  // namespace concord::app
