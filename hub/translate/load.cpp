// Finds the sheets of all folders, and makes a book of them.
#include <algorithm>
#include <filesystem>
#include <map>

#include "hub/base/files.hpp"
#include "hub/translate/compile.hpp"
#include "hub/translate/mappings.hpp"

namespace concord::translate {
namespace {

constexpr size_t kBytesMax = 8u << 20;

struct Found {
  std::string file;              // where it lies
  std::vector<std::string> way;  // "health", "in", "adt_person.csv"
};

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts;
  for (const auto& part : std::filesystem::path(path)) parts.push_back(part.string());
  return parts;
}

// name "health/in/adt_person.csv" → the file of the last folder that has it.
std::map<std::string, Found> sheets_in(const std::vector<std::string>& folders,
                                       base::Errors& errors) {
  std::map<std::string, Found> found;
  for (const std::string& folder : folders) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
      errors.push_back(base::config_error(
          "MAPPING_FOLDER", folder, "there is no such folder", "name the folder of the mappings"));
      continue;
    }
    base::Errors strays;
    const size_t before = found.size();
    for (const std::string& name : base::files_below(folder, ".csv")) {
      std::vector<std::string> way = split(name);
      const bool codes =
          (way.size() == 2 && way[0] == "codes") || (way.size() == 3 && way[1] == "codes");
      const bool table = way.size() == 3 && (way[1] == "in" || way[1] == "out");
      const bool tests = way.size() > 2 && way[1] == "tests";
      if (codes || table) {
        found[name] = {folder + "/" + name, std::move(way)};
      } else if (!tests) {
        strays.push_back(base::config_error("MAPPING_PLACE",
                                            name,
                                            "this table lies where none is looked for",
                                            "put it into <sector>/in, <sector>/out or codes"));
      }
    }
    // One wrong folder is one fault.
    if (!strays.empty() && found.size() == before)
      strays = {
          base::config_error("MAPPING_FOLDER",
                             folder,
                             "tables lie here, but none in <sector>/in, <sector>/out or codes",
                             "name the folder that has the sectors' folders in it")};
    errors.insert(errors.end(), strays.begin(), strays.end());
  }
  return found;
}

void read_codes(const std::map<std::string, Found>& sheets, Book& book, base::Errors& errors) {
  for (const auto& [name, found] : sheets) {
    const std::string& folder = found.way[found.way.size() - 2];
    if (folder != "codes") continue;
    auto bytes = base::read_file(found.file, kBytesMax);
    if (!bytes) {
      errors.push_back(std::move(bytes).error());
      continue;
    }
    Sheet sheet = read_sheet(name,
                             found.file,
                             *bytes,
                             {"from", "to"},
                             {"valid_from", "valid_to", "owner", "note"},
                             errors);
    auto table = CodeTable::read(std::move(sheet), errors);
    const std::string key =
        found.way.size() == 3 ? found.way[0] + "/" + table->name() : table->name();
    book.codes[key] = std::move(table);
  }
}

void read_tables(const std::map<std::string, Found>& sheets, Book& book, base::Errors& errors) {
  for (const auto& [name, found] : sheets) {
    const std::string& folder = found.way[found.way.size() - 2];
    if (folder == "codes") continue;
    auto bytes = base::read_file(found.file, kBytesMax);
    if (!bytes) {
      errors.push_back(std::move(bytes).error());
      continue;
    }
    const size_t before = errors.size();
    Sheet sheet =
        read_sheet(name,
                   found.file,
                   *bytes,
                   {"target", "source", "rule", "argument", "codes", "if_missing", "if_invalid"},
                   {"when", "note", "example", "expect"},
                   errors);
    if (errors.size() != before) continue;  // without its columns nothing else makes sense
    book.tables.push_back(
        compile_table(std::move(sheet), found.way[0], folder == "out", book, errors));
    Table& table = *book.tables.back();
    Sector& sector = book.sectors[found.way[0]];
    if (table.outward)
      sector.out[table.entity].push_back(&table);
    else
      sector.in[table.record_type].push_back(&table);
  }
  for (auto& [name, sector] : book.sectors)
    for (auto& [type, tables] : sector.in)
      std::stable_partition(tables.begin(), tables.end(), [](const Table* table) {
        return table->entity == "Person";
      });
}

}  // namespace

base::Result<Mappings, base::Errors> Mappings::load(const std::vector<std::string>& folders,
                                                    const model::Schema& schema) {
  base::Errors errors;
  auto book = std::make_shared<Book>();
  auto checker = Checker::compile(schema);
  if (!checker) return std::move(checker).error();
  book->checker = std::move(*checker);
  book->folders = folders;
  const auto sheets = sheets_in(folders, errors);
  read_codes(sheets, *book, errors);
  read_tables(sheets, *book, errors);
  if (!errors.empty()) return errors;
  return Mappings(std::move(book));
}

}  // namespace concord::translate
