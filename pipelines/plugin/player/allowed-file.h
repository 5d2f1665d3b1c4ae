#pragma once
#include <string>
#include <utility>

namespace interconnect {

/** A descriptor that is closed with it. */
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int descriptor) : descriptor_(descriptor) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;
  ~OwnedDescriptor();

  bool valid() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

struct AllowedFile {
  /** Not valid when it was refused. */
  OwnedDescriptor descriptor;
  /** Why it was, as an end of a sentence that begins with the file's name. */
  std::string refusal;
};

/**
 * Opens a regular file below a directory to be read. What leads out of the directory ("..", an absolute path, a symbolic
 * link) is refused by the kernel itself (openat2, RESOLVE_BENEATH), so nobody can change it in between; a FIFO or device is
 * not waited for.
 */
AllowedFile openAllowed(const std::string& directory, const std::string& file);

}  // namespace interconnect
