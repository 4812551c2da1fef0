#include "hub/identify/normalise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace concord::identify {
namespace {

using ::testing::ElementsAre;

TEST(Normalise, folds_case_accents_and_apostrophes) {
  EXPECT_EQ(fold("JOSÉ"), "jose");
  EXPECT_EQ(fold("Jose\xCC\x81"), "jose");  // the accent as a character of its own
  EXPECT_EQ(fold("Nguyễn Thị Hương"), "nguyen thi huong");
  EXPECT_EQ(fold("Łukasz Żółć"), "lukasz zolc");
  EXPECT_EQ(fold("Strauß Ærø"), "strauss aero");
  EXPECT_EQ(fold("O’Brien"), fold("O'BRIEN"));
  EXPECT_EQ(fold("Șerban Țară"), "serban tara");
  EXPECT_EQ(fold("АННА"), fold("анна"));
  EXPECT_EQ(fold("\xFF\xC3"), fold("\xFF\xC3"));  // what is no UTF-8 ends too
}

TEST(Normalise, hyphens_and_blanks_in_a_family_name_tell_nothing) {
  for (const char* family : {"Example-Rivera",
                             "Example Rivera",
                             "EXAMPLE  RIVERA",
                             "example\xE2\x80\x90rivera",
                             "Example-Rivera, Jr.",
                             "Example Rivera III"})
    EXPECT_EQ(name_parts(family, "Ada").family, "examplerivera") << family;
  EXPECT_EQ(name_parts("Jr", "Ada").family, "jr");
  EXPECT_THAT(name_parts("Testfamily", "Mary-Ann J.").given, ElementsAre("mary", "ann", "j"));
  EXPECT_FALSE(name_parts("", "Ada").complete());
  EXPECT_FALSE(name_parts("-", "Ada").complete());
}

TEST(Normalise, identifiers_keep_zeros_and_hyphens_but_fillers_are_none) {
  EXPECT_EQ(usable_identifier("state_id", " 00-42A "), "00-42A");
  EXPECT_EQ(usable_identifier("http://hl7.org/fhir/sid/us-ssn", "219-09-1234"), "219091234");
  EXPECT_EQ(usable_identifier("2.16.840.1.113883.4.1", "219091234"), "219091234");
  for (const char* filler :
       {"", " ", "-", "00", "0000000", "xxxxxx", "Unknown", "N/A", "123456789", "TEST"})
    EXPECT_EQ(usable_identifier("state_id", filler), "") << filler;
  for (const char* ssn :
       {"000-12-3456", "666-12-3456", "912-12-3456", "123-00-4567", "123-45-0000", "12345678"})
    EXPECT_EQ(usable_identifier("ssn", ssn), "") << ssn;
}

TEST(Normalise, a_birth_date_is_a_day_and_no_filler) {
  EXPECT_TRUE(usable_birth_date("2012-02-29"));
  for (const char* date : {"", "2012", "2012-02-30", "1900-01-01", "1899-12-31", "9999-12-31"})
    EXPECT_FALSE(usable_birth_date(date)) << date;
}

}  // namespace
}  // namespace concord::identify
