#pragma once
#include <srtp2/srtp.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "srtp/srtp-key.h"

namespace interconnect {

/** libsrtp refused, which it does only without memory or with keys of a wrong form. */
class SrtpFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct SrtpRelease {
  void operator()(srtp_ctx_t* context) const { srtp_dealloc(context); }
};
/** One direction's keys, roll-over counters and replay windows (RFC 3711 §3.2). */
using SrtpContext = std::unique_ptr<srtp_ctx_t, SrtpRelease>;

/** What a protected packet may be longer than the plain one. */
constexpr size_t kSrtpTrailerBytes = SRTP_MAX_TRAILER_LEN + 4;

/** For the one stream of `ssrc` that we send. @throws SrtpFailure */
SrtpContext srtpForSending(const SrtpKey& key, uint32_t ssrc);
/** For whatever streams come in. @throws SrtpFailure */
SrtpContext srtpForReceiving(const SrtpKey& key);

/**
 * Another key for streams that go on: their roll-over counters go on too (RFC 3711 §3.3.1).
 * @param ssrc nothing for a receiving context
 * @throws SrtpFailure
 */
void changeSrtpKey(srtp_ctx_t& context, const SrtpKey& key, std::optional<uint32_t> ssrc);

}  // namespace interconnect
