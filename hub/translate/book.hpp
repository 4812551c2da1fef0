// The compiled tables. Made by compile.hpp, run by run.hpp, looked at by tools.hpp.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/model/label.hpp"
#include "hub/translate/checker.hpp"
#include "hub/translate/code_table.hpp"
#include "hub/translate/path.hpp"
#include "hub/translate/sheet.hpp"

namespace concord::translate {

struct Row;
struct Run;
struct Made;

enum class Rule : uint8_t {
  copy,
  constant,
  lookup,
  code,
  date,
  partial_date,
  instant,
  wall_time,
  split,
  join,
  first,
  person_name,
  phone,
  address,
  ident,
  boolean,
  number,
  quantity,
  narrative,
  reference,
  age_band,
  digest,
  keep
};

// What is done where a value is missing or cannot be used.
struct Action {
  enum class What : uint8_t { reject, skip, absent, fallback, label, never } what = What::never;
  std::string reason;                // absent
  std::string text;                  // fallback, as written
  model::LabelSet labels;            // label
  const JsonValue* value = nullptr;  // fallback, made at load; lives in Book::constants
};

// One of "name", "!name", "name=a|b", "name!=a|b"; a value may end in "*".
struct Condition {
  SourcePath path;
  enum class Test : uint8_t { there, missing, is, is_not } test = Test::there;
  std::vector<std::string> values;
  [[nodiscard]] bool holds(const Metas& metas) const;
};

// What stands in the argument column, taken apart: words, and name=value.
struct Arg {
  std::string name;               // "" for a bare word
  std::string text;               // without quotes
  bool literal = false;           // was in 'quotes'
  std::vector<SourcePath> paths;  // where the rule takes paths and this is none in quotes
};
struct Args {
  std::vector<Arg> list;
  [[nodiscard]] const Arg* find(std::string_view name) const;
  [[nodiscard]] std::string_view text(std::string_view name, std::string_view otherwise = {}) const;
  [[nodiscard]] bool word(std::string_view name) const;
};

struct Target {
  enum class Kind : uint8_t {
    field,
    labels,
    key,
    subject,
    role,
    status,
    status_reason,
    effective_start,
    effective_end,
    entered,
    replaces,
    extra,
    out  // a member of an outgoing record
  } kind = Kind::field;
  std::string field;           // "names", "period", "reports"; extra: the namespace
  std::string sub;             // "start" of "period.start", "to" of "reports[].to"
  bool list = false;           // "names[]"
  bool items = false;          // "reports[].to": one item of the list for each of the source's
  std::string pointer;         // labels: of which field; "" the document
  SourcePath path;             // out
  const Node* node = nullptr;  // what the rule has to make; not for labels, extra, out
};

struct Row {
  size_t line = 0;
  Target target;
  std::string target_text, source_text, argument, when_text, example, expect;
  std::vector<SourcePath> sources;
  // items: the list that is gone through, and where the value stands in each item.
  std::vector<SourcePath> in_item;
  Rule rule = Rule::copy;
  Made (*make)(const Row&, const Values&, Run&) = nullptr;
  Args args;
  std::vector<std::shared_ptr<const CodeTable>> codes;
  Action if_missing, if_invalid;
  std::vector<Condition> when;
  const JsonValue* constant = nullptr;  // in Book::constants
  model::LabelSet labels;               // of a constant $labels row
};

struct Table {
  std::string name;     // "health/in/adt_person.csv"
  std::string lineage;  // "health/adt_person@1a2b3c4d"
  std::string sector;
  bool outward = false;
  std::string record_type, entity;
  std::optional<SourcePath> each;
  std::vector<Condition> when;  // of the whole table
  std::vector<Row> rows;
  const Node* body = nullptr;
  Sheet sheet;
};

struct Sector {
  std::map<std::string, std::vector<const Table*>, std::less<>> in;   // by record type
  std::map<std::string, std::vector<const Table*>, std::less<>> out;  // by entity
};

struct Book {
  std::map<std::string, Sector, std::less<>> sectors;
  std::vector<std::unique_ptr<Table>> tables;  // in the order of their names
  // "health/hl7_sex", or "sex" for one of all sectors.
  std::map<std::string, std::shared_ptr<const CodeTable>, std::less<>> codes;
  Checker checker;
  std::vector<std::string> folders;
  base::Json constants;  // owns what rows point at
  std::vector<std::unique_ptr<JsonValue>> held;
};

}  // namespace concord::translate
