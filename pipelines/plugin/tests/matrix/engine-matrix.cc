// Who hears whom: two far ends in a session, each codec with each, plain and secured in every suite, in each packet time, on networks
// good and bad. Without an argument after the file of codecs: a pairwise cover; with "every": every cell.
#include <gst/gst.h>

#include <cstring>

#include "tests/click-detector.h"
#include "tests/matrix/codec-phone.h"
#include "tests/matrix/pairwise.h"

using namespace interconnect;
using namespace interconnect::matrix;

namespace {

constexpr Nanos kJitter = 40 * kMillisecond;
constexpr unsigned kPacketMs[] = {10, 20, 30, 40, 60};
constexpr double kLoss[] = {0, 0.05, 0.2};
const Suite kSuites[] = {"", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80",
                         "AES_256_CM_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"};
/** Not an octave apart: what one codec adds to the other's tone is not taken for it. */
constexpr double kTones[] = {440, 730};
constexpr Nanos kSettling = 2 * kSecond;
constexpr Nanos kMeasured = 3 * kSecond;

std::vector<CodecLine> codecs;
std::vector<std::string> names;
bool everyOne = false;

/** Mean amplitude of one frequency, against what was said: over 100 ms at a time, as a codec that has lost a packet may shift a phase. */
double loudness(const std::vector<int16_t>& pcm, uint32_t rate, double hz) {
  const size_t window = rate / 10;
  double sum = 0;
  size_t windows = 0;
  for (size_t from = 0; from + window <= pcm.size(); from += window, windows++) {
    double re = 0;
    double im = 0;
    for (size_t i = 0; i < window; i++) {
      const double phase = 2 * M_PI * hz * static_cast<double>(i) / rate;
      re += pcm[from + i] * std::cos(phase);
      im += pcm[from + i] * std::sin(phase);
    }
    sum += 2 * std::hypot(re, im) / static_cast<double>(window);
  }
  return windows == 0 ? 0 : sum / static_cast<double>(windows) / rig::kToneAmplitude;
}

const CodecLine* find(size_t name, size_t packetTime) {
  for (const CodecLine& line : codecs) {
    if (line.name() == names[name] && line.packetMs == kPacketMs[packetTime]) return &line;
  }
  return nullptr;
}

/** A codec that copies the wave; the others foretell it, and a steady tone is what they make the least of after a loss. */
bool copiesWaves(const CodecLine& line) { return line.send.name != "opus" && line.send.name != "speex" && line.send.name != "G729"; }

/** What is asked of a tone that crossed the box. */
struct Limits {
  double softest;
  size_t clicks;
};

Limits limitsOf(const CodecLine& listener, const CodecLine& speaker, double loss) {
  const double softest = listener.send.name == "G729" ? 0.8 : 0.85;
  // Where packets overtake each other time is scaled, and what foretells the wave does not quite repeat itself.
  if (loss == 0) return {softest, copiesWaves(speaker) ? 0u : 1u};
  if (copiesWaves(speaker)) return loss < 0.1 ? Limits{softest, 2} : Limits{0.7, 3};
  // Every fifth packet of 10 ms lost are sixty of them.
  return loss < 0.1 ? Limits{0.2, 3} : Limits{0.1, 15};
}

/** What the listener heard once all had settled. */
std::vector<int16_t> settled(CodecPhone& phone) {
  std::vector<int16_t> pcm = phone.heard();
  const auto settling = static_cast<std::ptrdiff_t>(phone.rate() * kSettling / kSecond);
  pcm.erase(pcm.begin(), pcm.begin() + std::min(settling, static_cast<std::ptrdiff_t>(pcm.size())));
  return pcm;
}

void judge(CodecPhone& phone, const CodecLine& listener, const CodecLine& speaker, double otherHz, double selfHz, double loss) {
  const std::vector<int16_t> pcm = settled(phone);
  const uint32_t rate = phone.rate();
  const Limits limits = limitsOf(listener, speaker, loss);
  const double other = loudness(pcm, rate, otherHz);
  const double self = loudness(pcm, rate, selfHz);
  const size_t gaps = clicks::findGaps(pcm, rate).size();
  // Only such a listener shows what it was sent: one of the others adds to a disturbed tone.
  const size_t found = copiesWaves(listener) ? clicks::findClicks(pcm, rate).size() : 0;
  const double missing = static_cast<double>(kMeasured) / kSecond - static_cast<double>(pcm.size()) / rate;
  bool good = CHECK(other >= limits.softest && other <= 1.1);
  good = CHECK(self < 0.02) && good;
  good = CHECK(found <= limits.clicks) && good;
  good = CHECK(gaps == 0) && good;
  good = CHECK(missing < 0.07) && good;
  good = CHECK(phone.unopened() == 0) && good;
  if (good) return;
  std::printf("  %s hears %s, loss %.0f %%: the tone at %.2f, its own at %.3f, %zu clicks, %zu gaps, %.0f ms missing\n", listener.title().c_str(),
              speaker.title().c_str(), loss * 100, other, self, found, gaps, missing * 1000);
}

/** Whether each codec has its packet time. @param cell codec and packet time of either, suite, loss */
bool exists(const Cell& cell) { return find(cell[0], cell[1]) != nullptr && find(cell[2], cell[3]) != nullptr; }

void hearEachOther(const Cell& cell) {
  const CodecLine& a = *find(cell[0], cell[1]);
  const CodecLine& b = *find(cell[2], cell[3]);
  const Suite& suite = kSuites[cell[4]];
  const double loss = kLoss[cell[5]];
  rig::Rig rig;
  const auto link = [&](uint32_t seed) { return ImpairedLink(loss, kJitter, seed); };
  CodecPhone phones[] = {{rig, a, suite, kTones[0], link(1)}, {rig, b, "", kTones[1], link(2)}};
  for (Nanos at = 0; at < kSettling + kMeasured; at += kMillisecond) {
    for (size_t i = 0; i < 2; i++) {
      if (at % (20 * kMillisecond) == static_cast<Nanos>(3 + 8 * i) * kMillisecond) phones[i].say();
      phones[i].deliver();
    }
    rig.runFor(kMillisecond);
  }
  judge(phones[0], a, b, kTones[1], kTones[0], loss);
  judge(phones[1], b, a, kTones[0], kTones[1], loss);
}

/** Plain, and one suite after the other. */
bool plainOrNextSuite(const Cell& cell) {
  const size_t suite = cell[4];
  return suite == 0 || suite == 1 + (cell[0] + cell[1] + cell[2] + cell[3]) % (std::size(kSuites) - 1);
}

}  // namespace

TEST("everybody hears the other one and not himself, whatever both speak") {
  const size_t times = std::size(kPacketMs);
  std::vector<Cell> cells = everyCell({names.size(), times, names.size(), times, std::size(kSuites), std::size(kLoss)});
  cells.erase(std::remove_if(cells.begin(), cells.end(), [](const Cell& cell) { return !exists(cell); }), cells.end());
  if (!everyOne) cells = pairwise(cells);
  else cells.erase(std::remove_if(cells.begin(), cells.end(), [](const Cell& cell) { return !plainOrNextSuite(cell); }), cells.end());
  std::printf("  %zu cells\n", cells.size());
  for (const Cell& cell : cells) hearEachOther(cell);
}

int main(int count, char** values) {
  gst_init(&count, &values);
  if (count < 2) return 2;
  codecs = readCodecs(values[1]);
  for (const CodecLine& line : codecs) {
    if (std::find(names.begin(), names.end(), line.name()) == names.end()) names.push_back(line.name());
  }
  everyOne = count > 2 && std::strcmp(values[2], "every") == 0;
  return check::run();
}
