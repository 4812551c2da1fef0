// Requests to `concord decide`, line by line, under the rules that ship: an answer for each, always
// the same, and each field either released or withheld.
#include <algorithm>
#include <sstream>

#include "hub/decide/case_json.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

const decide::Engine& engine() {
  static const decide::Engine engine = [] {
    const std::string folders[] = {CONCORD_SOURCE_DIR "/mappings/policy"};
    auto packs = decide::load_packs(folders);
    must(packs.ok(), "the rules that ship can be read");
    auto compiled = decide::Engine::compile(*packs);
    must(compiled.ok(), "the rules that ship can be compiled");
    return std::move(*compiled);
  }();
  return engine;
}

bool is_in(const base::JsonValue& answer, const char* key, const std::string& path) {
  const base::JsonValue* list = base::member(answer, key);
  if (list == nullptr) return false;
  if (list->IsObject()) return base::member(*list, path) != nullptr;
  if (!list->IsArray()) return false;
  return std::any_of(list->Begin(), list->End(), [&](const base::JsonValue& one) {
    return one.IsString() && base::text(one) == path;
  });
}

void judge(const std::string& asked, const std::string& answered) {
  const auto answer = base::read_json(answered, "answer");
  must(answer.ok() && answer->IsObject(), "an answer that is no JSON object");
  if (base::member(*answer, "error") != nullptr)
    return must(base::member(*answer, "decision") == nullptr, "an error and a decision");
  const auto question = base::read_json(asked, "request");
  must(question.ok(), "decided what cannot be read");
  const auto input = decide::read_request(*question);
  must(input.ok(), "decided what cannot be read");
  size_t released = 0;
  for (const model::DecisionField& field : input->fields) {
    const bool is_released = is_in(*answer, "released", field.path);
    must(is_released != is_in(*answer, "withheld", field.path), "a field with both fates, or none");
    released += is_released ? 1 : 0;
  }
  must(released == 0 || base::text_of(*answer, "decision") != "deny", "denied, and released");
}

}  // namespace

void decide(std::string_view input) {
  std::istringstream in{std::string(input)};
  std::ostringstream out;
  const auto counts = decide::decide_lines(in, out, engine());
  if (!counts.errors.empty()) tells_all(counts.errors);
  std::istringstream questions{std::string(input)}, answers(out.str());
  size_t lines = 0;
  for (std::string asked, answered; std::getline(questions, asked);) {
    if (asked.find_first_not_of(" \t\r") == std::string::npos) continue;
    must(static_cast<bool>(std::getline(answers, answered)), "a line without an answer");
    judge(asked, answered);
    ++lines;
  }
  must(lines == counts.decided + counts.errors.size(), "lines are counted otherwise");
  std::istringstream same{std::string(input)};
  std::ostringstream twice;
  (void)decide::decide_lines(same, twice, engine());
  must(twice.str() == out.str(), "asked twice it answers otherwise");
}

}  // namespace concord::fuzz
