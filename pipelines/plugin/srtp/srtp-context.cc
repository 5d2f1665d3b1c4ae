#include "srtp/srtp-context.h"

#include <array>
#include <cstring>

namespace interconnect {
namespace {

void setSuite(srtp_policy_t& policy, SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::AesCm128HmacSha1_80:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      return;
    case SrtpSuite::AesCm128HmacSha1_32:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
      // RFC 4568 §6.2.2: SRTCP keeps the long tag.
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      return;
    case SrtpSuite::AeadAes128Gcm:
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
      return;
  }
}

void require(srtp_err_status_t status, const char* what) {
  if (status != srtp_err_status_ok) {
    throw SrtpFailure(std::string("libsrtp cannot ") + what + " (status " + std::to_string(status) + ")");
  }
}

/** libsrtp's policy wants a key that can be written to; this copy is wiped when it goes. */
class Policy {
 public:
  Policy(const SrtpKey& key, std::optional<uint32_t> ssrc) : key_(key) {
    std::memset(&policy_, 0, sizeof policy_);
    setSuite(policy_, key.suite());
    policy_.ssrc.type = ssrc ? ssrc_specific : ssrc_any_inbound;
    policy_.ssrc.value = ssrc.value_or(0);
    policy_.key = const_cast<uint8_t*>(key_.bytes());
  }
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  const srtp_policy_t* get() const { return &policy_; }

 private:
  SrtpKey key_;
  srtp_policy_t policy_;
};

SrtpContext make(const SrtpKey& key, std::optional<uint32_t> ssrc) {
  static const srtp_err_status_t initialised = srtp_init();
  require(initialised, "start");
  const Policy policy(key, ssrc);
  srtp_t context = nullptr;
  require(srtp_create(&context, policy.get()), "take a key");
  return SrtpContext(context);
}

}  // namespace

SrtpContext srtpForSending(const SrtpKey& key, uint32_t ssrc) { return make(key, ssrc); }
SrtpContext srtpForReceiving(const SrtpKey& key) { return make(key, std::nullopt); }

void changeSrtpKey(srtp_ctx_t& context, const SrtpKey& key, std::optional<uint32_t> ssrc) {
  const Policy policy(key, ssrc);
  require(srtp_update(&context, policy.get()), "change a key");
}

}  // namespace interconnect
