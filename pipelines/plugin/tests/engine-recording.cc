#include "tests/recorded-audio.h"

#include "tests/wide-phone.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const std::vector<std::string> kFormats = {"ogg", "wav"};
/** A file ends with a whole tick. */
constexpr double kTickMs = 20;

std::string fileOf(const Json& ended, size_t i, const std::string& key) { return ended.string("params.files." + std::to_string(i) + "." + key); }
double numberOf(const Json& ended, size_t i, const std::string& key) { return ended.number("params.files." + std::to_string(i) + "." + key); }

/** Sample of the first sound; -1 without one. */
double onset(const std::vector<int16_t>& pcm) {
  for (size_t i = 0; i < pcm.size(); i++) {
    if (std::abs(pcm[i]) > 3000) return static_cast<double>(i);
  }
  return -1;
}

/** As in engine-rates: what is left of a steady sine behind a notch. */
double roughness(const std::vector<int16_t>& pcm, uint32_t rate, double hz) {
  const double turn = 2 * std::cos(2 * M_PI * hz / rate);
  double worst = 0;
  for (size_t i = rate / 2 + 2; i < pcm.size(); i++) worst = std::max(worst, std::fabs(pcm[i] - turn * pcm[i - 1] + pcm[i - 2]));
  return worst;
}

}  // namespace

TEST("a mixed recording holds what all say, in Ogg and in WAV, and says how long it is") {
  for (const std::string& format : kFormats) {
    const Folder folder;
    Rig rig(folder.path());
    rig.call(session("room"), 400);
    rig.call(session("room"), 900);
    if (!startRecording(rig, folder, "mixed", format)) continue;
    rig.runFor(4 * kSecond);
    const Json ended = stopRecording(rig);
    CHECK_EQUAL(ended.string("params.reason"), std::string("stopped"));
    CHECK(ended.isNull("params.error"));
    CHECK_EQUAL(fileOf(ended, 0, "path"), "mixed." + format);
    const std::string path = folder.file("r", "mixed." + format);
    const auto pcm = played(path);
    CHECK_NEAR(amplitude(pcm, 400, kSettled), kToneAmplitude, kToneAmplitude * 0.06);
    CHECK_NEAR(amplitude(pcm, 900, kSettled), kToneAmplitude, kToneAmplitude * 0.06);
    CHECK_NEAR(static_cast<double>(pcm.size()) / 8, ended.number("params.durationMs"), kTickMs);
    CHECK_NEAR(numberOf(ended, 0, "durationMs"), ended.number("params.durationMs"), kTickMs);
    CHECK_EQUAL(numberOf(ended, 0, "bytes"), static_cast<double>(std::filesystem::file_size(path)));
    CHECK_EQUAL(numberOf(ended, 0, "missedMs"), 0.0);
    namespace fs = std::filesystem;
    CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(fs::status(folder.path() + "/r").permissions() == fs::perms::owner_all);
  }
}

