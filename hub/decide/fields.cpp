#include "hub/decide/fields.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

using base::JsonValue;
using base::member;
using model::Label;
using model::LabelSet;

struct Default {
  std::string_view capacity;
  LabelSet labels;
};

// SCHEMA.md section 8. A capacity that is not here labels nothing, so that its data is withheld.
constexpr std::array<Default, 17> kDefaults = {{
    {"covered_entity", {Label::PHI}},
    {"treating_provider", {Label::PHI}},
    {"business_associate", {Label::PHI}},
    {"health_plan", {Label::PHI}},
    {"part2_program", {Label::PHI, Label::PART2}},
    {"cwa", {Label::CPS}},
    {"cwa_legally_responsible", {Label::CPS}},
    {"tribal_cwa", {Label::CPS}},
    {"child_abuse_authority", {Label::CPS}},
    {"juvenile_court", {Label::JUV_COURT}},
    {"court", {Label::JUV_COURT}},
    {"probation", {Label::JUV}},
    {"law_enforcement", {Label::LES}},
    {"prosecutor", {Label::LES}},
    {"school", {Label::EDU}},
    {"vsp", {Label::VSP}},
    {"medicaid_agency", {Label::PHI}},
}};

bool has(std::span<const std::string> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What a capacity adds for one kind of field.
LabelSet by_field(std::span<const std::string> capacities,
                  std::string_view path,
                  std::string_view type) {
  LabelSet out;
  if (has(capacities, "vsp") &&
      (type == "address" || type == "contact" || path.find("facility") != std::string_view::npos))
    out.add(Label::LOC);
  if (has(capacities, "probation") && path.find("answers") != std::string_view::npos)
    out.add(Label::ASSESSMENT);
  if (has(capacities, "medicaid_agency") && path.find("eligib") != std::string_view::npos)
    out.add(Label::IVE);
  return out;
}

// RFC 6901, for comparing with the labels' pointers.
std::string pointer_of(const std::vector<std::string>& tokens) {
  std::string out;
  for (const std::string& token : tokens) {
    out += '/';
    for (char c : token.starts_with('#') ? std::string_view(token).substr(1) : token) {
      if (c == '~')
        out += "~0";
      else if (c == '/')
        out += "~1";
      else
        out += c;
    }
  }
  return out;
}

bool is_below(std::string_view pointer, std::string_view above) {
  return pointer.starts_with(above) &&
         (pointer.size() == above.size() || pointer[above.size()] == '/');
}

// Any text, title or remark deeper inside, where the schema says no more: free text for all we
// know.
bool hides_text(const JsonValue& value, int depth) {
  if (value.IsArray())
    return std::any_of(value.Begin(), value.End(), [&](const JsonValue& item) {
      return hides_text(item, depth + 1);
    });
  if (!value.IsObject()) return false;
  for (const auto& item : value.GetObject())
    if ((depth > 0 && base::text(item.name) == "text") || hides_text(item.value, depth + 1))
      return true;
  return false;
}

class Walk {
 public:
  Walk(const model::Entity& entity,
       const model::EntitySchema* schema,
       std::span<const std::string> capacities,
       LabelSet everywhere)
      : entity_(entity),
        schema_(schema),
        capacities_(capacities),
        everywhere_(everywhere),
        from_capacity_(capacity_labels(capacities, entity.type)) {}

  void object(const JsonValue& value, const std::string& path) {
    for (const auto& item : value.GetObject()) {
      const std::string name(base::text(item.name));
      const std::string below = path.empty() ? name : path + "." + name;
      tokens_.push_back(name);
      const model::SchemaField* field = schema_ != nullptr ? schema_->find(below) : nullptr;
      if (field != nullptr && field->type == "struct")
        structure(item.value, below);
      else
        list_or_leaf(item.value, below, field);
      tokens_.pop_back();
    }
  }

  std::vector<Leaf> leaves;

 private:
  void structure(const JsonValue& value, const std::string& path) {
    if (value.IsObject()) return object(value, path);
    if (!value.IsArray()) return leaf(value, path, nullptr);
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
      tokens_.push_back("#" + std::to_string(i));
      if (value[i].IsObject())
        object(value[i], path);
      else
        leaf(value[i], path, nullptr);
      tokens_.pop_back();
    }
  }

  void list_or_leaf(const JsonValue& value,
                    const std::string& path,
                    const model::SchemaField* field) {
    if (!value.IsArray() || value.Empty()) return leaf(value, path, field);
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
      tokens_.push_back("#" + std::to_string(i));
      leaf(value[i], path, field);
      tokens_.pop_back();
    }
  }

  LabelSet labels_here(const std::string& path, const model::SchemaField* field) const {
    LabelSet own = field != nullptr ? field->labels : LabelSet{Label::unknown};
    const std::string pointer = pointer_of(tokens_);
    for (const auto& [labelled, labels] : entity_.field_labels)
      if (is_below(pointer, labelled) || is_below(labelled, pointer)) own.add(labels);
    // Counts without persons are AGG instead of what their source's records are.
    const bool counts = own.has(Label::AGG);
    own.add(everywhere_);
    if (counts) return own;
    own.add(from_capacity_);
    own.add(by_field(capacities_, path, field != nullptr ? field->type : ""));
    return own;
  }

  void leaf(const JsonValue& value, const std::string& path, const model::SchemaField* field) {
    Leaf out{.path = path,
             .tokens = tokens_,
             .value = &value,
             .type = field != nullptr ? field->type : "",
             .without = {},
             .labels = labels_here(path, field)};
    if (out.type == "narrative") out.labels.add(Label::FREE_TEXT);
    if (out.type != "name" && hides_text(value, 0)) out.labels.add(Label::FREE_TEXT);
    if (out.type == "address")
      if (const JsonValue* secret = member(value, "confidential");
          secret != nullptr && secret->IsBool() && secret->GetBool())
        out.labels.add(Label::LOC);
    // Free text beside the coded value: a leaf of its own, so that the code may go without it.
    const std::string_view text = out.type == "attachment"                        ? "title"
                                  : out.type == "name" || out.type == "narrative" ? ""
                                                                                  : "text";
    const JsonValue* found = text.empty() ? nullptr : member(value, text);
    if (found == nullptr) return leaves.push_back(std::move(out));
    Leaf free = out;
    free.path += "." + std::string(text);
    free.tokens.emplace_back(text);
    free.value = found;
    free.type = "text";
    free.labels.add(Label::FREE_TEXT);
    out.without.emplace_back(text);
    leaves.push_back(std::move(out));
    leaves.push_back(std::move(free));
  }

  const model::Entity& entity_;
  const model::EntitySchema* schema_;
  std::span<const std::string> capacities_;
  LabelSet everywhere_, from_capacity_;
  std::vector<std::string> tokens_;
};

