#include <algorithm>

#include "hub/base/nearest.hpp"
#include "hub/base/time.hpp"
#include "hub/translate/compile.hpp"

namespace concord::translate {
namespace {

using Kind = Target::Kind;

const Node& text_node() {
  static const Node node = [] {
    Node made;
    made.kind = Node::Kind::text;
    made.length_min = 1;
    made.length_max = 300;
    return made;
  }();
  return node;
}
const Node& status_node() {
  static const Node node = [] {
    Node made = text_node();
    made.values = {"active", "corrected", "withdrawn", "entered-in-error"};
    return made;
  }();
  return node;
}
const Node& time_node(const char* type) {
  static const auto made = [](const char* of) {
    Node node = text_node();
    node.type = of;
    return node;
  };
  static const Node moment = made("moment"), instant = made("instant");
  return std::string_view(type) == "moment" ? moment : instant;
}

struct Special {
  std::string_view name;
  Kind kind;
  const Node* node;
};
const std::vector<Special>& specials() {
  static const std::vector<Special> all = {
      {"$key", Kind::key, &text_node()},
      {"$subject", Kind::subject, &text_node()},
      {"$role", Kind::role, &text_node()},
      {"$status", Kind::status, &status_node()},
      {"$status_reason", Kind::status_reason, &text_node()},
      {"$effective.start", Kind::effective_start, &time_node("moment")},
      {"$effective.end", Kind::effective_end, &time_node("moment")},
      {"$entered", Kind::entered, &time_node("instant")},
      {"$replaces", Kind::replaces, &text_node()}};
  return all;
}

std::vector<std::string> fields_of(const Node& node) {
  std::vector<std::string> names;
  for (const Node::Property& property : node.properties) names.push_back(property.name);
  return names;
}

}  // namespace

void RowCompiler::say(const SheetRow& row,
                      std::string_view column,
                      std::string cause,
                      std::string next) {
  errors_.push_back(sheet_error(table_.sheet, row.line, column, std::move(cause), std::move(next)));
}

std::optional<SourcePath> RowCompiler::path(const SheetRow& row,
                                            std::string_view column,
                                            std::string_view text) {
  auto parsed = SourcePath::parse(text);
  if (!parsed) {
    say(row, column, parsed.error(), "write a path such as patient.names[0].family");
    return std::nullopt;
  }
  if (parsed->root() == Meta::item && !table_.each && table_.sheet.cell(row, "target") != "$each") {
    say(row, column, "there is no item without a row $each", "add $each, or drop the leading dot");
    return std::nullopt;
  }
  return std::move(*parsed);
}

std::shared_ptr<const CodeTable> RowCompiler::codes(const SheetRow& row, std::string_view name) {
  for (const std::string& key : {table_.sector + "/" + std::string(name), std::string(name)})
    if (const auto found = book_.codes.find(key); found != book_.codes.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [key, table] : book_.codes)
    if (key.find('/') == std::string::npos || key.starts_with(table_.sector + "/"))
      known.push_back(table->name());
  const std::string near = base::nearest(name, known);
  say(row,
      "codes",
      "there is no code table \"" + std::string(name) + "\"",
      (near.empty() ? "" : "did you mean \"" + near + "\"? Else ") + std::string("add ") +
          table_.sector + "/codes/" + std::string(name) + ".csv");
  return nullptr;
}

std::optional<std::vector<Condition>> RowCompiler::conditions(const SheetRow& row) {
  std::vector<Condition> out;
  bool good = true;
  for (std::string_view rest = table_.sheet.cell(row, "when"); !rest.empty();) {
    const size_t end = std::min(rest.find(';'), rest.size());
    std::string_view text = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    Condition condition;
    // The "=" of the condition, not one within brackets.
    size_t equals = std::string_view::npos, depth = 0;
    for (size_t i = 0; i < text.size() && equals == std::string_view::npos; ++i) {
      if (text[i] == '[') ++depth;
      if (text[i] == ']' && depth > 0) --depth;
      if (text[i] == '=' && depth == 0) equals = i;
    }
    std::string_view name = text.substr(0, equals);
    if (equals != std::string_view::npos) {
      const bool is_not = name.ends_with('!');
      if (is_not) name.remove_suffix(1);
      condition.test = is_not ? Condition::Test::is_not : Condition::Test::is;
      for (std::string_view values = text.substr(equals + 1);;) {
        const size_t bar = std::min(values.find('|'), values.size());
        condition.values.emplace_back(trimmed(values.substr(0, bar)));
        if (bar == values.size()) break;
        values.remove_prefix(bar + 1);
      }
    } else if (name.starts_with('!')) {
      name.remove_prefix(1);
      condition.test = Condition::Test::missing;
    }
    auto parsed = path(row, "when", trimmed(name));
    good &= parsed.has_value();
    if (!parsed) continue;
    condition.path = std::move(*parsed);
    out.push_back(std::move(condition));
  }
  if (!good) return std::nullopt;
  return out;
}

std::optional<Row> RowCompiler::compile(const SheetRow& sheet_row) {
  const Sheet& sheet = table_.sheet;
  Row row;
  row.line = sheet_row.line;
  row.target_text = sheet.cell(sheet_row, "target");
  row.source_text = sheet.cell(sheet_row, "source");
  row.argument = sheet.cell(sheet_row, "argument");
  row.when_text = sheet.cell(sheet_row, "when");
  row.example = sheet.cell(sheet_row, "example");
  row.expect = sheet.cell(sheet_row, "expect");
  auto when = conditions(sheet_row);
  // Not &&: every cell's fault is told, unless it follows from another's.
  const bool target = read_target(sheet_row, row);
  const bool rule = read_rule(sheet_row, row);
  if (!rule) return std::nullopt;
  const bool codes = read_codes(sheet_row, row);
  const bool sources = read_sources(sheet_row, row);
  if (!target) return std::nullopt;
  const bool constant = row.rule != Rule::constant || read_constant(sheet_row, row);
  const bool judged = codes && judge_codes(sheet_row, row);
  const bool missing = read_action(sheet_row, "if_missing", row, row.if_missing);
  const bool invalid = read_action(sheet_row, "if_invalid", row, row.if_invalid);
  if (row.rule == Rule::constant && row.constant == nullptr &&
      row.argument.starts_with("absent:")) {
    row.if_missing.what = Action::What::absent;
    row.if_missing.reason = row.argument.substr(7);
  }
  if (!when || !codes || !judged || !sources || !constant || !missing || !invalid)
    return std::nullopt;
  row.when = std::move(*when);
  return row;
}

bool RowCompiler::read_target(const SheetRow& sheet_row, Row& row) {
  const std::string_view text = row.target_text;
  Target& target = row.target;
  if (text.empty()) {
    say(sheet_row, "target", "this cell is empty", "name the field that the row gives");
    return false;
  }
  if (table_.outward) {
    target.kind = text == "$key" ? Kind::key : Kind::out;
    if (target.kind == Kind::key) return true;
    auto parsed = path(sheet_row, "target", text);
    if (!parsed) return false;
    if (parsed->root() != Meta::record || text.starts_with('$') ||
        text.find('=') != std::string_view::npos) {
      say(sheet_row,
          "target",
          "this is no member of a record",
          "write it as details.kind or names[]");
      return false;
    }
    target.list = text.ends_with("[]");
    const auto each = parsed->split_at_each();
    if (each && (!target.list || each->second.many() || !each->second.empty())) {
      say(sheet_row, "target", "[] stands in the middle", "write [] at the end, or [0]");
      return false;
    }
    target.path = target.list ? each->first : std::move(*parsed);
    return true;
  }
  if (text.starts_with("$labels")) {
    target.kind = Kind::labels;
    if (text.size() == 7) return true;
    if (text[7] != '.' || table_.body->property(text.substr(8)) == nullptr) {
      say(sheet_row,
          "target",
          "there is no such field",
          base::advice(text.substr(std::min<size_t>(8, text.size())), fields_of(*table_.body)));
      return false;
    }
    target.pointer = "/" + std::string(text.substr(8));
    return true;
  }
  if (text.starts_with("$extra.")) {
    target.kind = Kind::extra;
    target.field = text.substr(7);
    return true;
  }
  for (const Special& special : specials()) {
    if (special.name != text) continue;
    target.kind = special.kind;
    target.node = special.node;
    target.list = special.kind == Kind::replaces;
    return true;
  }
  if (text.starts_with('$')) {
    std::string names = "$record, $entity, $each, $when, $sentinels, $labels, $extra.<name>";
    for (const Special& special : specials()) names += ", " + std::string(special.name);
    say(sheet_row, "target", "there is no " + std::string(text), "use " + names);
    return false;
  }
  return read_field(sheet_row, text, row);
}

// "names[]", "period.start", "reports[].to".
bool RowCompiler::read_field(const SheetRow& sheet_row, std::string_view text, Row& row) {
  Target& target = row.target;
  const size_t dot = text.find('.');
  std::string_view head = text.substr(0, dot);
  const bool list = head.ends_with("[]");
  if (list) head.remove_suffix(2);
  target.field = head;
  const Node* node = table_.body->property(head);
  const auto no_field = [&](std::string_view name, const Node& in) {
    say(sheet_row,
        "target",
        table_.entity + " has no " + std::string(name),
        base::advice(name, fields_of(in)));
    return false;
  };
  if (node == nullptr) return no_field(head, *table_.body);
  if ((node->kind == Node::Kind::array) != list) {
    say(sheet_row,
        "target",
        std::string(head) + (list ? " is no list" : " is a list"),
        list ? "drop the []" : "write " + std::string(head) + "[]");
    return false;
  }
  if (list) node = node->items;
  if (dot == std::string_view::npos) {
    target.list = list;
  } else {
    target.sub = text.substr(dot + 1);
    target.items = list;
    const Node* below = node->kind == Node::Kind::object ? node->property(target.sub) : nullptr;
    if (below == nullptr) return no_field(text, *node);
    if (below->kind == Node::Kind::array) {
      say(sheet_row,
          "target",
          "a list within a field cannot be given alone",
          "use a rule that makes the whole field");
      return false;
    }
    node = below;
  }
  target.node = node;
  return true;
}

}  // namespace concord::translate
