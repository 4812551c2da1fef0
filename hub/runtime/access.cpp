#include "hub/runtime/access.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "hub/base/json.hpp"

namespace concord::runtime {
namespace {

using base::JsonValue;
using base::member;
using base::text_of;

uint16_t number(std::string_view text) {
  uint16_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size() ? value : uint16_t{0};
}

// Walks settings and schema side by side.
class Walk {
 public:
  Walk(const JsonValue& root, Access& access) : root_(root), access_(access) {}

  void at(const JsonValue& schema_given, const JsonValue& value) {
    const JsonValue& schema = resolved(schema_given);
    if (!schema.IsObject()) return;
    if (value.IsArray()) {
      if (const JsonValue* items = member(schema, "items"))
        for (const JsonValue& item : value.GetArray()) at(*items, item);
      return;
    }
    if (!value.IsObject()) return;
    const JsonValue* properties = member(schema, "properties");
    const JsonValue* others = member(schema, "additionalProperties");
    for (const auto& entry : value.GetObject()) {
      const JsonValue* known =
          properties == nullptr ? nullptr : member(*properties, base::text(entry.name));
      if (known == nullptr) known = others;
      if (known == nullptr || !known->IsObject()) continue;
      take(resolved(*known), entry.value, value, properties);
      at(*known, entry.value);
    }
    // A host that is left out is its default.
    if (properties == nullptr) return;
    for (const auto& property : properties->GetObject()) {
      const JsonValue& known = resolved(property.value);
      if (member(value, base::text(property.name)) != nullptr) continue;
      if (const JsonValue* otherwise = member(known, "default"))
        take(known, *otherwise, value, properties);
    }
  }

 private:
  const JsonValue& resolved(const JsonValue& schema) const {
    constexpr std::string_view kLocal = "#/definitions/";
    const std::string_view name = schema.IsObject() ? text_of(schema, "$ref") : std::string_view();
    if (!name.starts_with(kLocal)) return schema;
    const JsonValue* definitions = member(root_, "definitions");
    const JsonValue* found =
        definitions == nullptr ? nullptr : member(*definitions, name.substr(kLocal.size()));
    return found == nullptr ? schema : *found;
  }

  void take(const JsonValue& schema,
            const JsonValue& value,
            const JsonValue& siblings,
            const JsonValue* known) {
    const std::string_view access = text_of(schema, "x-access");
    if (access.empty() || !holds(text_of(schema, "x-access-if"), siblings)) return;
    if (access == "listen") {
      if (value.IsUint() && value.GetUint() <= 65535)
        access_.listen.push_back(
            {sibling_text(siblings, known, "host"), static_cast<uint16_t>(value.GetUint())});
      return;
    }
    if (!value.IsString()) return;
    const std::string text(base::text(value));
    if (access == "connect") return connect(text, siblings, known);
    if (text.empty()) return;
    const std::filesystem::path path = std::filesystem::absolute(text);
    if (access == "read") access_.read.push_back(path.lexically_normal().string());
    if (access == "write") access_.write.push_back(path.lexically_normal().string());
    if (access == "write_file")
      access_.write.push_back(path.lexically_normal().parent_path().string());
  }

  // "key=value" of the same object; empty: always.
  static bool holds(std::string_view condition, const JsonValue& siblings) {
    const size_t equals = condition.find('=');
    return equals == std::string_view::npos ||
           text_of(siblings, condition.substr(0, equals)) == condition.substr(equals + 1);
  }

  void connect(const std::string& text, const JsonValue& siblings, const JsonValue* known) {
    const size_t scheme = text.find("://");
    if (scheme == std::string::npos) {
      const uint16_t port = sibling_port(siblings, known);
      if (!text.empty() && text[0] != '/') access_.connect.push_back({text, port});
      return;
    }
    std::string rest = text.substr(scheme + 3, text.find_first_of("/?#", scheme + 3) - scheme - 3);
    if (const size_t user = rest.rfind('@'); user != std::string::npos) rest.erase(0, user + 1);
    const std::string_view name = std::string_view(text).substr(0, scheme);
    const uint16_t usual = name == "http" ? 80 : name == "https" ? 443 : name == "sftp" ? 22 : 0;
    auto given = read_host_port(rest);
    if (given) {
      access_.connect.push_back(*given);
    } else if (auto with_usual = read_host_port(rest + ":" + std::to_string(usual))) {
      access_.connect.push_back(*with_usual);
    }
  }

  static std::string sibling_text(const JsonValue& siblings,
                                  const JsonValue* known,
                                  std::string_view name) {
    if (const std::string_view said = text_of(siblings, name); !said.empty())
      return std::string(said);
    const JsonValue* schema = known == nullptr ? nullptr : member(*known, name);
    return schema == nullptr ? std::string() : std::string(text_of(*schema, "default"));
  }

  static uint16_t sibling_port(const JsonValue& siblings, const JsonValue* known) {
    const JsonValue* port = member(siblings, "port");
    if (port == nullptr && known != nullptr)
      if (const JsonValue* schema = member(*known, "port")) port = member(*schema, "default");
    return port != nullptr && port->IsUint() && port->GetUint() <= 65535
               ? static_cast<uint16_t>(port->GetUint())
               : uint16_t{0};
  }

  const JsonValue& root_;
  Access& access_;
};

template <class T>
void once(std::vector<T>& all) {
  std::vector<T> kept;
  for (T& one : all)
    if (std::find(kept.begin(), kept.end(), one) == kept.end()) kept.push_back(std::move(one));
  all = std::move(kept);
}

}  // namespace

Access access_of(const std::string& config_schema, const std::string& config) {
  Access access;
  auto schema = base::read_json(config_schema, "config_schema");
  auto settings = base::read_json(config, "config");
  if (!schema || !settings) return access;
  Walk(*schema, access).at(*schema, *settings);
  once(access.connect);
  once(access.listen);
  once(access.read);
  once(access.write);
  return access;
}

base::Result<HostPort> read_host_port(std::string_view text) {
  const size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const uint16_t port =
      colon == std::string_view::npos ? uint16_t{0} : number(text.substr(colon + 1));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    host = {};
  if (host.empty() || port == 0)
    return base::config_error("ADDRESS_UNREADABLE",
                              "address",
                              "this is not host:port",
                              "write it as host.example:443 or [2001:db8::1]:443");
  return HostPort{std::string(host), port};
}

}  // namespace concord::runtime
