// What is compared when names, dates and identifiers are compared. Never kept, only hashed.
// Threads: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace concord::identify {

// Lower case, accents and apostrophes gone, other punctuation as blanks: "O’Brien-Núñez" gives
// "obrien nunez". Latin letters become ASCII (ß ss, æ ae, ł l); Greek and Cyrillic lose their case;
// other letters stay.
std::string fold(std::string_view text);
std::vector<std::string> words(std::string_view folded);

struct NameParts {
  std::string family;              // without blanks, hyphens and suffix (Jr, III): "obriennunez"
  std::vector<std::string> given;  // each its own: {"mary", "ann"}
  [[nodiscard]] bool complete() const { return !family.empty() && !given.empty(); }
  [[nodiscard]] std::string given_joined() const;  // "maryann"
};
NameParts name_parts(std::string_view family, std::string_view given);

// The identifier as it is compared, or "" where it identifies nobody: too short, one character
// repeated, a known filler ("unknown", 123456789), or a social security number that is never given
// out.
std::string usable_identifier(std::string_view system, std::string_view value);

// A birth date that tells people apart: a day of the calendar, and none that forms are filled with.
bool usable_birth_date(std::string_view date);

}  // namespace concord::identify
