#include "recording/track.h"

#include <pthread.h>
#include <sys/resource.h>

#include <array>
#include <chrono>

#include "engine/failure.h"
#include "recording/two-sides.h"

namespace interconnect {
namespace {

/** How often the thread looks: of what a kill takes, so much has not left the queue. */
constexpr auto kEvery = std::chrono::milliseconds(100);
/** Whoever records waits for whoever talks. */
constexpr int kNiceness = 10;

void drain(TrackQueue& queue, Timeline& timeline) {
  TrackQueue::Header header;
  std::array<int16_t, TrackQueue::kMaxSamples> pcm;
  while (queue.pop(header, pcm.data())) timeline.tick(header, pcm.data());
}

}  // namespace

Track::Track(RecordingFolder& folder, RecordedFile file)
    : folder_(folder),
      file_(std::move(file)),
      heard_(folder.terms().leg.empty() ? nullptr : std::make_unique<TrackQueue>()),
      passed_(file_.offset),
      thread_([this] { run(); }) {}

Track::~Track() {
  if (!ended()) end(passed_);
  join();
}

void Track::push(Nanos at, const int16_t* pcm, uint32_t rate, size_t samples, const int16_t* next, uint32_t nextRate) {
  const size_t nextSamples = next == nullptr ? 0 : static_cast<size_t>(nextRate * kTick / kSecond);
  if (ended() || failed()) return;
  if (!queue_.hasRoom(samples, nextSamples)) return missed();
  queue_.push({at, rate, static_cast<uint32_t>(samples), next != nullptr}, pcm);
  if (next != nullptr) queue_.push({at, nextRate, static_cast<uint32_t>(nextSamples), false}, next);
}

void Track::pushHeard(Nanos at, const int16_t* pcm, uint32_t rate, size_t samples) {
  if (ended() || failed()) return;
  if (!heard_->push({at, rate, static_cast<uint32_t>(samples), false}, pcm)) missed();
}

void Track::end(Nanos at) {
  passed(at);
  ending_.store(true, std::memory_order_release);
  woken_.notify_one();
}

void Track::join() {
  if (thread_.joinable()) thread_.join();
}

void Track::wait() {
  std::unique_lock lock(mutex_);
  // A wake-up that comes just before is made up for by the next look.
  woken_.wait_for(lock, kEvery, [this] { return ending_.load(std::memory_order_acquire); });
}

void Track::run() {
  pthread_setname_np(pthread_self(), "recording");
  // Of this thread alone, on Linux.
  ::setpriority(PRIO_PROCESS, 0, kNiceness);
  const RecordingTerms& terms = folder_.terms();
  try {
    folder_.note(file_);
    const auto file = makeAudioFile(terms.format, folder_.open(file_.path), {terms.sampleRate, terms.channels});
    if (heard_) recordSides(*file);
    else record(*file);
    folder_.note(file_);
  } catch (const Failure& failure) {
    failure_ = {failure.code(), failure.what()};
    failed_.store(true, std::memory_order_release);
  }
}

void Track::record(AudioFile& file) {
  Timeline timeline(folder_.terms().sampleRate, file_.offset, [&](const int16_t* pcm, size_t n) { file.write(pcm, n); });
  const EndNote note{*this, timeline, file};
  write(file, [&](Nanos passed) {
    drain(queue_, timeline);
    timeline.silence(passed);
  });
  file.close();
}

void Track::recordSides(AudioFile& file) {
  const RecordingTerms& terms = folder_.terms();
  TwoSides sides(terms.channels, [&](const int16_t* pcm, size_t n) { file.write(pcm, n); });
  Timeline said(terms.sampleRate, file_.offset, [&](const int16_t* pcm, size_t n) { sides.said(pcm, n); });
  Timeline heard(terms.sampleRate, file_.offset, [&](const int16_t* pcm, size_t n) { sides.heard(pcm, n); });
  const EndNote note{*this, said, file};
  write(file, [&](Nanos passed) {
    drain(queue_, said);
    drain(*heard_, heard);
    said.silence(passed);
    heard.silence(passed);
    sides.join();
  });
  sides.finish();
  file.close();
}

void Track::write(AudioFile& file, const std::function<void(Nanos passed)>& drain) {
  for (bool ending = false; !ending;) {
    wait();
    // Both before the queues are emptied: what was pushed by then is in them.
    ending = ending_.load(std::memory_order_acquire);
    drain(passed_.load(std::memory_order_acquire));
    file.flush();
  }
}

void Track::noteEnd(const Timeline& timeline, uint64_t bytes) {
  file_.duration = unitsToNanos(static_cast<int64_t>(timeline.written()), folder_.terms().sampleRate);
  file_.bytes = bytes;
  file_.missed = missed_.load(std::memory_order_relaxed);
}

}  // namespace interconnect
