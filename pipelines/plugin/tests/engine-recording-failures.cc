#include <csignal>
#include <sys/resource.h>

#include "tests/recorded-audio.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

/** Files of this process can grow no further than that while it lives. */
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST("a file that cannot grow ends the recording with a reason, and no call") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  rig.call(session("room"), 900);
  if (!startRecording(rig, folder, "mixed", "wav")) return;
  const FileSizeLimit limit(200'000);
  rig.runFor(5 * kSecond);
  CHECK(waitFor(rig, "recording.ended"));
  const Json ended = rig.events("recording.ended").at(0);
  CHECK_EQUAL(ended.string("params.reason"), std::string("failed"));
  CHECK_EQUAL(ended.string("params.error.code"), std::string("media.recording-failed"));
  CHECK(ended.string("params.error.message").find("mixed.wav cannot be written") == 0);
  CHECK(played(folder.file("r", "mixed.wav")).size() > 8000);
  rig.phones[0]->forget();
  rig.runFor(kSecond);
  CHECK(amplitude(rig.phones[0]->pcm, 900) > 10'000);
}

TEST("a folder that is not there, or holds such a recording already, is told of") {
  const Folder folder;
  Rig rig(folder.path() + "/none");
  CHECK(rig.ask("recording.start",
                R"({"recording":"r","session":"room","mode":"mixed","format":"ogg","directory":")" + folder.path() + "/none\"}")
            .has("result"));
  CHECK(waitFor(rig, "recording.ended"));
  CHECK_EQUAL(rig.events("recording.ended").at(0).string("params.error.code"), std::string("media.recording-directory"));
  CHECK(rig.events("recording.started").empty());
  std::filesystem::create_directories(folder.path() + "/none/r");
  rig.ask("recording.start", R"({"recording":"r","session":"room","mode":"mixed","format":"ogg","directory":")" + folder.path() + "/none\"}");
  CHECK(waitFor(rig, "recording.ended", 2));
  CHECK(rig.events("recording.ended").at(1).string("params.error.message").find("File exists") != std::string::npos);
}

TEST("recordings are made in the one folder that the worker was started with, and nowhere else") {
  const Folder folder;
  Rig rig(folder.path());
  const auto refused = [&](const std::string& id, const std::string& directory) {
    return rig
        .ask("recording.start", R"({"recording":")" + id + R"(","session":"room","mode":"mixed","format":"ogg","directory":")" +
                                    directory + "\"}")
        .string("error.code");
  };
  CHECK_EQUAL(refused("r", folder.path() + "/.."), std::string("media.recording-directory"));
  CHECK_EQUAL(refused("r", "/tmp"), std::string("media.recording-directory"));
  for (const char* id : {"..", "a/b", "/tmp/x", ".", "a b", "r.ogg"}) CHECK_EQUAL(refused(id, folder.path()), std::string("media.bad-request"));
  Rig without;
  CHECK_EQUAL(without.ask("recording.start", startParams(folder, "mixed", "ogg")).string("error.code"), std::string("media.recording-directory"));
}

TEST("a recording is refused that runs already, or would be one too many, or is to be stopped and is not known") {
  const Folder folder;
  Rig rig(folder.path());
  CHECK(rig.ask("recording.start", startParams(folder, "individual", "ogg")).has("result"));
  CHECK_EQUAL(rig.ask("recording.start", startParams(folder, "mixed", "ogg")).string("error.code"), std::string("media.recording-exists"));
  CHECK_EQUAL(rig.ask("recording.stop", R"({"recording":"other"})").string("error.code"), std::string("media.recording-unknown"));
  for (size_t i = 1; i < Recordings::kMax; i++) {
    CHECK(rig.ask("recording.start", startParams(folder, "individual", "ogg", "", "r" + std::to_string(i))).has("result"));
  }
  CHECK_EQUAL(rig.ask("recording.start", startParams(folder, "mixed", "ogg", "", "last")).string("error.code"),
              std::string("media.too-many-recordings"));
}

TEST("audio that the disk does not keep up with becomes silence of the same length, and is counted") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  if (!startRecording(rig, folder, "mixed", "wav", R"(,"sampleRate":8000)")) return;
  // A minute within a moment: more than the queue holds.
  rig.runFor(60 * kSecond);
  CHECK(rig.ask("recording.stop", R"({"recording":"r"})").has("result"));
  CHECK(waitFor(rig, "recording.ended"));
  const Json ended = rig.events("recording.ended").at(0);
  const auto pcm = played(folder.file("r", "mixed.wav"));
  CHECK_NEAR(static_cast<double>(pcm.size()) / 8, ended.number("params.durationMs"), 20);
  const double missed = ended.number("params.files.0.missedMs");
  CHECK(missed > 0);
  size_t silent = 0;
  for (size_t at = 0; at + 160 <= pcm.size(); at += 160) {
    silent += std::all_of(pcm.begin() + static_cast<ptrdiff_t>(at), pcm.begin() + static_cast<ptrdiff_t>(at + 160), [](int16_t s) { return s == 0; }) ? 1 : 0;
  }
  CHECK_NEAR(static_cast<double>(silent) * 20, missed, 300);
}

int main(int count, char** values) {
  // Whoever writes beyond the limit is told so by the error alone, as in the loop's threads.
  std::signal(SIGXFSZ, SIG_IGN);
  gst_init(&count, &values);
  return check::run();
}
