// Which obligations may come of a flow, told before there is a record.
#include "hub/decide/context.hpp"
#include "hub/decide/engine.hpp"

namespace concord::decide {
namespace {

// Conditions that who, to whom and for what alone decide. All others may hold one day.
bool is_known(Test test) {
  switch (test) {
    case Test::recipient_capacity:
    case Test::source_capacity:
    case Test::agreement:
    case Test::credential:
    case Test::purpose:
    case Test::trigger:
    case Test::exchange_policy:
      return true;
    default:
      return false;
  }
}

bool may_hold(const Context& context, const Rule& rule, const FieldView& field) {
  for (const auto* list : {&rule.when, &rule.needs})
    for (const Condition& condition : *list) {
      Rest ignored;
      if (is_known(condition.test) && !ask(context, condition, field, ignored).holds) return false;
    }
  return true;
}

}  // namespace

std::vector<std::string> Engine::obligations_ahead(const model::DecisionInput& known) const {
  const Context context = make_context(*compiled_, known);
  uint32_t ahead = 0;
  for (const model::DecisionField& given : known.fields) {
    const FieldView field{given, given.labels};
    auto look = [&](size_t index) {
      const Rule& rule = compiled_->rules[index];
      if (in_force(rule, known.at) && may_hold(context, rule, field)) ahead |= rule.obliges;
    };
    for (const model::Label regime : regimes_of(given.labels).list())
      for (const size_t index : context.book.bases[static_cast<size_t>(regime)]) look(index);
    for (const size_t index : context.book.obligations)
      if (compiled_->rules[index].governs.any_of(given.labels)) look(index);
  }
  return obligation_list(ahead & recipient_obligations());
}

}  // namespace concord::decide
