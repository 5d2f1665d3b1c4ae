#pragma once
#include <cstddef>
#include <functional>
#include <string>

namespace interconnect {

/**
 * Lines on their way from the host process, which writes them to a descriptor.
 *
 * It exists beside the `command` property because gstreamer-superficial leaks every string that a property is set to
 * (0.8 KB a call, 80 MB after 100,000 calls). Bounded by the kernel: a writer that is too fast gets EAGAIN.
 */
class CommandPipe {
 public:
  /** Longer lines are no commands; what is left of one up to its end is given as an empty line, to be refused. */
  static constexpr size_t kMaxLine = 64 * 1024;

  CommandPipe();
  ~CommandPipe();
  CommandPipe(const CommandPipe&) = delete;
  CommandPipe& operator=(const CommandPipe&) = delete;

  bool usable() const { return reader_ >= 0; }
  /** Readable (edge by edge) when something was written. */
  int reader() const { return reader_; }
  /** For the host process; stays ours to close. Non-blocking. */
  int writer() const { return writer_; }

  /** Gives every line that has arrived whole. `take` may not call back. */
  void drain(const std::function<void(const std::string& line)>& take);

 private:
  void split(const char* bytes, size_t size, const std::function<void(const std::string& line)>& take);

  int reader_ = -1;
  int writer_ = -1;
  std::string rest_;
  bool tooLong_ = false;
};

}  // namespace interconnect
