#include "player/allowed-file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace interconnect {
namespace {

/** An hour of stereo at 48 kHz and 16 bit is 660 MiB. */
constexpr off_t kMaxBytes = off_t{1} << 30;

int openBeneath(int directory, const char* file) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, directory, file, &how, sizeof how));
}

std::string reasonOf(int error) {
  switch (error) {
    case ENOENT: return "does not exist";
    case EXDEV: return "leads out of its directory";
    case EACCES: return "may not be read";
    default: return std::string("cannot be opened: ") + std::strerror(error);
  }
}

AllowedFile refused(std::string why) { return {OwnedDescriptor(), std::move(why)}; }

}  // namespace

OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OwnedDescriptor::~OwnedDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

AllowedFile openAllowed(const std::string& directory, const std::string& file) {
  const OwnedDescriptor place(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!place.valid()) return refused("cannot be looked for: its directory " + reasonOf(errno));
  OwnedDescriptor opened(openBeneath(place.get(), file.c_str()));
  if (!opened.valid()) return refused(reasonOf(errno));
  struct stat status {};
  if (fstat(opened.get(), &status) != 0) return refused(reasonOf(errno));
  if (!S_ISREG(status.st_mode)) return refused("is not a regular file");
  if (status.st_size > kMaxBytes) return refused("is larger than a gibibyte");
  return {std::move(opened), ""};
}

}  // namespace interconnect
