// What people need to work on tables: tests, a preview, and a look for what is odd.
// For the command line; nothing of it runs in the line. Threads: one caller at a time.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "hub/translate/book.hpp"
#include "hub/translate/mappings.hpp"

namespace concord::translate {

struct TestCounts {
  size_t tables = 0;
  size_t examples = 0;  // rows whose example was run
  size_t cases = 0;     // golden folders
  size_t failed = 0;    // of both
};
// Runs each row's example, and each golden folder <folder>/<sector>/tests/<case>. Prints what
// fails, with the row, what was wanted and what came. sector: of this one alone; empty: all.
// rewrite: writes want.json instead. told: after each, how many of how many.
base::Result<TestCounts, base::Errors> map_test(
    const std::vector<std::string>& folders,
    const model::Schema& schema,
    std::ostream& out,
    const std::string& sector = {},
    bool rewrite = false,
    const std::function<void(size_t, size_t)>& told = {});

struct PreviewOptions {
  std::string zone = "America/New_York";
  std::string key = "preview";   // the record's
  std::string place = "record";  // where it came from, for errors
  bool json = false;
};
// What a record becomes: each entity, and for each field its value, row and source. body: the
// record's JSON. Shows content, to whoever gave it. How many entities cannot be made; of a record
// with one such the hub takes nothing.
base::Result<size_t> map_preview(const Mappings& mappings,
                                 const std::string& mapping,
                                 const std::string& record_type,
                                 const std::string& body,
                                 const PreviewOptions& options,
                                 std::ostream& out);

// Tells what loads but looks wrong: how many remarks.
base::Result<size_t, base::Errors> map_lint(const std::vector<std::string>& folders,
                                            const model::Schema& schema,
                                            std::ostream& out);

// Shared by the three.
// A value as the expect column writes it: "female", "2012-03", "system|value", or JSON.
std::string in_short(const JsonValue& value);
// Empty where it is as expected, else what is wrong.
std::string judge_example(const Table& table, const Row& row);
// Where two values differ, a line each: "/body/kind: wanted \"a\", came nothing". A list or object
// that only one of them has is one difference.
std::vector<std::string> differences(const JsonValue& want, const JsonValue& came);

// Bodies against the schema's own files, with valijson: independent of Checker, slow, and, with
// std::regex beneath, not for texts that Checker has not bounded.
class SchemaValidator {
 public:
  static base::Result<SchemaValidator, base::Errors> compile(const model::Schema& schema);
  ~SchemaValidator();
  SchemaValidator(SchemaValidator&&) noexcept;
  // What is wrong, one line each; without content.
  [[nodiscard]] std::vector<std::string> validate(const std::string& entity,
                                                  const base::JsonValue& body) const;

 private:
  struct Parts;
  explicit SchemaValidator(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace concord::translate
