// Strict XML reading over pugixml, for bytes that came from somewhere else, and names by namespace.
//
// load_xml reads XML 1.0 in UTF-8, UTF-16, US-ASCII, ISO-8859-1 or windows-1252. Document types and
// entity declarations are refused wherever they stand (so no entity is ever expanded and nothing is
// fetched), well-formedness and depth are settled before a tree is built, and every fault has its
// line and column. Each document belongs to one thread.
#pragma once

#include <concord/connector.hpp>
#include <concord/detail/xml_scan.hpp>
#include <concord/json.hpp>
#include <cstring>
#include <functional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace concord::sdk {

// What a document may be at most.
struct XmlLimits {
  size_t bytes_max = 16u << 20;
  size_t depth_max = 64;
};

// Where in a document, both from 1.
struct XmlPlace {
  size_t line = 1;
  size_t column = 1;  // in characters
};

// Where byte offset of a text stands.
inline XmlPlace xml_place(std::string_view text, size_t offset) {
  XmlPlace place;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) {
      ++place.line;
      place.column = 1;
    } else if (c != '\r' && (static_cast<uint8_t>(c) & 0xC0) != 0x80) {
      ++place.column;
    }
  }
  return place;
}

// A text with spaces in place of what no XML document may hold: control characters, U+FFFE and
// U+FFFF.
inline std::string xml_text(std::string_view text) {
  std::string out(text);
  for (size_t at = 0; at < out.size(); ++at) {
    const char c = out[at];
    if (static_cast<uint8_t>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') out[at] = ' ';
    const std::string_view three = std::string_view(out).substr(at, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") out.replace(at, 3, " ");
  }
  return out;
}

// The document as UTF-8, indented so, or on one line without a declaration where indent is nullptr.
// A carriage return in a text stays one: written plainly, readers make a line feed of it.
inline std::string save_xml(const pugi::xml_document& document, const char* indent) {
  struct Plain final : pugi::xml_writer {
    void write(const void* data, size_t size) override {
      for (const char c : std::string_view(static_cast<const char*>(data), size))
        c == '\r' ? out.append("&#13;") : out.append(1, c);
    }
    std::string out;
  } writer;
  const unsigned how =
      indent == nullptr ? pugi::format_raw | pugi::format_no_declaration : pugi::format_indent;
  document.save(writer, indent == nullptr ? "" : indent, how, pugi::encoding_utf8);
  return std::move(writer.out);
}

// Fills document. Errors are of class bad_record with place "<place>:<line>:<column>" and code
// XML_SYNTAX, XML_DTD, XML_ENTITY, XML_DEPTH, XML_SIZE or XML_ENCODING; document is then empty.
inline Status load_xml(std::string_view bytes,
                       pugi::xml_document& document,
                       const std::string& place,
                       const XmlLimits& limits = {}) {
  document.reset();
  if (bytes.size() > limits.bytes_max) {
    return bad_record("XML_SIZE",
                      place,
                      std::to_string(bytes.size()) + " bytes, more than the " +
                          std::to_string(limits.bytes_max) + " allowed",
                      "split the document at its source, or raise the limit");
  }
  std::string buffer;
  std::string_view text;
  auto fault = detail::xml_as_utf8(bytes, buffer, text);
  if (!fault) fault = detail::XmlScan(text, limits.depth_max).run();
  if (!fault) {
    const auto parsed =
        document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    if (parsed) return Done{};
    document.reset();
    fault = detail::XmlFault{"XML_SYNTAX",
                             parsed.description(),
                             static_cast<size_t>(parsed.offset < 0 ? 0 : parsed.offset)};
  }
  const XmlPlace at = xml_place(text, fault->offset);
  const std::string_view code = fault->code;
  if (code == "XML_DEPTH") fault->cause += ": more than " + std::to_string(limits.depth_max);
  return bad_record(fault->code,
                    place + ":" + std::to_string(at.line) + ":" + std::to_string(at.column),
                    fault->cause,
                    code == "XML_DTD" || code == "XML_ENTITY"
                        ? "send the document without DOCTYPE and with its entities written out"
                    : code == "XML_ENCODING" ? "save the document in the encoding that it declares"
                                             : "mend the document at its source and send it again");
}

// ── names ──────────────────────────────────────────────────────────────────────────────────────
// Prefixes are the writer's choice and mean nothing; elements are told by namespace and local name.

inline std::string_view local_name(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
inline std::string_view local_name(const pugi::xml_node& node) {
  return local_name(std::string_view(node.name()));
}
inline std::string_view local_name(const pugi::xml_attribute& attribute) {
  return local_name(std::string_view(attribute.name()));
}

namespace detail {
// The namespace that a prefix stands for at node: a view into the tree, "" where undeclared.
inline std::string_view namespace_at(pugi::xml_node node, std::string_view prefix) {
  if (prefix == "xml") return "http://www.w3.org/XML/1998/namespace";
  for (; node; node = node.parent()) {
    for (const pugi::xml_attribute a : node.attributes()) {
      const std::string_view name = a.name();
      if (!name.starts_with("xmlns")) continue;
      if (prefix.empty() ? name.size() == 5 : name.size() > 6 && name.substr(6) == prefix)
        return a.value();
    }
  }
  return {};
}
inline std::string_view prefix_of(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view{} : name.substr(0, colon);
}
}  // namespace detail

inline std::string namespace_of(const pugi::xml_node& node) {
  return std::string(detail::namespace_at(node, detail::prefix_of(node.name())));
}
// ns empty: any namespace.
inline bool is_named(const pugi::xml_node& node, std::string_view ns, std::string_view local) {
  return node.type() == pugi::node_element && local_name(node) == local &&
         (ns.empty() || detail::namespace_at(node, detail::prefix_of(node.name())) == ns);
}
// The first child element of that name, or a null node.
inline pugi::xml_node find(const pugi::xml_node& parent,
                           std::string_view ns,
                           std::string_view local) {
  for (const pugi::xml_node child : parent.children()) {
    if (is_named(child, ns, local)) return child;
  }
  return {};
}
// Every child of this namespace and name.
inline std::vector<pugi::xml_node> find_all(const pugi::xml_node& parent,
                                            std::string_view ns,
                                            std::string_view local) {
  std::vector<pugi::xml_node> found;
  for (const pugi::xml_node child : parent.children()) {
    if (is_named(child, ns, local)) found.push_back(child);
  }
  return found;
}
// In document order, at any depth below node.
inline std::vector<pugi::xml_node> find_deep(const pugi::xml_node& node,
                                             std::string_view ns,
                                             std::string_view local) {
  std::vector<pugi::xml_node> found;
  pugi::xml_node at = node.first_child();
  while (at) {
    if (is_named(at, ns, local)) found.push_back(at);
    pugi::xml_node next = at.first_child();
    for (pugi::xml_node up = at; !next && up && up != node; up = up.parent())
      next = up.next_sibling();
    at = next;
  }
  return found;
}
// An attribute by namespace; ns empty: any, or none.
inline pugi::xml_attribute find_attribute(const pugi::xml_node& node,
                                          std::string_view ns,
                                          std::string_view local) {
  for (const pugi::xml_attribute a : node.attributes()) {
    const std::string_view prefix = detail::prefix_of(a.name());
    if (local_name(a) == local && prefix != "xmlns" &&
        (ns.empty() || (!prefix.empty() && detail::namespace_at(node, prefix) == ns)))
      return a;
  }
  return {};
}
// Where the element begins; text is what load_xml was given, if that was UTF-8.
inline XmlPlace place_of(const pugi::xml_node& node, std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const ptrdiff_t offset = node.offset_debug();
  return offset < 0 ? XmlPlace{} : xml_place(text, static_cast<size_t>(offset));
}

// All text directly in an element, without the white space around it.
inline std::string xml_text(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
      text += child.value();
  }
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}
// The text of the first child of that name; "" where there is none.
inline std::string xml_text(const pugi::xml_node& parent,
                            std::string_view ns,
                            std::string_view local) {
  return xml_text(find(parent, ns, local));
}

// ── to JSON ────────────────────────────────────────────────────────────────────────────────────
// An element without attributes and children is its text; any other is an object: "@name" for each
// attribute (namespace declarations left out), "#text", and its children by local name. A name that
// occurs more than once under one parent is an array. keep tells which elements to write.
using XmlKeep = std::function<bool(const pugi::xml_node&)>;

inline void xml_to_json(const pugi::xml_node& node, JsonWriter& out, const XmlKeep& keep = {}) {
  std::vector<std::pair<std::string_view, std::vector<pugi::xml_node>>> groups;
  for (const pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element || (keep && !keep(child))) continue;
    const std::string_view name = local_name(child);
    auto group = groups.begin();
    while (group != groups.end() && group->first != name) ++group;
    if (group == groups.end()) group = groups.insert(group, {name, {}});
    group->second.push_back(child);
  }
  std::vector<pugi::xml_attribute> attributes;
  for (const pugi::xml_attribute a : node.attributes()) {
    if (!std::string_view(a.name()).starts_with("xmlns")) attributes.push_back(a);
  }
  const std::string text = xml_text(node);
  if (groups.empty() && attributes.empty()) {
    out.value(text);
    return;
  }
  out.object();
  for (size_t i = 0; i < attributes.size(); ++i) {
    // Two namespaces may give one local name; the first stands, as JSON keys may not repeat.
    bool first = true;
    for (size_t k = 0; k < i; ++k)
      first = first && local_name(attributes[k]) != local_name(attributes[i]);
    if (first) out.field("@" + std::string(local_name(attributes[i])), attributes[i].value());
  }
  if (!text.empty()) out.field("#text", text);
  for (const auto& [name, nodes] : groups) {
    out.key(name);
    if (nodes.size() > 1) out.array();
    for (const pugi::xml_node& child : nodes) xml_to_json(child, out, keep);
    if (nodes.size() > 1) out.end_array();
  }
  out.end();
}
// The same as text.
inline std::string xml_to_json(const pugi::xml_node& node, const XmlKeep& keep = {}) {
  JsonWriter out;
  xml_to_json(node, out, keep);
  return out.text();
}

}  // namespace concord::sdk
