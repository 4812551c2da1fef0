#pragma once

#include <string>
#include <vector>

namespace concord::bench {

// One way to send a batch from a process to another that answers with a few bytes.
struct Channel {
  std::string name;
  double large_us = 0;  // a batch of half a megabyte there, a word back
  double small_us = 0;  // a kilobyte there, a word back
};
std::vector<Channel> measure_channels();

}  // namespace concord::bench
