// Settings declared once: the reader, the manifest's JSON Schema and the README's table come from
// it.
//
//   struct MySettings { std::string url, token; uint32_t page_size = 100; std::chrono::seconds
//   timeout{30}; }; inline const sdk::Settings<MySettings>& settings() {
//     static const auto declared =
//         sdk::Settings<MySettings>("My system")
//             .text("url", &MySettings::url, "Base URL, as https://agency.example/api")
//             .required().opens(sdk::Access::connect)
//             .secret("token", &MySettings::token, "Bearer token").required()
//             .number("page_size", &MySettings::page_size, 1, 1000, "Records asked for at once")
//             .duration("timeout_seconds", &MySettings::timeout, 1, 600, "Of one request");
//     return declared;
//   }
//   sdk::Result<MySettings> given = settings().read(config_json);
//
// A default is what a fresh MySettings holds. The hub checks against the schema before it loads a
// connector; read() checks all of it again, since a test or another host may not have.
//
// Threads: a declaration does not change once it is made; any number may read() with it.
// Errors:  read() returns the first fault, class config, code SETTING, with the place
//          ("config.api.url"). It never repeats a value: it may be a secret.
#pragma once

#include <concord/connector.hpp>
#include <concord/detail/settings_table.hpp>
#include <concord/json.hpp>
#include <limits>
#include <regex>
#include <type_traits>

namespace concord::sdk {

// What a setting names that the connector opens.
enum class Access {
  connect,    // an URL, or a host whose port is the setting "port" beside it
  listen,     // a port to listen on; its address is the setting "host" beside it
  read,       // a file or folder
  write,      // a folder, to read and write in
  write_file  // a file with its folder: databases put their journals beside it
};
constexpr const char* name_of(Access access) {
  constexpr const char* kNames[] = {"connect", "listen", "read", "write", "write_file"};
  return kNames[static_cast<size_t>(access)];
}

// One declaration of a connector's settings: fills in a T from the JSON that the hub hands over, and yields
// the JSON Schema and the table of the documents.
template <class T>
class Settings {
 public:
  explicit Settings(std::string title) : title_(std::move(title)) {}

  // A text. Empty counts as not given.
  Settings text(std::string name, std::string T::*member, std::string says) && {
    return std::move(add(text_field(std::move(name), member, std::move(says), false)));
  }
  // A text that the hub takes from a file or credential, never from the coalition's texts. It
  // stands in no error and no log.
  Settings secret(std::string name, std::string T::*member, std::string says) && {
    return std::move(add(text_field(std::move(name), member, std::move(says), true)));
  }
  // A whole number from least to most.
  template <class Number>
  Settings number(
      std::string name, Number T::*member, int64_t least, int64_t most, std::string says) && {
    static_assert(std::is_integral_v<Number> && !std::is_same_v<Number, bool>);
    return std::move(add(number_field(
        std::move(name),
        least,
        most,
        std::move(says),
        [member](T& out, int64_t n) { out.*member = static_cast<Number>(n); },
        [member](const T& from) { return static_cast<int64_t>(from.*member); })));
  }
  // A span of time in the unit of the member. Let the name end in it: timeout_seconds, poll_ms.
  template <class Rep, class Period>
  Settings duration(std::string name,
                    std::chrono::duration<Rep, Period> T::*member,
                    int64_t least,
                    int64_t most,
                    std::string says) && {
    using Duration = std::chrono::duration<Rep, Period>;
    return std::move(add(number_field(
        std::move(name),
        least,
        most,
        std::move(says),
        [member](T& out, int64_t n) { out.*member = Duration(static_cast<Rep>(n)); },
        [member](const T& from) { return static_cast<int64_t>((from.*member).count()); })));
  }
  // true or false.
  Settings flag(std::string name, bool T::*member, std::string says) && {
    Field field{std::move(name), std::move(says), "boolean"};
    field.read = [member](const rapidjson::Value& v, T& out, const Field&) -> const char* {
      if (!v.IsBool()) return "neither true nor false";
      out.*member = v.GetBool();
      return nullptr;
    };
    field.default_value = [member](JsonWriter& to, const T& from) {
      return to.value(from.*member), true;
    };
    return std::move(add(std::move(field)));
  }
  // One of a few words, each standing for a value.
  template <class Value>
  Settings choice(std::string name,
                  Value T::*member,
                  std::vector<std::pair<std::string, Value>> words,
                  std::string says) && {
    Field field{std::move(name), std::move(says), "string"};
    for (const auto& [word, value] : words) field.words.push_back(word);
    field.read = [member, words](const rapidjson::Value& v, T& out, const Field&) -> const char* {
      for (const auto& [word, value] : words)
        if (v.IsString() && word == std::string_view(v.GetString(), v.GetStringLength()))
          return out.*member = value, nullptr;
      return "none of the words that it may be";
    };
    field.default_value = [member, words](JsonWriter& to, const T& from) {
      for (const auto& [word, value] : words)
        if (value == from.*member) return to.value(word), true;
      return false;
    };
    return std::move(add(std::move(field)));
  }
  // A list of texts.
  Settings texts(std::string name, std::vector<std::string> T::*member, std::string says) && {
    Field field{std::move(name), std::move(says), "array"};
    field.read = [member](const rapidjson::Value& v, T& out, const Field&) -> const char* {
      if (!v.IsArray()) return "no list";
      (out.*member).clear();
      for (const rapidjson::Value& item : v.GetArray()) {
        if (!item.IsString()) return "a list that holds something other than texts";
        (out.*member).emplace_back(item.GetString(), item.GetStringLength());
      }
      return nullptr;
    };
    field.default_value = [member](JsonWriter& to, const T& from) {
      if ((from.*member).empty()) return false;
      to.array();
      for (const std::string& item : from.*member) to.value(item);
      to.end_array();
      return true;
    };
    return std::move(add(std::move(field)));
  }
  // Settings within settings: member is an Inner, or an optional<Inner> that stays empty where the
  // object is left out. inner is copied.
  template <class Inner>
  Settings object(std::string name,
                  Inner T::*member,
                  const Settings<Inner>& inner,
                  std::string says) && {
    return std::move(add(
        object_field<Inner>(std::move(name), inner, std::move(says), [member](T& out, Inner given) {
          out.*member = std::move(given);
        })));
  }
  // The same where the whole object may be left out.
  template <class Inner>
  Settings object(std::string name,
                  std::optional<Inner> T::*member,
                  const Settings<Inner>& inner,
                  std::string says) && {
    return std::move(add(
        object_field<Inner>(std::move(name), inner, std::move(says), [member](T& out, Inner given) {
          out.*member = std::move(given);
        })));
  }

