#include "engine/leg-security.h"

#include "engine/failure.h"
#include "srtp/srtp-failure.h"

namespace interconnect {

void LegSecurity::setKeys(const SrtpKeys& keys) try {
  separate_ = false;
  if (!rtp_) {
    rtp_.emplace(keys);
    return;
  }
  rtp_->sender.setKey(keys.send);
  rtp_->receiver.setKey(keys.receive);
} catch (const SrtpFailure& failure) {
  throw Failure("media.security-failed", failure.what());
}

void LegSecurity::setDtlsKeys(MediaPort port, const SrtpKeys& keys) try {
  separate_ = true;
  of(port).emplace(keys);
} catch (const SrtpFailure&) {
}

SrtpSender* LegSecurity::sender(MediaPort port) {
  auto& keyed = of(port);
  return keyed ? &keyed->sender : nullptr;
}

SrtpReceiver* LegSecurity::receiver(MediaPort port) {
  auto& keyed = of(port);
  return keyed ? &keyed->receiver : nullptr;
}

}  // namespace interconnect
