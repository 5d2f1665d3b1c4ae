// Twenty-four hours of one leg's way in, as fast as they go.
#include <malloc.h>

#include <cstdio>

#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/receiver-path.h"
#include "tests/synthetic.h"

using namespace interconnect;
using path::Path;
using synthetic::Samples;

namespace {

constexpr int kHours = 24;

struct Weather {
  double driftPpm;
  Nanos jitter;
  double loss;
  Nanos packetTime;
};

Weather weatherOf(int hour) {
  constexpr int kJitterMs[] = {0, 2, 30, 80, 0};
  constexpr double kLoss[] = {0, 0.01, 0.05};
  constexpr int kPacketMs[] = {20, 30, 20, 10, 60, 20, 40};
  return {200.0 * (hour % 3 - 1), kJitterMs[hour % 5] * kMillisecond, kLoss[hour / 2 % 3], kPacketMs[hour % 7] * kMillisecond};
}

void setWeather(Path& path, const Weather& weather) {
  path.sender.driftPpm = weather.driftPpm;
  path.sender.packetTime = weather.packetTime;
  path.delay = [&path, weather]() -> std::optional<Nanos> {
    if (std::uniform_real_distribution<double>()(path.random) < weather.loss) return std::nullopt;
    return std::uniform_int_distribution<Nanos>(0, weather.jitter)(path.random);
  };
}

/** A minute with a pause that the sender is silent in, and every tenth with a hold. */
void minute(Path& path, int number) {
  const Nanos pause = (400 + number * 37 % 2000) * kMillisecond;
  path.run(20 * kSecond);
  path.pause(pause);
  path.run(30 * kSecond);
  if (number % 10 == 9) {
    path.receiver.setListening(false);
    path.run(10 * kSecond - pause);
    path.receiver.setListening(true);
  } else {
    path.run(10 * kSecond - pause);
  }
  path.run(pause);
}

TEST("a day of drift, jitter, loss, pauses, holds and new streams leaves delay, memory and sound as they were") {
  const Samples said = synthetic::speech(path::kRate, 60, 120);
  Path path([&said, next = size_t{0}](int16_t* out, size_t n) mutable {
    for (size_t i = 0; i < n; ++i) out[i] = said[next++ % said.size()];
  });
  const auto ignore = [](const int16_t*, size_t) {};
  const auto keep = path.listen;
  size_t heapAtFirst = 0;
  for (int hour = 0; hour < kHours; ++hour) {
    const Weather weather = weatherOf(hour);
    setWeather(path, weather);
    path.sender.ssrc += 0x1234567;
    path.listen = ignore;
    const double concealedBefore = path.receiver.concealedMs();
    for (int i = 0; i < 59; ++i) minute(path, i);
    path.listen = keep;
    path.heard.clear();
    path.run(60 * kSecond);

    const double concealed = (path.receiver.concealedMs() - concealedBefore) / 3'600'000;
    const double delayMs = static_cast<double>(path.receiver.bufferDelay().value_or(0)) / kMillisecond;
    const double jitterMs = static_cast<double>(weather.jitter) / kMillisecond;
    const auto found = clicks::findClicks(path.heard, path::kRate);
    std::printf("     hour %2d: %+4.0f ppm, jitter %2.0f ms, loss %.0f %%, %2.0f ms packets: delay %.1f ms, concealed %.2f %%, heard: %s\n", hour,
                weather.driftPpm, jitterMs, weather.loss * 100, static_cast<double>(weather.packetTime) / kMillisecond, delayMs,
                concealed * 100, clicks::describe(found, path::kRate).c_str());
    // After a loss of 60 ms a word may come back as steeply as a hard begin does.
    for (const clicks::Defect& click : found) CHECK(click.strength < 5 && weather.loss > 0);
    CHECK(found.size() <= 2);
    CHECK(delayMs > 0 && delayMs <= jitterMs + 60);
    // What is lost, and 200 ms at the begin of each pause.
    CHECK(concealed <= weather.loss * 1.05 + 0.0045 + (weather.jitter > 0 ? 0.01 : 0));
    const size_t heap = mallinfo2().uordblks;
    if (hour == 1) heapAtFirst = heap;
    if (hour > 1) CHECK(heap <= heapAtFirst + 16 * 1024);
  }
  CHECK(path.receiver.statistics().packets() > 3'000'000);
}

}  // namespace

int main() { return check::run(); }
