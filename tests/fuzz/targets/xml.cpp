// XML by the SDK's strict reader. No document type gets through, and what is read can be written as
// JSON that the hub takes.
#include <concord/xml.hpp>

#include "tests/fuzz/records.hpp"

namespace concord::fuzz {
namespace {

size_t depth_of(const pugi::xml_node& node) {
  size_t deepest = 0;
  for (const pugi::xml_node child : node.children())
    if (child.type() == pugi::node_element) deepest = std::max(deepest, depth_of(child));
  return deepest + 1;
}

}  // namespace

void xml(std::string_view input) {
  constexpr sdk::XmlLimits kLimits{.bytes_max = 1u << 20, .depth_max = 30};
  pugi::xml_document document;
  const auto loaded = sdk::load_xml(input, document, "a.xml", kLimits);
  if (!loaded) {
    tells_all(loaded.error());
    must(loaded.error().place.starts_with("a.xml"), "a fault of no place in the document");
    must(!document.first_child(), "refused, and there all the same");
    return;
  }
  const pugi::xml_node root = document.document_element();
  must(!!root, "a document without an element");
  must(depth_of(root) <= kLimits.depth_max, "deeper than allowed");
  must(document.find_node([](const pugi::xml_node& n) { return n.type() == pugi::node_doctype; }) ==
           pugi::xml_node(),
       "a document type got through");
  for (const pugi::xml_node& node : sdk::find_deep(root, {}, "id")) {
    const sdk::XmlPlace place = sdk::place_of(node, input);
    must(place.line >= 1 && place.column >= 1, "an element of no place");
    (void)sdk::namespace_of(node);
    (void)sdk::find_attribute(node, "urn:a", "id");
  }
  const std::string json = sdk::xml_to_json(root);
  if (json.starts_with('{')) is_json_object(json);

  // Saved and read again it says the same.
  const std::string saved = sdk::save_xml(document, nullptr);
  pugi::xml_document again;
  must(static_cast<bool>(
           sdk::load_xml(saved, again, "b.xml", {.bytes_max = 8u << 20, .depth_max = 30})),
       "saved, it is refused");
  must(sdk::xml_to_json(again.document_element()) == json, "saved, it says something else");
}

}  // namespace concord::fuzz
