// Runs compiled tables over one record or document.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/translate/book.hpp"
#include "hub/translate/rules.hpp"

namespace concord::translate {

// Where a row's value went: for previews and row tests. Not filled in for the line.
struct Trace {
  const Row* row = nullptr;
  Made::Came came = Made::Came::missing;
  Action::What action = Action::What::never;  // where came is missing or invalid
  std::string shown;                          // the value as JSON; content
  std::string reason;                         // absent
};

// Makes one entity from one record (and one item of $each).
class EntityMaker {
 public:
  EntityMaker(const Table& table,
              Run& run,
              model::Entity& entity,
              std::vector<Trace>* trace = nullptr)
      : table_(table), run_(run), entity_(entity), trace_(trace) {}

  // Fills in body, absent, labels, key, subject ... The fault rejects the record.
  std::optional<base::Error> make();
  [[nodiscard]] model::IdentityHints take_hints() { return std::move(hints_); }
  // One row alone: for row tests.
  std::optional<base::Error> apply(const Row& row);
  [[nodiscard]] const JsonValue& body() const { return body_; }

 private:
  std::optional<base::Error> apply_items(const Row& row);
  std::optional<base::Error> apply_labels(const Row& row, const Values& values);
  std::optional<base::Error> settle(const Row& row, Made made);
  std::optional<base::Error> keep(const Row& row, JsonValue value, model::LabelSet labels);
  void keep_field(const Row& row, JsonValue value, model::LabelSet labels);
  void keep_absent(const Row& row, std::string_view reason, std::string_view seen);
  void label(const std::string& pointer, model::LabelSet labels);
  void note(const Row& row, const Made& made, Action::What action);
  [[nodiscard]] base::Error refuse(const Row& row, const char* code, std::string cause) const;
  void gather_hints();
  std::optional<base::Error> finish();

  const Table& table_;
  Run& run_;
  model::Entity& entity_;
  std::vector<Trace>* trace_;
  model::IdentityHints hints_;
  JsonValue body_{rapidjson::kObjectType};
  JsonValue extra_{rapidjson::kObjectType};
  Values values_;
  size_t item_ = SIZE_MAX;  // apply_items: which
  uint32_t given_ = 0;      // of Target::Kind: what a row has given already
};

// Makes one outgoing record's body; the table's $when has been judged.
base::Result<JsonValue> make_record(const Table& table,
                                    Run& run,
                                    std::string* key,
                                    std::vector<Trace>* trace = nullptr);
std::optional<base::Error> apply_out(const Table& table,
                                     const Row& row,
                                     Run& run,
                                     JsonValue& body,
                                     std::string* key,
                                     std::vector<Trace>* trace);

bool all_hold(const std::vector<Condition>& conditions, const Metas& metas);

}  // namespace concord::translate
