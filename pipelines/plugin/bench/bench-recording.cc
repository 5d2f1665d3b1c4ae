// What a file that is being recorded costs its thread: CPU ms per second of audio, and memory per file.
#include <gst/gst.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <list>
#include <random>
#include <string>
#include <vector>

#include "audio/tone.h"
#include "clock/system-clock.h"
#include "recording/timeline.h"
#include "recording/track.h"

using namespace interconnect;

namespace {

constexpr int kSeconds = 60;
constexpr int kFiles = 50;

/** A tone in noise that comes and goes: nothing that an encoder can leave out. */
std::vector<int16_t> voice(uint32_t rate) {
  std::vector<int16_t> pcm(rate);
  Tone(rate, 300, -20).generate(pcm.data(), pcm.size());
  std::minstd_rand random(1);
  for (size_t i = 0; i < pcm.size(); i++) pcm[i] = static_cast<int16_t>(pcm[i] + static_cast<int>(random() % 2000) - 1000);
  return pcm;
}

double msPerSecond(const std::string& root, const std::string& name, AudioFormat format, uint32_t from, uint32_t to) {
  RecordingFolder folder(root, {name, "s", false, format, to});
  folder.make(0);
  const SystemClock clock;
  const std::vector<int16_t> pcm = voice(from);
  const auto file = makeAudioFile(format, folder.open("mixed"), {to, 1});
  Timeline timeline(to, 0, [&](const int16_t* out, size_t n) { file->write(out, n); });
  const Nanos before = clock.threadCpu();
  const uint32_t samples = from / 50;
  for (int tick = 0; tick < kSeconds * 50; tick++) {
    timeline.tick({tick * 20 * kMillisecond, from, samples, false}, pcm.data() + static_cast<size_t>(tick % 50) * samples);
    if (tick % 5 == 0) file->flush();
  }
  const Nanos used = clock.threadCpu() - before;
  file->close();
  return static_cast<double>(used) / kMillisecond / kSeconds;
}

size_t residentKb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmRSS:") continue;
    size_t kb = 0;
    status >> kb;
    return kb;
  }
  return 0;
}

size_t kbPerFile(const std::string& root, AudioFormat format) {
  RecordingFolder folder(root, {std::string("memory-") + nameOf(format), "s", true, format, 48'000});
  folder.make(0);
  const std::vector<int16_t> pcm = voice(8000);
  const size_t before = residentKb();
  std::list<Track> tracks;
  for (int i = 0; i < kFiles; i++) tracks.emplace_back(folder, RecordedFile{std::to_string(i), "leg", 0, {}, 0, 0});
  for (Track& track : tracks) {
    for (int tick = 0; tick < 100; tick++) track.push(tick * 20 * kMillisecond, pcm.data(), 8000, 160);
    track.passed(2 * kSecond);
  }
  std::this_thread::sleep_for(std::chrono::seconds(5));
  return (residentKb() - before) / kFiles;
}

}  // namespace

int main(int count, char** values) {
  gst_init(&count, &values);
  std::string root = std::filesystem::temp_directory_path() / "bench-recording-XXXXXX";
  if (::mkdtemp(root.data()) == nullptr) return 1;
  int n = 0;
  for (const AudioFormat format : {AudioFormat::OggOpus, AudioFormat::Wav}) {
    for (const uint32_t from : {8000u, 16'000u, 48'000u}) {
      for (const uint32_t to : {16'000u, 48'000u}) {
        const double ms = msPerSecond(root, "r" + std::to_string(n++), format, from, to);
        std::printf("%s of %5u Hz from a mix at %5u Hz: %5.2f CPU ms per second\n", nameOf(format), to, from, ms);
      }
    }
    std::printf("%s: %zu KB per file of %d\n", nameOf(format), kbPerFile(root, format), kFiles);
  }
  std::filesystem::remove_all(root);
  return 0;
}
