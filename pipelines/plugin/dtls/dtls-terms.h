#pragma once
#include <string>
#include <vector>

#include "dtls/fingerprint.h"

namespace interconnect {

/** Ours (RFC 5763 §5): a=setup:active is the client. */
enum class DtlsRole { Client, Server };

/** What signalling says of a leg's DTLS-SRTP. */
struct DtlsTerms {
  DtlsRole role;
  /** Of the far end's certificate: it must match one of them. */
  std::vector<Fingerprint> fingerprints;
  /** Another one means another association even if all else is the same (a=tls-id, RFC 8842). */
  std::string association;

  bool operator==(const DtlsTerms& other) const {
    return role == other.role && fingerprints == other.fingerprints && association == other.association;
  }
};

}  // namespace interconnect
