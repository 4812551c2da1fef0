// What a caseworker reads of a decision reads like a book for the eighth grade: Flesch and
// Kincaid's measure, 0.39 words a sentence + 11.8 syllables a word - 15.59.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <regex>

#include "hub/decide/explain.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

constexpr double kGradeMost = 8.0;

bool is_vowel(char c) {
  return std::string_view("aeiouy").find(c) != std::string_view::npos;
}

// Groups of vowels; a mute e at the end is none.
int syllables_of(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  int count = 0;
  for (size_t i = 0; i < word.size(); ++i)
    count += is_vowel(word[i]) && (i == 0 || !is_vowel(word[i - 1])) ? 1 : 0;
  const size_t size = word.size();
  const bool mute = size > 2 && word.back() == 'e' && !is_vowel(word[size - 2]) &&
                    !(word[size - 2] == 'l' && !is_vowel(word[size - 3]));
  const bool past = word.ends_with("ed") && size > 3 && word[size - 3] != 't' &&
                    word[size - 3] != 'd' && !is_vowel(word[size - 3]);
  return std::max(1, count - (mute || past ? 1 : 0));
}

double grade_of(const std::string& text) {
  static const std::regex words("[A-Za-z']+"), ends("[A-Za-z0-9)][.:\n]");
  const auto count = [&](const std::regex& what) {
    return std::distance(std::sregex_iterator(text.begin(), text.end(), what),
                         std::sregex_iterator());
  };
  int syllables = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), words), end; at != end; ++at)
    syllables += syllables_of(at->str());
  const auto of_words = static_cast<double>(std::max<ptrdiff_t>(1, count(words)));
  const auto of_sentences = static_cast<double>(std::max<ptrdiff_t>(1, count(ends)));
  return 0.39 * of_words / of_sentences + 11.8 * syllables / of_words - 15.59;
}

TEST(Reading, is_measured_as_it_is_meant) {
  EXPECT_EQ(syllables_of("consent"), 2);
  EXPECT_EQ(syllables_of("named"), 1);
  EXPECT_EQ(syllables_of("table"), 2);
  EXPECT_EQ(syllables_of("recipient"), 3);  // i-e is one group: an easy reader's count
  EXPECT_LT(grade_of("The cat sat on the mat."), 2.0);
  EXPECT_GT(grade_of("Individually identifiable psychotherapeutic documentation necessitates "
                     "supplementary authorization."),
            20.0);
}

TEST(Reading, of_each_reason_is_easy) {
  for (size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_LE(grade_of(std::string(words_of(reason)) + "."), kGradeMost)
        << name_of(reason) << ": " << words_of(reason);
  }
}

TEST(Reading, of_each_obligation_is_easy) {
  for (size_t i = 0; i < kObligationCount; ++i) {
    const std::string_view name = obligation_name(i);
    EXPECT_LE(grade_of(std::string(words_of_obligation(name)) + "."), kGradeMost)
        << name << ": " << words_of_obligation(name);
  }
}

// Without what the law and the packs say: citations, names of fields and codes, rules' own words.
std::string own_words_of(const std::string& explained) {
  std::string out;
  size_t at = 0;
  while (at < explained.size()) {
    const size_t end = std::min(explained.find('\n', at), explained.size());
    std::string line = explained.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("    ") || line.starts_with("Law:") || line.starts_with("Nearest:"))
      continue;
    // The field's name is a heading.
    if (line.starts_with("  withheld")) line.erase(0, line.find(": ") + 2);
    static const std::regex foreign(R"( *(\[[A-Za-z0-9_]+\]|\([^)]*\)|[a-z_]+\.[a-z_.]+))");
    line = std::regex_replace(line, foreign, "");
    out += line + (line.ends_with('.') || line.ends_with(':') ? "\n" : ".\n");
  }
  return out;
}

TEST(Reading, of_what_explain_says_of_every_case_is_easy) {
  size_t read = 0;
  for (const char* file : {"cases", "rules", "obligations_lease", "integrity_identity_labels"})
    for (const std::string& line :
         lines_of(source_folder() + "/tests/data/decisions/" + file + ".jsonl")) {
      const auto decision = shipped_engine().decide(request_of(line));
      const std::string text = own_words_of(explain(decision, shipped_engine(), Audience::source));
      if (text == "Not permitted.\n\n" || text == "Not permitted.\n") continue;  // two words
      EXPECT_LE(grade_of(text), kGradeMost) << decision.id << "\n" << text;
      ++read;
    }
  EXPECT_GT(read, 200u);
}

}  // namespace
}  // namespace concord::decide
