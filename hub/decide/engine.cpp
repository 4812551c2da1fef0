#include "hub/decide/engine.hpp"

#include <algorithm>

#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

// The request's fields by path; a path that stands twice bears the labels of both.
std::vector<model::DecisionField> in_order(const std::vector<model::DecisionField>& fields) {
  std::vector<model::DecisionField> out = fields;
  std::stable_sort(
      out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  size_t kept = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    if (kept > 0 && out[kept - 1].path == out[i].path) {
      out[kept - 1].labels.add(out[i].labels);
      continue;
    }
    if (kept != i) out[kept] = std::move(out[i]);
    ++kept;
  }
  out.resize(kept);
  return out;
}

}  // namespace

model::Decision Engine::decide(const model::DecisionInput& input) const {
  Context context = make_context(*compiled_, input);
  if (const auto fault = integrity_fault(context)) return deny_all(context, *fault);
  if (const auto fault = identity_fault(context)) return deny_all(context, *fault);
  const std::vector<model::DecisionField> fields = in_order(input.fields);
  std::vector<FieldOutcome> outcomes;
  outcomes.reserve(fields.size());
  for (const model::DecisionField& field : fields) outcomes.push_back(decide_field(context, field));
  return sum_up(context, outcomes);
}

std::string_view Engine::rules_hash() const {
  return compiled_->hash;
}
const Rule* Engine::rule(std::string_view id) const {
  for (const Rule& rule : compiled_->rules)
    if (rule.id == id) return &rule;
  return nullptr;
}
std::span<const Rule> Engine::rules() const {
  return compiled_->rules;
}

std::vector<std::string> Engine::form_ids() const {
  std::vector<std::string> out;
  for (const Form& form : compiled_->forms) out.push_back(form.id);
  return out;
}

const Book& Compiled::book(const std::string& jurisdiction) const {
  auto found = books.find(jurisdiction);
  // A state without a pack here has the federal rules.
  if (found == books.end()) found = books.find("US");
  return found->second;
}
const Form* Compiled::form(std::string_view id) const {
  for (const Form& form : forms)
    if (form.id == id) return &form;
  return nullptr;
}

}  // namespace concord::decide
