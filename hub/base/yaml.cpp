#include "hub/base/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <concord/detail/encoding.hpp>
#include <concord/json.hpp>
#include <sstream>

#include "hub/base/files.hpp"

namespace concord::base {
namespace {

constexpr size_t kDepthMax = 32;
constexpr size_t kKeyMax = 160;  // written as JSON it is still a key: YAML's are 1024 characters

struct Refused {
  YAML::Mark mark;
  std::string cause, next;
};

// Builds the tree from events, so that what is refused is refused before a tree exists.
class Builder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) refuse(mark, "a second document starts", "keep one document a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    no_anchor(mark, anchor);
    add(mark, Yaml{});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "an alias (*name)", "write the value out");
  }
  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    no_anchor(mark, anchor);
    // Escapes can say what no text may hold.
    if (!sdk::is_text(value)) refuse(mark, "an escape that is no character", "write the text out");
    Yaml node;
    node.kind = Yaml::Kind::scalar;
    node.scalar = value;
    node.quoted = tag == "!";  // yaml-cpp's way to say that it was quoted
    if (!node.quoted && tag != "?" && !tag.empty())
      refuse(mark, "a tag (" + tag + ")", "remove it");
    add(mark, std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(mark, tag, anchor, Yaml::Kind::list);
  }
  void OnSequenceEnd() override { finish(); }
  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(mark, tag, anchor, Yaml::Kind::map);
  }
  void OnMapEnd() override { finish(); }

  Yaml root;

 private:
  struct Open {
    Yaml node;
    bool has_key = false;
    std::string key;
    size_t key_line = 0;
  };
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string cause, std::string next) {
    throw Refused{mark, std::move(cause), std::move(next)};
  }
  static void no_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "an anchor (&name)", "write the value out");
  }
  void start(const YAML::Mark& mark,
             const std::string& tag,
             YAML::anchor_t anchor,
             Yaml::Kind kind) {
    no_anchor(mark, anchor);
    if (tag != "?" && !tag.empty() && tag != "!") refuse(mark, "a tag (" + tag + ")", "remove it");
    if (open_.size() >= kDepthMax) refuse(mark, "nested deeper than 32", "flatten it");
    Open open;
    open.node.kind = kind;
    open.node.line = static_cast<size_t>(mark.line) + 1;
    open_.push_back(std::move(open));
  }
  void finish() {
    Yaml done = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(done));
  }
  void add(const YAML::Mark& mark, Yaml node) {
    node.line = static_cast<size_t>(mark.line) + 1;
    if (!open_.empty() && open_.back().node.kind == Yaml::Kind::map && !open_.back().has_key) {
      Open& top = open_.back();
      if (node.kind != Yaml::Kind::scalar) refuse(mark, "a key that is no text", "name it");
      if (node.scalar.size() > kKeyMax) refuse(mark, "a key of more than 160 bytes", "shorten it");
      if (top.node.find(node.scalar) != nullptr)
        refuse(mark, "the key \"" + node.scalar + "\" stands here twice", "keep one");
      top.key = node.scalar;
      top.key_line = node.line;
      top.has_key = true;
      return;
    }
    place(std::move(node));
  }
  void place(Yaml node) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    Open& top = open_.back();
    if (top.node.kind == Yaml::Kind::list) {
      top.node.list.push_back(std::move(node));
    } else {
      if (!top.has_key) {  // a list or map as a key
        YAML::Mark mark;
        mark.line = static_cast<int>(node.line) - 1;
        refuse(mark, "a key that is no text", "name it");
      }
      top.node.map.emplace_back(std::move(top.key), std::move(node));
      top.node.key_lines.push_back(top.key_line);
      top.has_key = false;
    }
  }
  std::vector<Open> open_;
  int documents_ = 0;
};

void write(const Yaml& yaml, sdk::JsonWriter& out) {
  switch (yaml.kind) {
    case Yaml::Kind::null:
      out.null();
      return;
    case Yaml::Kind::list:
      out.array();
      for (const Yaml& item : yaml.list) write(item, out);
      out.end_array();
      return;
    case Yaml::Kind::map:
      out.object();
      for (const auto& [key, value] : yaml.map) {
        out.key(key);
        write(value, out);
      }
      out.end();
      return;
    case Yaml::Kind::scalar:
      break;
  }
  if (!yaml.quoted) {
    if (yaml.scalar == "true" || yaml.scalar == "false")
      return void(out.value(yaml.scalar == "true"));
    if (yaml.scalar == "null" || yaml.scalar == "~") return void(out.null());
    int64_t number = 0;
    const char* end = yaml.scalar.data() + yaml.scalar.size();
    const auto [at, fault] = std::from_chars(yaml.scalar.data(), end, number);
    if (fault == std::errc{} && at == end && std::to_string(number) == yaml.scalar)
      return void(out.value(number));
  }
  out.value(yaml.scalar);
}

}  // namespace

Yaml::Yaml() = default;
Yaml::Yaml(const Yaml&) = default;
Yaml::Yaml(Yaml&&) noexcept = default;
Yaml& Yaml::operator=(const Yaml&) = default;
Yaml& Yaml::operator=(Yaml&&) noexcept = default;
Yaml::~Yaml() = default;

const Yaml* Yaml::find(std::string_view key) const {
  for (const auto& [name, value] : map)
    if (name == key) return &value;
  return nullptr;
}

std::string Yaml::text(std::string_view key, std::string_view fallback) const {
  const Yaml* found = find(key);
  return found != nullptr && found->kind == Kind::scalar ? found->scalar : std::string(fallback);
}

Result<Yaml> read_yaml(std::string_view text, std::string_view place, size_t bytes_max) {
  const std::string where(place);
  if (text.size() > bytes_max)
    return config_error(
        "YAML_SIZE",
        where,
        std::to_string(text.size()) + " bytes, more than " + std::to_string(bytes_max),
        "split the file");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto no_text = [&](size_t at, const char* cause) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n');
    return config_error(
        "YAML_SYNTAX", where + ":" + std::to_string(line), cause, "save the file as UTF-8 text");
  };
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
  if (control != text.end())
    return no_text(static_cast<size_t>(control - text.begin()), "a control character");
  if (const size_t bad = sdk::utf8_fault(text); bad != std::string_view::npos)
    return no_text(bad, "a byte that is no UTF-8");
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    if (builder.root.line == 0) builder.root.line = 1;  // an empty file
    return std::move(builder.root);
  } catch (const Refused& refused) {
    return config_error("YAML_REFUSED",
                        where + ":" + std::to_string(refused.mark.line + 1),
                        refused.cause,
                        refused.next);
  } catch (const YAML::Exception& fault) {
    return config_error("YAML_SYNTAX",
                        where + ":" + std::to_string(fault.mark.line + 1) + ":" +
                            std::to_string(fault.mark.column + 1),
                        fault.msg,
                        "mend the line; indent with two spaces");
  }
}

Result<Yaml> read_yaml_file(const std::string& path) {
  auto text = read_file(path, 4u << 20);
  if (!text) return std::move(text).error();
  return read_yaml(*text, path);
}

std::string to_json(const Yaml& yaml) {
  sdk::JsonWriter out;
  write(yaml, out);
  return out.text();
}

}  // namespace concord::base