// "addresses", "#1", "city" → "addresses[1].city"
std::string indexed(const std::vector<std::string>& tokens) {
  std::string out;
  for (const std::string& token : tokens) {
    if (token.starts_with('#'))
      out += "[" + token.substr(1) + "]";
    else
      out += (out.empty() ? "" : ".") + token;
  }
  return out;
}

// One name for all leaves of a path that bear the same labels; else each its own.
void name_leaves(EntityFields& out, const std::string& word) {
  std::vector<bool> own(out.leaves.size(), false);
  for (size_t i = 0; i < out.leaves.size(); ++i)
    for (size_t k = 0; k < out.leaves.size() && !own[i]; ++k)
      own[i] =
          out.leaves[k].path == out.leaves[i].path && out.leaves[k].labels != out.leaves[i].labels;
  for (size_t i = 0; i < out.leaves.size(); ++i) {
    Leaf& leaf = out.leaves[i];
    leaf.path = word + "." + (own[i] ? indexed(leaf.tokens) : leaf.path);
    const bool known = std::any_of(out.fields.begin(), out.fields.end(), [&](const auto& field) {
      return field.path == leaf.path;
    });
    if (!known) out.fields.push_back({leaf.path, leaf.labels});
  }
}

}  // namespace

std::string entity_word(std::string_view type) {
  std::string out;
  for (char c : type) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isupper(letter) != 0 && !out.empty()) out += '_';
    out += static_cast<char>(std::tolower(letter));
  }
  return out;
}

LabelSet capacity_labels(std::span<const std::string> capacities, std::string_view entity) {
  LabelSet out;
  bool court = false, police = false;
  for (const std::string& capacity : capacities) {
    for (const Default& row : kDefaults)
      if (row.capacity == capacity) out.add(row.labels);
    court = court || capacity == "juvenile_court" || capacity == "court";
    police = police || capacity == "law_enforcement" || capacity == "prosecutor";
  }
  if (court && entity == "Charge") out.add(Label::JUV);
  if (police && (entity == "Charge" || entity == "Detention"))
    out.add(LabelSet{Label::CHRI, Label::JUV});
  return out;
}

base::Result<EntityFields> fields_of(const model::Entity& entity,
                                     const model::Schema& schema,
                                     std::span<const std::string> source_capacities) {
  EntityFields out;
  auto body = base::read_json(entity.body, entity.type + " body");
  if (!body) return std::move(body).error();
  out.body = std::move(*body);
  if (!out.body.IsObject())
    return base::bad_record("ENTITY_BODY",
                            entity.type + " body",
                            "the body is no JSON object",
                            "mend the mapping that made it");
  LabelSet everywhere = entity.labels;
  // A record that says of itself that it is sealed is so in all its parts.
  if (const JsonValue* sealed = member(out.body, "sealed");
      sealed != nullptr && sealed->IsBool() && sealed->GetBool())
    everywhere.add(Label::SEALED);
  Walk walk(entity, schema.find(entity.type), source_capacities, everywhere);
  walk.object(out.body, "");
  out.leaves = std::move(walk.leaves);
  name_leaves(out, entity_word(entity.type));
  return out;
}

void EntityFields::keep_only(std::span<const std::string> patterns) {
  if (patterns.empty()) return;
  auto unwanted = [&](const std::string& path) {
    return std::none_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return fits(path, pattern);
    });
  };
  std::erase_if(fields, [&](const auto& field) { return unwanted(field.path); });
  std::erase_if(leaves, [&](const Leaf& leaf) { return unwanted(leaf.path); });
}

}  // namespace concord::decide
