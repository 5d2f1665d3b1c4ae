// Two legs of one codec in a session: what the one says goes on to the other as it comes, unless somebody else is to be heard.
#include "tests/click-detector.h"
#include "tests/forward-pair.h"
#include "tests/receiver-path.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

std::vector<PairCodec> codecs() { return {pairPcmu(), pairG722(), pairOpus()}; }

/** Waits in silence, then talks without a pause until the end. */
void talk(ForwardPair& pair) {
  pair.run(500);
  pair.says = synthetic::vowel(pair.codec.spec.sampleRate, 123, 20);
}

/** What ends a forwarding, each at once. */
struct Ending {
  const char* what;
  std::function<void(ForwardPair&)> begin;
};

std::vector<Ending> endings() {
  return {
      {"a third member", [](ForwardPair& p) { p.rig.call(session("pair"), 0).sending = false; }},
      {"a player for one", [](ForwardPair& p) {
         CHECK(p.rig.ask("player.start", R"({"player":"p","to":{"leg":"leg1"},"source":{"kind":"tone","frequencyHz":440,"levelDbov":-90}})").has("result"));
       }},
      {"the policy", [](ForwardPair& p) { p.tell(1, R"("forward":false)"); }},
      {"a gain of nothing much", [](ForwardPair& p) { p.tell(1, R"("gain":{"sendDb":0.1})"); }},
      {"a gain of what is said", [](ForwardPair& p) { p.tell(0, R"("gain":{"receiveDb":0.1})"); }},
  };
}

}  // namespace

TEST("two who hear nobody else are sent each other's packets as they come, and all figures of sound go on") {
  for (const PairCodec& codec : codecs()) {
    ForwardPair pair(codec);
    talk(pair);
    pair.run(100);
    pair.listener().forget();
    pair.run(2000);
    const Phone& listener = pair.listener();
    CHECK_EQUAL(listener.heard.size(), size_t{100});
    for (const Nanos at : listener.heardAt) CHECK_EQUAL(at % (20 * kMillisecond), 3 * kMillisecond);
    CHECK(pair.seamless());
    CHECK(pair.forwarded() >= 100 && pair.forwarded(0) >= 100);
    const Json said = pair.rig.stats(0);
    CHECK_NEAR(said.number("result.received.levelDbov"), pair.rig.stats(1).number("result.sent.levelDbov"), 0.3);
    CHECK(said.number("result.received.levelDbov") > -30);
    CHECK(said.number("result.delayAddedMs.p50") < 3);
    CHECK_EQUAL(said.number("result.received.concealedMs"), 0.0);
  }
}

TEST("who is not to be forwarded is mixed, and so are two of different codecs, rates or packet times") {
  const std::string pcma = std::string(R"("send":)") + kPcma + R"(,"receive":[)" + kPcma + "]";
  for (const char* settings : {R"("forward":false)", R"("packetMs":40)", R"("gain":{"receiveDb":3})", R"("gain":{"sendDb":3})", R"("muted":true)",
                               R"("inbandDigits":{"detect":true,"remove":true})", pcma.c_str()}) {
    ForwardPair pair(pairPcmu());
    pair.tell(0, settings);
    pair.tell(1, settings);
    talk(pair);
    pair.run(500);
    // A packet or two may have gone before it was known how long they are.
    if (!CHECK(pair.forwarded() <= 2)) std::printf("  %s\n", settings);
  }
}

TEST("going over to packets as they come cuts nothing out, and nothing is heard twice") {
  for (const int phase : {1, 3, 9, 13, 18, 19}) {
    ForwardPair pair(pairPcmu(), phase, "");
    const auto speech = synthetic::speech(8000, 8, 120, 2);
    pair.says = speech;
    pair.run(700);
    for (int leg : {0, 1}) pair.tell(leg, R"("forward":true)");
    pair.run(9000);
    CHECK(pair.forwarded() > 100);
    CHECK(pair.seamless());
    const auto heard = pair.decoded();
    const auto said = path::throughG711(speech);
    // The mix adds a tick where a packet comes too short before it.
    const auto shift = static_cast<ptrdiff_t>(heard.size() - 77600);
    CHECK(shift == 0 || shift == 160);
    CHECK(std::equal(said.begin(), said.end(), heard.begin() + shift));
  }
}

