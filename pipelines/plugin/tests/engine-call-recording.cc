#include "tests/forward-pair.h"
#include "tests/recorded-audio.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const std::vector<std::string> kFormats = {"ogg", "wav"};
constexpr double kTickMs = 20;

std::string ofLeg(const Folder& folder, const std::string& format, const std::string& more = "") {
  return R"({"recording":"r","leg":"leg0","mode":"mixed","format":")" + format + R"(","directory":")" + folder.path() + "\"" + more + "}";
}

bool startOfLeg(Rig& rig, const Folder& folder, const std::string& format, const std::string& more = "") {
  rig.ask("recording.start", ofLeg(folder, format, more));
  return CHECK(waitFor(rig, "recording.started"));
}

std::string refusal(Rig& rig, const std::string& params) { return rig.ask("recording.start", params).string("error.code"); }

}  // namespace

TEST("a call's recording has what it says in one channel and what it hears in the other, in Ogg and in WAV") {
  for (const std::string& format : kFormats) {
    const Folder folder;
    Rig rig(folder.path());
    rig.call(session("room"), 400);
    rig.call(session("room"), 900);
    if (!startOfLeg(rig, folder, format, R"(,"channels":2)")) continue;
    rig.runFor(4 * kSecond);
    const Json ended = stopRecording(rig);
    CHECK(ended.isNull("params.error"));
    CHECK_EQUAL(ended.string("params.files.0.path"), "call." + format);
    const auto [says, hears] = playedInTwo(folder.file("r", "call." + format));
    CHECK_NEAR(static_cast<double>(says.size()) / 8, ended.number("params.durationMs"), kTickMs);
    CHECK_EQUAL(says.size(), hears.size());
    CHECK_NEAR(amplitude(says, 400, kSettled), kToneAmplitude, kToneAmplitude * 0.06);
    CHECK(amplitude(says, 900, kSettled) < kNothing);
    CHECK_NEAR(amplitude(hears, 900, kSettled), kToneAmplitude, kToneAmplitude * 0.06);
    CHECK(amplitude(hears, 400, kSettled) < kNothing);
  }
}

TEST("a call's recording in one channel is the sum, also of what is played to it alone while it is in no session") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(R"({"kind":"silence"})", 400);
  if (!startOfLeg(rig, folder, "wav", R"(,"sampleRate":8000)")) return;
  rig.ask("player.start", R"({"player":"p","to":{"leg":"leg0"},"source":{"kind":"tone","frequencyHz":700,"levelDbov":-10}})");
  rig.runFor(3 * kSecond);
  const Json ended = stopRecording(rig);
  const auto pcm = played(folder.file("r", "call.wav"));
  CHECK_NEAR(static_cast<double>(pcm.size()) / 8, ended.number("params.durationMs"), kTickMs);
  CHECK_NEAR(amplitude(pcm, 400, kSettled), kToneAmplitude, kToneAmplitude * 0.06);
  CHECK(amplitude(pcm, 700, kSettled) > 5000);
}

