#include "engine/leg-security.h"

#include "engine/failure.h"
#include "srtp/srtp-failure.h"

namespace interconnect {

LegSecurity::LegSecurity(const SrtpKeys& keys) try : sender_(keys.send), receiver_(keys.receive) {
} catch (const SrtpFailure& failure) {
  throw Failure("media.security-failed", failure.what());
}

void LegSecurity::setKeys(const SrtpKeys& keys) {
  try {
    sender_.setKey(keys.send);
    receiver_.setKey(keys.receive);
  } catch (const SrtpFailure& failure) {
    throw Failure("media.security-failed", failure.what());
  }
}

}  // namespace interconnect
