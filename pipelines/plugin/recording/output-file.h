#pragma once
#include <cstdint>
#include <string>

#include "rtp/span.h"

namespace interconnect {

/** A file that grows. Every method throws a Failure with a code of protocol.ts. */
class OutputFile {
 public:
  /** Makes `name` in an open folder, for our user only. @throws Failure also when there is such a file already */
  OutputFile(int folder, const std::string& name);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void append(Span bytes);
  /** In place of what stands there. */
  void overwrite(uint64_t position, Span bytes);
  /** Until the disk has it. */
  void sync();
  uint64_t size() const { return size_; }

 private:
  void write(uint64_t position, Span bytes);
  const std::string name_;
  const int descriptor_;
  uint64_t size_ = 0;
};

/** What the system's refusal means to whoever runs the box. @param doing "mixed.ogg cannot be written" */
[[noreturn]] void throwFileFailure(int error, const std::string& doing);

}  // namespace interconnect
