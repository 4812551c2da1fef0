// What a check works with: the connector, its counterpart, and the ways to fail.
#pragma once

#include <functional>

#include "hub/base/json.hpp"
#include "hub/kit/check.hpp"
#include "hub/kit/counterpart.hpp"
#include "hub/kit/host.hpp"

namespace concord::kit {

// What one check is given by the process that runs it.
struct Setting {
  const runtime::Manifest& manifest;
  const Plan& plan;
  Words words;        // port, folder, here, seed, …
  pid_t system = -1;  // the sample system's group, if one was started
  int report = -1;    // where progress goes
};

// All that a type has from a checkpoint on, with each checkpoint on the way.
struct Reading {
  std::vector<sdk::Batch> batches;
  [[nodiscard]] std::vector<sdk::Record> records() const;
  [[nodiscard]] std::vector<sdk::Reject> rejects() const;
  [[nodiscard]] std::string checkpoint() const;
};

class Bench {
 public:
  explicit Bench(Setting setting);

  [[nodiscard]] const runtime::Manifest& manifest() const { return setting_.manifest; }
  [[nodiscard]] const Plan& plan() const { return setting_.plan; }
  // The SDK's JSON Schemas.
  [[nodiscard]] const std::string& schemas() const { return setting_.words.at("schemas"); }
  [[nodiscard]] const std::string& folder() const { return setting_.words.at("folder"); }
  [[nodiscard]] const base::Json& schema() const { return schema_; }
  Told& told() { return told_; }
  uint64_t random();  // from the seed

  // The library, opened at the first use.
  const Library& library();
  // The settings of test.yaml, as the hub would hand them over.
  std::string settings();
  std::string wrong_settings();
  // An instance with these settings; fails the check where the connector refuses them.
  std::unique_ptr<Instance> make(const std::string& settings);
  std::unique_ptr<Instance> make() { return make(settings()); }
  sdk::Result<std::unique_ptr<Instance>> try_make(const std::string& settings);
  // Another process with its own copy of everything: what it returns comes back. how: "exit" or
  // "kill" (by SIGKILL, once done has said what it had to).
  std::string elsewhere(const std::function<std::string(Bench&)>& what, bool killed);

  // The record types that are read: those of test.yaml, or all that describe() names.
  std::vector<std::string> types();
  // All that describe() names, those that are only written too.
  std::vector<std::string> described_types();
  Reading read_all(Instance& instance,
                   const std::string& type,
                   const std::string& from = "",
                   const sdk::Limits& limits = {},
                   bool ack = false);
  // The type with the most records, and they: a check of reading needs some.
  std::pair<std::string, Reading> some(Instance& instance, size_t at_least = 1);
  // Documents to write, each under a key of its own; the texts live as long as the bench.
  std::vector<sdk::Delivery> documents(size_t count);
  sdk::Delivery delivery(const Document& document, const std::string& key, uint64_t version = 1);
  Document refused();

  // A command of test.yaml; its words, one a piece of white space. Fails the check where it fails.
  std::vector<std::string> tell(const std::string& command, const Words& more = {});
  std::string tell_text(const std::string& command, const Words& more = {});
  Answer try_tell(const std::string& command, const Words& more = {});
  void take_system_down();

  // Says what is being done, for the message should it be the last.
  void doing(const std::string& what);
  void require(bool holds, const std::string& otherwise) const;
  // The value, or the check fails with the connector's own words.
  template <class T>
  T good(sdk::Result<T> result, const std::string& what) const {
    if (!result) fail(what + " failed: " + told_in_short(result.error()));
    return std::move(result).value();
  }
  [[noreturn]] static void fail(std::string why) { throw Failed{std::move(why)}; }
  [[noreturn]] static void leave_out(std::string why) { throw LeftOut{std::move(why)}; }
  static std::string told_in_short(const sdk::Error& error);
  // "auth", as the hub calls it.
  static std::string name_of(sdk::ErrorClass error_class);
  // The error must be of this class; an answer that is none fails the check too.
  template <class T>
  sdk::Error must_fail(const sdk::Result<T>& result,
                       sdk::ErrorClass wanted,
                       const std::string& what) const {
    require(!result, what + " succeeded; it must fail with class " + name_of(wanted));
    require(result.error().error_class == wanted,
            what + " failed with class " + name_of(result.error().error_class) + " (" +
                result.error().code + "); it must be " + name_of(wanted));
    return result.error();
  }

 private:
  base::Json described();  // with a list of record_types
  Setting setting_;
  base::Json schema_;
  Told told_;
  std::unique_ptr<Library> library_;
  std::vector<std::unique_ptr<std::string>> texts_;
  uint64_t random_;
};

// "placement K-1 v3 gone": what tells a record from another.
std::string identity(const sdk::Record& record);
std::vector<std::string> identities(const std::vector<sdk::Record>& records);

}  // namespace concord::kit