TEST("a call's recording goes with it from session to session, and is complete when the call goes") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(R"({"kind":"silence"})", 400);
  rig.call(session("room"), 900);
  if (!startOfLeg(rig, folder, "wav", R"(,"channels":2,"sampleRate":8000)")) return;
  rig.runFor(kSecond);
  rig.ask("leg.update", R"({"leg":"leg0","hears":)" + session("room") + "}");
  rig.runFor(kSecond);
  rig.ask("leg.update", R"({"leg":"leg0","hears":{"kind":"silence"}})");
  rig.runFor(kSecond);
  rig.ask("leg.close", R"({"leg":"leg0"})");
  if (!CHECK(waitFor(rig, "recording.ended"))) return;
  const Json ended = rig.events("recording.ended").back();
  CHECK_EQUAL(ended.string("params.reason"), std::string("stopped"));
  const auto [says, hears] = playedInTwo(folder.file("r", "call.wav"));
  if (!CHECK(hears.size() > 23'000)) return;
  const auto part = [](const std::vector<int16_t>& pcm, int from, int to) {
    return std::vector<int16_t>(pcm.begin() + from, pcm.begin() + to);
  };
  CHECK(amplitude(part(hears, 1000, 7000), 900) < kNothing);
  CHECK(amplitude(part(hears, 9500, 15'000), 900) > 10'000);
  CHECK(amplitude(part(hears, 17'500, 22'500), 900) < kNothing);
  for (const int from : {1000, 9500, 17'500}) CHECK(amplitude(part(says, from, from + 5000), 400) > 10'000);
}

TEST("of a pair, who is recorded is not sent what comes as it comes, and is again afterwards") {
  const Folder folder;
  ForwardPair pair(pairPcmu(), 3, R"(,"forward":true)", folder.path());
  // With a pause after eight seconds, in which the packets can be given on again.
  const auto word = synthetic::tone(8000, 400, 8);
  pair.says = word;
  pair.says.resize(pair.says.size() + 8000, 0);
  pair.says.insert(pair.says.end(), word.begin(), word.end());
  pair.run(1000);
  CHECK(pair.forwarded() > 30);
  const std::string start = R"({"recording":"r","leg":"leg1","mode":"mixed","channels":2,"format":"wav","directory":")";
  // The talker goes on while a thread of the recording works: what is missing would be concealed, and keep the two apart.
  const auto told = [&](const std::string& event) {
    for (int i = 0; i < 200 && pair.rig.events(event).empty(); i++) {
      pair.run(20);
      ::usleep(5000);
    }
    return CHECK(!pair.rig.events(event).empty());
  };
  CHECK(pair.rig.ask("recording.start", start + folder.path() + "\"}").has("result"));
  if (!told("recording.file-started")) return;
  pair.run(200);
  const double before = pair.forwarded();
  pair.run(1000);
  CHECK_EQUAL(pair.forwarded(), before);
  CHECK(pair.rig.ask("recording.stop", R"({"recording":"r"})").has("result"));
  if (!told("recording.ended")) return;
  CHECK(amplitude(playedInTwo(folder.file("r", "call.wav")).second, 400, 4000) > 5000);
  pair.run(8000);
  CHECK(pair.forwarded() > before + 20);
}

TEST("two recordings of one call, and one that ends before its folder is there, leave the call as it was") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  rig.call(session("room"), 900);
  if (!startOfLeg(rig, folder, "wav")) return;
  rig.ask("recording.start", R"({"recording":"s","leg":"leg0","mode":"mixed","format":"wav","directory":")" + folder.path() + "\"}");
  rig.ask("recording.stop", R"({"recording":"s"})");
  rig.runFor(2 * kSecond);
  stopRecording(rig);
  CHECK(waitFor(rig, "recording.ended", 2));
  CHECK(amplitude(played(folder.file("r", "call.wav")), 900, kSettled) > 10'000);
  rig.ask("leg.close", R"({"leg":"leg0"})");
  rig.runFor(kSecond);
}

TEST("what cannot be is refused: a leg that is not there, individual files of a leg, two channels of a session") {
  const Folder folder;
  Rig rig(folder.path());
  rig.call(session("room"), 400);
  const std::string directory = R"(,"format":"wav","directory":")" + folder.path() + "\"}";
  CHECK_EQUAL(refusal(rig, R"({"recording":"r","leg":"nobody","mode":"mixed")" + directory), std::string("media.leg-unknown"));
  CHECK_EQUAL(refusal(rig, R"({"recording":"r","leg":"leg0","mode":"individual")" + directory), std::string("media.bad-request"));
  CHECK_EQUAL(refusal(rig, R"({"recording":"r","session":"room","channels":2,"mode":"mixed")" + directory),
              std::string("media.bad-request"));
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