TEST("whatever ends it in the middle of a word: one stream, every sample once, no click") {
  for (const Ending& ending : endings()) {
    for (const PairCodec& codec : codecs()) {
      for (const int phase : {1, 3, 9, 13, 18}) {
        ForwardPair pair(codec, phase);
        talk(pair);
        pair.run(1000);
        const double before = pair.forwarded();
        CHECK(before > 40);
        pair.listener().forget();
        pair.run(515);
        ending.begin(pair);
        pair.run(1000);
        bool ok = CHECK(pair.forwarded() - before <= 27);
        ok = CHECK(pair.seamless()) && ok;
        const auto heard = pair.decoded();
        const auto defects = clicks::findDefects(heard, codec.spec.sampleRate);
        ok = CHECK(defects.empty()) && ok;
        const auto length = static_cast<double>(pair.listener().heard.size()) * 20;
        ok = CHECK_NEAR(length, 1515, 45) && ok;
        if (!ok) {
          std::printf("  %s, %s, %d ms: %s\n", ending.what, codec.spec.name.c_str(), phase,
                      clicks::describe(defects, codec.spec.sampleRate).c_str());
        }
        // A far end that has no more in its buffer than it needs makes up for one tick at most, and that is not heard either.
        const auto ear = pair.ear(7);
        CHECK(ear.concealedMs <= 20);
        auto heardThere = clicks::findDefects(ear.pcm, codec.spec.sampleRate);
        // It begins to listen in the middle of a word.
        while (!heardThere.empty() && heardThere[0].at < codec.spec.sampleRate / 10) heardThere.erase(heardThere.begin());
        if (!CHECK(heardThere.empty())) std::printf("  %s\n", clicks::describe(heardThere, codec.spec.sampleRate).c_str());
      }
    }
  }
}

TEST("a mute, too, ends it without a click, and what is said then is not sent") {
  for (const PairCodec& codec : codecs()) {
    for (const int phase : {1, 9, 18}) {
      ForwardPair pair(codec, phase);
      talk(pair);
      pair.run(1000);
      pair.listener().forget();
      pair.run(515);
      const double before = pair.forwarded();
      pair.tell(0, R"("muted":true)");
      pair.run(600);
      CHECK_EQUAL(pair.forwarded(), before);
      CHECK(pair.seamless());
      const auto heard = pair.decoded();
      const auto defects = clicks::findDefects(heard, codec.spec.sampleRate);
      if (!CHECK(defects.empty())) std::printf("  %s %d: %s\n", codec.spec.name.c_str(), phase, clicks::describe(defects, codec.spec.sampleRate).c_str());
      const std::vector<int16_t> last(heard.end() - codec.spec.sampleRate / 4, heard.end());
      CHECK(*std::max_element(last.begin(), last.end()) < 100);
      pair.tell(0, R"("muted":false)");
      pair.run(500);
      CHECK_EQUAL(pair.forwarded(), before);
    }
  }
}

TEST("who hears only some of a session is not sent what the others say") {
  ForwardPair pair(pairPcmu());
  talk(pair);
  pair.run(1000);
  const double before = pair.forwarded();
  CHECK(before > 40);
  pair.tell(1, R"("hears":{"kind":"session","session":"pair","only":["nobody"]})");
  pair.listener().forget();
  pair.run(1000);
  CHECK_EQUAL(pair.forwarded(), before);
  const auto heard = pair.decoded();
  CHECK(*std::max_element(heard.begin() + 800, heard.end()) < 100);
}

