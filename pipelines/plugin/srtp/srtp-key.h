#pragma once
#include <optional>
#include <string_view>

#include "rtp/span.h"
#include "srtp/secret.h"
#include "srtp/srtp-mki.h"
#include "srtp/srtp-suite.h"

namespace interconnect {

/** A suite with its master key and salt, and the identifier that goes with it. */
class SrtpKey {
 public:
  /** @param base64 as after `inline:`, without life time and MKI; nothing when it is not base64 of just the right length */
  static std::optional<SrtpKey> parse(SrtpSuite suite, std::string_view base64, SrtpMki mki = {});
  /** @param master key, then salt, as DTLS exports them; nothing when they are not of just the right length */
  static std::optional<SrtpKey> of(SrtpSuite suite, Span master);

  SrtpSuite suite() const { return suite_; }
  const SrtpMki& mki() const { return mki_; }
  const uint8_t* masterKey() const { return bytes_.data(); }
  const uint8_t* masterSalt() const { return bytes_.data() + factsOf(suite_).keyBytes; }
  bool operator==(const SrtpKey& other) const { return suite_ == other.suite_ && mki_ == other.mki_ && bytes_ == other.bytes_; }

 private:
  SrtpKey(SrtpSuite suite, SrtpMki mki) : suite_(suite), mki_(mki) {}
  SrtpSuite suite_;
  SrtpMki mki_;
  Secret<46> bytes_;
};

/** One key a direction (RFC 4568). */
struct SrtpKeys {
  SrtpKey send;
  SrtpKey receive;
};

}  // namespace interconnect