  // The five below say more of the setting declared just before them.
  Settings required() && { return fields_.back().required = true, std::move(*this); }
  // An ECMAScript regular expression that the text must contain; anchor it with ^ and $.
  Settings pattern(std::string expression) && {
    fields_.back().pattern = std::move(expression);
    return std::move(*this);
  }
  // It names an address or a file that the connector opens. A connector that runs in a process of
  // its own can reach what such settings name, and nothing else.
  Settings opens(Access access) && {
    return fields_.back().access = name_of(access), std::move(*this);
  }
  // Shown in the table of the documents.
  Settings example(std::string shown) && {
    return fields_.back().example = std::move(shown), std::move(*this);
  }
  // What must hold beyond single settings: what is wrong, or nothing. Told at "config".
  Settings must(std::function<std::optional<std::string>(const T&)> check) && {
    checks_.push_back(std::move(check));
    return std::move(*this);
  }

  // Everything given, over the defaults.
  [[nodiscard]] Result<T> read(std::string_view json) const {
    rapidjson::Document document;
    JsonFault fault;
    if (!parse_json(json, document, fault))
      return setting_fault("config", "no JSON that can be read: " + fault.code);
    return read(document, "config");
  }
  // The same, of a value that was parsed already; place: how errors call it.
  [[nodiscard]] Result<T> read(const rapidjson::Value& value, const std::string& place) const {
    if (!value.IsObject()) return setting_fault(place, "no object");
    for (const auto& given : value.GetObject())
      if (find({given.name.GetString(), given.name.GetStringLength()}) == nullptr)
        return setting_fault(place, "holds a key that this connector does not have");
    T out{};
    for (const Field& field : fields_) {
      const auto given = value.FindMember(field.name.c_str());
      const std::string where = place + "." + field.name;
      if (given == value.MemberEnd() || given->value.IsNull()) {
        if (field.required) return setting_fault(where, "missing");
        continue;
      }
      if (field.read_object) {
        if (auto wrong = field.read_object(given->value, where, out)) return *std::move(wrong);
      } else if (const char* wrong = field.read(given->value, out, field)) {
        return setting_fault(where, wrong);
      }
    }
    for (const auto& check : checks_)
      if (auto wrong = check(out)) return setting_fault(place, *std::move(wrong));
    return out;
  }

