#include "engine/command-pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace interconnect {
namespace {

/** The most that the kernel gives an ordinary process (fs.pipe-max-size); less is fine too. */
constexpr int kCapacity = 1024 * 1024;

}  // namespace

CommandPipe::CommandPipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) return;
  reader_ = ends[0];
  writer_ = ends[1];
  (void)::fcntl(writer_, F_SETPIPE_SZ, kCapacity);
}

CommandPipe::~CommandPipe() {
  if (reader_ >= 0) ::close(reader_);
  if (writer_ >= 0) ::close(writer_);
}

void CommandPipe::drain(const std::function<void(const std::string& line)>& take) {
  std::array<char, 16 * 1024> chunk;
  for (;;) {
    const ssize_t n = ::read(reader_, chunk.data(), chunk.size());
    if (n <= 0) return;
    split(chunk.data(), static_cast<size_t>(n), take);
  }
}

void CommandPipe::split(const char* bytes, size_t size, const std::function<void(const std::string& line)>& take) {
  for (size_t at = 0; at < size;) {
    const void* found = std::memchr(bytes + at, '\n', size - at);
    const size_t end = found != nullptr ? static_cast<size_t>(static_cast<const char*>(found) - bytes) : size;
    if (!tooLong_) rest_.append(bytes + at, end - at);
    if (rest_.size() > kMaxLine) {
      tooLong_ = true;
      rest_.clear();
    }
    if (found == nullptr) return;
    take(rest_);
    rest_.clear();
    tooLong_ = false;
    at = end + 1;
  }
}

}  // namespace interconnect
