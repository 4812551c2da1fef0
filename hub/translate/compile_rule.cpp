// The rule, its arguments, sources, codes and actions of one row.
#include <algorithm>

#include "hub/base/nearest.hpp"
#include "hub/base/time.hpp"
#include "hub/translate/compile.hpp"

namespace concord::translate {
namespace {

using Kind = Target::Kind;

struct Token {
  std::string name, text;
  bool quoted = false, named = false;
};

// "family=last_name use='official' hl7": quotes hold blanks together.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    Token token;
    bool inside = false;
    for (; i < text.size() && (inside || text[i] != ' '); ++i) {
      if (text[i] == '\'') {
        inside = !inside;
        token.quoted = true;
      } else if (text[i] == '=' && !inside && !token.named) {
        token.named = true;
        token.name = std::move(token.text);
        token.text.clear();
      } else {
        token.text += text[i];
      }
    }
    out.push_back(std::move(token));
  }
  return out;
}

bool among(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(' '));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    if (one == word) return true;
  }
  return false;
}

// Arguments that are words even where a rule takes paths.
bool is_word(std::string_view name) {
  return name == "digits" || name == "bands";
}

std::optional<model::LabelSet> labels_of(std::string_view text) {
  model::LabelSet labels;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(name.size() + 1, text.size()));
    if (name.empty()) continue;
    const model::Label label = model::label_of(name);
    if (label == model::Label::unknown) return std::nullopt;
    labels.add(label);
  }
  if (labels.empty()) return std::nullopt;
  return labels;
}

constexpr const char* kLabels = "use PART2, SEALED, LOC, minor_consented ... (hub/model/label.hpp)";

}  // namespace

const Arg* Args::find(std::string_view name) const {
  for (const Arg& arg : list)
    if (arg.name == name) return &arg;
  return nullptr;
}

std::string_view Args::text(std::string_view name, std::string_view otherwise) const {
  const Arg* arg = find(name);
  return arg == nullptr ? otherwise : std::string_view(arg->text);
}

bool Args::word(std::string_view name) const {
  return std::any_of(list.begin(), list.end(), [&](const Arg& arg) {
    return arg.name.empty() && arg.text == name;
  });
}

bool RowCompiler::read_rule(const SheetRow& sheet_row, Row& row) {
  const std::string_view name = table_.sheet.cell(sheet_row, "rule");
  const RuleInfo* info = rule_named(name);
  if (info == nullptr || (table_.outward ? !info->outward : !info->inward)) {
    say(sheet_row,
        "rule",
        name.empty() ? std::string("this cell is empty")
                     : "there is no rule \"" + std::string(name) + "\"",
        base::advice(name, rule_names()));
    return false;
  }
  row.rule = info->rule;
  row.make = table_.outward ? info->out : info->in;
  if (!read_arguments(sheet_row, *info, row) || !judge_arguments(sheet_row, row)) return false;
  if (row.target.kind == Kind::labels && row.rule != Rule::constant && row.rule != Rule::lookup) {
    say(sheet_row,
        "rule",
        "$labels takes constant or lookup",
        "use lookup with a table that gives labels");
    return false;
  }
  if (row.target.kind == Kind::extra && row.rule != Rule::keep) {
    say(sheet_row, "rule", "$extra takes keep", "use keep");
    return false;
  }
  if (row.target.node != nullptr && !fits(row, *row.target.node)) {
    say(sheet_row,
        "rule",
        std::string(name) + " cannot make what " + row.target_text +
            " is: " + (row.target.node->type.empty() ? "of another type" : row.target.node->type),
        "see mappings/README.md for the rules of each type");
    return false;
  }
  return true;
}

bool RowCompiler::read_arguments(const SheetRow& sheet_row, const RuleInfo& info, Row& row) {
  if (info.arguments == "*") return true;
  bool good = true;
  for (Token& token : tokens_of(row.argument)) {
    const bool known =
        token.named ? among(info.arguments, token.name) : among(info.arguments, "+" + token.text);
    if (!known) {
      say(sheet_row,
          "argument",
          "the rule knows no \"" + (token.named ? token.name + "=" : token.text) + "\"",
          info.arguments.empty() ? "leave the cell empty"
                                 : "it knows " + std::string(info.arguments));
      good = false;
      continue;
    }
    Arg arg{token.name, token.text, token.quoted, {}};
    if (token.named && info.takes_paths && !token.quoted && !is_word(token.name)) {
      for (std::string_view rest = token.text; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        auto parsed = path(sheet_row, "argument", one);
        good &= parsed.has_value();
        if (parsed) arg.paths.push_back(std::move(*parsed));
      }
    }
    row.args.list.push_back(std::move(arg));
  }
  return good;
}

