// Announcements and tones, from the command to what phones hear.
#include <gst/gst.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/click-detector.h"
#include "tests/playing.h"
#include "tests/synthetic.h"
#include "tests/wide-phone.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

size_t clicksIn(const std::vector<int16_t>& pcm) {
  const auto found = clicks::findClicks(pcm, 8000);
  if (!found.empty()) std::printf("  %s\n", clicks::describe(found, 8000).c_str());
  return found.size();
}

}  // namespace

TEST("a file is heard whole, from its first sample to its last, by that far end alone") {
  SoundFolder folder;
  const auto speech = synthetic::speech(8000, 1, 120);
  folder.wav("hello.wav", 8000, speech);
  Rig rig;
  Phone& one = rig.call(kSilence, 0);
  Phone& other = rig.call(kSilence, 0);
  rig.runFor(100 * kMillisecond);
  CHECK(start(rig, "p1", toLeg(0), fileSource(folder, "hello.wav")).has("result"));
  runUntil(rig, "player.ended");
  CHECK(placeOf(throughG711(speech), one.pcm).has_value());
  for (const int16_t sample : other.pcm) CHECK_EQUAL(sample, int16_t{0});
  const Json ended = rig.events("player.ended").at(0);
  CHECK_EQUAL(ended.string("params.player"), std::string("p1"));
  CHECK_EQUAL(ended.string("params.reason"), std::string("finished"));
  CHECK_EQUAL(ended.number("params.playedMs"), 1000.0);
  CHECK_EQUAL(rig.events("player.started").size(), size_t{1});
}

TEST("the first sample waits for media of a far end that has just answered, or for half a second") {
  SoundFolder folder;
  const auto speech = synthetic::speech(8000, 0.5, 120);
  folder.wav("hello.wav", 8000, speech);
  for (const bool talks : {true, false}) {
    Rig rig;
    Phone& phone = rig.call(kSilence, 400);
    phone.sending = false;
    CHECK(start(rig, "p", toLeg(0), fileSource(folder, "hello.wav")).has("result"));
    rig.runFor(400 * kMillisecond);
    CHECK_EQUAL(rig.events("player.started").size(), size_t{0});
    if (talks) {
      phone.sending = true;
      rig.runFor(60 * kMillisecond);
      CHECK_EQUAL(rig.events("player.started").size(), size_t{1});
    }
    runUntil(rig, "player.ended");
    CHECK(placeOf(throughG711(speech), phone.pcm).has_value());
  }
}

