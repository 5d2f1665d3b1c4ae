// The box's certificate: made once, kept in a file that only we can read, the same for all workers.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "dtls/identity-file.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "identity-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file() const { return path_ / "dtls.pem"; }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST("an identity is made where there is none, readable by its owner alone, and is the same the next time") {
  const Folder folder;
  const auto made = identityFromFile(folder.file()).fingerprint();
  struct stat status {};
  CHECK(stat(folder.file().c_str(), &status) == 0);
  CHECK_EQUAL(status.st_mode & 0777, 0600U);
  CHECK(identityFromFile(folder.file()).fingerprint() == made);
  CHECK(!std::filesystem::exists(folder.file() + ".new"));
}

TEST("several processes that come at once agree on one") {
  const Folder folder;
  constexpr int kProcesses = 8;
  int pipes[2];
  CHECK(pipe(pipes) == 0);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; i++) {
    const pid_t child = fork();
    if (child == 0) {
      const std::string value = identityFromFile(folder.file()).fingerprint().value();
      _exit(write(pipes[1], value.data(), value.size()) == static_cast<ssize_t>(value.size()) ? 0 : 1);
    }
    children.push_back(child);
  }
  std::set<std::string> seen;
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    CHECK_EQUAL(status, 0);
    std::string value(95, ' ');
    CHECK(read(pipes[0], value.data(), value.size()) == 95);
    seen.insert(value);
  }
  close(pipes[0]);
  close(pipes[1]);
  CHECK_EQUAL(seen.size(), size_t{1});
  CHECK(seen.count(identityFromFile(folder.file()).fingerprint().value()) == 1);
}

TEST("a file that is cut short, or of something else, is made anew: calls go on with another fingerprint") {
  const Folder folder;
  const auto before = identityFromFile(folder.file());
  const std::string pem = before.pem();
  for (const std::string& text : {std::string(), pem.substr(0, pem.size() / 2), std::string(100'000, 'x')}) {
    std::ofstream(folder.file(), std::ios::trunc) << text;
    const auto after = identityFromFile(folder.file()).fingerprint();
    CHECK(!(after == before.fingerprint()));
    CHECK(identityFromFile(folder.file()).fingerprint() == after);
  }
}

TEST("a key and a certificate that do not belong together are not taken") {
  const std::string one = DtlsIdentity::make().pem();
  const std::string two = DtlsIdentity::make().pem();
  const size_t certificate = one.find("-----BEGIN CERTIFICATE");
  CHECK(DtlsIdentity::parse(one).has_value());
  CHECK(!DtlsIdentity::parse(one.substr(0, certificate) + two.substr(two.find("-----BEGIN CERTIFICATE"))).has_value());
  CHECK(!DtlsIdentity::parse(one.substr(certificate)).has_value());
}

TEST("a folder that is not there is told of by its name") {
  try {
    identityFromFile("/nonexistent/dtls.pem");
    CHECK(!"it was refused");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("/nonexistent/dtls.pem") != std::string::npos);
  }
}

int main() { return check::run(); }