bool RowCompiler::judge_arguments(const SheetRow& sheet_row, Row& row) {
  const auto need = [&](bool there, const char* what) {
    if (!there) say(sheet_row, "argument", std::string("the rule needs ") + what, "add it");
    return there;
  };
  if (row.rule == Rule::date || row.rule == Rule::partial_date) {
    const auto fault = format_fault(row.argument, row.rule == Rule::partial_date);
    if (fault)
      say(sheet_row, "argument", *fault, "write it as MM/DD/YYYY, YYYYMMDD or YYYY[-MM[-DD]]");
    return !fault;
  }
  if (const Arg* zone = row.args.find("zone");
      zone != nullptr && zone->literal && !base::is_zone(zone->text)) {
    say(sheet_row,
        "argument",
        "there is no zone '" + zone->text + "'",
        "use an IANA name such as 'America/New_York'");
    return false;
  }
  if (row.rule == Rule::split) return need(!row.args.text("by").empty(), "by='<separator>'");
  if (row.rule == Rule::reference && !table_.outward)
    return need(!row.args.text("type").empty(), "type=<entity>");
  if (row.rule == Rule::age_band)
    return need(row.args.find("at") != nullptr && !row.args.text("bands").empty(),
                "at=<path> and bands=0-4,5-9");
  const bool composite = row.rule == Rule::person_name || row.rule == Rule::address;
  if (composite && !table_.outward)
    return need(!row.args.list.empty(), "hl7, fhir or the parts, as family=last_name");
  return true;
}

bool RowCompiler::read_constant(const SheetRow& sheet_row, Row& row) {
  if (row.argument.empty()) {
    say(sheet_row, "argument", "this cell is empty", "write the constant here");
    return false;
  }
  if (row.target.kind == Kind::labels) {
    const auto labels = labels_of(row.argument);
    if (!labels) say(sheet_row, "argument", "this is no label", kLabels);
    if (labels) row.labels = *labels;
    return labels.has_value();
  }
  auto& memory = book_.constants.GetAllocator();
  JsonValue value;
  if (row.target.kind == Kind::out || table_.outward) {
    value = plain_constant(row.argument, memory);
  } else if (row.argument.starts_with("absent:")) {
    const bool known = is_absent_reason(std::string_view(row.argument).substr(7));
    if (!known) say(sheet_row, "argument", "there is no such reason", "use absent:unsupported");
    return known;
  } else {
    auto made = constant_of(*row.target.node, row.argument, memory);
    if (!made) {
      say(sheet_row,
          "argument",
          "this is no " + row.target.node->type + ": " + made.error(),
          "see mappings/README.md on constants");
      return false;
    }
    value = std::move(*made);
  }
  book_.held.push_back(std::make_unique<JsonValue>(std::move(value)));
  row.constant = book_.held.back().get();
  return true;
}

bool RowCompiler::read_sources(const SheetRow& sheet_row, Row& row) {
  if (row.rule == Rule::constant) {
    if (!row.source_text.empty())
      say(sheet_row, "source", "a constant has no source", "leave the cell empty");
    return row.source_text.empty();
  }
  bool good = true;
  for (std::string_view rest = row.source_text; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    if (one.empty()) continue;
    auto parsed = path(sheet_row, "source", one);
    good &= parsed.has_value();
    if (!parsed) continue;
    const bool several =
        row.rule == Rule::first || row.rule == Rule::join || row.rule == Rule::digest;
    if (row.target.items) {
      auto split = parsed->split_at_each();
      if (!split) {
        say(sheet_row,
            "source",
            "the target is in each item of a list, the source is not",
            "write it as reported[].at");
        good = false;
        continue;
      }
      row.sources.push_back(std::move(split->first));
      row.in_item.push_back(std::move(split->second));
      continue;
    }
    if (parsed->many() && !row.target.list && !several && row.target.kind != Kind::labels) {
      say(sheet_row,
          "source",
          "this may give several values, the target takes one",
          "name one as [0], or use rule first or join");
      good = false;
    }
    row.sources.push_back(std::move(*parsed));
  }
  if (row.sources.empty() && good) {
    say(sheet_row,
        "source",
        "this cell is empty",
        "name the member of the record that the value comes from");
    return false;
  }
  if (row.target.items && row.sources.size() > 1) {
    say(sheet_row, "source", "several sources for the items of a list", "name one");
    return false;
  }
  return good;
}

