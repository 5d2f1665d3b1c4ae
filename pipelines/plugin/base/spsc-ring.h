#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <vector>

namespace interconnect {

/**
 * A bounded queue from one thread to another one, without locks: the loop never waits for a thread at its side, nor that
 * one for the loop. One thread calls push(), one other thread calls pop().
 */
template <typename T>
class SpscRing {
 public:
  /** @param capacity items; rounded up to a power of two */
  explicit SpscRing(size_t capacity) : items_(powerOfTwo(capacity)) {}
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  size_t capacity() const { return items_.size(); }

  /** Takes as many as there is room for. @returns how many */
  size_t push(const T* from, size_t n) {
    const size_t head = head_.load(std::memory_order_relaxed);
    n = std::min(n, items_.size() - (head - tail_.load(std::memory_order_acquire)));
    copy(head, n, [&](size_t place, size_t done, size_t count) { std::copy_n(from + done, count, items_.data() + place); });
    head_.store(head + n, std::memory_order_release);
    return n;
  }

  /** Gives as many as there are, at most `n`. @returns how many */
  size_t pop(T* to, size_t n) {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    n = std::min(n, head_.load(std::memory_order_acquire) - tail);
    copy(tail, n, [&](size_t place, size_t done, size_t count) { std::copy_n(items_.data() + place, count, to + done); });
    tail_.store(tail + n, std::memory_order_release);
    return n;
  }

  /** Exact for the thread that pops; at least so many are there when the other one asks. */
  size_t size() const { return head_.load(std::memory_order_acquire) - tail_.load(std::memory_order_acquire); }

 private:
  static size_t powerOfTwo(size_t atLeast) {
    size_t power = 1;
    while (power < atLeast) power *= 2;
    return power;
  }

  /** In at most two pieces: up to the end of the room, and from its beginning. */
  template <typename Piece>
  void copy(size_t from, size_t n, Piece piece) {
    const size_t place = from & (items_.size() - 1);
    const size_t first = std::min(n, items_.size() - place);
    piece(place, 0, first);
    piece(0, first, n - first);
  }

  std::vector<T> items_;
  // Counts that only grow, each on a cache line of its own.
  alignas(64) std::atomic<size_t> head_{0};
  alignas(64) std::atomic<size_t> tail_{0};
};

}  // namespace interconnect
