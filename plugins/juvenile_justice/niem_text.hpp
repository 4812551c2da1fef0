// Small readings that persons and activities of a NIEM document share. Include only there.
#pragma once

#include <algorithm>
#include <concord/json.hpp>
#include <concord/xml.hpp>
#include <string>
#include <vector>

#include "juvenile_justice/niem_graph.hpp"

namespace concord::juvenile_justice {

using pugi::xml_node;
using sdk::JsonWriter;
using sdk::local_name;
using sdk::xml_text;

// Line ends and indents within a text are the document's layout: one blank stands for each run.
inline void field(JsonWriter& json, std::string_view name, const std::string& value) {
  std::string text;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) text += c;
    if (blank && !text.empty() && text.back() != ' ') text += ' ';
  }
  if (!text.empty()) json.field(name, text);
}

// The text of the first of these children that has one.
inline std::string text_of(const NiemGraph& graph,
                           xml_node parent,
                           std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const std::string text = xml_text(graph.child(parent, name));
    if (!text.empty()) return text;
  }
  return {};
}

// The text of a date, whose value is a child in NIEM and the element's own in GJXDM.
inline std::string date_of(const NiemGraph& graph, xml_node date) {
  const std::string text =
      text_of(graph, date, {"Date", "DateTime", "YearMonthDate", "YearDate", "ZuluDateTime"});
  return text.empty() ? xml_text(date) : text;
}

inline bool is_niem(const NiemGraph& graph, xml_node node) {
  return graph.family(node) != Family::none;
}

inline std::string without_suffix(std::string_view name, std::string_view suffix) {
  return std::string(name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name);
}

inline void add_once(std::vector<std::string>& to, const std::string& value) {
  if (!value.empty() && std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
}

inline void write_identifier(const NiemGraph& graph, xml_node node, JsonWriter& json) {
  json.object().field("kind", std::string(local_name(node)));
  field(json, "value", text_of(graph, node, {"IdentificationID", "ID"}));
  field(json, "system", text_of(graph, node, {"IdentificationSourceText", "IDSourceText"}));
  field(json,
        "category",
        text_of(graph,
                node,
                {"IdentificationCategoryText",
                 "IdentificationCategoryDescriptionText",
                 "IdentificationCategoryCode",
                 "IDTypeText"}));
  json.end();
}

inline bool is_identifier(const NiemGraph& graph, xml_node node) {
  return node.type() == pugi::node_element &&
         !text_of(graph, node, {"IdentificationID", "ID"}).empty();
}

// Of an element and its augmentations.
inline void write_identifiers(const NiemGraph& graph, xml_node node, JsonWriter& json) {
  json.key("identifiers").array();
  for (const xml_node child : node.children()) {
    if (is_identifier(graph, child)) write_identifier(graph, child, json);
    if (!local_name(child).ends_with("Augmentation")) continue;
    for (const xml_node inner : child.children()) {
      if (is_identifier(graph, inner)) write_identifier(graph, inner, json);
    }
  }
  json.end_array();
}

}  // namespace concord::juvenile_justice