TEST("what is played into a session is heard by everybody over what they hear anyway") {
  Rig rig;
  Phone& one = rig.call(session("room"), 400);
  Phone& two = rig.call(session("room"), 600);
  Phone& elsewhere = rig.call(session("other"), 0);
  Phone& without = rig.call(R"({"kind":"session","session":"room","except":["leg0"]})", 0);
  Phone& alone = rig.call(R"({"kind":"session","session":"room","only":["leg0"]})", 0);
  rig.runFor(kSecond);
  CHECK(start(rig, "p", toSession("room"), toneSource(900, -20)).has("result"));
  rig.runFor(200 * kMillisecond);
  for (const auto& phone : rig.phones) phone->forget();
  rig.runFor(2 * kSecond);
  for (const Phone* phone : {&one, &two, &without}) CHECK_NEAR(amplitude(phone->pcm, 900), 4634, 100);
  CHECK_NEAR(amplitude(without.pcm, 600), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK(amplitude(without.pcm, 400) < kNothing);
  CHECK(amplitude(alone.pcm, 900) < kNothing);
  CHECK_NEAR(amplitude(one.pcm, 600), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK_NEAR(amplitude(two.pcm, 400), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK(amplitude(one.pcm, 400) < kNothing);
  CHECK(amplitude(elsewhere.pcm, 900) < kNothing);
  CHECK(rig.ask("player.stop", R"({"player":"p","to":{"session":"room"}})").has("result"));
  rig.runFor(100 * kMillisecond);
  CHECK_EQUAL(rig.events("player.ended").at(0).string("params.reason"), std::string("stopped"));
  one.forget();
  rig.runFor(kSecond);
  CHECK(amplitude(one.pcm, 900) < kNothing);
  CHECK_NEAR(amplitude(one.pcm, 600), kToneAmplitude, kToneAmplitude * 0.05);
}

TEST("what is heard anyway is kept, ducked by so many dB, or replaced, and comes back, without a click") {
  for (const auto& [under, left] : {std::pair{"keep", 1.0}, {"duck", 0.1}, {"replace", 0.0}}) {
    for (const bool everybody : {false, true}) {
      Rig rig;
      Phone& one = rig.call(session("room"), 0);
      rig.call(session("room"), 600);
      rig.runFor(kSecond);
      one.forget();
      const std::string to = everybody ? toSession("room") : toLeg(0);
      CHECK(start(rig, "p", to, toneSource(900, -20),
                  std::string(R"(,"fadeInMs":20,"duckDb":-20,"maxMs":1500,"fadeOutMs":20,"under":")") + under + "\"")
                .has("result"));
      rig.runFor(200 * kMillisecond);
      const size_t begun = one.pcm.size();
      rig.runFor(kSecond);
      const std::vector<int16_t> during(one.pcm.begin() + static_cast<std::ptrdiff_t>(begun), one.pcm.end());
      CHECK_NEAR(amplitude(during, 600), kToneAmplitude * left, kToneAmplitude * 0.05 * left + kNothing);
      CHECK_NEAR(amplitude(during, 900), 4634, 100);
      rig.runFor(kSecond);
      CHECK_EQUAL(rig.events("player.ended").at(0).string("params.reason"), std::string("limit"));
      CHECK_EQUAL(clicksIn(one.pcm), size_t{0});
      one.forget();
      rig.runFor(kSecond);
      CHECK_NEAR(amplitude(one.pcm, 600), kToneAmplitude, kToneAmplitude * 0.05);
    }
  }
}

TEST("ramps rise and fall as long as asked for, and the level is the one asked for") {
  SoundFolder folder;
  folder.wav("level.wav", 8000, std::vector<int16_t>(8000, 10000));
  Rig rig;
  Phone& phone = rig.call(kSilence, 0);
  rig.runFor(100 * kMillisecond);
  start(rig, "p", toLeg(0), fileSource(folder, "level.wav"), R"(,"levelDb":-6.0206,"fadeInMs":200,"fadeOutMs":100)");
  runUntil(rig, "player.ended");
  const auto first = std::find_if(phone.pcm.begin(), phone.pcm.end(), [](int16_t s) { return s != 0; });
  const auto at = [&](size_t ms) { return *(first + static_cast<std::ptrdiff_t>(ms * 8)); };
  CHECK_NEAR(at(50), 1250, 80);
  CHECK_NEAR(at(100), 2500, 100);
  CHECK_NEAR(at(150), 3750, 130);
  CHECK_NEAR(at(205), 5000, 150);
  CHECK_NEAR(at(890), 5000, 150);
  CHECK_NEAR(at(950), 2500, 100);
  CHECK_NEAR(at(998), 100, 80);
}

TEST("a file is repeated so many times without a gap, or until it is stopped") {
  SoundFolder folder;
  const auto tone = synthetic::tone(8000, 500, 0.4);
  folder.wav("loop.wav", 8000, tone);
  Rig rig;
  Phone& phone = rig.call(kSilence, 0);
  rig.runFor(100 * kMillisecond);
  start(rig, "three", toLeg(0), fileSource(folder, "loop.wav"), R"(,"loops":3)");
  runUntil(rig, "player.ended");
  CHECK_EQUAL(rig.events("player.ended").at(0).number("params.playedMs"), 1200.0);
  std::vector<int16_t> thrice;
  for (int i = 0; i < 3; i++) thrice.insert(thrice.end(), tone.begin(), tone.end());
  CHECK(placeOf(throughG711(thrice), phone.pcm).has_value());
  start(rig, "endless", toLeg(0), fileSource(folder, "loop.wav"), R"(,"loops":0)");
  runUntil(rig, "player.started", 2);
  phone.forget();
  rig.runFor(5 * kSecond);
  CHECK_EQUAL(rig.events("player.ended").size(), size_t{1});
  rig.ask("player.stop", R"({"player":"endless","to":{"leg":"leg0"},"fadeOutMs":40})");
  rig.runFor(100 * kMillisecond);
  if (CHECK_EQUAL(rig.events("player.ended").size(), size_t{2})) {
    CHECK_EQUAL(rig.events("player.ended").at(1).string("params.reason"), std::string("stopped"));
  }
  CHECK_EQUAL(clicksIn(phone.pcm), size_t{0});
}

TEST("the rate of a mix may change under a player without a click, and a wide leg hears a wide file") {
  SoundFolder folder;
  folder.wav("wide.wav", 48000, synthetic::sum(synthetic::tone(48000, 500, 3, -18), synthetic::tone(48000, 6000, 3, -18)));
  Rig rig;
  Phone& narrow = rig.call(session("room"), 0);
  WidePhone wide(rig, session("room"), 16000, 0.001);
  rig.runFor(200 * kMillisecond);
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.sessions.0.sampleRate"), 8000.0);
  start(rig, "p", toSession("room"), fileSource(folder, "wide.wav"), R"(,"fadeInMs":20)");
  runUntil(rig, "player.started");
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.sessions.0.sampleRate"), 16000.0);
  narrow.forget();
  wide.forget();
  rig.runFor(1500 * kMillisecond);
  CHECK_NEAR(loud(wide.heard(), 16000, 6000), 5834, 400);
  CHECK_NEAR(amplitude(narrow.pcm, 500, 4000), 5834, 300);
  CHECK(amplitude(narrow.pcm, 2000, 4000) < kNothing);
  // Nobody can hear more than 4 kHz any more: the mix goes down in the middle of the file.
  rig.ask("leg.close", R"({"leg":")" + wide.name() + "\"}");
  rig.runFor(700 * kMillisecond);
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.sessions.0.sampleRate"), 8000.0);
  CHECK_EQUAL(clicksIn(narrow.pcm), size_t{0});
}

TEST("a player ends with what it plays into") {
  SoundFolder folder;
  folder.wav("long.wav", 8000, synthetic::tone(8000, 500, 60));
  Rig rig;
  rig.call(session("room"), 0);
  rig.call(kSilence, 0);
  rig.runFor(100 * kMillisecond);
  start(rig, "a", toSession("room"), fileSource(folder, "long.wav"));
  start(rig, "b", toLeg(1), fileSource(folder, "long.wav"));
  runUntil(rig, "player.started", 2);
  rig.ask("leg.close", R"({"leg":"leg0"})");
  CHECK_EQUAL(rig.events("player.ended").at(0).string("params.player"), std::string("a"));
  CHECK_EQUAL(rig.events("player.ended").at(0).string("params.reason"), std::string("closed"));
  rig.call(kSilence, 0);
  rig.ask("leg.update", R"({"leg":"leg1","hears":{"kind":"leg","leg":"leg2"}})");
  CHECK_EQUAL(rig.events("player.ended").at(1).string("params.reason"), std::string("closed"));
  start(rig, "c", toLeg(2), fileSource(folder, "long.wav"));
  runUntil(rig, "player.started", 3);
  CHECK(rig.ask("reset", "{}").has("result"));
  CHECK_EQUAL(rig.events("player.ended").size(), size_t{3});
}

TEST("an engine that ends leaves no thread behind, whatever plays") {
  const auto readers = [] {
    size_t count = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      std::string name;
      std::ifstream(task.path() / "comm") >> name;
      count += name == "file-reader" ? 1 : 0;
    }
    return count;
  };
  SoundFolder folder;
  folder.wav("long.wav", 8000, synthetic::tone(8000, 500, 60));
  {
    Rig rig;
    for (int i = 0; i < 4; i++) rig.call(kSilence, 0);
    rig.runFor(100 * kMillisecond);
    for (size_t i = 0; i < 4; i++) start(rig, "p", toLeg(i), fileSource(folder, "long.wav"), R"(,"loops":0)");
    runUntil(rig, "player.started", 4);
    CHECK_EQUAL(readers(), size_t{4});
    start(rig, "q", toLeg(0), fileSource(folder, "long.wav"));
  }
  CHECK_EQUAL(readers(), size_t{0});
}

TEST("a player waits while nothing can be sent, and can be stopped then") {
  SoundFolder folder;
  const auto speech = synthetic::speech(8000, 1, 120);
  folder.wav("hello.wav", 8000, speech);
  Rig rig;
  Phone& phone = rig.call(kSilence, 0);
  rig.runFor(100 * kMillisecond);
  start(rig, "p", toLeg(0), fileSource(folder, "hello.wav"));
  runUntil(rig, "player.started");
  rig.runFor(400 * kMillisecond);
  rig.ask("leg.update", R"({"leg":"leg0","direction":"inactive"})");
  rig.runFor(3 * kSecond);
  CHECK_EQUAL(rig.events("player.ended").size(), size_t{0});
  rig.ask("leg.update", R"({"leg":"leg0","direction":"sendrecv"})");
  runUntil(rig, "player.ended");
  CHECK(placeOf(throughG711(speech), phone.pcm).has_value());
  start(rig, "q", toLeg(0), toneSource(400, -20));
  rig.runFor(100 * kMillisecond);
  rig.ask("leg.update", R"({"leg":"leg0","direction":"inactive"})");
  rig.ask("player.stop", R"({"player":"q","to":{"leg":"leg0"}})");
  rig.runFor(100 * kMillisecond);
  CHECK_EQUAL(rig.events("player.ended").size(), size_t{2});
}

TEST("what cannot be is refused in words and changes nothing") {
  Rig rig;
  rig.call(session("room"), 0);
  rig.call(leg(0), 0);
  const auto code = [](const Json& answer) { return answer.string("error.code"); };
  CHECK_EQUAL(code(start(rig, "p", toLeg(7), toneSource(400, -20))), std::string("media.leg-unknown"));
  CHECK_EQUAL(code(start(rig, "p", toSession("nobody"), toneSource(400, -20))), std::string("media.session-unknown"));
  CHECK_EQUAL(code(start(rig, "p", toLeg(1), toneSource(400, -20))), std::string("media.not-mixed"));
  for (const char* player : {"a", "b", "c", "d"}) CHECK(start(rig, player, toLeg(0), toneSource(400, -30)).has("result"));
  CHECK_EQUAL(code(start(rig, "a", toLeg(0), toneSource(400, -30))), std::string("media.player-exists"));
  CHECK_EQUAL(code(start(rig, "e", toLeg(0), toneSource(400, -30))), std::string("media.too-many-players"));
  CHECK_EQUAL(code(rig.ask("player.stop", R"({"player":"e","to":{"leg":"leg0"}})")), std::string("media.player-unknown"));
  CHECK_EQUAL(code(rig.ask("player.stop", R"({"player":"a","to":{"session":"room"}})")), std::string("media.player-unknown"));
  for (const char* more : {R"(,"levelDb":21)", R"(,"loops":-1)", R"(,"under":"loud")", R"(,"fadeInMs":1001)", R"(,"maxMs":0)", R"(,"what":1)"}) {
    CHECK_EQUAL(code(start(rig, "x", toLeg(0), toneSource(400, -30), more)), std::string("media.bad-request"));
  }
  CHECK_EQUAL(code(start(rig, "x", toLeg(0), R"({"kind":"url","url":"http://127.0.0.1"})")), std::string("media.bad-request"));
  CHECK_EQUAL(code(start(rig, "x", R"({"leg":"leg0","session":"room"})", toneSource(400, -30))), std::string("media.bad-request"));
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
