// Listeners who hear the same, encoded once: what their far ends decode, against encoders that nobody shares.
#include "engine/leg-encoder.h"

#include "codec/make-codec.h"
#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/synthetic.h"

using namespace interconnect;
using synthetic::Samples;

namespace {

const CodecSpec kPcma{"PCMA", 8, 8000, 8000, Pcma{}};
const CodecSpec kG722{"G722", 9, 8000, 16000, G722{}};
const CodecSpec kOpus{"opus", 111, 48000, 48000, OpusParameters{5, 48000, false, true}};
const CodecSpec kOpusWide{"opus", 111, 48000, 16000, OpusParameters{5, 24000}};

/** A leg's encoder and what its far end makes of the packets. */
class Ear final : private PayloadSink {
 public:
  explicit Ear(const CodecSpec& spec) : spec_(spec), decoder_(makeDecoder(spec)) { encoder.set(makeEncoder(spec)); }

  LegEncoder encoder;
  Samples heard;
  std::vector<uint8_t> packet;

  /** One tick; with `once` what all hear who say nothing. */
  void hear(const int16_t* pcm, EncodedOnce* once) {
    packet.clear();
    encoder.encode(pcm, spec_.sampleRate / 50, 0, spec_, once, *this);
  }

 private:
  void payload(Span bytes, size_t) override {
    packet.assign(bytes.data, bytes.data + bytes.size);
    Samples room(kMaxPacketSamples);
    const size_t n = decoder_->decode(bytes, room.data(), room.size());
    heard.insert(heard.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(n));
  }
  const CodecSpec spec_;
  std::unique_ptr<Decoder> decoder_;
};

/** The tick's rule, as the mix has it. */
bool isPause(const Samples& pcm, size_t tick, size_t length) {
  constexpr size_t kTicks = 5;
  if (tick + 1 < kTicks) return false;
  double energy = 0;
  for (size_t i = (tick + 1 - kTicks) * length; i < (tick + 1) * length; i++) energy += double{1} * pcm[i] * pcm[i];
  return energy < 32768.0 * 32768.0 * 1e-6 * static_cast<double>(kTicks * length);
}

Samples speechWithPauses(const CodecSpec& spec, uint32_t seed) {
  const uint32_t rate = spec.sampleRate;
  Samples pcm = synthetic::speech(rate, 6, 110 + 20 * seed, seed);
  // Pauses of 300 ms, faded as people do.
  for (size_t at = rate; at + rate / 2 < pcm.size(); at += rate * 3 / 2) {
    for (size_t i = 0; i < rate / 2; i++) {
      const double edge = std::min({1.0, static_cast<double>(i) / (rate / 10), static_cast<double>(rate / 2 - 1 - i) / (rate / 10)});
      pcm[at + i] = static_cast<int16_t>(pcm[at + i] * (1 - edge));
    }
  }
  return pcm;
}

double levelDbov(const int16_t* pcm, size_t n) {
  double power = 1e-3;
  for (size_t i = 0; i < n; i++) power += double{1} * pcm[i] * pcm[i];
  return 10 * std::log10(power / static_cast<double>(n) / 32768 / 32768);
}

struct Shared {
  Samples common;
  Samples shared;
  Samples alone;
  size_t joinedAt = 0;
};

/** Two with different pasts, then the same speech for both; a third has the first one's past and shares with nobody. */
Shared share(const CodecSpec& spec, uint32_t seed) {
  const size_t tick = spec.sampleRate / 50;
  const Samples past = synthetic::speech(spec.sampleRate, 1, 210, 40 + seed);
  const Samples otherPast = synthetic::speech(spec.sampleRate, 1, 150, 60 + seed);
  Ear first(spec);
  Ear second(spec);
  Ear alone(spec);
  for (size_t at = 0; at + tick <= past.size(); at += tick) {
    first.hear(&otherPast[at], nullptr);
    second.hear(&past[at], nullptr);
    alone.hear(&past[at], nullptr);
  }
  second.heard.clear();
  alone.heard.clear();
  Shared result{speechWithPauses(spec, seed), {}, {}, 0};
  EncodedOnce once;
  for (size_t i = 0; (i + 1) * tick <= result.common.size(); i++) {
    once.begin(isPause(result.common, i, tick));
    first.encoder.hearsCommon();
    second.encoder.hearsCommon();
    first.hear(&result.common[i * tick], &once);
    second.hear(&result.common[i * tick], &once);
    alone.hear(&result.common[i * tick], nullptr);
    if (result.joinedAt == 0 && i > 0 && first.packet == second.packet) result.joinedAt = i * tick;
    once.clear();
  }
  result.shared = second.heard;
  result.alone = alone.heard;
  return result;
}

}  // namespace

