// concord policy matrix
#include <cstdio>

#include "hub/app/commands.hpp"
#include "hub/app/policy.hpp"
#include "hub/app/tell.hpp"
#include "hub/decide/matrix.hpp"

namespace concord::app {

int show_matrix(const std::vector<std::string>& folders, const MatrixWords& words) {
  auto policy = load_policy(folders);
  if (!policy) return tell(policy.error());
  decide::Child child;
  child.age = words.age;
  child.jurisdiction = words.jurisdiction;
  child.facts = words.facts;
  child.at = base::now();
  const decide::Matrix matrix = decide::make_matrix(*policy->engine, child);
  const std::string out = words.json   ? decide::matrix_json(matrix) + "\n"
                          : words.html ? decide::matrix_page(matrix)
                                       : decide::matrix_text(matrix);
  if (std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0)
    return EX_OK;
  std::fputs("stdout: cannot write.  Next: look for a full disk or a closed pipe.\n", stderr);
  return EX_IOERR;
}

}  // namespace concord::app
