#include <algorithm>
#include <concord/csv.hpp>
#include <concord/json.hpp>
#include <concord/page.hpp>

#include "child_welfare/drop_file.hpp"
#include "child_welfare/fields.hpp"

namespace concord::child_welfare {
namespace {

sdk::CsvOptions named(sdk::CsvOptions options, const std::string& name) {
  options.name = name;
  return options;
}

class CsvFile : public DropFile {
 public:
  CsvFile(const RecordSettings& settings, std::string name, std::string bytes)
      : settings_(settings),
        name_(std::move(name)),
        bytes_(std::move(bytes)),
        reader_(bytes_, named(settings.csv, name_)),
        columns_(settings.columns) {
    if (columns_.empty()) read_header();
    rows_offset_ = reader_.offset();
    rows_line_ = reader_.line();
  }

  sdk::Status read(DropPosition& position, const sdk::Limits& limits, sdk::Batch& batch) override {
    if (fault_) {
      batch.rejects.push_back(
          {settings_.type, "", sdk::cut_raw(bytes_, limits.body_bytes_max), *fault_});
      position.finished = true;
      return sdk::Done{};
    }
    if (position.line == 0)
      reader_.seek(rows_offset_, rows_line_);
    else
      reader_.seek(position.offset, position.line);
    for (uint32_t n = 0; n < limits.records_max; ++n) {
      auto row = reader_.next();
      if (row && !*row) {
        position.finished = true;
        break;
      }
      if (!row)
        reject(std::move(row).error(), limits, batch);
      else
        take(**row, limits, batch);
    }
    position.offset = reader_.offset();
    position.line = reader_.line();
    return sdk::Done{};
  }

 private:
  void read_header() {
    auto header = reader_.next();
    if (!header) {
      fault_ = std::move(header).error();
      return;
    }
    if (!*header) {
      fault_ = sdk::bad_record("CSV_EMPTY",
                               name_,
                               "an empty file, without even a header row",
                               "send it again; a file without records has its header row");
      return;
    }
    columns_ = std::move((*header)->cells);
    auto fail = [&](size_t column, std::string cause) {
      fault_ = sdk::bad_record(
          "CSV_HEADER",
          name_ + ":" + std::to_string((*header)->line) + ":" + std::to_string(column + 1),
          std::move(cause),
          "mend the header row, or the delimiter and columns in the settings");
    };
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (std::find(columns_.begin(), columns_.begin() + static_cast<ptrdiff_t>(i), columns_[i]) !=
          columns_.begin() + static_cast<ptrdiff_t>(i))
        return fail(i, "column " + std::to_string(i + 1) + " bears the name of one before it");
    }
    for (const std::string& key : settings_.key)
      if (std::find(columns_.begin(), columns_.end(), key) == columns_.end())
        return fail(0, "there is no column \"" + key + "\", a part of the key");
  }

  void take(const sdk::CsvRow& row, const sdk::Limits& limits, sdk::Batch& batch) {
    const size_t cells = row.cells.size();
    if (cells != columns_.size() && !(settings_.allow_ragged_rows && only_ragged(row)))
      return reject(sdk::bad_record("CSV_COLUMNS",
                                    place(row, std::min(cells, columns_.size()) + 1),
                                    "a row of " + std::to_string(cells) + " cells, where " +
                                        std::to_string(columns_.size()) + " are named",
                                    "mend the row; look for an unquoted delimiter"),
                    limits,
                    batch);
    sdk::JsonWriter json;
    json.object();
    for (size_t i = 0; i < columns_.size(); ++i)
      json.field(columns_[i], i < cells ? std::string_view(row.cells[i]) : std::string_view());
    json.end();
    auto record = make_record(
        settings_, json.text(), [&](const std::string& name) -> std::optional<std::string> {
          const auto it = std::find(columns_.begin(), columns_.end(), name);
          if (it == columns_.end()) return std::nullopt;
          const auto i = static_cast<size_t>(it - columns_.begin());
          return i < cells ? row.cells[i] : std::string();
        });
    if (!record) {
      record.error().place = place(row, key_column());
      return reject(std::move(record).error(), limits, batch);
    }
    record->origin = name_ + ":" + std::to_string(row.line);
    sdk::add_record(batch, std::move(record).value(), limits);
  }

  // Cells missing at the end, or empty ones too many: nothing stands under a wrong name.
  [[nodiscard]] bool only_ragged(const sdk::CsvRow& row) const {
    for (size_t i = columns_.size(); i < row.cells.size(); ++i)
      if (!row.cells[i].empty()) return false;
    return true;
  }

  void reject(sdk::Error error, const sdk::Limits& limits, sdk::Batch& batch) {
    batch.rejects.push_back(
        {settings_.type, "", sdk::cut_raw(reader_.raw(), limits.body_bytes_max), std::move(error)});
  }
  // Columns are counted as a spreadsheet does: cells, from 1.
  [[nodiscard]] std::string place(const sdk::CsvRow& row, size_t column) const {
    return name_ + ":" + std::to_string(row.line) + ":" + std::to_string(column);
  }
  [[nodiscard]] size_t key_column() const {
    const auto it = std::find(columns_.begin(), columns_.end(), settings_.key.front());
    return static_cast<size_t>(it - columns_.begin()) + 1;
  }

  const RecordSettings& settings_;
  std::string name_;
  std::string bytes_;
  sdk::CsvReader reader_;
  std::vector<std::string> columns_;
  std::optional<sdk::Error> fault_;
  size_t rows_offset_ = 0, rows_line_ = 1;
};

}  // namespace

std::unique_ptr<DropFile> open_csv(const RecordSettings& settings,
                                   std::string name,
                                   std::string bytes) {
  return std::make_unique<CsvFile>(settings, std::move(name), std::move(bytes));
}

}  // namespace concord::child_welfare