TEST("individual files hold one leg each, from its first word on, in time with each other") {
  for (const std::string& format : kFormats) {
    const Folder folder;
    Rig rig(folder.path());
    Phone& first = rig.call(session("room"), 400);
    Phone& second = rig.call(session("room"), 900);
    second.sending = false;
    if (!startRecording(rig, folder, "individual", format)) continue;
    rig.runFor(1500 * kMillisecond);
    // Both begin a word in the same moment: one after a pause, one for the first time.
    first.sending = false;
    rig.runFor(kSecond);
    first.sending = second.sending = true;
    rig.runFor(3 * kSecond);
    const Json ended = stopRecording(rig);
    const auto one = played(folder.file("r", "01." + format));
    const auto two = played(folder.file("r", "02." + format));
    CHECK_EQUAL(fileOf(ended, 0, "leg"), std::string("leg0"));
    CHECK_EQUAL(fileOf(ended, 1, "leg"), std::string("leg1"));
    CHECK(numberOf(ended, 1, "offsetMs") > 2400 && numberOf(ended, 1, "offsetMs") < 2700);
    CHECK(amplitude(one, 400, 22'000) > 10'000);
    CHECK(amplitude(one, 900) < kNothing);
    CHECK(amplitude(two, 900) > 10'000);
    CHECK(amplitude(two, 400) < kNothing);
    const std::vector<int16_t> later(one.begin() + 2 * 8000, one.end());
    const double firstAt = numberOf(ended, 0, "offsetMs") + 2000 + onset(later) / 8;
    const double secondAt = numberOf(ended, 1, "offsetMs") + onset(two) / 8;
    CHECK_NEAR(firstAt, secondAt, 40);
    for (size_t i = 0; i < 2; i++) {
      const double end = numberOf(ended, i, "offsetMs") + numberOf(ended, i, "durationMs");
      CHECK_NEAR(end, ended.number("params.durationMs"), kTickMs);
    }
    const auto begun = rig.events("recording.file-started");
    CHECK_EQUAL(begun.size(), size_t{2});
    CHECK_EQUAL(begun.back().string("params.path"), "02." + format);
  }
}

TEST("a mixed recording goes on in silence while nobody is there") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  if (!startRecording(rig, folder, "mixed", "wav", R"(,"sampleRate":8000)")) return;
  rig.runFor(kSecond);
  rig.ask("leg.close", R"({"leg":"leg0"})");
  rig.phones[0]->sending = false;
  rig.runFor(2 * kSecond);
  rig.call(session("room"), 700);
  rig.runFor(kSecond);
  const Json ended = stopRecording(rig);
  const auto pcm = played(folder.file("r", "mixed.wav"));
  CHECK_NEAR(static_cast<double>(pcm.size()) / 8, ended.number("params.durationMs"), kTickMs);
  if (!CHECK(pcm.size() > 32'000)) return;
  CHECK(amplitude({pcm.begin() + 2000, pcm.begin() + 7000}, 400) > 10'000);
  for (size_t i = 9000; i < 23'500; i++) CHECK(pcm[i] == 0);
  CHECK(amplitude({pcm.begin() + 26'000, pcm.begin() + 32'000}, 700) > 10'000);
}

TEST("a mixed recording of chosen legs holds what they say and nothing else, from the moment of the choice") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  rig.call(session("room"), 900);
  if (!startRecording(rig, folder, "mixed", "wav", R"(,"sampleRate":8000,"legs":[])")) return;
  rig.runFor(kSecond);
  CHECK(rig.ask("recording.choose", R"({"recording":"r","legs":["leg1","nobody"]})").has("result"));
  rig.runFor(2 * kSecond);
  CHECK(rig.ask("recording.choose", R"({"recording":"r","legs":["leg0","leg1"]})").has("result"));
  rig.runFor(2 * kSecond);
  const Json ended = stopRecording(rig);
  const auto pcm = played(folder.file("r", "mixed.wav"));
  CHECK_NEAR(static_cast<double>(pcm.size()) / 8, ended.number("params.durationMs"), kTickMs);
  if (!CHECK(pcm.size() > 38'000)) return;
  for (size_t i = 0; i < 7800; i++) CHECK(pcm[i] == 0);
  const std::vector<int16_t> one(pcm.begin() + 9000, pcm.begin() + 23'000);
  CHECK(amplitude(one, 900) > 10'000);
  CHECK(amplitude(one, 400) < kNothing);
  const std::vector<int16_t> both(pcm.begin() + 26'000, pcm.begin() + 38'000);
  CHECK(amplitude(both, 400) > 10'000);
  CHECK(amplitude(both, 900) > 10'000);
}

TEST("of individual files there are those of chosen legs; one that is chosen no more is complete, chosen again it is another") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  rig.call(session("room"), 900);
  if (!startRecording(rig, folder, "individual", "wav", R"(,"legs":["leg1"])")) return;
  rig.runFor(kSecond);
  CHECK(rig.ask("recording.choose", R"({"recording":"r","legs":["leg0"]})").has("result"));
  rig.runFor(kSecond);
  CHECK(rig.ask("recording.choose", R"({"recording":"r","legs":["leg0","leg1"]})").has("result"));
  rig.runFor(kSecond);
  const Json ended = stopRecording(rig);
  CHECK_EQUAL(fileOf(ended, 0, "leg"), std::string("leg1"));
  CHECK_EQUAL(fileOf(ended, 1, "leg"), std::string("leg0"));
  CHECK_EQUAL(fileOf(ended, 2, "leg"), std::string("leg1"));
  CHECK_NEAR(numberOf(ended, 0, "durationMs"), 1000.0, 100);
  CHECK_NEAR(numberOf(ended, 1, "durationMs"), 2000.0, 100);
  CHECK_NEAR(numberOf(ended, 2, "durationMs"), 1000.0, 100);
  CHECK(amplitude(played(folder.file("r", "02.wav")), 400) > 10'000);
  CHECK(amplitude(played(folder.file("r", "02.wav")), 900) < kNothing);
  CHECK_EQUAL(rig.ask("recording.choose", R"({"recording":"x","legs":[]})").string("error.code"), std::string("media.recording-unknown"));
}

TEST("the file of a leg that closes is complete while the others go on") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  rig.call(session("room"), 900);
  if (!startRecording(rig, folder, "individual", "ogg")) return;
  rig.runFor(kSecond);
  rig.ask("leg.close", R"({"leg":"leg0"})");
  rig.phones[0]->sending = false;
  rig.runFor(2 * kSecond);
  const Json ended = stopRecording(rig);
  CHECK_NEAR(numberOf(ended, 0, "durationMs"), 1000, 60);
  CHECK_NEAR(numberOf(ended, 1, "durationMs"), 3000, 100);
}

TEST("a mix that changes its rate is recorded without a click") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 440);
  const auto talk = [&](std::initializer_list<WidePhone*> phones, Nanos duration) {
    for (Nanos passed = 0; passed < duration; passed += 20 * kMillisecond) {
      for (WidePhone* phone : phones) phone->say();
      rig.runFor(20 * kMillisecond);
    }
  };
  rig.runFor(kSecond);
  if (!startRecording(rig, folder, "individual", "wav")) return;
  rig.runFor(kSecond);
  WidePhone wide(rig, session("room"), 16000, 600);
  WidePhone other(rig, session("room"), 16000, 700);
  talk({&wide, &other}, kSecond);
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.sessions.0.sampleRate"), 16000.0);
  rig.ask("leg.close", R"({"leg":")" + wide.name() + "\"}");
  talk({&other}, 500 * kMillisecond);
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.sessions.0.sampleRate"), 8000.0);
  const Json ended = stopRecording(rig);
  CHECK_EQUAL(numberOf(ended, 0, "missedMs"), 0.0);
  const auto pcm = played(folder.file("r", "01.wav"), 48000);
  CHECK(pcm.size() > 100'000);
  // G.711's own noise is about 200 at this level; a sample of silence in its midst would leave thousands.
  CHECK(roughness(pcm, 48000, 440) < 600);
}

TEST("of more than fifty streams fifty are recorded, and the others are counted") {
  const Folder folder;
  Rig rig(folder.path());
  for (int i = 0; i < 53; i++) rig.call(session("room"), 300 + 10 * i);
  if (!startRecording(rig, folder, "individual", "wav", R"(,"sampleRate":8000)")) return;
  rig.runFor(kSecond);
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.recordings.0.notRecorded"), 3.0);
  const Json ended = stopRecording(rig);
  CHECK(ended.has("params.files.49") && !ended.has("params.files.50"));
  CHECK_EQUAL(ended.number("params.notRecorded"), 3.0);
}

TEST("what a kill leaves can be played up to its last second, in Ogg and in WAV") {
  for (const std::string& format : kFormats) {
    const Folder folder;
    Rig rig(folder.path());
    rig.call(session("room"), 400);
    if (!startRecording(rig, folder, "mixed", format)) continue;
    rig.runFor(6 * kSecond);
    const std::string path = folder.file("r", "mixed." + format);
    // The threads have their own time: as soon as they can, but without being told of an end.
    size_t samples = 0;
    for (int i = 0; i < 100 && samples < 8 * 4900; i++) {
      ::usleep(50'000);
      std::filesystem::copy_file(path, folder.path() + "/left", std::filesystem::copy_options::overwrite_existing);
      samples = played(folder.path() + "/left").size();
    }
    CHECK(samples >= 8 * 4900);
    CHECK(readAll(folder.file("r", "recording.json")).find("\"reason\":null,\"files\":[{\"path\":\"mixed") != std::string::npos);
    stopRecording(rig);
    CHECK(readAll(folder.file("r", "recording.json")).find("\"reason\":\"stopped\"") != std::string::npos);
  }
}

TEST("a reset and a stop complete the files") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  if (!startRecording(rig, folder, "mixed", "ogg")) return;
  rig.runFor(2 * kSecond);
  rig.ask("reset", "{}");
  CHECK(waitFor(rig, "recording.ended"));
  CHECK_EQUAL(rig.events("recording.ended")[0].string("params.reason"), std::string("reset"));
  CHECK(played(folder.file("r", "mixed.ogg")).size() > 15'000);
  rig.phones.clear();
  rig.call(session("room"), 400);
  CHECK(rig.ask("recording.start", startParams(folder, "mixed", "wav", "", "second")).has("result"));
  CHECK(waitFor(rig, "recording.started", 2));
  rig.runFor(kSecond);
  // What it answers is the last that is heard of the engine.
  rig.ask("stop", "{}");
  CHECK_EQUAL(rig.events("recording.ended").size(), size_t{2});
  CHECK(played(folder.file("second", "mixed.wav")).size() > 7900);
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
