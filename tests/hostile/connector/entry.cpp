// A hostile connector, from one source with a switch: config {"attack": NAME, ...}. It attacks in
// the function that "in" names (create, check, read, write; left out: read) and says in a record
// what came of it. With no attack it is a quiet connector: it reads one record and takes all.
#include <unistd.h>

#include <concord/json.hpp>
#include <stdexcept>

#include "tests/hostile/connector/attack.hpp"

namespace concord::hostile {

int number(const Words& words, const char* name) {
  const auto found = words.find(name);
  return found == words.end() ? 0 : std::stoi(found->second);
}

namespace {

Verdict attack(const Words& words) {
  for (const auto& part : {ends(), files(), processes(), networks(), channels(), manners()})
    if (const auto found = part.find(words.at("attack")); found != part.end())
      return found->second(words);
  return {};
}

class Hostile : public sdk::Connector {
 public:
  static sdk::Result<std::unique_ptr<sdk::Connector>> create(std::string_view json) {
    rapidjson::Document config;
    sdk::JsonFault fault;
    auto made = std::make_unique<Hostile>();
    if (sdk::parse_json(json, config, fault) && config.IsObject())
      for (const auto& member : config.GetObject())
        if (member.value.IsString())
          made->words_[member.name.GetString()] = member.value.GetString();
    made->words_.emplace("in", "read");
    made->attack_in("create");
    return std::unique_ptr<sdk::Connector>(std::move(made));
  }

  sdk::Status check(const sdk::Call& call) override {
    if (words_.contains("say")) call.log(2, words_.at("say"), R"({"n":1})");
    attack_in("check");
    return sdk::Done{};
  }
  sdk::Result<std::string> describe(const sdk::Call&) override {
    return std::string(R"({"record_types":[]})");
  }
  sdk::Result<sdk::Batch> read(std::string_view type,
                               std::string_view checkpoint,
                               const sdk::Limits&,
                               const sdk::Call&) override {
    const Verdict given = attack_in("read");
    sdk::Batch batch;
    sdk::JsonWriter body;
    body.object()
        .field("worked", given.worked)
        .field("errno", static_cast<int64_t>(given.fault))
        .end();
    batch.records.push_back(
        {std::string(type), "SYN-1", "1", body.text(), std::string(checkpoint), false, 0});
    if (words_.contains("body")) batch.records[0].body = words_.at("body");
    if (words_.contains("key")) batch.records[0].key = words_.at("key");
    if (words_.contains("nested")) batch.records[0].body = nested(number(words_, "nested"));
    batch.checkpoint = words_.contains("checkpoint") ? words_.at("checkpoint") : "1";
    if (words_.contains("error"))
      return sdk::retry("BAD\nCODE", "", words_.at("error") + "\xff", "");
    return batch;
  }
  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call&) override {
    attack_in("write");
    return std::vector<sdk::Outcome>(deliveries.size() +
                                     static_cast<size_t>(number(words_, "more")));
  }
  sdk::Status listen(const sdk::Sink& sink, const sdk::Call& call) override {
    while (!call.cancelled()) {
      sink.poke("SYN");
      ::usleep(1000);
    }
    return sdk::Done{};
  }

 private:
  static std::string nested(int depth) {
    const auto n = static_cast<size_t>(depth);
    return R"({"a":)" + std::string(n, '[') + std::string(n, ']') + "}";
  }
  Verdict attack_in(const char* function) const {
    if (words_.at("in") != function || !words_.contains("attack")) return {};
    return attack(words_);
  }
  Words words_;
};

}  // namespace
}  // namespace concord::hostile

// As CONCORD_CONNECTOR does, but for one thing: this read() throws over the boundary.
extern "C" CONCORD_EXPORT uint32_t concord_connector_entry(uint32_t host_abi_version,
                                                           concord_bytes config,
                                                           concord_connector* out,
                                                           concord_error* error) {
  const uint32_t result =
      concord::sdk::detail::enter(host_abi_version, config, out, error, [](std::string_view json) {
        return concord::hostile::Hostile::create(json);
      });
  if (concord::sdk::view(config).find("\"throw\"") != std::string_view::npos)
    out->read = [](void*,
                   const concord_call*,
                   concord_bytes,
                   concord_bytes,
                   const concord_limits*,
                   concord_batch*,
                   concord_error*) -> uint32_t { throw std::runtime_error("across the boundary"); };
  if (concord::sdk::view(config).find("\"offers_nothing\"") != std::string_view::npos)
    out->read = nullptr;
  return result;
}
