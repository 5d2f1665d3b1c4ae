#include "srtp/srtp-sender.h"

namespace interconnect {

void SrtpSender::setKey(const SrtpKey& key) {
  if (key == key_) return;
  changeSrtpKey(*context_, key, ssrc_);
  key_ = key;
}

size_t SrtpSender::protectRtp(uint8_t* packet, size_t size) {
  int length = static_cast<int>(size);
  return srtp_protect(context_.get(), packet, &length) == srtp_err_status_ok ? static_cast<size_t>(length) : 0;
}

size_t SrtpSender::protectRtcp(uint8_t* packet, size_t size) {
  int length = static_cast<int>(size);
  return srtp_protect_rtcp(context_.get(), packet, &length) == srtp_err_status_ok ? static_cast<size_t>(length) : 0;
}

}  // namespace interconnect
