// Real samples of the formats that this connector claims, read by its own parsing code: each row is
// a record or a reject with a reason. The samples lie outside the repository and may be missing.
#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

const fs::path kData = fs::path(CONCORD_SOURCE_DIR) / ".." / "shared" / "data";

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Count {
  size_t files = 0, records = 0, rejects = 0;
  std::map<std::string, size_t> reasons;
};

// Reads a whole file in small stretches, as a job would.
sdk::Batch read_file(const RecordSettings& settings, const fs::path& path) {
  const std::string name = path.filename().string();
  auto file = settings.format == Format::csv ? open_csv(settings, name, bytes_of(path))
                                             : open_xml(settings, name, bytes_of(path), 64u << 20);
  sdk::Batch batch;
  DropPosition position;
  while (!position.finished) {
    const size_t before = batch.records.size() + batch.rejects.size();
    EXPECT_TRUE(file->read(position, {100, 1u << 20}, batch));
    EXPECT_LE(batch.records.size() + batch.rejects.size(), before + 100);
  }
  for (const auto& r : batch.records) {
    EXPECT_FALSE(r.key.empty());
    EXPECT_FALSE(r.version.empty());
    EXPECT_THAT(r.body, ::testing::StartsWith("{"));
    EXPECT_THAT(r.origin, ::testing::StartsWith(name));
  }
  for (const auto& r : batch.rejects) {
    EXPECT_THAT(r.error.place, ::testing::StartsWith(name));
    EXPECT_FALSE(r.error.cause.empty() || r.error.next.empty() || r.error.code.empty());
  }
  return batch;
}

void count(Count& into, const sdk::Batch& batch) {
  ++into.files;
  into.records += batch.records.size();
  into.rejects += batch.rejects.size();
  for (const auto& r : batch.rejects) ++into.reasons[r.error.code];
}

RecordSettings csv(std::vector<std::string> key) {
  RecordSettings s;
  s.type = "sample";
  s.from = Source::folder;
  s.key = std::move(key);
  s.modified = "DateUpdated";
  s.deleted = "DateDeleted";
  return s;
}

RecordSettings xml(const std::string& record, const std::string& key) {
  RecordSettings s = csv({key});
  s.format = Format::xml;
  s.record = record;
  return s;
}

// The first column, which is the key in every file of an HMIS export.
std::string first_column(const fs::path& path, const sdk::CsvOptions& options = {}) {
  const std::string bytes = bytes_of(path);
  sdk::CsvReader reader(bytes, options);
  auto row = reader.next();
  return row && *row ? (**row).cells.front() : "";
}

class Samples : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kData / "child-welfare"))
      GTEST_SKIP() << "skipped: no samples beside the repository";
  }
  static void TearDownTestSuite() {
    if (table_.empty()) return;
    std::printf("%-52s %6s %8s %8s  %s\n", "source", "files", "records", "rejects", "reasons");
    for (const auto& [source, c] : table_) {
      std::string reasons;
      for (const auto& [code, n] : c.reasons)
        reasons += (reasons.empty() ? "" : ", ") + code + " " + std::to_string(n);
      std::printf("%-52s %6zu %8zu %8zu  %s\n",
                  source.c_str(),
                  c.files,
                  c.records,
                  c.rejects,
                  reasons.c_str());
    }
  }
  static std::vector<fs::path> files(const fs::path& folder, const std::string& extension) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file() && entry.path().extension() == extension)
        out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
  }
  static inline std::map<std::string, Count> table_;
};

TEST_F(Samples, hmis_exports) {
  const fs::path root = kData / "child-welfare/hmis-warehouse";
  for (const fs::path& file : files(root, ".csv")) {
    const std::string part = fs::relative(file, root).begin()->string();
    if (part == "encodings") continue;
    const std::string set = std::next(fs::relative(file, root).begin())->string();
    Count& c = table_["hmis-warehouse/" + part + "/" + set];
    const sdk::Batch batch = read_file(csv({first_column(file)}), file);
    count(c, batch);
    // Rows of 39 cells under 38 names, whose values slide right. The unbalanced quotes of bad_data
    // are quoted as RFC 4180 has it, and so are read as they were meant.
    EXPECT_TRUE(set == "loader_errors" || batch.rejects.empty()) << file;
  }
  EXPECT_EQ(table_["hmis-warehouse/fy2026/loader_errors"].reasons["CSV_COLUMNS"], 5u);
}

TEST_F(Samples, hmis_names_come_out_alike_from_five_encodings) {
  const fs::path root = kData / "child-welfare/hmis-warehouse/encodings";
  const std::pair<const char*, const char*> all[] = {{"UTF-8.csv", "utf-8"},
                                                     {"UTF-8-bom.csv", "utf-8"},
                                                     {"UTF-16LE.csv", "utf-16le"},
                                                     {"Windows-1252.csv", "windows-1252"},
                                                     {"macRoman.csv", "macintosh"}};
  std::vector<std::string> bodies;
  for (const auto& [name, encoding] : all) {
    RecordSettings s = csv({"PersonalID"});
    s.csv.encoding = encoding;
    const sdk::Batch batch = read_file(s, root / name);
    count(table_["hmis-warehouse/encodings"], batch);
    EXPECT_THAT(batch.rejects, IsEmpty()) << name;
    std::vector<std::string> of_this;
    for (const auto& r : batch.records) of_this.push_back(r.body);
    if (bodies.empty()) bodies = of_this;
    EXPECT_EQ(of_this, bodies) << name;
  }
  EXPECT_THAT(bodies, ::testing::Contains(::testing::HasSubstr("Øyvind")));
  // And in the wrong one, they are refused rather than garbled.
  RecordSettings wrong = csv({"PersonalID"});
  const sdk::Batch refused = read_file(wrong, root / "Windows-1252.csv");
  EXPECT_FALSE(refused.rejects.empty());
  for (const auto& r : refused.rejects) EXPECT_EQ(r.error.code, "CSV_ENCODING");
}

