// The simulated hospital's token endpoint: SMART Backend Services with one registered client, whose
// key pair is made at the start (EC P-384) and put into the hospital's folder.
//
// Threads: any number may call any function.
#pragma once

#include <concord/connector.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "examples/simulators/http.hpp"

namespace concord::sim {

class HealthToken {
 public:
  HealthToken();
  HealthToken(const HealthToken&) = delete;
  HealthToken& operator=(const HealthToken&) = delete;
  ~HealthToken();

  // Makes the key pair, or takes the one that is there.
  sdk::Status open(const std::filesystem::path& folder);
  [[nodiscard]] std::string private_key_file() const { return file_.string(); }
  static constexpr const char* kClient = "SYN-concord-hub";
  static constexpr const char* kKeyId = "SYN-key-1";

  HttpReply handle(const HttpRequest& request, const std::string& token_url);  // POST /token
  [[nodiscard]] bool knows(std::string_view authorization);  // "Bearer ...", not ended
  void forget_all();

 private:
  struct Key;
  bool accepts(const std::string& assertion, const std::string& token_url);

  std::filesystem::path file_;
  std::unique_ptr<Key> key_;
  std::mutex mutex_;
  std::map<std::string, int64_t> tokens_;  // token -> end, seconds
  std::set<std::string> used_;             // jti
  uint64_t count_ = 0;
};

}  // namespace concord::sim
