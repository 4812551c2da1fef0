// What the connector makes of settings, good and bad. The hub checks them against the schema first;
// a connector that relied on it alone would fall over its next host.
#include <sys/resource.h>

#include <algorithm>

#include "hub/kit/bench.hpp"

namespace concord::kit {
namespace {

using Path = std::vector<std::string>;

base::Json parsed(const std::string& text) {
  auto json = base::read_json(text, "settings");
  if (!json) Bench::fail("the settings of test.yaml are no JSON");
  return std::move(*json);
}

std::string dotted(const Path& path) {
  std::string out;
  for (const std::string& name : path) out += (out.empty() ? "" : ".") + name;
  return out;
}

// What settings and schema both know, each with its own part of the schema.
void each_setting(
    const base::JsonValue& schema,
    const base::JsonValue& given,
    const Path& path,
    const std::function<void(const Path&, const base::JsonValue& schema, bool required)>& use) {
  const base::JsonValue* properties = base::member(schema, "properties");
  if (properties == nullptr || !properties->IsObject() || !given.IsObject()) return;
  for (const auto& p : properties->GetObject()) {
    const std::string name(base::text(p.name));
    bool required = false;
    if (const base::JsonValue* list = base::member(schema, "required"))
      for (const auto& r : list->GetArray()) required = required || base::text(r) == name;
    Path inner = path;
    inner.push_back(name);
    use(inner, p.value, required);
    if (const base::JsonValue* value = base::member(given, name))
      each_setting(p.value, *value, inner, use);
  }
}

base::JsonValue* at(base::Json& root, const Path& path) {
  base::JsonValue* value = &root;
  for (const std::string& name : path) {
    if (!value->IsObject() || !value->HasMember(name.c_str())) return nullptr;
    value = &(*value)[name.c_str()];
  }
  return value;
}

void required_missing(Bench& bench) {
  const std::string good = bench.settings();
  size_t tried = 0;
  each_setting(
      bench.schema(),
      parsed(good),
      {},
      [&](const Path& path, const base::JsonValue&, bool required) {
        base::Json settings = parsed(good);
        Path parent = path;
        parent.pop_back();
        base::JsonValue* object = at(settings, parent);
        if (!required || object == nullptr || !object->HasMember(path.back().c_str())) return;
        object->RemoveMember(path.back().c_str());
        ++tried;
        auto made = bench.try_make(base::write_json(settings));
        const sdk::Error error = bench.must_fail(
            made, sdk::ErrorClass::config, "creating an instance without " + dotted(path));
        const bool named =
            (error.place + error.cause + error.next).find(path.back()) != std::string::npos;
        bench.require(named,
                      "without " + dotted(path) + " the error names another setting or none: " +
                          Bench::told_in_short(error));
      });
  if (tried == 0) Bench::leave_out("the schema requires no setting");
}

void wrong_type(Bench& bench) {
  const std::string good = bench.settings();
  each_setting(
      bench.schema(), parsed(good), {}, [&](const Path& path, const base::JsonValue& schema, bool) {
        base::Json settings = parsed(good);
        base::JsonValue* value = at(settings, path);
        if (value == nullptr) return;
        // A list of lists is no setting anywhere; it satisfies no type but "array", and that not
        // within.
        value->SetArray().PushBack(base::JsonValue(rapidjson::kArrayType), settings.GetAllocator());
        const auto made = bench.try_make(base::write_json(settings));
        bench.require(made || made.error().error_class == sdk::ErrorClass::config,
                      dotted(path) + " of a wrong type is an error of class " +
                          (made ? "" : Bench::name_of(made.error().error_class)) +
                          "; it must be config");
        (void)schema;
      });
}

void no_json(Bench& bench) {
  for (const char* text :
       {"", "{", "null", "[]", "\"text\"", "{\"a\":1,\"a\":2}", "\xFF\xFE", "{} trailing"})
    bench.must_fail(bench.try_make(text),
                    sdk::ErrorClass::config,
                    std::string("creating an instance with settings that are no JSON object (") +
                        std::to_string(std::string(text).size()) + " bytes)");
}

void deep(Bench& bench) {
  std::string text = "{\"kit\":";
  for (int i = 0; i < 100000; ++i) text += "[";
  bench.must_fail(bench.try_make(text),
                  sdk::ErrorClass::config,
                  "creating an instance with settings nested 100,000 deep");
}

void unknown_key(Bench& bench) {
  base::Json settings = parsed(bench.settings());
  settings.AddMember("kit_no_such_setting", true, settings.GetAllocator());
  const auto made = bench.try_make(base::write_json(settings));
  bench.require(made || made.error().error_class == sdk::ErrorClass::config,
                "an unknown setting is an error of another class than config");
}

void defaults_are_true(Bench& bench) {
  const std::string good = bench.settings();
  size_t tried = 0;
  each_setting(
      bench.schema(), parsed(good), {}, [&](const Path& path, const base::JsonValue& schema, bool) {
        const base::JsonValue* otherwise = base::member(schema, "default");
        if (otherwise == nullptr) return;
        base::Json settings = parsed(good);
        Path parent = path;
        parent.pop_back();
        base::JsonValue* object = at(settings, parent);
        if (object == nullptr) return;
        object->RemoveMember(path.back().c_str());
        base::JsonValue copy;
        copy.CopyFrom(*otherwise, settings.GetAllocator());
        base::JsonValue name;
        name.SetString(path.back().c_str(), settings.GetAllocator());
        object->AddMember(name, copy, settings.GetAllocator());
        ++tried;
        const auto made = bench.try_make(base::write_json(settings));
        bench.require(static_cast<bool>(made),
                      dotted(path) + " set to its own default is refused: " +
                          (made ? "" : Bench::told_in_short(made.error())));
      });
  if (tried == 0) Bench::leave_out("the schema tells no default");
}

void needs_no_connection(Bench& bench) {
  const std::string settings = bench.settings();
  bench.take_system_down();
  const auto began = std::chrono::steady_clock::now();
  auto made = bench.try_make(settings);
  bench.require(static_cast<bool>(made),
                "an instance cannot be created while the system is down: connect in check() and "
                "read(), not before");
  bench.require(std::chrono::steady_clock::now() - began < std::chrono::seconds(1),
                "creating an instance took longer than a second");
}

void two_instances(Bench& bench) {
  const std::string settings = bench.settings();
  auto one = bench.make(settings);
  auto other = bench.make(settings);
  bench.doing("check of two instances");
  bench.good(one->check(), "check of the first instance");
  bench.good(other->check(), "check of the second instance");
  one.reset();
  bench.good(other->check(), "check of the second instance after the first was destroyed");
}

void wrong_settings_leave_nothing(Bench& bench) {
  for (int i = 0; i < 50; ++i) (void)bench.try_make("{}");
  auto instance = bench.make();
  bench.good(instance->check(), "check after 50 refused creations");
}

}  // namespace

std::vector<Check> settings_checks() {
  return {
      {"settings.required_missing",
       "Without any one required setting it refuses, and names the setting",
       {},
       required_missing},
      {"settings.wrong_type", "A setting of a wrong type never ends the process", {}, wrong_type},
      {"settings.no_json",
       "Settings that are no JSON object are refused with class config",
       {},
       no_json},
      {"settings.deep", "Settings nested 100,000 deep are refused with class config", {}, deep},
      {"settings.unknown_key",
       "An unknown setting is refused with class config or ignored",
       {},
       unknown_key},
      {"settings.defaults_are_true",
       "A setting set to the default that the schema tells is accepted",
       {},
       defaults_are_true},
      {"settings.need_no_connection",
       "An instance is created within a second while the system is down",
       {.sample_system = true},
       needs_no_connection},
      {"instance.two_side_by_side", "Two instances do not touch each other", {}, two_instances},
      {"instance.after_refusals",
       "After refused settings a good instance can still be created",
       {},
       wrong_settings_leave_nothing},
  };
}

}  // namespace concord::kit
