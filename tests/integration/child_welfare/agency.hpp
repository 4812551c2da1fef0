// The simulated agency in this process, and the connector configured for it.
#pragma once

#include <concord/json.hpp>

#include "examples/simulators/child_welfare.hpp"
#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {

class Agency {
 public:
  explicit Agency(int children = 50) : world_{1, sim::make_children(1, children), folder_.path()} {
    auto journal = sim::Journal::open(world_.dir / "child_welfare.jsonl", "child_welfare");
    EXPECT_TRUE(journal);
    system_ = std::make_unique<sim::ChildWelfare>(world_, std::move(journal).value());
    EXPECT_TRUE(system_->start());
  }

  sim::ChildWelfare& operator*() { return *system_; }
  sim::ChildWelfare* operator->() { return system_.get(); }

  [[nodiscard]] std::string setting(const std::string& name) const {
    for (const auto& [key, value] : system_->settings())
      if (key == name) return value;
    ADD_FAILURE() << "no setting " << name;
    return {};
  }
  // {"rest":{…,rest},more}
  [[nodiscard]] std::string config(const std::string& rest = "",
                                   const std::string& more = "") const {
    sdk::JsonWriter w;
    w.object();
    for (const char* name : {"url", "token_url", "client_id", "client_secret"})
      w.field(name, setting(name));
    std::string own = w.end().text();
    own.pop_back();
    return "{\"rest\":" + own + rest + "}" + more + "}";
  }
  [[nodiscard]] std::unique_ptr<ChildWelfare> connector(const std::string& rest = "",
                                                        const std::string& more = "") const {
    return connector_of(config(rest, more));
  }
  void have(const std::string& json) {
    rapidjson::Document args;
    sdk::JsonFault fault;
    ASSERT_TRUE(sdk::parse_json(json, args, fault));
    EXPECT_EQ(system_->control(sdk::text_of(args, "verb"), json).status, 200) << json;
  }
  void break_it(const std::string& json) {
    auto fault = sim::read_fault(json);
    ASSERT_TRUE(fault);
    system_->faults().arm(*fault);
  }
  // Ids that the agency holds of a list, "placements".
  [[nodiscard]] std::set<std::string> held(const char* list) const {
    rapidjson::Document truth;
    sdk::JsonFault fault;
    EXPECT_TRUE(sdk::parse_json(system_->truth_json(), truth, fault));
    std::set<std::string> ids;
    for (const auto& item : truth[list].GetArray()) ids.insert(item["id"].GetString());
    return ids;
  }

 private:
  TempFolder folder_;
  sim::World world_;
  std::unique_ptr<sim::ChildWelfare> system_;
};

inline std::set<std::string> key_set(const std::vector<sdk::Record>& records) {
  std::set<std::string> out;
  for (const auto& r : records) out.insert(r.key);
  return out;
}

}  // namespace concord::child_welfare
