#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace interconnect {

/**
 * Level and frequency of the last second of a signal.
 *
 * Level is RMS in dBov as RFC 6464 counts it: 0 dBov is a full-scale square wave, a full-scale sine is −3.01 dBov,
 * digital silence is −127. Frequency is counted by upward zero crossings, with the first and the last one
 * interpolated: right to 0.1 Hz for one steady tone, meaningless for anything else.
 */
class LevelMeter {
 public:
  explicit LevelMeter(uint32_t sampleRate) : sampleRate_(sampleRate) {}

  /** One block, usually a tick of 20 ms; the last second is the last 50 of them. */
  void add(const int16_t* pcm, size_t n);
  /** The same for `n` samples of silence, without looking. */
  void addSilence(size_t n);

  /** What comes is of another rate from now on: the last second is forgotten, the totals stay. */
  void setRate(uint32_t sampleRate);
  /** Forgets the last second; the totals stay. */
  void clear();

  /** Nothing before the first block. */
  std::optional<double> levelDbov() const;
  /** Hz; nothing below −50 dBov or with fewer than two crossings. */
  std::optional<double> frequencyHz() const;

  /** Of everything that was add()ed: two of them taken apart tell of the time between. */
  struct Totals {
    double energy = 0;
    uint64_t samples = 0;
    /** At the end of G.711's range, or beyond. */
    uint64_t clipped = 0;
    /** In blocks of less than kSilentDbov. */
    uint64_t silent = 0;
  };
  /** RMS of a block below which nobody would hear it for speech: noise of a good line lies below, of a room above. */
  static constexpr double kSilentDbov = -60;
  /** Whether these samples are below it. */
  static bool silent(const int16_t* pcm, size_t n);
  const Totals& totals() const { return totals_; }
  /** The largest sample since the last call of takePeak(). */
  int peak() const { return peak_; }
  int takePeak();
  /** How long there has been nothing but silence, blocks that nobody looked at included. */
  uint64_t samplesSinceSound() const { return sinceSound_; }

 private:
  static constexpr size_t kBlocks = 50;

  struct Block {
    float energy = 0;
    /** Positions of the first and last upward crossing in samples from the block's start (the first may lie before it). */
    float first = 0;
    float last = 0;
    uint16_t samples = 0;
    uint16_t crossings = 0;
  };

  void push(const Block& block);
  void count(const int16_t* pcm, size_t n, int64_t energy);

  std::array<Block, kBlocks> blocks_{};
  size_t next_ = 0;
  size_t filled_ = 0;
  uint32_t sampleRate_;
  int16_t previous_ = 0;
  Totals totals_;
  int peak_ = 0;
  uint64_t sinceSound_ = 0;
};

}  // namespace interconnect