TEST("encoders with a past become one in a pause, without a click or another sound") {
  for (const CodecSpec& spec : {kG722, kOpus, kOpusWide}) {
    const size_t frame = spec.sampleRate / 50;
    double worstLevel = 0;
    double worstError = -99;
    double pauseError = -99;
    for (uint32_t seed = 1; seed <= 4; seed++) {
      const Shared result = share(spec, seed);
      if (!CHECK(result.joinedAt > 0 && result.joinedAt < 2 * spec.sampleRate)) continue;
      for (size_t at = result.joinedAt; at + frame <= result.shared.size(); at += frame) {
        const double alone = levelDbov(&result.alone[at], frame);
        const double shared = levelDbov(&result.shared[at], frame);
        Samples difference(frame);
        for (size_t i = 0; i < frame; i++) difference[i] = static_cast<int16_t>(result.shared[at + i] - result.alone[at + i]);
        const double error = levelDbov(difference.data(), frame);
        if (alone < -60) pauseError = std::max(pauseError, error);
        if (alone < -40) continue;
        worstLevel = std::max(worstLevel, std::fabs(shared - alone));
        worstError = std::max(worstError, error - alone);
      }
      const auto found = clicks::findDefects(result.shared, spec.sampleRate);
      const auto without = clicks::findDefects(result.alone, spec.sampleRate);
      if (!CHECK(found.size() <= without.size())) std::printf("  %s\n", clicks::describe(found, spec.sampleRate).c_str());
    }
    std::printf("     %s/%u: from the unshared one in words at most %.1f dB of level, a difference %.1f dB below; in pauses %.0f dBov\n",
                spec.name.c_str(), spec.sampleRate, worstLevel, -worstError, pauseError);
    CHECK(worstLevel < 2);
    // Two encoders of Opus, however alike, never make the same of a word: there the difference is that of their noises.
    if (spec == kG722) CHECK(worstError < -20);
    CHECK(pauseError < -60);
  }
}

TEST("encoders with a past do not become one while somebody speaks") {
  const size_t tick = kG722.sampleRate / 50;
  const Samples pcm = synthetic::vowel(kG722.sampleRate, 130, 3);
  const Samples past = synthetic::noise(kG722.sampleRate, 1);
  Ear first(kG722);
  Ear second(kG722);
  for (size_t at = 0; at + tick <= past.size(); at += tick) first.hear(&past[at], nullptr);
  EncodedOnce once;
  size_t same = 0;
  for (size_t i = 0; (i + 1) * tick <= pcm.size(); i++) {
    once.begin(isPause(pcm, i, tick));
    for (Ear* ear : {&first, &second}) ear->encoder.hearsCommon();
    for (Ear* ear : {&first, &second}) ear->hear(&pcm[i * tick], &once);
    same += first.packet == second.packet ? 1 : 0;
  }
  CHECK_EQUAL(same, size_t{0});
}

TEST("whoever is to hear something else goes on, bit for bit, from what he was sent") {
  for (const CodecSpec& spec : {kPcma, kG722, kOpus}) {
    const size_t tick = spec.sampleRate / 50;
    const Samples quiet(spec.sampleRate / 2);
    Samples common = quiet;
    const Samples speech = synthetic::speech(spec.sampleRate, 2, 130);
    common.insert(common.end(), speech.begin(), speech.end());
    const Samples own = synthetic::speech(spec.sampleRate, 1, 220, 8);
    Ear first(spec);
    Ear second(spec);
    Ear alone(spec);
    EncodedOnce once;
    for (size_t at = 0; at + tick <= common.size(); at += tick) {
      once.begin(at > 8 * tick && at < quiet.size());
      for (Ear* ear : {&first, &second}) ear->encoder.hearsCommon();
      for (Ear* ear : {&first, &second}) ear->hear(&common[at], &once);
      alone.hear(&common[at], nullptr);
      once.clear();
    }
    for (size_t at = 0; at + tick <= own.size(); at += tick) {
      // The other one goes on as before, and must not be disturbed by it.
      second.encoder.hearsOwn();
      first.encoder.hearsCommon();
      once.begin(false);
      second.hear(&own[at], nullptr);
      first.hear(&common[at], &once);
      alone.hear(&own[at], nullptr);
      once.clear();
      const bool same = second.packet == alone.packet;
      CHECK(same);
    }
    const bool sameSound = second.heard == alone.heard;
    CHECK(sameSound);
  }
}

TEST("a codec without a past is encoded once from the second common tick on") {
  Ear first(kPcma);
  Ear second(kPcma);
  const Samples pcm = synthetic::vowel(8000, 130, 1);
  const Samples other = synthetic::vowel(8000, 170, 1);
  EncodedOnce once;
  for (size_t i = 0; i < 10; i++) {
    once.begin(false);
    for (Ear* ear : {&first, &second}) ear->encoder.hearsCommon();
    first.hear(&pcm[i * 160], &once);
    // What the second is handed is not looked at once it shares: that is the point.
    second.hear(&other[i * 160], &once);
    const bool same = first.packet == second.packet;
    CHECK_EQUAL(same, i >= 2);
    once.clear();
  }
}

int main() { return check::run(); }
