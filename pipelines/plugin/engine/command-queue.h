#pragma once
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace interconnect {

/** Lines on their way from any thread to the loop's. Bounded: a loop that stands still must not eat the memory. */
class CommandQueue {
 public:
  CommandQueue();
  ~CommandQueue();
  CommandQueue(const CommandQueue&) = delete;
  CommandQueue& operator=(const CommandQueue&) = delete;

  /** False when the queue is full; the line is then not taken. */
  bool put(std::string line);
  std::optional<std::string> take();
  void clear();

  /** Readable (edge by edge) when something was put. */
  int descriptor() const { return descriptor_; }
  bool usable() const { return descriptor_ >= 0; }

 private:
  const int descriptor_;
  std::mutex mutex_;
  std::deque<std::string> lines_;
  size_t bytes_ = 0;
};

}  // namespace interconnect
