#include "tests/bench/traffic.hpp"

#include <algorithm>

namespace concord::bench {

std::string_view name_of(Flow flow) {
  constexpr std::array<std::string_view, kFlows.size()> names{
      "health", "child_welfare", "court", "juvenile_justice"};
  return names[static_cast<size_t>(flow)];
}

void Traffic::flood() {
  const std::lock_guard lock(mutex_);
  mode_ = Mode::flood;
  changed_.notify_all();
}

void Traffic::pace(double records_per_second) {
  const std::lock_guard lock(mutex_);
  mode_ = Mode::paced;
  per_flow_ = records_per_second / static_cast<double>(kFlows.size());
  began_ = Clock::now();
  for (Book& book : books_) book.paced_from = book.count.offered;
  changed_.notify_all();
}

void Traffic::close() {
  const std::lock_guard lock(mutex_);
  mode_ = Mode::closed;
  changed_.notify_all();
}

void Traffic::end() {
  const std::lock_guard lock(mutex_);
  mode_ = Mode::closed;
  ended_ = true;
  changed_.notify_all();
}

int64_t Traffic::allowed(const Book& book) const {
  if (mode_ == Mode::paced) {
    const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
    return book.paced_from + static_cast<int64_t>(seconds * per_flow_);
  }
  int64_t least = books_[0].count.delivered;
  for (const Book& other : books_) least = std::min(least, other.count.delivered);
  return least + window_;
}

Clock::time_point Traffic::due(const Book& book, int64_t number) const {
  const double after = static_cast<double>(number + 1 - book.paced_from) / per_flow_;
  return began_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(after));
}

Traffic::Range Traffic::take(
    Flow flow, Mode mode, int64_t least, int64_t most, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds gather{10};  // for a fuller page
  const auto ends = Clock::now() + patience;
  std::unique_lock lock(mutex_);
  Book& book = books_[static_cast<size_t>(flow)];
  Clock::time_point full{};
  while (mode_ == mode) {
    const int64_t free = allowed(book) - book.count.offered;
    const auto now = Clock::now();
    if (free > 0 && full == Clock::time_point{}) full = now + gather;
    if (free >= least || (free > 0 && now >= full)) {
      const int64_t from = book.count.offered;
      book.count.offered += std::min(free, most);
      book.arrived.resize(static_cast<size_t>(book.count.offered));
      book.delivery.resize(static_cast<size_t>(book.count.offered));
      for (int64_t n = from; n < book.count.offered; ++n)
        book.offered.push_back(mode == Mode::paced ? due(book, n) : now);
      return {from, book.count.offered};
    }
    if (now >= ends) break;
    auto until = ends;
    if (free > 0) until = std::min(until, full);
    if (mode == Mode::paced) until = std::min(until, due(book, book.count.offered));
    changed_.wait_until(lock, until);
  }
  return {};
}

bool Traffic::wait_for(Mode mode) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || mode_ == mode; });
  return !ended_;
}

bool Traffic::has(Mode mode) const {
  const std::lock_guard lock(mutex_);
  return mode_ == mode;
}

void Traffic::arrived(Flow flow, int64_t number, std::string_view delivery) {
  const auto now = Clock::now();
  const uint64_t hash = std::hash<std::string_view>{}(delivery) | 1;
  const std::lock_guard lock(mutex_);
  Book& book = books_[static_cast<size_t>(flow)];
  if (number < 0 || number >= book.count.offered) {
    ++book.count.strangers;
    return;
  }
  const auto at = static_cast<size_t>(number);
  if (book.delivery[at] != 0) {
    ++(book.delivery[at] == hash ? book.count.repeats : book.count.doubled);
    return;
  }
  book.delivery[at] = hash;
  book.arrived[at] = now;
  ++book.count.delivered;
  if (mode_ == Mode::flood) changed_.notify_all();
}

void Traffic::stranger(Flow flow) {
  const std::lock_guard lock(mutex_);
  ++books_[static_cast<size_t>(flow)].count.strangers;
}

Traffic::Count Traffic::count(Flow flow) const {
  const std::lock_guard lock(mutex_);
  return books_[static_cast<size_t>(flow)].count;
}

int64_t Traffic::delivered() const {
  const std::lock_guard lock(mutex_);
  int64_t sum = 0;
  for (const Book& book : books_) sum += book.count.delivered;
  return sum;
}

bool Traffic::all_delivered() const {
  const std::lock_guard lock(mutex_);
  return std::all_of(books_.begin(), books_.end(), [](const Book& book) {
    return book.count.delivered == book.count.offered;
  });
}

std::vector<double> Traffic::latencies(Flow flow) const {
  const std::lock_guard lock(mutex_);
  const Book& book = books_[static_cast<size_t>(flow)];
  std::vector<double> out;
  for (auto n = static_cast<size_t>(book.paced_from); n < book.offered.size(); ++n)
    if (book.delivery[n] != 0)
      out.push_back(
          std::chrono::duration<double, std::milli>(book.arrived[n] - book.offered[n]).count());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace concord::bench