  // JSON Schema draft-07 of these settings, one line: the manifest's config_schema.
  [[nodiscard]] std::string schema() const {
    JsonWriter to;
    to.object().field("$schema", "http://json-schema.org/draft-07/schema#");
    write_schema(to);
    to.end();
    return to.text();
  }
  // The members of that schema, without braces; for an object within.
  void write_schema(JsonWriter& to) const {
    const T defaults{};
    to.field("title", title_).field("type", "object").field("additionalProperties", false);
    to.key("required").array();
    for (const Field& field : fields_)
      if (field.required) to.value(field.name);
    to.end_array().key("properties").object();
    for (const Field& field : fields_) {
      to.key(field.name).object();
      if (field.write_inner) {
        field.write_inner(to);
      } else {
        field.write_type(to);
        if (!field.required && !field.secret) field.write_default(to, defaults);
      }
      to.field("description", field.says).end();
    }
    to.end();
  }
  // A Markdown table: setting, what it is, default, meaning.
  [[nodiscard]] std::string table() const { return detail::kSettingsTableHead + rows(""); }
  [[nodiscard]] std::string rows(const std::string& before) const {
    const T defaults{};
    std::string out;
    for (const Field& field : fields_) {
      JsonWriter value;
      const bool shown = !field.required && !field.secret && field.default_value &&
                         field.default_value(value, defaults);
      out += detail::settings_row(before + field.name, field, shown ? value.text() : "");
      if (field.inner_rows) out += field.inner_rows(before + field.name + ".");
    }
    return out;
  }

 private:
  struct Field : detail::FieldWords {
    Field(std::string n, std::string s, std::string t)
        : FieldWords{std::move(n), std::move(s), std::move(t)} {}
    // What is wrong with the value, or nullptr and out is set.
    std::function<const char*(const rapidjson::Value&, T& out, const Field&)> read;
    std::function<std::optional<Error>(const rapidjson::Value&, const std::string&, T&)>
        read_object;
    // Writes the default; false: there is none to show.
    std::function<bool(JsonWriter&, const T&)> default_value;
    std::function<void(JsonWriter&)> write_inner;
    std::function<std::string(const std::string&)> inner_rows;
    void write_default(JsonWriter& to, const T& from) const {
      JsonWriter probe;
      if (default_value && default_value(probe, from)) default_value(to.key("default"), from);
    }
  };

  static Error setting_fault(std::string place, std::string cause) {
    return config_error("SETTING",
                        std::move(place),
                        std::move(cause),
                        "see the connector's settings: concord connector inspect");
  }
  static Field text_field(std::string name, std::string T::*member, std::string says, bool secret) {
    Field field{std::move(name), std::move(says), "string"};
    field.secret = secret;
    field.read = [member](const rapidjson::Value& v, T& out, const Field& self) -> const char* {
      if (!v.IsString()) return "no text";
      const std::string given(v.GetString(), v.GetStringLength());
      if (given.empty() && self.required) return "empty";
      if (!self.pattern.empty() && !std::regex_search(given, std::regex(self.pattern)))
        return "not in the form that it must have";
      out.*member = given;
      return nullptr;
    };
    field.default_value = [member](JsonWriter& to, const T& from) {
      return !(from.*member).empty() && (to.value(from.*member), true);
    };
    return field;
  }
  template <class Set, class Get>
  static Field number_field(
      std::string name, int64_t least, int64_t most, std::string says, Set set, Get get) {
    Field field{std::move(name), std::move(says), "integer"};
    field.least = least;
    field.most = most;
    field.read = [set](const rapidjson::Value& v, T& out, const Field& self) -> const char* {
      if (!v.IsInt64()) return "no whole number";
      if (v.GetInt64() < *self.least || v.GetInt64() > *self.most) return "outside of its range";
      set(out, v.GetInt64());
      return nullptr;
    };
    field.default_value = [get](JsonWriter& to, const T& from) {
      return to.value(get(from)), true;
    };
    return field;
  }
  template <class Inner, class Set>
  static Field object_field(std::string name,
                            const Settings<Inner>& inner,
                            std::string says,
                            Set set) {
    Field field{std::move(name), std::move(says), "object"};
    field.read_object = [inner, set](const rapidjson::Value& v,
                                     const std::string& place,
                                     T& out) -> std::optional<Error> {
      Result<Inner> given = inner.read(v, place);
      if (!given) return std::move(given).error();
      set(out, std::move(given).value());
      return std::nullopt;
    };
    field.write_inner = [inner](JsonWriter& to) { inner.write_schema(to); };
    field.inner_rows = [inner](const std::string& before) { return inner.rows(before); };
    return field;
  }
  Settings& add(Field field) {
    fields_.push_back(std::move(field));
    return *this;
  }
  const Field* find(std::string_view name) const {
    for (const Field& field : fields_)
      if (field.name == name) return &field;
    return nullptr;
  }

  std::string title_;
  std::vector<Field> fields_;
  std::vector<std::function<std::optional<std::string>(const T&)>> checks_;
};

}  // namespace concord::sdk
