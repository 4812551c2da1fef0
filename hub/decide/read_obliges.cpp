// What a pack says of obligations: those of a rule, and the words that go with them.
#include <algorithm>

#include "hub/decide/pack_reader.hpp"
#include "hub/model/obligation.hpp"

namespace concord::decide {

using base::Yaml;

void PackReader::read_obliges(const Yaml& yaml, Rule& rule) {
  if (const Yaml* found = yaml.find("obliges"))
    for (const std::string& word : words(*found)) {
      if (const auto bit = obligation_of(word))
        rule.obliges |= uint32_t{1} << *bit;
      else
        fault("OBLIGATION_UNKNOWN",
              found->line,
              "there is no obligation \"" + word + "\"",
              "use one of hub/decide/words.cpp");
    }
  read_duration(yaml, "destroy_after", rule.destroy_after);
  const bool destroys = (rule.obliges >> *obligation_of("destroy_by") & 1u) != 0;
  if (rule.destroy_after && !destroys)
    fault("POLICY_MISSING",
          yaml.find("destroy_after")->line,
          "rule \"" + rule.id + "\" says destroy_after, and does not oblige to destroy",
          "add obliges: [destroy_by]");
}

Notice PackReader::read_notice(const Yaml& yaml) {
  only(yaml, {"obligation", "cites", "reviewed", "text"});
  Notice notice;
  notice.place = place(yaml.line);
  const std::string code = need_text(yaml, "obligation");
  if (model::is_carried(code))
    notice.obligation = *obligation_of(code);
  else if (!code.empty())
    fault("OBLIGATION_UNKNOWN",
          yaml.line,
          "\"" + code + "\" is no obligation that goes along with a record",
          "use one of hub/model/obligation.hpp");
  notice.cites = need_text(yaml, "cites");
  notice.text = need_text(yaml, "text");
  notice.reviewed = flag(yaml, "reviewed");
  const bool lines = std::any_of(notice.text.begin(), notice.text.end(), [](unsigned char c) {
    return c < 0x20 || c == 0x7f;
  });
  if (lines)
    fault("NOTICE_LINES",
          yaml.line,
          "the notice of " + code + " has line ends or other control characters",
          "write it as one line: it stands in fields that take no more");
  return notice;
}

}  // namespace concord::decide