bool RowCompiler::read_codes(const SheetRow& sheet_row, Row& row) {
  bool good = true;
  for (std::string_view rest = table_.sheet.cell(sheet_row, "codes"); !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    if (name.empty()) continue;
    auto found = codes(sheet_row, name);
    good &= found != nullptr;
    if (found != nullptr) row.codes.push_back(std::move(found));
  }
  if (row.rule == Rule::lookup && row.codes.empty() && good) {
    say(sheet_row, "codes", "lookup needs a code table", "name it here");
    return false;
  }
  row.codes.insert(row.codes.end(), sentinels.begin(), sentinels.end());
  return good;
}

// May what the tables give stand in the target?
bool RowCompiler::judge_codes(const SheetRow& sheet_row, const Row& row) {
  bool good = true;
  const bool gives_codes =
      row.rule == Rule::lookup || row.rule == Rule::code || row.rule == Rule::ident;
  for (const auto& table : row.codes) {
    if (!gives_codes && !table->only_sentinels()) {
      say(sheet_row,
          "codes",
          std::string(info_of(row.rule).name) + " takes tables of sentinels alone",
          "use lookup, or a table whose rows are all absent:<reason>");
      good = false;
    }
    if (row.rule != Rule::lookup || table_.outward) continue;
    for (const CodeRow& code : table->rows()) {
      if (code.absent) continue;
      std::optional<std::string> fault;
      if (row.target.kind == Kind::labels) {
        if (code.to != "none" && !labels_of(code.to)) fault = "it is no label, nor none";
      } else if (row.target.node->type == "code" && row.target.node->codes.empty() &&
                 code.to.find('|') == std::string::npos && row.args.text("system").empty()) {
        fault = "it has no system: write system|code, or the argument system=";
      } else if (row.target.node->type != "code" || !row.target.node->codes.empty()) {
        auto made = constant_of(*row.target.node, code.to, book_.constants.GetAllocator());
        if (!made) fault = made.error();
      }
      if (!fault) continue;
      say(sheet_row,
          "codes",
          table->name() + " row " + std::to_string(code.line) + " gives \"" + code.to +
              "\": " + *fault,
          "correct it in " + table->sheet().name);
      good = false;
    }
  }
  return good;
}

bool RowCompiler::read_action(const SheetRow& sheet_row,
                              std::string_view column,
                              const Row& row,
                              Action& action) {
  const std::string_view text = table_.sheet.cell(sheet_row, column);
  using What = Action::What;
  const bool label_row = row.target.kind == Kind::labels;
  const bool field = row.target.kind == Kind::field;
  if (text == "-" && row.rule == Rule::constant) {
    action.what = What::never;
  } else if (text == "reject") {
    action.what = What::reject;
  } else if (text == "skip") {
    action.what = What::skip;
  } else if (text.starts_with("absent:") && field && is_absent_reason(text.substr(7))) {
    action.what = What::absent;
    action.reason = text.substr(7);
  } else if (text.starts_with("label:") && label_row && labels_of(text.substr(6))) {
    action.what = What::label;
    action.labels = *labels_of(text.substr(6));
  } else if (text.starts_with("default:") && !label_row && row.target.kind != Kind::extra) {
    action.what = What::fallback;
    action.text = text.substr(8);
    auto& memory = book_.constants.GetAllocator();
    auto made = table_.outward
                    ? base::Result<JsonValue, std::string>(plain_constant(action.text, memory))
                    : constant_of(*row.target.node, action.text, memory);
    if (!made) {
      say(sheet_row,
          column,
          "this default does not fit: " + made.error(),
          "see mappings/README.md on constants");
      return false;
    }
    book_.held.push_back(std::make_unique<JsonValue>(std::move(*made)));
    action.value = book_.held.back().get();
  } else {
    std::string allowed = "reject, skip";
    if (field) allowed += ", absent:<reason>";
    allowed += label_row ? ", label:<LABEL>" : ", default:<value>";
    if (row.rule == Rule::constant) allowed += ", -";
    say(sheet_row,
        column,
        text.empty() ? std::string("this cell is empty")
                     : "\"" + std::string(text) + "\" cannot stand here",
        "use " + allowed);
    return false;
  }
  return true;
}

}  // namespace concord::translate
