#include "hub/decide/explain.hpp"

#include <algorithm>

namespace concord::decide {
namespace {

using model::Decision;
using model::Verdict;

constexpr std::string_view kNothing = "There is no record.\n";

std::string answer(const Decision& decision) {
  const size_t given = decision.released.size() + decision.transformed.size();
  const size_t all = given + decision.withheld.size();
  switch (decision.verdict) {
    case Verdict::permit:
      return "Permitted: all " + std::to_string(all) + " fields.\n";
    case Verdict::permit_with_redactions:
      return "Permitted in part: " + std::to_string(given) + " of " + std::to_string(all) +
             " fields.\n";
    case Verdict::deny:
      break;
  }
  return "Not permitted.\n";
}

void add_grounds(const Decision& decision,
                 const Engine& engine,
                 const std::string& path,
                 std::string& out) {
  for (const model::Ground& ground : decision.grounds) {
    if (ground.path != path) continue;
    const Rule* rule = engine.rule(ground.rule);
    if (rule == nullptr) continue;
    out += "    " + rule->says + " (" + rule->cites + ")\n";
  }
}

std::string how_in_words(std::string_view how) {
  if (how == "week_of_date") return "only its week";
  if (how == "count_band") return "only about how many";
  if (how == "year_of_birth") return "only the year";
  if (how == "age_band") return "only an age range";
  if (how == "region") return "only the region";
  return "only that there is one";
}

void add_withheld(const Decision& decision, const Engine& engine, std::string& out) {
  for (const auto& [path, name] : decision.withheld) {
    const auto reason = reason_of(name);
    out += "  withheld  " + path + ": " +
           std::string(reason ? words_of(*reason) : std::string_view(name)) + " [" + name + "]\n";
    // A forbidding rule speaks for itself.
    for (const Rule& rule : engine.rules()) {
      const auto& cited = decision.citations;
      if (rule.kind != Kind::forbid || rule.reason != reason) continue;
      if (std::find(cited.begin(), cited.end(), rule.cites) == cited.end()) continue;
      out += "    " + rule.says + " (" + rule.cites + ")\n";
      break;
    }
  }
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::vector<std::string> own_duties(const Decision& decision) {
  std::vector<std::string> out;
  for (const std::string& word : decision.obligations)
    if (const auto bit = obligation_of(word); bit && (recipient_obligations() >> *bit & 1u) != 0)
      out.push_back(word);
  return out;
}

void add_duty(std::string_view text, std::string_view code, std::string& out) {
  out += "  " + std::string(text) + (text.ends_with('.') ? "" : ".") + " [" + std::string(code) +
         "]\n";
}

// What the recipient reads with the record, as it reads it; then what others have to do.
void add_duties(const Decision& decision,
                const std::vector<std::string>& duties,
                std::string& out) {
  std::string along, besides;
  for (const std::string& duty : duties) {
    const bool carried = model::is_carried(duty);
    bool told = false;
    for (const model::Obligation& one : decision.carried) {
      if (one.code != duty) continue;
      add_duty(one.text, duty, along);
      told = true;
    }
    if (!told) add_duty(words_of_obligation(duty), duty, carried ? along : besides);
  }
  if (!along.empty()) out += "What goes along with it:\n" + along;
  if (!besides.empty()) out += "What is to be done besides:\n" + besides;
}

bool is_mandate(const Decision& decision) {
  const auto& reasons = decision.reasons;
  return std::find(reasons.begin(), reasons.end(), name_of(Reason::MANDATE)) != reasons.end();
}

}  // namespace

std::string_view absent_record() {
  return kNothing;
}

std::string explain(const Decision& decision, const Engine& engine, Audience audience) {
  if (audience == Audience::recipient && decision.verdict == Verdict::deny)
    return std::string(decision.safe_view == "no_record" ? kNothing : "Not permitted.\n");
  std::string out = audience == Audience::recipient ? "Permitted.\n" : answer(decision);
  for (const std::string& path : decision.released) {
    out += "  released  " + path + "\n";
    add_grounds(decision, engine, path, out);
  }
  for (const auto& [path, how] : decision.transformed) {
    out += "  released  " + path + ", " + how_in_words(how) + "\n";
    add_grounds(decision, engine, path, out);
  }
  if (audience == Audience::source) add_withheld(decision, engine, out);
  // The recipient learns of its own duties alone: an affidavit of expungement, or its deadline,
  // would tell that there was something.
  const auto duties = audience == Audience::source ? decision.obligations : own_duties(decision);
  add_duties(decision, duties, out);
  if (decision.deadline && (audience == Audience::source || is_mandate(decision)))
    out += "At the latest at " + base::to_text(*decision.deadline) + ".\n";
  if (decision.valid_until) out += "Good until " + base::to_text(*decision.valid_until) + ".\n";
  if (audience == Audience::recipient) return out;
  if (!decision.recall.empty()) out += "To be called back: " + listed(decision.recall) + ".\n";
  if (!decision.citations.empty()) {
    std::string cites;
    for (const std::string& cite : decision.citations) cites += (cites.empty() ? "" : "; ") + cite;
    out += "Law: " + cites + ".\n";
  }
  if (decision.law.find(',') != std::string::npos)
    out += "Decided under the law of: " + decision.law + ".\n";
  if (!decision.nearest_miss.empty()) out += "Nearest: " + decision.nearest_miss + "\n";
  if (decision.safe_view == "no_record") out += "The recipient is told: there is no record.\n";
  return out;
}

}  // namespace concord::decide
