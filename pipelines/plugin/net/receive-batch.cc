#include "net/receive-batch.h"

#include <cstring>
#include <ctime>

namespace interconnect {
namespace {

/** The kernel's receive stamp (SO_TIMESTAMPNS, Unix time); 0 when there is none. */
Nanos stampOf(msghdr& header) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec t{};
    std::memcpy(&t, CMSG_DATA(c), sizeof t);
    return static_cast<Nanos>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
  }
  return 0;
}

}  // namespace

ReceiveBatch::ReceiveBatch(const Clock& clock) : clock_(clock) {
  for (size_t i = 0; i < slots_.size(); i++) {
    Slot& slot = slots_[i];
    slot.vector = {slot.bytes.data(), slot.bytes.size()};
    msghdr& header = headers_[i].msg_hdr;
    header.msg_name = &slot.from;
    header.msg_iov = &slot.vector;
    header.msg_iovlen = 1;
    header.msg_control = slot.control.data();
  }
}

size_t ReceiveBatch::receive(int descriptor, Datagram* out) {
  for (size_t i = 0; i < slots_.size(); i++) {
    headers_[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    headers_[i].msg_hdr.msg_controllen = slots_[i].control.size();
  }
  const int got = recvmmsg(descriptor, headers_.data(), Socket::kBatch, MSG_DONTWAIT, nullptr);
  if (got <= 0) return 0;

  const Nanos now = clock_.now();
  const Nanos wallToMonotonic = now - clock_.wall();
  for (int i = 0; i < got; i++) {
    mmsghdr& header = headers_[static_cast<size_t>(i)];
    const Nanos stamp = stampOf(header.msg_hdr);
    // A wall clock that was set between stamp and reading must not put a packet into the future or far into the past.
    const Nanos arrival = stamp + wallToMonotonic;
    const bool credible = stamp != 0 && arrival <= now && now - arrival < 10 * kSecond;
    const Slot& slot = slots_[static_cast<size_t>(i)];
    // What was cut is handed on empty, so that it is counted with the malformed.
    const size_t size = (header.msg_hdr.msg_flags & MSG_TRUNC) != 0 ? 0 : header.msg_len;
    out[i] = {{slot.bytes.data(), size}, Address::from(slot.from), credible ? arrival : now};
  }
  return static_cast<size_t>(got);
}

}  // namespace interconnect
