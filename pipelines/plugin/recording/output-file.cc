#include "recording/output-file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/failure.h"

namespace interconnect {
namespace {

const char* codeOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "media.disk-full";
    case EMFILE:
    case ENFILE:
      return "media.out-of-files";
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
      return "media.recording-directory";
    default:
      return "media.recording-failed";
  }
}

int open(int folder, const std::string& name) {
  const int descriptor = ::openat(folder, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) throwFileFailure(errno, name + " cannot be made");
  return descriptor;
}

}  // namespace

void throwFileFailure(int error, const std::string& doing) {
  throw Failure(codeOf(error), doing + ": " + std::strerror(error));
}

OutputFile::OutputFile(int folder, const std::string& name) : name_(name), descriptor_(open(folder, name)) {}

OutputFile::~OutputFile() { ::close(descriptor_); }

void OutputFile::write(uint64_t position, Span bytes) {
  while (bytes.size > 0) {
    const ssize_t n = ::pwrite(descriptor_, bytes.data, bytes.size, static_cast<off_t>(position));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throwFileFailure(n < 0 ? errno : ENOSPC, name_ + " cannot be written");
    const auto written = static_cast<size_t>(n);
    position += written;
    bytes = {bytes.data + written, bytes.size - written};
    if (position > size_) size_ = position;
  }
}

void OutputFile::append(Span bytes) { write(size_, bytes); }
void OutputFile::overwrite(uint64_t position, Span bytes) { write(position, bytes); }

void OutputFile::sync() {
  if (::fdatasync(descriptor_) != 0 && errno != EINVAL) throwFileFailure(errno, name_ + " cannot be written");
}

}  // namespace interconnect
