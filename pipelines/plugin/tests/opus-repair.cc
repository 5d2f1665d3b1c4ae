#include <cmath>
#include <cstdio>
#include <vector>

#include "codec/opus-codec.h"
#include "tests/check.h"
#include "tests/payloads.h"
#include "tests/synthetic.h"

using namespace interconnect;
using synthetic::Samples;

namespace {

std::vector<Payload> encoded(const Samples& said, uint32_t rate, size_t packet, unsigned expectedLoss) {
  OpusParameters parameters{5, 24'000};
  parameters.fec = true;
  OpusPacketEncoder encoder(parameters, rate);
  encoder.expectLoss(expectedLoss);
  Payloads payloads;
  for (size_t at = 0; at + packet <= said.size(); at += packet) encoder.encode(&said[at], packet, payloads);
  return payloads.all;
}

enum class Means { Nothing, Conceal, Repair };

/** What is heard when every fifth packet is lost and filled by these means; Nothing: none is lost. */
Samples heard(const std::vector<Payload>& payloads, uint32_t rate, size_t packet, Means means) {
  OpusPacketDecoder decoder(rate);
  Samples all;
  Samples out(kMaxPacketSamples);
  for (size_t i = 0; i + 1 < payloads.size(); i++) {
    const auto span = [](const Payload& bytes) { return Span{bytes.data(), bytes.size()}; };
    const bool lost = i % 5 == 4 && means != Means::Nothing;
    const size_t n = !lost                    ? decoder.decode(span(payloads[i]), out.data(), out.size())
                     : means == Means::Repair ? decoder.repair(span(payloads[i + 1]), packet, out.data(), out.size())
                                              : decoder.conceal(packet, out.data(), out.size());
    CHECK_EQUAL(n, packet);
    all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
  }
  return all;
}

/** How far what was lost lies above its difference from what would have been heard, dB. */
double likeness(const Samples& whole, const Samples& filled, size_t packet) {
  double signal = 0;
  double noise = 0;
  for (size_t i = 0; i < filled.size(); i++) {
    if (i / packet % 5 != 4) continue;
    signal += double{1} * whole[i] * whole[i];
    noise += std::pow(double{1} * whole[i] - filled[i], 2);
  }
  return 10 * std::log10(signal / noise);
}

}  // namespace

TEST("a packet that got lost is repaired from the one after it, far better than it could be made up") {
  for (const uint32_t rate : {16'000u, 48'000u}) {
    const size_t packet = rate / 50;
    const Samples said = synthetic::speech(rate, 10, 120);
    const auto payloads = encoded(said, rate, packet, 20);
    const Samples whole = heard(payloads, rate, packet, Means::Nothing);
    const double concealed = likeness(whole, heard(payloads, rate, packet, Means::Conceal), packet);
    const double repaired = likeness(whole, heard(payloads, rate, packet, Means::Repair), packet);
    std::printf("     at %u Hz: concealed %.1f dB, repaired %.1f dB\n", rate, concealed, repaired);
    CHECK(repaired > concealed + 3);
  }
}

TEST("where the packet after it holds nothing of it, it is made up as without") {
  const Samples said = synthetic::speech(16'000, 5, 215);
  const auto payloads = encoded(said, 16'000, 320, 0);
  const Samples whole = heard(payloads, 16'000, 320, Means::Nothing);
  const double concealed = likeness(whole, heard(payloads, 16'000, 320, Means::Conceal), 320);
  const double repaired = likeness(whole, heard(payloads, 16'000, 320, Means::Repair), 320);
  CHECK_NEAR(repaired, concealed, 0.5);
}

int main() { return check::run(); }
