// The matrix as text, as a page, as JSON.
#include <algorithm>

#include "hub/base/json.hpp"
#include "hub/decide/matrix.hpp"

namespace concord::decide {
namespace {

std::string child_in_words(const Child& child) {
  std::string out = "a child of " + std::to_string(child.age);
  for (const std::string& fact : child.facts) out += ", " + fact;
  return out;
}

std::string key_of(const Cell& cell) {
  std::string out(1, letter_of(cell.takes));
  if (cell.generalised) out += '~';
  return out;
}

// "C  any purpose", "Y  payment, treatment; C  the other purposes"
std::string row_text(const Matrix& matrix, size_t label, size_t capacity) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (size_t purpose = 0; purpose < matrix.purposes.size(); ++purpose) {
    const std::string key = key_of(matrix.at(label, capacity, purpose));
    auto found = std::find_if(
        groups.begin(), groups.end(), [&](const auto& group) { return group.first == key; });
    if (found == groups.end()) found = groups.insert(groups.end(), {key, {}});
    found->second.push_back(matrix.purposes[purpose]);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  std::string out;
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto& [key, purposes] = groups[i];
    out += (i > 0 ? "; " : "") + key + ' ';
    if (i + 1 == groups.size()) {
      out += i == 0 ? "any" : "the others";
      continue;
    }
    for (size_t k = 0; k < purposes.size(); ++k) out += (k > 0 ? ", " : " ") + purposes[k];
  }
  return out;
}

// Those who are answered as anybody would be stand in anybody's line, the last.
std::vector<size_t> told(const Matrix& matrix, size_t label) {
  std::vector<size_t> out;
  const size_t others = matrix.capacities.size() - 1;
  for (size_t capacity = 0; capacity < others; ++capacity)
    for (size_t purpose = 0; purpose < matrix.purposes.size(); ++purpose)
      if (key_of(matrix.at(label, capacity, purpose)) !=
          key_of(matrix.at(label, others, purpose))) {
        out.push_back(capacity);
        break;
      }
  out.push_back(others);
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

constexpr std::string_view kStyle =
    "body{font:15px/1.4 sans-serif;margin:1.5rem}table{border-collapse:collapse;margin:0 0 2rem}"
    "th,td{border:1px solid #999;padding:.15rem .4rem}td{text-align:center;font-weight:bold}"
    "thead th{vertical-align:bottom;writing-mode:vertical-rl;font-weight:normal}"
    "thead th:first-child{writing-mode:horizontal-tb}tbody th{text-align:left;font-weight:normal}"
    ".Y{background:#bfe5bf}.T{background:#d5ecd0}.F{background:#e4f1d4}.C{background:#fff3bf}"
    ".O{background:#ffe3bf}.never{background:#eee;color:#555}";

std::string legend_page() {
  std::string out = "<table><caption>What a letter says</caption><tbody>";
  for (const Takes takes : kTakes)
    out += std::string("<tr><td>") + letter_of(takes) + "</td><th scope=\"row\">" +
           std::string(words_of(takes)) + "</th></tr>";
  return out +
         "<tr><td>~</td><th scope=\"row\">in general terms only: its week, about how many"
         "</th></tr></tbody></table>\n";
}

std::string cell_page(const Cell& cell) {
  const std::string kind =
      cell.takes == Takes::never ? "never" : std::string(1, letter_of(cell.takes));
  return "<td class=\"" + kind + "\" title=\"" + escaped(words_of(cell.takes)) + ": " +
         escaped(cell.because) + "\">" + key_of(cell) + "</td>";
}

}  // namespace

std::string matrix_text(const Matrix& matrix) {
  std::string out =
      "Who may get what about " + child_in_words(matrix.child) + ", law of " + matrix.law + "\n\n";
  for (const Takes takes : kTakes)
    out += std::string("  ") + letter_of(takes) + "  " + std::string(words_of(takes)) + "\n";
  out += "  ~  in general terms only: its week, about how many\n";
  for (size_t label = 0; label < matrix.labels.size(); ++label) {
    out += "\n" + matrix.labels[label] + "\n";
    for (const size_t capacity : told(matrix, label)) {
      const std::string row = row_text(matrix, label, capacity);
      std::string name = matrix.capacities[capacity];
      name.resize(std::max<size_t>(name.size(), 31), ' ');
      out.append("  ").append(name).append(" ").append(row).append("\n");
    }
  }
  return out;
}

std::string matrix_page(const Matrix& matrix) {
  const std::string title = "Who may get what about " + child_in_words(matrix.child);
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>" +
                    escaped(title) + "</title>\n<style>" + std::string(kStyle) +
                    "</style></head><body>\n<h1>" + escaped(title) + "</h1>\n<p>Law of " +
                    escaped(matrix.law) + ". Rules " + matrix.rules.substr(0, 12) +
                    ". Each cell, held under the pointer, names the rules it rests on, or the "
                    "reason why not.</p>\n" +
                    legend_page();
  for (size_t label = 0; label < matrix.labels.size(); ++label) {
    out += "<table><caption>" + escaped(matrix.labels[label]) +
           "</caption>\n<thead><tr><th scope=\"col\">recipient</th>";
    for (const std::string& purpose : matrix.purposes)
      out += "<th scope=\"col\">" + escaped(purpose) + "</th>";
    out += "</tr></thead>\n<tbody>\n";
    for (const size_t capacity : told(matrix, label)) {
      out += "<tr><th scope=\"row\">" + escaped(matrix.capacities[capacity]) + "</th>";
      for (size_t purpose = 0; purpose < matrix.purposes.size(); ++purpose)
        out += cell_page(matrix.at(label, capacity, purpose));
      out += "</tr>\n";
    }
    out += "</tbody></table>\n";
  }
  return out + "</body></html>\n";
}

std::string matrix_json(const Matrix& matrix) {
  base::Json json(rapidjson::kObjectType);
  auto& memory = json.GetAllocator();
  auto text = [&memory](std::string_view value) { return base::json_text(value, memory); };
  json.AddMember("age", matrix.child.age, memory);
  json.AddMember("law", text(matrix.law), memory);
  json.AddMember("rules", text(matrix.rules), memory);
  base::JsonValue cells(rapidjson::kArrayType);
  for (size_t label = 0; label < matrix.labels.size(); ++label)
    for (size_t capacity = 0; capacity < matrix.capacities.size(); ++capacity)
      for (size_t purpose = 0; purpose < matrix.purposes.size(); ++purpose) {
        const Cell& cell = matrix.at(label, capacity, purpose);
        base::JsonValue item(rapidjson::kObjectType);
        item.AddMember("label", text(matrix.labels[label]), memory);
        item.AddMember("capacity", text(matrix.capacities[capacity]), memory);
        item.AddMember("purpose", text(matrix.purposes[purpose]), memory);
        item.AddMember("answer", text(std::string(1, letter_of(cell.takes))), memory);
        item.AddMember("because", text(cell.because), memory);
        item.AddMember("generalised", cell.generalised, memory);
        cells.PushBack(item, memory);
      }
  json.AddMember("cells", cells, memory);
  return base::write_json(json);
}

}  // namespace concord::decide
