#include "ice/ice-connection.h"

#include "rtp/bytes.h"

namespace interconnect {

IceConnection::~IceConnection() { end(); }

void IceConnection::read(uint8_t* room, size_t size) {
  if (over() || shareLeft_ == 0) return;
  const auto got = stream_->receive(room, std::min(size, shareLeft_));
  if (!got) return end();
  shareLeft_ -= *got;
  if (shareLeft_ == 0) {
    (void)stream_->watch(nullptr);
    watched_ = false;
  }
  deframer_.put({room, *got}, [this](Span packet) { return !over() && owner_.take(*this, packet); });
}

bool IceConnection::flush() {
  if (unsentFrom_ == unsentTo_) return true;
  const auto took = stream_->send({unsent_.data() + unsentFrom_, unsentTo_ - unsentFrom_}, {});
  if (!took) {
    end();
    return false;
  }
  unsentFrom_ += *took;
  return unsentFrom_ == unsentTo_;
}

Sent IceConnection::send(Span packet) {
  const size_t size = Deframer::kLengthBytes + packet.size;
  if (over() || size > kMaxUnsent || !flush()) return Sent::Failed;
  std::array<uint8_t, Deframer::kLengthBytes> length;
  write16(length.data(), static_cast<uint16_t>(packet.size));
  const auto took = stream_->send({length.data(), length.size()}, packet);
  if (!took) end();
  if (!took || *took == 0) return Sent::Failed;
  if (*took == size) return Sent::Ok;
  // The rest must follow before anything else.
  std::copy(length.begin(), length.end(), unsent_.begin());
  std::copy_n(packet.data, packet.size, unsent_.begin() + length.size());
  unsentFrom_ = *took;
  unsentTo_ = size;
  return Sent::Ok;
}

void IceConnection::goOn() {
  if (over()) return;
  shareLeft_ = kShareBytes;
  if (!flush() && over()) return;
  if (watched_) return;
  watched_ = true;
  if (!stream_->watch(this)) end();
}

}  // namespace interconnect
