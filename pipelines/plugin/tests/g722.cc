#include <random>

#include "codec/g722-codec.h"
#include "tests/check.h"
#include "tests/g722-model.h"
#include "tests/synthetic.h"

using namespace interconnect;
using synthetic::Samples;

namespace {

constexpr uint32_t kRate = 16000;

class Bytes final : public PayloadSink {
 public:
  void payload(Span bytes, size_t samples) override {
    CHECK_EQUAL(bytes.size * 2, samples);
    all.insert(all.end(), bytes.data, bytes.data + bytes.size);
    sizes.push_back(bytes.size);
  }
  std::vector<uint8_t> all;
  std::vector<size_t> sizes;
};

std::vector<uint8_t> encoded(const Samples& pcm, size_t packet = 320) {
  G722Encoder encoder;
  Bytes bytes;
  for (size_t at = 0; at < pcm.size(); at += packet) encoder.encode(&pcm[at], std::min(packet, pcm.size() - at), bytes);
  return bytes.all;
}

Samples decoded(const std::vector<uint8_t>& bytes, size_t packet = 160) {
  G722Decoder decoder;
  Samples all;
  Samples frame(kMaxPacketSamples);
  for (size_t at = 0; at < bytes.size(); at += packet) {
    const size_t n = decoder.decode({&bytes[at], std::min(packet, bytes.size() - at)}, frame.data(), frame.size());
    all.insert(all.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
  }
  return all;
}

std::vector<uint8_t> modelEncoded(const Samples& pcm) {
  g722model::Coder coder;
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < pcm.size(); i += 2) bytes.push_back(coder.encode(pcm[i], pcm[i + 1]));
  return bytes;
}

Samples modelDecoded(const std::vector<uint8_t>& bytes) {
  g722model::Decoder decoder;
  Samples pcm;
  for (const uint8_t byte : bytes) decoder.decode(byte, pcm);
  return pcm;
}

Samples square(double hz, int16_t amplitude) {
  Samples samples(2 * kRate);
  for (size_t i = 0; i < samples.size(); i++) {
    samples[i] = std::fmod(static_cast<double>(i) * hz / kRate, 1) < 0.5 ? amplitude : static_cast<int16_t>(-amplitude);
  }
  return samples;
}

/** From whispers to what no line carries: the recommendation's sequences go to the quantisers' ends in the same way. */
std::vector<Samples> signals() {
  std::vector<Samples> all = {Samples(kRate, 0), synthetic::vowel(kRate, 130, 2), synthetic::noise(kRate, 2, 30), synthetic::noise(kRate, 2, 9000)};
  for (const double hz : {50.0, 400.0, 1004.0, 3900.0, 4100.0, 6800.0, 7900.0}) {
    for (const double level : {-70.0, -40.0, -12.0, 0.0}) all.push_back(synthetic::tone(kRate, hz, 1, level));
  }
  for (const double hz : {100.0, 1000.0, 3000.0, 8000.0}) all.push_back(square(hz, 32767));
  Samples ends(kRate);
  std::mt19937 random(5);
  for (int16_t& sample : ends) sample = random() % 2 == 0 ? 32767 : -32768;
  all.push_back(ends);
  return all;
}

double snr(const Samples& in, const Samples& out, size_t delay) {
  double power = 0;
  double error = 0;
  for (size_t i = 2000; i + delay < std::min(in.size(), out.size()); i++) {
    power += double{1} * in[i] * in[i];
    error += std::pow(static_cast<double>(in[i]) - out[i + delay], 2);
  }
  return 10 * std::log10(power / std::max(error, 1e-9));
}

}  // namespace

TEST("every code word is what the recommendation's blocks make of the signal, and so is every sample") {
  for (const Samples& pcm : signals()) {
    const auto bytes = encoded(pcm);
    const bool sameBytes = bytes == modelEncoded(pcm);
    CHECK(sameBytes);
    const bool sameSamples = decoded(bytes) == modelDecoded(bytes);
    CHECK(sameSamples);
  }
}

