// What must go along with a delivery, in the shapes that most systems have a place for. Whatever the
// shape: who reads the record must read the words too.
#pragma once

#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace concord::sdk {

// "notice_part2: 42 CFR part 2 prohibits …" for each, with `between` between them; empty: none.
inline std::string obligation_lines(std::span<const Obligation> obligations,
                                    std::string_view between = "\n") {
  std::string out;
  for (const Obligation& one : obligations) {
    if (!out.empty()) out += between;
    out.append(one.code).append(": ").append(one.text);
  }
  return out;
}

// [{"code":"notice_part2","text":"…"},{"code":"destroy_by","value":"2026-12-31","text":"…"}]
inline void write_obligations(JsonWriter& out, std::span<const Obligation> obligations) {
  out.array();
  for (const Obligation& one : obligations) {
    out.object().field("code", one.code);
    if (!one.value.empty()) out.field("value", one.value);
    out.field("text", one.text).end();
  }
  out.end_array();
}
inline std::string obligations_json(std::span<const Obligation> obligations) {
  JsonWriter out;
  write_obligations(out, obligations);
  return out.text();
}

}  // namespace concord::sdk
