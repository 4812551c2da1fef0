#include <gtest/gtest.h>

#include <concord/xml.hpp>

namespace concord::sdk {
namespace {

using namespace std::string_view_literals;

// "ok", or "CODE place".
std::string read(std::string_view bytes, XmlLimits limits = {}) {
  pugi::xml_document document;
  const Status status = load_xml(bytes, document, "a.xml", limits);
  return status ? "ok" : status.error().code + " " + status.error().place;
}

struct Case {
  const char* name;
  std::string_view bytes;
  const char* want;
};
class XmlReading : public testing::TestWithParam<Case> {};

TEST_P(XmlReading, says_what_and_where) {
  EXPECT_EQ(read(GetParam().bytes), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Xml,
    XmlReading,
    testing::Values(
        Case{"plain",
             "<?xml version=\"1.0\"?>\n<a b='1'><c/>x &amp; &#233;<![CDATA[<]]></a>\n",
             "ok"},
        Case{"utf8_mark", "\xEF\xBB\xBF<a/>", "ok"},
        Case{"utf16_little", "\xFF\xFE<\0a\0/\0>\0"sv, "ok"},
        Case{"utf16_big", "\xFE\xFF\0<\0a\0/\0>"sv, "ok"},
        Case{"latin1", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>", "ok"},
        Case{"cp1252", "<?xml version='1.0' encoding='windows-1252'?><a>\x93</a>", "ok"},
        Case{"cp1252_hole",
             "<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>",
             "XML_ENCODING a.xml:1:49"},
        Case{"cp1252_as_utf8", "<a>\n\xE9</a>", "XML_ENCODING a.xml:2:1"},
        Case{"overlong", "<a>\xC0\xAF</a>", "XML_ENCODING a.xml:1:4"},
        Case{"cut_utf8", "<a>\xE2\x82", "XML_ENCODING a.xml:1:4"},
        Case{"unknown_encoding",
             "<?xml version='1.0' encoding='EBCDIC'?><a/>",
             "XML_ENCODING a.xml:1:1"},
        Case{"mark_contradicts",
             "\xEF\xBB\xBF<?xml version='1.0' encoding='latin1'?><a/>",
             "XML_ENCODING a.xml:1:1"},
        Case{"lone_surrogate", "\xFF\xFE<\0\x00\xD8>\0"sv, "XML_ENCODING a.xml:1:2"},
        Case{"nul", "<a>\0</a>"sv, "XML_ENCODING a.xml:1:4"},
        Case{"nul_by_number", "<a>&#0;</a>", "XML_ENCODING a.xml:1:4"},
        Case{"doctype", "<?xml version='1.0'?>\n<!DOCTYPE a>\n<a/>", "XML_DTD a.xml:2:1"},
        Case{"xxe",
             "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
             "XML_DTD a.xml:1:1"},
        Case{"entity_inside", "<a><!ENTITY x 'y'></a>", "XML_DTD a.xml:1:4"},
        Case{"undeclared_entity", "<a>\r\n  &nbsp;</a>", "XML_ENTITY a.xml:2:3"},
        Case{"nested_comment", "<a>\n<!-- x <!-- y --> -->\n</a>", "XML_SYNTAX a.xml:2:10"},
        Case{"two_roots", "<a/>\n<b/>", "XML_SYNTAX a.xml:2:1"},
        Case{"no_root", "<?xml version='1.0'?> <!-- nothing -->", "XML_SYNTAX a.xml:1:39"},
        Case{"empty", "", "XML_SYNTAX a.xml:1:1"},
        Case{"half_written", "<a><b>text</b>", "XML_SYNTAX a.xml:1:15"},
        Case{"mismatch", "<a>\n <b></a></b>", "XML_SYNTAX a.xml:2:5"},
        Case{"same_attribute_twice", "<a x='1' x='2'/>", "XML_SYNTAX a.xml:1:10"},
        Case{"bare_ampersand", "<a>R & B</a>", "XML_SYNTAX a.xml:1:6"},
        Case{"not_xml", "{\"a\":1}", "XML_SYNTAX a.xml:1:1"},
        Case{"unclosed_quote", "<a x='1>text</a>", "XML_SYNTAX a.xml:1:13"},
        Case{"second_declaration", "<a/> <?xml version='1.0'?>", "XML_SYNTAX a.xml:1:6"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Xml, refuses_depth_before_it_builds_a_tree) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  EXPECT_EQ(read(deep), "XML_DEPTH a.xml:1:193");
  EXPECT_EQ(read("<a><b/></a>", {.depth_max = 1}), "XML_DEPTH a.xml:1:4");
  EXPECT_EQ(read("<a><b/></a>", {.depth_max = 2}), "ok");
}

TEST(Xml, refuses_what_is_too_large) {
  EXPECT_EQ(read("<abc/>", {.bytes_max = 5}), "XML_SIZE a.xml");
}

TEST(Xml, gives_text_in_utf8_whatever_the_encoding) {
  pugi::xml_document document;
  ASSERT_TRUE(
      load_xml("<?xml version='1.0' encoding='windows-1252'?><a>\x93\xE9\x94</a>", document, "a"));
  EXPECT_EQ(xml_text(document.document_element()), "“é”");
  ASSERT_TRUE(load_xml("\xFF\xFE<\0a\0>\0\x3D\xD8\x00\xDE<\0/\0a\0>\0"sv, document, "a"));
  EXPECT_EQ(xml_text(document.document_element()), "\xF0\x9F\x98\x80");
}

TEST(Xml, leaves_the_document_empty_after_a_fault) {
  pugi::xml_document document;
  ASSERT_TRUE(load_xml("<a/>", document, "a"));
  ASSERT_FALSE(load_xml("<a>", document, "a"));
  EXPECT_FALSE(document.document_element());
}

TEST(Xml, cause_and_next_step_quote_no_content) {
  pugi::xml_document document;
  const Status status = load_xml("<a><secretname>Testfamily</a>", document, "a.xml");
  ASSERT_FALSE(status);
  EXPECT_EQ((status.error().cause + status.error().next).find("ecret"), std::string::npos);
  EXPECT_EQ(status.error().error_class, ErrorClass::bad_record);
}

class XmlNames : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(load_xml(text_, document_, "a"));
    root_ = document_.document_element();
  }
  const std::string_view text_ =
      "<p:case xmlns:p='urn:one' xmlns='urn:two'>\n <party p:id='7' id='8'>x</party>\n"
      " <q:party "
      "xmlns:q='urn:one'><q:name>first</q:name><q:name>second</q:name></q:party></p:case>";
  pugi::xml_document document_;
  pugi::xml_node root_;
};

TEST_F(XmlNames, tell_elements_by_namespace_whatever_the_prefix) {
  EXPECT_EQ(namespace_of(root_), "urn:one");
  EXPECT_EQ(local_name(root_), "case");
  EXPECT_EQ(xml_text(root_, "urn:two", "party"), "x");
  EXPECT_EQ(xml_text(find(root_, "urn:one", "party"), "urn:one", "name"), "first");
  EXPECT_FALSE(find(root_, "urn:three", "party"));
  EXPECT_EQ(find_all(root_, "", "party").size(), 2u);
  EXPECT_EQ(find_deep(root_, "urn:one", "name").size(), 2u);
  EXPECT_EQ(find_deep(find(root_, "urn:two", "party"), "", "name").size(), 0u);
}

TEST_F(XmlNames, tell_attributes_by_namespace) {
  const auto party = find(root_, "urn:two", "party");
  EXPECT_STREQ(find_attribute(party, "urn:one", "id").value(), "7");
  EXPECT_FALSE(find_attribute(party, "urn:two", "id"));
}

TEST_F(XmlNames, know_the_line_of_an_element) {
  EXPECT_EQ(place_of(find(root_, "urn:one", "party"), text_).line, 3u);
}

TEST_F(XmlNames, become_json_with_repeated_names_as_arrays) {
  EXPECT_EQ(xml_to_json(root_),
            R"({"party":[{"@id":"7","#text":"x"},{"name":["first","second"]}]})");
  EXPECT_EQ(xml_to_json(root_, [](const pugi::xml_node& n) { return local_name(n) != "name"; }),
            R"({"party":[{"@id":"7","#text":"x"},""]})");
}

TEST(XmlText, has_spaces_for_what_no_document_may_hold) {
  EXPECT_EQ(xml_text("a\x01\n\t\r\xEF\xBF\xBFz\xEF\xBF\xBD"), "a \n\t\r z\xEF\xBF\xBD");
  EXPECT_EQ(xml_text("\xEF\xBF"), "\xEF\xBF");
}

TEST(XmlSaved, keeps_carriage_returns_and_what_else_it_says) {
  pugi::xml_document document, again;
  document.append_child("a").text().set("one\r\n<two>&\r");
  const std::string saved = save_xml(document, nullptr);
  EXPECT_EQ(saved, "<a>one&#13;\n&lt;two&gt;&amp;&#13;</a>");
  ASSERT_TRUE(load_xml(saved, again, "a.xml"));
  EXPECT_STREQ(again.first_child().text().get(), "one\r\n<two>&\r");
  EXPECT_EQ(save_xml(document, "  "), "<?xml version=\"1.0\"?>\n" + saved + "\n");
}

}  // namespace
}  // namespace concord::sdk