TEST_F(Samples, casa_imports) {
  for (const fs::path& file : files(kData / "child-welfare/casa", ".csv")) {
    const std::string name = file.filename().string();
    const char* key = name.find("casa_case") != std::string::npos ? "case_number"
                      : name == "no_rows.csv"                     ? "Name"
                                                                  : "email";
    const sdk::Batch batch = read_file(csv({key}), file);
    count(table_["casa"], batch);
    // A row of two cells under three names is not guessed at: its phone number would be an e-mail.
    EXPECT_EQ(batch.rejects.empty(),
              name.find("without_email") == std::string::npos &&
                  name.find("case_number") == std::string::npos && name != "existing_casa_case.csv")
        << name;
    EXPECT_TRUE(name != "no_rows.csv" || batch.records.empty());
  }
}

TEST_F(Samples, ssda903_returns) {
  const fs::path root = kData / "child-welfare/ssda903-fake";
  std::map<std::string, size_t> by_file;
  for (const fs::path& file : files(root, ".csv")) {
    const sdk::Batch batch = read_file(csv({"CHILD"}), file);
    count(table_["ssda903-fake (csv)"], batch);
    EXPECT_THAT(batch.rejects, IsEmpty()) << file;
    by_file[file.filename().string()] = batch.records.size();
  }
  EXPECT_EQ(by_file["header.csv"], 2675u);
  EXPECT_EQ(by_file["episodes.csv"], 5050u);
  EXPECT_EQ(by_file["reviews.csv"], 12582u);
  const sdk::Batch children = read_file(xml("CHILD", "HEADER/CHILDID"), root / "fake_903.xml");
  count(table_["ssda903-fake (xml)"], children);
  EXPECT_EQ(children.records.size(), 253u);
  RecordSettings episodes = xml("CHILD/EPISODE", "../HEADER/CHILDID");
  episodes.key.push_back("DECOM");
  const sdk::Batch moves = read_file(episodes, root / "fake_903.xml");
  count(table_["ssda903-fake (xml, episodes)"], moves);
  EXPECT_GT(moves.records.size(), 253u);
  EXPECT_THAT(moves.rejects, IsEmpty());
}

TEST_F(Samples, liia_returns) {
  const fs::path root = kData / "child-welfare/liia-tools";
  for (const fs::path& file : files(root, ".csv")) {
    const sdk::Batch batch = read_file(csv({"CHILD", "DECOM"}), file);
    count(table_["liia-tools (csv)"], batch);
    EXPECT_FALSE(batch.records.empty()) << file;
  }
  const sdk::Batch census = read_file(xml("Children/Child", "ChildIdentifiers/LAchildID"),
                                      root / "cin_census/samples/cin-2022.xml");
  count(table_["liia-tools (xml)"], census);
  ASSERT_EQ(census.records.size(), 1u);
  EXPECT_THAT(census.records[0].body, ::testing::HasSubstr("\"Disability\":[\"HAND\",\"HEAR\"]"));
}

TEST_F(Samples, hud_hmis_xml) {
  for (const fs::path& file : files(kData / "child-welfare/hud-hmis-xml", ".xml")) {
    for (const char* element : {"Client", "Enrollment"}) {
      const sdk::Batch batch =
          read_file(xml("Source/Export/" + std::string(element),
                        std::string(element) == "Client" ? "PersonalID" : "EnrollmentID"),
                    file);
      count(table_["hud-hmis-xml, " + std::string(element)], batch);
      EXPECT_THAT(batch.rejects, IsEmpty()) << file;
      const bool whole = file.filename() == "HUD_HMIS_Instance.xml";
      EXPECT_TRUE(!whole || !batch.records.empty());
    }
  }
}

TEST_F(Samples, recidiviz_exports_of_corrections_departments) {
  const fs::path root = kData / "juvenile-justice/recidiviz-encodings";
  if (!fs::exists(root)) GTEST_SKIP() << "skipped: no such samples";
  for (const fs::path& file : files(root, ".csv")) {
    const std::string name = file.filename().string();
    auto has = [&](const char* text) { return name.find(text) != std::string::npos; };
    sdk::CsvOptions options;
    if (has("1252") || has("windows_file")) options.encoding = "windows-1252";
    if (has("latin_1") || has("load_input")) options.encoding = "iso-8859-1";
    if (has("load_input")) options.delimiter = '|';
    if (has("example_file_structure_windows") || has("custom_delim")) {
      options.delimiter = has("example") ? '\x87' : '\x86';
      options.row_end = has("example") ? '\x86' : '\x87';
      options.quote = '\0';
    } else if (has("multibyte")) {
      options.delimiter = '\x86';
      options.row_end = '\x87';
    } else if ((has("custom_terminator") || has("custom_newlines")) && !has("output")) {
      options.row_end = '\x87';
    }
    RecordSettings s = csv({first_column(file, options)});
    s.csv = options;
    s.allow_ragged_rows = has("load_input");  // each row ends with a delimiter
    const sdk::Batch batch = read_file(s, file);
    count(table_["recidiviz-encodings"], batch);
    EXPECT_EQ(batch.records.empty(), has("table_seed")) << name;
    // Bytes that windows-1252 does not have, in the one file made for that.
    for (const auto& r : batch.rejects) EXPECT_EQ(r.error.code, "CSV_ENCODING") << name;
    EXPECT_EQ(batch.rejects.empty(), !has("unparseable")) << name;
  }
}

}  // namespace
}  // namespace concord::child_welfare
