/*
 * codec-cost: what a leg's codec takes by itself, in a tight loop over the voice of rtpload's legs: the least that any
 * server can spend. Prints one JSON object, CPU milliseconds per leg and second, encoding and decoding: {"PCMU":0.04,…}.
 */
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

#include "codec-pair.h"

extern "C" {
#include "voice-signal.h"
}

namespace {

constexpr double kToneHz = 340;
// The median of so many rounds, each over some seconds of voice: a round that was disturbed counts for nothing.
constexpr int kRounds = 11;
constexpr int kLoopsARound = 4;

double cpuMs() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

std::vector<std::vector<int16_t>> voiceAt(int rate) {
  std::vector<std::vector<int16_t>> packets(LOOP_PACKETS);
  for (int packet = 0; packet < LOOP_PACKETS; packet++) {
    auto& pcm = packets[static_cast<size_t>(packet)];
    pcm.resize(static_cast<size_t>(rate * cost::kPacketMs / 1000));
    make_signal(pcm.data(), rate, packet, kToneHz, 0);
  }
  return packets;
}

// Of one second of voice, encoded and decoded.
double msPerSecond(cost::CodecPair& codec) {
  const auto voice = voiceAt(codec.sampleRate());
  std::vector<std::vector<uint8_t>> received(voice.size());
  for (size_t i = 0; i < voice.size(); i++) codec.encodeAsLoad(voice[i], received[i]);
  std::vector<uint8_t> payload;
  std::vector<int16_t> heard;
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; round++) {
    const double begun = cpuMs();
    for (int loop = 0; loop < kLoopsARound; loop++)
      for (size_t i = 0; i < voice.size(); i++) {
        codec.decode(received[i], heard);
        codec.encode(voice[i], payload);
      }
    rounds.push_back((cpuMs() - begun) / kLoopsARound);
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[rounds.size() / 2];
}

}  // namespace

int main() try {
  const auto pcmu = cost::makePcmu();
  const auto g722 = cost::makeG722();
  const auto opus = cost::makeOpus();
  const auto opus32 = cost::makeOpus32();
  std::printf("{\"PCMU\":%.4f,\"G722\":%.4f,\"opus\":%.4f,\"opus32\":%.4f}\n", msPerSecond(*pcmu), msPerSecond(*g722), msPerSecond(*opus),
              msPerSecond(*opus32));
} catch (const std::exception& error) {
  std::fprintf(stderr, "codec-cost: %s\n", error.what());
  return 2;
}
