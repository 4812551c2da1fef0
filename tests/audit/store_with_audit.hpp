// A store whose audit has some history, closed, to be copied and tampered with.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/store/store.hpp"

namespace concord::tampering {

class Original {
 public:
  // entries of a dozen people; heads as a hub signs them, and some in between.
  explicit Original(size_t entries);
  ~Original();
  Original(const Original&) = delete;
  Original& operator=(const Original&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // With half of its history.
  [[nodiscard]] const std::filesystem::path& older() const { return older_; }
  // The heads as a witness has them: heads.jsonl, kept elsewhere.
  [[nodiscard]] const std::vector<audit::Head>& witnesses() const { return witnesses_; }

 private:
  std::filesystem::path folder_, older_;
  std::vector<audit::Head> witnesses_;
};

std::filesystem::path new_folder();
// What verify says of the store in this folder.
base::Errors faults_of(const std::filesystem::path& folder,
                       const std::vector<audit::Head>& witnesses);

}  // namespace concord::tampering
