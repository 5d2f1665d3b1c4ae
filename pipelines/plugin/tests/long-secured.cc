// A day of a secured call in a session: new keys, holds, moves, restarts of the stream; and nothing grows.
#include <malloc.h>

#include "tests/click-detector.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const std::string kSuites[] = {"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"};
constexpr int kHours = 24;

SrtpKey keyOf(const std::string& suite, int number) {
  const size_t bytes = suite == kSuites[0] ? 40 : 59;
  std::string text(bytes, 'k');
  text[0] = static_cast<char>('A' + number % 26);
  // The last character carries spare bits, which must be zero.
  text.back() = 'A';
  return *SrtpKey::parse(*srtpSuiteOf(suite), text);
}

std::string jsonOf(const std::string& suite, int number) {
  const size_t bytes = suite == kSuites[0] ? 40 : 59;
  std::string text(bytes, 'k');
  text[0] = static_cast<char>('A' + number % 26);
  text.back() = 'A';
  return R"({"suite":")" + suite + R"(","key":")" + text + "\"}";
}

/** Of the box: it sends under the even number, receives under the odd one. */
std::string security(const std::string& suite, int hour) {
  return R"("security":{"send":)" + jsonOf(suite, 2 * hour) + R"(,"receive":)" + jsonOf(suite, 2 * hour + 1) + "}";
}

void update(Rig& rig, const std::string& keys) {
  const Json answer = rig.ask("leg.update", R"({"leg":"leg0",)" + keys + "}");
  if (!CHECK(answer.has("result"))) std::printf("  %s\n", answer.text().c_str());
}

void pass(Rig& rig, Nanos time) {
  for (; time > 0; time -= 20 * kSecond) {
    rig.runFor(std::min(time, 20 * kSecond));
    rig.lines.clear();
    for (const auto& phone : rig.phones) phone->forget();
  }
}

}  // namespace

TEST("24 hours of a secured phone and a plain one: each hears the other at the end of every hour, and the memory stays") {
  for (const std::string& suite : kSuites) {
    Rig rig;
    Phone& secured = rig.call(session("room"), 440, "," + security(suite, 0));
    secured.protector = std::make_unique<SrtpSender>(keyOf(suite, 1));
    secured.opener = std::make_unique<SrtpReceiver>(keyOf(suite, 0));
    Phone& plain = rig.call(session("room"), 700);
    size_t heapAtFirst = 0;
    for (int hour = 0; hour < kHours; hour++) {
      if (hour > 0) {
        // A re-INVITE brings new keys; every third hour the phone restarts its stream, every fourth it moves.
        secured.protector->setKey(keyOf(suite, 2 * hour + 1));
        secured.opener->setKey(keyOf(suite, 2 * hour));
        std::string more;
        if (hour % 4 == 0) {
          const int port = 30000 + 2 * hour;
          secured.self = *Address::parse("198.51.100.7", static_cast<uint16_t>(port));
          more = R"(,"remote":{"rtp":{"host":"198.51.100.7","port":)" + std::to_string(port) +
                 R"(},"rtcp":{"host":"198.51.100.7","port":)" + std::to_string(port + 1) + R"(},"policy":"signalled"})";
        }
        if (hour % 3 == 0) secured.ssrc += 0x100;
        update(rig, security(suite, hour) + more);
      }
      pass(rig, 50 * 60 * kSecond);
      update(rig, R"("direction":"inactive")");
      secured.sending = false;
      pass(rig, 9 * 60 * kSecond);
      update(rig, R"("direction":"sendrecv")");
      secured.sending = true;
      pass(rig, 56 * kSecond);
      secured.unopened = 0;
      rig.runFor(4 * kSecond);
      CHECK_EQUAL(secured.unopened, size_t{0});
      CHECK(amplitude(secured.pcm, 700, kSettled) > kToneAmplitude * 0.95);
      CHECK(amplitude(plain.pcm, 440, kSettled) > kToneAmplitude * 0.95);
      CHECK(clicks::findDefects(secured.pcm, 8000).empty());
      CHECK(clicks::findDefects(plain.pcm, 8000).empty());
      const Json stats = rig.stats(0);
      CHECK_EQUAL(stats.number("result.received.unauthenticated"), 0.0);
      CHECK(stats.number("result.buffer.delayMs") < 60);
      for (const auto& phone : rig.phones) phone->forget();
      rig.lines.clear();
      const size_t heap = mallinfo2().uordblks;
      if (hour == 1) heapAtFirst = heap;
      if (hour > 1 && !CHECK(heap <= heapAtFirst + 32 * 1024)) std::printf("  hour %d: %zu, %zu\n", hour, heapAtFirst, heap);
    }
    CHECK(rig.stats(1).number("result.received.packets") > 4'300'000);
  }
}

int main() { return check::run(); }
