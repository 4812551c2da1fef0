// Decides, field by field, who may have an entity.
// Threads: any number may call decide(); an Engine never changes after compile(), and copies share.
// Owns:    the compiled packs; borrows its input for the call.
// Errors:  decide() has none: what cannot be decided is a deny with a reason.
//          compile() returns every fault of every pack, with file and line.
// Time:    reads no clock; input.at is the only time that it knows.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "hub/base/result.hpp"
#include "hub/decide/rules.hpp"
#include "hub/model/decision.hpp"

namespace concord::decide {

struct Compiled;

class Engine {
 public:
  static base::Result<Engine, base::Errors> compile(std::span<const RulePack> packs);
  [[nodiscard]] model::Decision decide(const model::DecisionInput& input) const;
  // Of all packs together; each decision carries it.
  [[nodiscard]] std::string_view rules_hash() const;
  // The rule of that id, or nullptr; for explaining.
  [[nodiscard]] const Rule* rule(std::string_view id) const;
  [[nodiscard]] std::span<const Rule> rules() const;
  // What may have to go along with fields like these, between parties like these, for this purpose:
  // by every rule that nothing but evidence of a child keeps from holding.
  [[nodiscard]] std::vector<std::string> obligations_ahead(const model::DecisionInput& known) const;
  // The consent forms that the packs know.
  [[nodiscard]] std::vector<std::string> form_ids() const;

 private:
  explicit Engine(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace concord::decide
