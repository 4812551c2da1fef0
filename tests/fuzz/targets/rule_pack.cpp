// A rule pack: read, compiled, and asked. What narrows cannot widen, whoever wrote it.
#include <array>
#include <sstream>

#include "hub/decide/case_json.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

constexpr const char* kRequest =
    R"({"id":"SYN-1","now":"2026-06-01T12:00:00Z","request":{"jurisdiction":"US-MA","trigger":"schedule",)"
    R"("source":{"agency":"s","capacities":["cwa"]},"recipient":{"agency":"r","capacities":["court"],)"
    R"("supports":["*"],"roster":{"status":"active"},"assigned":true},)"
    R"("subject":{"candidates":1,"match_confidence":0.99,"age":9},)"
    R"("fields":{"placement.start":["CPS"],"person.name":["CPS","PHI"],"note.text":["FREE_TEXT"]}}})"
    "\n";

}  // namespace

void rule_pack(std::string_view input) {
  auto pack = decide::read_pack(input, "a.yaml");
  if (!pack) return tells_all(pack.error());
  for (const decide::Rule& rule : pack->rules) {
    must(!rule.id.empty(), "a rule without an id");
    must(rule.place.starts_with("a.yaml"), "a rule of no place in the file");
  }
  const std::array packs{std::move(*pack)};
  const auto engine = decide::Engine::compile(packs);
  if (!engine) return tells_all(engine.error());
  for (const decide::Rule& rule : engine->rules())
    must(engine->rule(rule.id) != nullptr, "a rule that cannot be found");
  std::string answers[2];
  for (std::string& answer : answers) {
    std::istringstream in(kRequest);
    std::ostringstream out;
    const auto counts = decide::decide_lines(in, out, *engine);
    must(counts.decided == 1 && counts.errors.empty(), "a good request was not decided");
    answer = out.str();
  }
  must(answers[0] == answers[1], "asked twice it answers otherwise");
}

}  // namespace concord::fuzz