TEST("it begins again in a pause, and not before") {
  ForwardPair pair(pairPcmu());
  talk(pair);
  pair.run(1000);
  pair.rig.call(session("pair"), 0).sending = false;
  pair.run(500);
  const double before = pair.forwarded();
  CHECK(pair.rig.ask("leg.close", R"({"leg":"leg2"})").has("result"));
  pair.run(1000);
  CHECK_EQUAL(pair.forwarded(), before);
  pair.says.resize(pair.samplesSaid());
  pair.run(90);
  CHECK_EQUAL(pair.forwarded(), before);
  pair.run(1000);
  CHECK_NEAR(pair.forwarded() - before, 46, 4);
}

TEST("a far end behind losses or much jitter is heard through our buffer and concealment") {
  for (const bool lossy : {true, false}) {
    ForwardPair pair(pairPcmu());
    if (lossy) pair.lost = [](size_t n) { return n > 75 && n % 20 == 0; };
    else pair.late = [](size_t n) { return n > 75 ? static_cast<int>(n * 7 % 5) * 20 : 0; };
    talk(pair);
    pair.run(4000);
    const double before = pair.forwarded();
    CHECK(before < 100);
    pair.run(4000);
    CHECK_EQUAL(pair.forwarded(), before);
    const auto& heard = pair.listener().heard;
    const auto timed = [&](size_t i) { return pair.listener().heardAt[i] - pair.listener().heardAt[i - 1]; };
    for (size_t i = heard.size() - 150; i < heard.size(); i++) CHECK_EQUAL(timed(i), 20 * kMillisecond);
  }
}

TEST("who stops sending is not waited for: the other one is sent silence, in the same stream") {
  ForwardPair pair(pairPcmu());
  talk(pair);
  pair.run(1000);
  pair.talks = false;
  pair.run(1000);
  pair.listener().forget();
  pair.run(1000);
  CHECK_EQUAL(pair.listener().heard.size(), size_t{50});
  CHECK(pair.seamless());
  pair.talks = true;
  pair.talker().timestamp += 2000 * 8;
  pair.run(1000);
  CHECK(pair.listener().heard.size() >= 98);
  CHECK(pair.seamless());
}

TEST("a digit is told and not sent on, and one of ours goes out at once") {
  const std::string both = std::string(R"("receiveTelephoneEvent":)") + kTelephoneEvent + R"(,"sendTelephoneEvent":)" + kTelephoneEvent;
  ForwardPair pair(pairPcmu());
  for (int leg : {0, 1}) pair.tell(leg, both);
  talk(pair);
  pair.run(1000);
  pair.listener().forget();
  pair.talks = false;
  const uint32_t start = pair.talker().timestamp;
  for (int i = 1; i <= 7; i++) {
    const auto payload = writeTelephoneEvent({5, i >= 5, 10, static_cast<uint16_t>(std::min(i, 5) * 160)});
    std::vector<uint8_t> datagram(kRtpHeaderBytes + payload.size());
    writeRtpHeader(datagram.data(), {i == 1, 101, pair.talker().sequence++, start, pair.talker().ssrc, {}});
    std::copy(payload.begin(), payload.end(), datagram.begin() + kRtpHeaderBytes);
    pair.rig.network.deliver(pair.talker().self, pair.talker().box, {datagram.data(), datagram.size()});
    if (i < 5) pair.run(20);
  }
  pair.talker().timestamp = start + 5 * 160;
  pair.talks = true;
  pair.run(500);
  CHECK_EQUAL(pair.rig.events("leg.digit").size(), size_t{1});
  for (const RtpPacket& packet : pair.listener().heard) CHECK_EQUAL(packet.payloadType, 0);
  CHECK(pair.rig.ask("leg.send-digits", R"({"leg":"leg1","digits":"7"})").has("result"));
  pair.run(500);
  CHECK_EQUAL(pair.rig.events("leg.digits-sent").size(), size_t{1});
  const auto& heard = pair.listener().heard;
  for (size_t i = 1; i < heard.size(); i++) CHECK_EQUAL(heard[i].sequence, static_cast<uint16_t>(heard[i - 1].sequence + 1));
}

