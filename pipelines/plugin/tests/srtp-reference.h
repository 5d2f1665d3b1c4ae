#pragma once
#include <srtp2/srtp.h>

#include <cstring>
#include <memory>
#include <stdexcept>

#include "srtp/srtp-key.h"

namespace interconnect {

/** libsrtp2 in one direction, the other implementation in tests and measurements. */
class SrtpReference {
 public:
  enum class Direction { Protect, Open };

  SrtpReference(const SrtpKey& key, Direction direction) : mki_(key.mki()) {
    static const srtp_err_status_t started = srtp_init();
    require(started);
    srtp_policy_t policy;
    std::memset(&policy, 0, sizeof policy);
    set(policy, key.suite());
    // It wants keys that it could write to.
    srtp_master_key_t master{const_cast<uint8_t*>(key.masterKey()), mki_.bytes, static_cast<unsigned>(mki_.size)};
    srtp_master_key_t* masters[] = {&master};
    policy.ssrc.type = direction == Direction::Protect ? ssrc_any_outbound : ssrc_any_inbound;
    if (mki_.size > 0) {
      policy.keys = masters;
      policy.num_master_keys = 1;
    } else {
      policy.key = master.key;
    }
    policy.window_size = 128;
    srtp_t context = nullptr;
    require(srtp_create(&context, &policy));
    context_.reset(context);
  }

  /** In place, with room behind. @returns bytes, 0 when it refuses */
  size_t protect(uint8_t* packet, size_t size, bool rtcp) {
    int length = static_cast<int>(size);
    const unsigned mki = mki_.size > 0 ? 1 : 0;
    const auto status = rtcp ? srtp_protect_rtcp_mki(context_.get(), packet, &length, mki, 0)
                             : srtp_protect_mki(context_.get(), packet, &length, mki, 0);
    return status == srtp_err_status_ok ? static_cast<size_t>(length) : 0;
  }

  /** In place. @returns bytes, 0 when it refuses */
  size_t open(uint8_t* packet, size_t size, bool rtcp) {
    int length = static_cast<int>(size);
    const unsigned mki = mki_.size > 0 ? 1 : 0;
    const auto status = rtcp ? srtp_unprotect_rtcp_mki(context_.get(), packet, &length, mki)
                             : srtp_unprotect_mki(context_.get(), packet, &length, mki);
    return status == srtp_err_status_ok ? static_cast<size_t>(length) : 0;
  }

 private:
  struct Release {
    void operator()(srtp_ctx_t* context) const { srtp_dealloc(context); }
  };

  static void require(srtp_err_status_t status) {
    if (status != srtp_err_status_ok) throw std::runtime_error("libsrtp2 refuses (status " + std::to_string(status) + ")");
  }

  static void set(srtp_policy_t& policy, SrtpSuite suite) {
    switch (suite) {
      case SrtpSuite::AesCm128HmacSha1_80:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        return;
      case SrtpSuite::AesCm128HmacSha1_32:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        return;
      case SrtpSuite::AesCm256HmacSha1_80:
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
        return;
      case SrtpSuite::AesCm256HmacSha1_32:
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
        return;
      case SrtpSuite::AeadAes128Gcm:
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
        return;
      case SrtpSuite::AeadAes256Gcm:
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
        return;
    }
  }

  SrtpMki mki_;
  std::unique_ptr<srtp_ctx_t, Release> context_;
};

}  // namespace interconnect