TEST("bytes that no encoder sends are decoded as the recommendation's blocks do") {
  std::mt19937 random(9);
  for (int round = 0; round < 20; round++) {
    std::vector<uint8_t> bytes(4000);
    // Runs of one byte drive scale factors and predictors to their ends.
    for (size_t i = 0; i < bytes.size(); i++) bytes[i] = i > 0 && random() % 16 > static_cast<unsigned>(round) ? bytes[i - 1] : static_cast<uint8_t>(random());
    const bool same = decoded(bytes) == modelDecoded(bytes);
    CHECK(same);
  }
}

TEST("how audio is cut into packets makes no difference") {
  const Samples pcm = synthetic::vowel(kRate, 180, 2);
  const auto whole = encoded(pcm);
  const Samples heard = decoded(whole);
  for (const size_t ms : {1, 10, 30, 40, 60, 120}) {
    const bool same = encoded(pcm, ms * 16) == whole;
    CHECK(same);
    const bool sameHeard = decoded(whole, ms * 8) == heard;
    CHECK(sameHeard);
  }
}

TEST("audio comes through in phase and at its level, 22 samples later") {
  const Samples tone = synthetic::tone(kRate, 1004, 1);
  const Samples speech = synthetic::vowel(kRate, 130, 2);
  const Samples high = synthetic::tone(kRate, 6000, 1);
  std::printf("     SNR: vowel %.1f dB, 1004 Hz %.1f dB, 6 kHz %.1f dB\n", snr(speech, decoded(encoded(speech)), 22),
              snr(tone, decoded(encoded(tone)), 22), snr(high, decoded(encoded(high)), 22));
  CHECK(snr(speech, decoded(encoded(speech)), 22) > 25);
  CHECK(snr(tone, decoded(encoded(tone)), 22) > 30);
  CHECK(snr(high, decoded(encoded(high)), 22) > 10);
}

TEST("a decoder writes no more than it has room for, and an encoder leaves an odd sample out") {
  G722Decoder decoder;
  const std::vector<uint8_t> bytes(100, 0x5a);
  Samples room(50, 77);
  CHECK_EQUAL(decoder.decode({bytes.data(), bytes.size()}, room.data(), 21), size_t{20});
  CHECK_EQUAL(room[20], int16_t{77});
  CHECK_EQUAL(decoder.decode({bytes.data(), 0}, room.data(), room.size()), size_t{0});
  G722Encoder encoder;
  Bytes out;
  encoder.encode(room.data(), 0, out);
  encoder.encode(room.data(), 1, out);
  CHECK(out.sizes.empty());
  encoder.encode(room.data(), 7, out);
  CHECK_EQUAL(out.all.size(), size_t{3});
}

TEST("more than the longest packet time goes out as several packets") {
  G722Encoder encoder;
  Bytes out;
  const Samples pcm(16 * 80);
  encoder.encode(pcm.data(), pcm.size(), out);
  CHECK(out.sizes == (std::vector<size_t>{480, 160}));
}

TEST("a copy of an encoder goes on where the original was") {
  const Samples pcm = synthetic::vowel(kRate, 150, 1);
  G722Encoder encoder;
  Bytes before;
  encoder.encode(pcm.data(), 8000, before);
  G722Encoder copy = encoder;
  Bytes original;
  Bytes copied;
  encoder.encode(&pcm[8000], 8000, original);
  copy.encode(&pcm[8000], 8000, copied);
  const bool same = original.all == copied.all;
  CHECK(same);
}

TEST("a G.722 leg holds less than a kilobyte for its codec") {
  std::printf("     encoder %zu bytes, decoder %zu bytes\n", sizeof(G722Encoder), sizeof(G722Decoder));
  CHECK(sizeof(G722Encoder) + sizeof(G722Decoder) < 1024);
}

int main() { return check::run(); }
