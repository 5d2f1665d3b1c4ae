#include "engine/command-queue.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace interconnect {
namespace {

constexpr size_t kMaxLines = 10'000;
constexpr size_t kMaxBytes = 16 * 1024 * 1024;

}  // namespace

CommandQueue::CommandQueue() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

CommandQueue::~CommandQueue() {
  if (usable()) ::close(descriptor_);
}

bool CommandQueue::put(std::string line) {
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kMaxLines || bytes_ + line.size() > kMaxBytes) return false;
    bytes_ += line.size();
    lines_.push_back(std::move(line));
  }
  const uint64_t one = 1;
  // It can only fail when the counter is full, and then the loop is woken already.
  [[maybe_unused]] const ssize_t n = ::write(descriptor_, &one, sizeof one);
  return true;
}

std::optional<std::string> CommandQueue::take() {
  const std::lock_guard lock(mutex_);
  if (lines_.empty()) return std::nullopt;
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  bytes_ -= line.size();
  return line;
}

void CommandQueue::clear() {
  const std::lock_guard lock(mutex_);
  lines_.clear();
  bytes_ = 0;
}

}  // namespace interconnect
