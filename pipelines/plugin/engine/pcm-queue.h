#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace interconnect {

/** Samples between packets of any length and ticks of 20 ms. Bounded: what does not fit is left out. */
class PcmQueue {
 public:
  explicit PcmQueue(size_t capacity) : samples_(capacity) {}

  size_t size() const { return end_ - begin_; }
  const int16_t* data() const { return samples_.data() + begin_; }

  /** Room for up to `n` samples (fewer when full, in `n`), to be written at once; they count from now on. */
  int16_t* grow(size_t& n) {
    if (end_ + n > samples_.size()) compact();
    if (n > samples_.size() - end_) n = samples_.size() - end_;
    int16_t* room = samples_.data() + end_;
    end_ += n;
    return room;
  }

  /** What is there, to be changed, with room for `more` behind it; null when there is no room. Then comes resize(). */
  int16_t* edit(size_t more) {
    if (end_ + more > samples_.size()) compact();
    return end_ + more > samples_.size() ? nullptr : samples_.data() + begin_;
  }
  void resize(size_t n) { end_ = begin_ + n; }

  void append(const int16_t* pcm, size_t n) {
    int16_t* room = grow(n);
    std::memcpy(room, pcm, n * sizeof(int16_t));
  }

  /** `n` must not exceed size(). */
  void drop(size_t n) {
    begin_ += n;
    if (begin_ == end_) clear();
  }

  void clear() { begin_ = end_ = 0; }

 private:
  void compact() {
    std::memmove(samples_.data(), data(), size() * sizeof(int16_t));
    end_ = size();
    begin_ = 0;
  }

  std::vector<int16_t> samples_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace interconnect
