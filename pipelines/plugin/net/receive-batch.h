#pragma once
#include <sys/socket.h>

#include <array>

#include "clock/clock.h"
#include "net/network.h"

namespace interconnect {

/** The buffers of one recvmmsg call, made once and used for every socket of a thread. */
class ReceiveBatch {
 public:
  explicit ReceiveBatch(const Clock& clock);
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;
  /** Reads what waits on the descriptor, at most Socket::kBatch datagrams. */
  size_t receive(int descriptor, Datagram* out);

 private:
  // Larger than any RTP packet on Ethernet.
  static constexpr size_t kMaxBytes = 2048;
  struct Slot {
    std::array<uint8_t, kMaxBytes> bytes;
    sockaddr_storage from;
    alignas(cmsghdr) std::array<uint8_t, 64> control;
    iovec vector;
  };

  const Clock& clock_;
  std::array<Slot, Socket::kBatch> slots_{};
  std::array<mmsghdr, Socket::kBatch> headers_{};
};

}  // namespace interconnect
