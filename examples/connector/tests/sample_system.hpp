// A sample of the system that the connector speaks to: small enough to read, whole enough to fail in
// the ways that the real one does. Its people are synthetic.
//
//   GET    /feed/<type>?after=N&limit=M   lines of JSON; X-Next: the position after them, X-More: yes
//   POST   /feed/<type>/ack?upto=N        the feed forgets all up to N
//   PUT    /notices/<key>                 Idempotency-Key, X-Version; refuses a notice without "event"
//   DELETE /notices/<key>                 withdraws it
// All of it with "Authorization: Bearer SYN-sample-token".
#pragma once

#include <concord/testing_http.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <vector>

class SampleSystem {
 public:
  // prefix tells the keys of two sample systems apart; both know the same children.
  explicit SampleSystem(std::string prefix = "SYN", uint16_t port = 0);
  ~SampleSystem();
  [[nodiscard]] std::string url() const { return server_.url(); }

  // What the agency's staff would do, and what may go wrong. Also by POST /tell/<verb>, without the
  // token; the answer is what tell() returns.
  //   keys TYPE          a line each        change             "type key" of what was changed
  //   delete             "type key"         add_large BYTES    "type key"
  //   add_invalid_utf8, add_malformed       no key: it has none that can be read
  //   add_empty_and_absent                  "type key key member": "" in the first, absent in the other
  //   add_same_instant                      "type key key": changed at once, told in two zones
  //   fail STATUS        every answer from now on; 429 names 7 seconds
  //   hang, heal         answers nothing from now on; all is well again
  //   notices            "notice key version" a line    effects    how many notices had an effect
  std::string tell(const std::string& verb, const std::string& word = "");

 private:
  struct Notice {
    uint64_t version = 0;
    bool withdrawn = false;
    std::string body;
  };
  concord::sdk::TestReply handle(const concord::sdk::TestRequest& request);
  concord::sdk::TestReply feed(const concord::sdk::TestRequest& request, const std::string& type);
  concord::sdk::TestReply notice(const concord::sdk::TestRequest& request, const std::string& key);
  void add(const std::string& type, const std::string& line);
  std::string add_placement(const std::string& id, const std::string& changed_at, const std::string& facility);

  std::string prefix_;
  std::mutex mutex_;
  std::condition_variable healed_;
  std::map<std::string, std::map<int64_t, std::string>> feeds_;  // type, position, line
  std::map<std::string, std::set<std::string>> keys_;            // type: what can be read
  std::map<std::string, Notice> notices_;
  std::set<std::string> seen_;  // idempotency keys
  int64_t next_ = 1;
  int effects_ = 0;
  int fail_ = 0;
  bool hang_ = false;
  concord::sdk::TestServer server_;  // last: serves when all else is there
};