TEST("whoever hangs up first, holds or leaves: the other one's stream goes on") {
  const std::vector<std::pair<const char*, const char*>> ways = {
      {"leg.close", R"({"leg":"leg0"})"},
      {"leg.update", R"({"leg":"leg0","hears":{"kind":"silence"}})"},
      {"leg.update", R"({"leg":"leg0","hears":{"kind":"leg","leg":"leg1"}})"},
      {"leg.update", R"({"leg":"leg1","hears":{"kind":"leg","leg":"leg0"}})"},
      {"leg.update", R"({"leg":"leg1","hears":{"kind":"echo"}})"},
      {"leg.update", R"({"leg":"leg0","direction":"inactive"})"},
      {"leg.update", R"({"leg":"leg0","remote":null})"},
  };
  for (const auto& [method, params] : ways) {
    ForwardPair pair(pairPcmu());
    talk(pair);
    pair.run(1007);
    CHECK(pair.rig.ask(method, params).has("result"));
    pair.run(1000);
    const auto& heard = pair.listener().heard;
    CHECK(heard.size() >= 120);
    bool ok = true;
    for (size_t i = 1; i < heard.size(); i++) {
      const auto time = static_cast<int32_t>(heard[i].timestamp - heard[i - 1].timestamp);
      ok = ok && heard[i].ssrc == heard[0].ssrc && heard[i].sequence == static_cast<uint16_t>(heard[i - 1].sequence + 1) && time > 0 && time <= 480;
    }
    if (!CHECK(ok)) std::printf("  %s %s\n", method, params);
  }
}

TEST("no number is sent twice, whatever comes and goes in whatever order") {
  ForwardPair pair(pairPcmu());
  std::mt19937 random(5);
  pair.late = [&](size_t) { return random() % 10 == 0 ? static_cast<int>(random() % 50) : 0; };
  pair.lost = [&](size_t) { return random() % 400 == 0; };
  pair.run(500);
  const std::vector<const char*> changes = {
      R"({"leg":"leg0","muted":true})", R"({"leg":"leg0","muted":false})", R"({"leg":"leg1","hears":{"kind":"silence"}})",
      R"({"leg":"leg1","hears":{"kind":"session","session":"pair"}})", R"({"leg":"leg1","forward":false})", R"({"leg":"leg1","forward":true})",
      R"({"leg":"leg1","direction":"recvonly"})", R"({"leg":"leg1","direction":"sendrecv"})", R"({"leg":"leg1","gain":{"sendDb":2}})",
      R"({"leg":"leg1","gain":{"sendDb":0}})", R"({"leg":"leg1","hears":{"kind":"leg","leg":"leg0"}})", R"({"leg":"leg1","packetMs":40})",
      R"({"leg":"leg1","packetMs":20})"};
  for (int i = 0; i < 600; i++) {
    if (i % 3 == 0) CHECK(pair.rig.ask("leg.update", changes[random() % changes.size()]).has("result"));
    if (i % 20 == 0) {
      for (const char* change : changes) {
        if (std::string(change).find("true") == std::string::npos || std::string(change).find("forward") != std::string::npos) pair.rig.ask("leg.update", change);
      }
      pair.tell(1, R"("hears":{"kind":"session","session":"pair"})");
    }
    if (i % 7 == 0) pair.talker().ssrc += random() % 5 == 0 ? 1 : 0;
    pair.run(static_cast<int>(random() % 300));
  }
  CHECK(pair.forwarded() > 100);
  std::vector<int64_t> numbers;
  int64_t extended = 1 << 16;
  const auto& heard = pair.listener().heard;
  for (size_t i = 0; i < heard.size(); i++) {
    if (i > 0) extended += static_cast<int16_t>(heard[i].sequence - heard[i - 1].sequence);
    numbers.push_back(extended);
  }
  std::sort(numbers.begin(), numbers.end());
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
}

int main() { return check::run(); }
