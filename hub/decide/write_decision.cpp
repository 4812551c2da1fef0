#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <istream>
#include <ostream>

#include "hub/decide/case_json.hpp"

namespace concord::decide {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(Writer& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void put(Writer& out, std::string_view key, std::string_view value) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  put(out, value);
}
void put(Writer& out, std::string_view key, const std::vector<std::string>& list) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  out.StartArray();
  for (const std::string& item : list) put(out, item);
  out.EndArray();
}
void put(Writer& out,
         std::string_view key,
         const std::vector<std::pair<std::string, std::string>>& map) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  out.StartObject();
  for (const auto& [name, value] : map) put(out, name, value);
  out.EndObject();
}

void put_carried(Writer& out, const std::vector<model::Obligation>& carried) {
  out.Key("carried");
  out.StartArray();
  for (const model::Obligation& one : carried) {
    out.StartObject();
    put(out, "code", one.code);
    if (!one.value.empty()) put(out, "value", one.value);
    put(out, "text", one.text);
    out.EndObject();
  }
  out.EndArray();
}

void put_grounds(Writer& out, const std::vector<model::Ground>& grounds) {
  out.Key("grounds");
  out.StartObject();
  for (size_t i = 0; i < grounds.size();) {
    const std::string& path = grounds[i].path;
    out.Key(path.data(), static_cast<rapidjson::SizeType>(path.size()));
    out.StartObject();
    for (; i < grounds.size() && grounds[i].path == path; ++i)
      put(out, model::name_of(grounds[i].regime), grounds[i].rule);
    out.EndObject();
  }
  out.EndObject();
}

std::string write_error(std::string_view id, const base::Error& error) {
  rapidjson::StringBuffer buffer;
  Writer out(buffer);
  out.StartObject();
  put(out, "id", id);
  put(out, "error", error.code);
  put(out, "message", base::to_text(error));
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::string write_decision(const model::Decision& decision) {
  rapidjson::StringBuffer buffer;
  Writer out(buffer);
  out.StartObject();
  put(out, "id", decision.id);
  put(out, "decision", model::name_of(decision.verdict));
  put(out, "released", decision.released);
  put(out, "transformed", decision.transformed);
  put(out, "withheld", decision.withheld);
  put(out, "reasons", decision.reasons);
  put(out, "citations", decision.citations);
  put_grounds(out, decision.grounds);
  put(out, "evidence", decision.evidence);
  put(out, "obligations", decision.obligations);
  if (!decision.carried.empty()) put_carried(out, decision.carried);
  if (!decision.recall.empty()) put(out, "recall", decision.recall);
  out.Key("valid_until");
  if (decision.valid_until)
    put(out, base::to_text(*decision.valid_until));
  else
    out.Null();
  if (decision.deadline) put(out, "deadline", base::to_text(*decision.deadline));
  if (!decision.safe_view.empty()) put(out, "safe_view", decision.safe_view);
  put(out, "law", decision.law);
  put(out, "rules", decision.rules);
  put(out, "nearest_miss", decision.nearest_miss);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

LineCounts decide_lines(std::istream& in, std::ostream& out, const Engine& engine) {
  LineCounts counts;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto json = base::read_json(line, "line " + std::to_string(number));
    std::string_view id;
    base::Error error;
    if (json) {
      id = base::text_of(*json, "id");
      auto input = read_request(*json);
      if (input) {
        out << write_decision(engine.decide(*input)) << '\n';
        ++counts.decided;
        continue;
      }
      error = std::move(input).error();
      error.place = "line " + std::to_string(number) + ", " + error.place;
    } else {
      error = std::move(json).error();
    }
    out << write_error(id, error) << '\n';
    counts.errors.push_back(std::move(error));
  }
  return counts;
}

}  // namespace concord::decide
