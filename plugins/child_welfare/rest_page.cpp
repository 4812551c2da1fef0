#include "child_welfare/rest_page.hpp"

#include <concord/json.hpp>

#include "child_welfare/fields.hpp"

namespace concord::child_welfare {
namespace {

// Finds where JSON values end by strings and brackets alone; what is in them is not looked at.
class Outline {
 public:
  explicit Outline(std::string_view text) : text_(text) {}

  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool peek(char c) {
    blanks();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool at_end() {
    blanks();
    return at_ == text_.size();
  }
  // The bytes of the next value; empty: it does not end.
  std::string_view value() {
    blanks();
    const size_t start = at_;
    size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!string()) return {};
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;
        --depth;
        ++at_;
      } else if (c == ',' && depth == 0) {
        break;
      } else {
        ++at_;
      }
      if (depth == 0 && (c == '"' || c == '}' || c == ']')) break;
    }
    return depth == 0 ? text_.substr(start, at_ - start) : std::string_view{};
  }
  [[nodiscard]] size_t offset() const { return at_; }

 private:
  bool string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return false;
  }
  std::string_view text_;
  size_t at_ = 0;
};

std::string place_in(std::string_view text, size_t offset, const std::string& place) {
  size_t line = 1, start = 0;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] != '\n') continue;
    ++line;
    start = i + 1;
  }
  return place + ":" + std::to_string(line) + ":" + std::to_string(offset - start + 1);
}

sdk::Error no_page(std::string_view answer, size_t offset, const std::string& place) {
  return sdk::retry("PAGE_JSON",
                    place_in(answer, offset, place),
                    "the answer is no page: its JSON breaks off or is not an object",
                    "see whether the path in the settings is a list, and what the system sends");
}

// A member as text: a key may be a number at the source.
std::optional<std::string> member(const rapidjson::Value& object, const std::string& name) {
  auto it = object.FindMember(name);
  if (it == object.MemberEnd() || it->value.IsNull()) return std::nullopt;
  if (it->value.IsString()) return std::string(it->value.GetString(), it->value.GetStringLength());
  return sdk::write_json(it->value);
}

}  // namespace

sdk::Result<Page> read_page(std::string_view answer,
                            const RestSettings& settings,
                            const std::string& place) {
  Outline outline(answer);
  Page page;
  std::string rest = "{";  // the page without its items
  bool found = false;
  if (!outline.take('{')) return no_page(answer, outline.offset(), place);
  while (!outline.take('}')) {
    const std::string_view name = outline.value();
    if (name.size() < 2 || name[0] != '"' || !outline.take(':'))
      return no_page(answer, outline.offset(), place);
    if (name.substr(1, name.size() - 2) == settings.items && outline.take('[')) {
      found = true;
      while (!outline.take(']')) {
        const std::string_view item = outline.value();
        if (item.empty()) return no_page(answer, outline.offset(), place);
        page.items.push_back(item);
        if (!outline.take(',') && !outline.peek(']'))
          return no_page(answer, outline.offset(), place);
      }
    } else {
      const std::string_view value = outline.value();
      if (value.empty()) return no_page(answer, outline.offset(), place);
      rest += (rest.size() > 1 ? "," : "") + std::string(name) + ":" + std::string(value);
    }
    if (!outline.take(',') && !outline.peek('}')) return no_page(answer, outline.offset(), place);
  }
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!outline.at_end() || !found || !sdk::parse_json(rest + "}", document, fault))
    return no_page(answer, outline.offset(), place);
  page.next = member(document, settings.next).value_or("");
  page.receipt = member(document, "receipt").value_or("");
  return page;
}

sdk::Result<Item> read_item(std::string_view answer,
                            std::string_view item,
                            const RecordSettings& settings,
                            const std::string& place) {
  const auto offset = static_cast<size_t>(item.data() - answer.data());
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(item, document, fault))
    return sdk::bad_record(fault.code,
                           place_in(answer, offset + std::min(fault.offset, item.size()), place),
                           fault.cause,
                           "mend the record at its source");
  if (!document.IsObject())
    return sdk::bad_record("ITEM_SHAPE",
                           place_in(answer, offset, place),
                           "an item that is no object",
                           "mend the list at its source");
  // The hash is taken without white space, so that page and webhook give one version.
  auto record = make_record(
      settings,
      std::string(item),
      [&](const std::string& name) { return member(document, name); },
      sdk::write_json(document));
  if (!record) {
    record.error().place = place_in(answer, offset, place);
    return std::move(record).error();
  }
  record->origin = place;
  return Item{std::move(record).value(), member(document, settings.modified).value_or("")};
}

std::string_view member_bytes(std::string_view object, std::string_view name) {
  Outline outline(object);
  if (!outline.take('{')) return {};
  do {
    const std::string_view key = outline.value();
    if (key.size() < 2 || !outline.take(':')) return {};
    const std::string_view value = outline.value();
    if (key.substr(1, key.size() - 2) == name) return value;
  } while (outline.take(','));
  return {};
}

}  // namespace concord::child_welfare
