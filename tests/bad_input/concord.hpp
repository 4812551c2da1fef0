// The example coalition in a folder of its own, and the program that users run on it.
#pragma once

#include <array>
#include <cstdio>

#include "tests/bad_input/world.hpp"

namespace concord::bad_input {

struct Said {
  int code = 0;
  std::string text;  // all that it said; the coalition's folder left out
};

class Coalition {
 public:
  Coalition() : folder(std::string(CONCORD_SOURCE_DIR) + "/examples/coalition") {
    const std::string mappings = std::string(CONCORD_SOURCE_DIR) + "/mappings";
    folder.change("concord.yaml", "mappings: ../../mappings", "mappings: " + mappings);
    folder.change("concord.yaml", "policy: ../../mappings", "policy: " + mappings);
    folder.put("secrets/child_welfare.client_secret", "SYN-CANARY-client-secret\n");
    folder.put("secrets/child_welfare.webhook_secret", "SYN-CANARY-webhook-secret\n");
    folder.put("secrets/court.token", "SYN-CANARY-token\n");
    folder.put("secrets/court.webhook_secret", "SYN-CANARY-webhook-secret\n");
    folder.put("secrets/health.pem", "");
  }
  // Runs concord on it, for a minute at most. No setting of the caller's environment gets in.
  Said concord(const std::string& command) {
    const std::string line = "cd / && env -i timeout 60 " + std::string(CONCORD_BUILD_DIR) +
                             "/bin/concord -C '" + folder.path() + "' " + command + " 2>&1";
    Said said;
    FILE* pipe = popen(line.c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    if (pipe == nullptr) return said;
    std::array<char, 4096> part{};
    while (const size_t n = fread(part.data(), 1, part.size(), pipe))
      said.text.append(part.data(), n);
    said.code = WEXITSTATUS(pclose(pipe));
    for (size_t at; (at = said.text.find(folder.path() + "/")) != std::string::npos;)
      said.text.erase(at, folder.path().size() + 1);
    return said;
  }
  // concord check refuses it with the exit code of a wrong configuration, and says all of this in
  // one line: "CODE: file:line: cause.  Next: what to do."
  void expect_fault(const std::string& code,
                    const std::string& place,
                    const std::string& cause,
                    const std::string& next) {
    const Said said = concord("check");
    EXPECT_EQ(said.code, 78) << said.text;
    EXPECT_THAT(said.text,
                testing::ContainsRegex(code + "[A-Z_]*: " + place + "[^\n]*: [^\n]*" + cause +
                                       "[^\n]*  Next: [^\n]*" + next));
    EXPECT_THAT(said.text, Not(HasSubstr(kContent)));
  }

  Folder folder;
};

}  // namespace concord::bad_input
