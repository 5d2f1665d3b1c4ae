#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "clock/nanos.h"

namespace interconnect {

/**
 * When the packets of a transport came, by its own count of them, and what their sender is told of it
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01): by that it finds out what the way to us carries.
 */
class TransportArrivals {
 public:
  /** @param sequence of the header extension */
  void came(uint16_t sequence, Nanos arrival);
  /**
   * One RTCP packet (§3.1) of what has not been told yet, every 60 ms; what has no room waits for the next one.
   * @param own the SSRC that speaks @param about one of the far end's
   * @returns bytes; 0 when nothing is due
   */
  size_t write(uint8_t* out, size_t capacity, uint32_t own, uint32_t about, Nanos now);

 private:
  struct Arrival {
    int64_t number;
    Nanos at;
  };
  // Ascending by number. Bounded: see came().
  std::vector<Arrival> pending_;
  /** The highest number that came, and the first one that was not told of. */
  std::optional<int64_t> highest_;
  int64_t next_ = 0;
  uint8_t count_ = 0;
  Nanos due_ = 0;
};

}  // namespace interconnect
