// check() and describe(): does the system answer, and what is there.
#include <algorithm>
#include <set>

#include "hub/base/files.hpp"
#include "hub/kit/bench.hpp"
#include "hub/kit/json_schema.hpp"

namespace concord::kit {
namespace {

base::Json described(Bench& bench, Instance& instance) {
  bench.doing("describe");
  const std::string text = bench.good(instance.describe(), "describe");
  auto json = base::read_json(text, "describe");
  if (!json) Bench::fail("describe gave no JSON: " + json.error().cause);
  return std::move(*json);
}

void check_answers(Bench& bench) {
  auto instance = bench.make();
  bench.doing("check");
  bench.good(instance->check(), "check");
}

void wrong_credentials(Bench& bench) {
  auto made = bench.try_make(bench.wrong_settings());
  if (!made) {
    bench.must_fail(made, sdk::ErrorClass::auth, "creating an instance with wrong credentials");
    return;
  }
  bench.doing("check with wrong credentials");
  bench.must_fail((*made)->check(), sdk::ErrorClass::auth, "check with wrong credentials");
}

void system_down(Bench& bench) {
  auto instance = bench.make();
  bench.take_system_down();
  bench.doing("check while the system is down");
  bench.must_fail(instance->check(), sdk::ErrorClass::retry, "check while the system is down");
}

void check_changes_nothing(Bench& bench) {
  const std::string before = bench.tell_text("holds");
  auto instance = bench.make();
  for (int i = 0; i < 3; ++i) bench.good(instance->check(), "check");
  bench.require(bench.tell_text("holds") == before, "check changed what the system holds");
}

void describe_valid(Bench& bench) {
  auto instance = bench.make();
  const base::Json json = described(bench, *instance);
  const std::string path = bench.schemas() + "/describe.schema.json";
  auto text = base::read_file(path, 1u << 20);
  if (!text) Bench::leave_out("the SDK's schema is not installed: " + path);
  const auto faults = faults_against(*base::read_json(*text, path), json);
  if (!faults.empty()) Bench::fail(faults.front());
  std::set<std::string> names;
  for (const auto& type : json["record_types"].GetArray())
    bench.require(names.insert(std::string(base::text_of(type, "name"))).second,
                  "two record types have one name");
}

void describe_fits_capabilities(Bench& bench) {
  auto instance = bench.make();
  const base::Json json = described(bench, *instance);
  const base::JsonValue* types = base::member(json, "record_types");
  if (types == nullptr || !types->IsArray()) Bench::leave_out("describe names no record_types");
  const auto any = [&](const char* what) {
    return std::any_of(types->Begin(), types->End(), [&](const auto& type) {
      const base::JsonValue* yes = base::member(type, what);
      return yes != nullptr && yes->IsTrue();
    });
  };
  const runtime::Manifest& m = bench.manifest();
  bench.require(
      any("reads") == (m.can("read") || m.can("listen")),
      any("reads")
          ? "describe names types that are read, and the manifest says neither read nor listen"
          : "the manifest says read or listen, and describe names no type that is read");
  bench.require(any("writes") == m.can("write"),
                any("writes")
                    ? "describe names types that are written, and the manifest does not say write"
                    : "the manifest says write, and describe names no type that is written");
}

void describe_needs_no_connection(Bench& bench) {
  auto instance = bench.make();
  bench.take_system_down();
  bench.doing("describe while the system is down");
  bench.good(instance->describe({.timeout = milliseconds(2000)}),
             "describe while the system is down");
}

void describe_same(Bench& bench) {
  auto instance = bench.make();
  const std::string once = bench.good(instance->describe(), "describe");
  bench.require(once == bench.good(instance->describe(), "describe"),
                "describe tells something else the second time");
  bench.require(once == bench.good(bench.make()->describe(), "describe"),
                "describe tells something else in another instance");
}

void unknown_type(Bench& bench) {
  auto instance = bench.make();
  bench.doing("read of a record type that is not there");
  bench.must_fail(instance->read("kit_no_such_type", ""),
                  sdk::ErrorClass::config,
                  "read of a record type that is not there");
}

const char* kind_of(const base::JsonValue& value) {
  if (value.IsBool()) return "boolean";
  if (value.IsNumber()) return "number";
  if (value.IsString()) return "text";
  if (value.IsArray()) return "list";
  return value.IsObject() ? "object" : "null";
}

void matches_what_is_read(Bench& bench) {
  auto instance = bench.make();
  const base::Json json = described(bench, *instance);
  size_t compared = 0;
  for (const std::string& name : bench.types()) {
    const base::JsonValue* sample = nullptr;
    for (const auto& type : json["record_types"].GetArray())
      if (base::text_of(type, "name") == name) sample = base::member(type, "sample");
    bench.require(sample != nullptr, "record type \"" + name + "\" of test.yaml is not described");
    std::set<std::string> met;
    size_t bodies = 0;
    for (const sdk::Record& record : bench.read_all(*instance, name).records()) {
      auto body = base::read_json(record.body, name);
      if (record.deleted || !body || !body->IsObject()) continue;
      ++bodies;
      for (const auto& member : body->GetObject()) {
        const std::string key(base::text(member.name));
        met.insert(key);
        const base::JsonValue* shown = base::member(*sample, key);
        if (shown == nullptr || shown->IsNull() || member.value.IsNull()) continue;
        bench.require(std::string_view(kind_of(*shown)) == kind_of(member.value),
                      name + "." + key + " is a " + kind_of(*shown) +
                          " in describe's sample, and a " + kind_of(member.value) +
                          " in what was read");
      }
    }
    if (bodies == 0) continue;
    ++compared;
    size_t shared = 0;
    for (const auto& member : sample->GetObject())
      shared += met.contains(std::string(base::text(member.name)));
    bench.require(shared * 2 >= sample->MemberCount(),
                  "of the " + std::to_string(sample->MemberCount()) +
                      " members of the sample of \"" + name + "\", only " + std::to_string(shared) +
                      " occur in what was read");
  }
  if (compared == 0) Bench::leave_out("the system gives no record to compare with");
}

}  // namespace

std::vector<Check> describe_checks() {
  return {
      {"check.answers", "check() finds the system as test.yaml sets it up", {}, check_answers},
      {"check.wrong_credentials",
       "Wrong credentials are an error of class auth",
       {.wrong_credentials = true},
       wrong_credentials},
      {"check.system_down",
       "A system that is down is an error of class retry",
       {.sample_system = true},
       system_down},
      {"check.changes_nothing",
       "check() changes nothing at the system",
       {.commands = {"holds"}},
       check_changes_nothing},
      {"describe.is_valid", "describe() gives what the mapping editor needs", {}, describe_valid},
      {"describe.fits_capabilities",
       "describe() names types for what the manifest says it can",
       {},
       describe_fits_capabilities},
      {"describe.needs_no_connection",
       "describe() needs no connection",
       {.sample_system = true},
       describe_needs_no_connection},
      {"describe.is_the_same_each_time", "describe() tells the same each time", {}, describe_same},
      {"describe.matches_what_is_read",
       "What is read looks as describe() shows it",
       {.capabilities = {"read"}},
       matches_what_is_read},
      {"read.unknown_type",
       "A record type that describe() does not name is refused with class config",
       {.capabilities = {"read"}},
       unknown_type},
  };
}

}  // namespace concord::kit
