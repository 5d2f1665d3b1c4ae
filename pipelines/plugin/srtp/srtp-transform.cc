#include "srtp/srtp-transform.h"

#include "srtp/counter-mode-transform.h"
#include "srtp/gcm-transform.h"

namespace interconnect {

std::unique_ptr<SrtpTransform> SrtpTransform::make(const SrtpKey& key, SrtpDirection direction) {
  const SrtpSuiteFacts& facts = factsOf(key.suite());
  const SessionKeys rtp = deriveSessionKeys(key, SrtpFlow::Rtp);
  const SessionKeys rtcp = deriveSessionKeys(key, SrtpFlow::Rtcp);
  if (facts.aead) return std::make_unique<GcmTransform>(rtp, rtcp, facts, key.mki(), direction);
  return std::make_unique<CounterModeTransform>(rtp, rtcp, facts, key.mki());
}

}  // namespace interconnect
