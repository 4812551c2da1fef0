// Agencies at work: makes changes at the simulated systems without a pause, each with a mark of its
// own, and remembers which agency ought to hear of it.
//
// Threads: start(), stop() and owed() from one; the work is done in a thread of its own.
#pragma once

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "examples/simulators/story/play.hpp"

namespace concord::crash {

// What one agency ought to be told of a child: a line whose body has this mark. Those of one topic
// come in the order in which they happened.
struct Owed {
  std::string system, subject, topic, mark;
};

class Load {
 public:
  Load(story::Play& play, std::vector<int> children, unsigned seed);
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void start();
  void stop();
  // In the order in which it happened. Only while stopped.
  [[nodiscard]] const std::vector<Owed>& owed() const { return owed_; }

 private:
  void change_something();
  void place(int child);
  void set_hearing(int child);
  void detain(int child);
  void diagnose(int child);
  bool act(const std::string& system, const std::string& verb, int child, const std::string& more);
  void owe(const char* system, const char* prefix, int child, const char* topic, std::string mark);

  story::Play& play_;
  std::vector<int> children_;
  std::mt19937 random_;
  std::vector<Owed> owed_;
  int n_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace concord::crash
