#include "dtls/identity-file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace interconnect {
namespace {

constexpr size_t kMaxBytes = 16 * 1024;

[[noreturn]] void fail(const char* what, const std::string& path) {
  throw std::runtime_error("cannot " + std::string(what) + " " + path + ": " + std::strerror(errno));
}

class File {
 public:
  File(const std::string& path, int flags) : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool isOpen() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

/** Wiped when it goes. */
struct Secret {
  std::string text;
  ~Secret() { OPENSSL_cleanse(text.data(), text.size()); }
};

std::optional<DtlsIdentity> read(const std::string& path) {
  const File file(path, O_RDONLY);
  if (!file.isOpen()) {
    if (errno == ENOENT) return std::nullopt;
    fail("read", path);
  }
  Secret pem{std::string(kMaxBytes, '\0')};
  size_t size = 0;
  while (size < kMaxBytes) {
    const ssize_t n = ::read(file.descriptor(), pem.text.data() + size, kMaxBytes - size);
    if (n < 0) fail("read", path);
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  return DtlsIdentity::parse({pem.text.data(), size});
}

/** Beside, then renamed: nobody ever reads half of it. */
void write(const std::string& path, const DtlsIdentity& identity) {
  const std::string beside = path + ".new";
  const Secret pem{identity.pem()};
  const File file(beside, O_WRONLY | O_CREAT | O_TRUNC);
  const auto size = static_cast<ssize_t>(pem.text.size());
  if (!file.isOpen() || ::write(file.descriptor(), pem.text.data(), pem.text.size()) != size || fsync(file.descriptor()) != 0) {
    fail("write", beside);
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) fail("write", path);
}

}  // namespace

DtlsIdentity identityFromFile(const std::string& path) {
  const std::string lockPath = path + ".lock";
  const File lock(lockPath, O_RDWR | O_CREAT);
  if (!lock.isOpen() || flock(lock.descriptor(), LOCK_EX) != 0) fail("lock", lockPath);
  if (auto found = read(path)) return std::move(*found);
  DtlsIdentity made = DtlsIdentity::make();
  write(path, made);
  return made;
}

}  // namespace interconnect
