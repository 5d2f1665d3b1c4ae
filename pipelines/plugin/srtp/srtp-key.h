#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace interconnect {

/** RFC 4568 §6.2 and RFC 7714 §14.2. */
enum class SrtpSuite { AesCm128HmacSha1_80, AesCm128HmacSha1_32, AeadAes128Gcm };

/** "AES_CM_128_HMAC_SHA1_80" and the like; nothing for suites that we do not have. */
std::optional<SrtpSuite> srtpSuiteOf(std::string_view name);

/** A suite with its master key and salt; they are wiped when it goes. */
class SrtpKey {
 public:
  /** @param base64 as after `inline:`, without life time and MKI; nothing when it is not base64 of just the right length */
  static std::optional<SrtpKey> parse(SrtpSuite suite, std::string_view base64);
  SrtpKey(const SrtpKey&) = default;
  SrtpKey& operator=(const SrtpKey&) = default;
  ~SrtpKey();

  SrtpSuite suite() const { return suite_; }
  /** 16 bytes of key, then 14 of salt (12 for GCM). */
  const uint8_t* bytes() const { return bytes_.data(); }
  bool operator==(const SrtpKey& other) const { return suite_ == other.suite_ && bytes_ == other.bytes_; }

 private:
  explicit SrtpKey(SrtpSuite suite) : suite_(suite) {}
  static constexpr size_t kMaxBytes = 30;
  SrtpSuite suite_;
  std::array<uint8_t, kMaxBytes> bytes_{};
};

/** One key a direction (RFC 4568). */
struct SrtpKeys {
  SrtpKey send;
  SrtpKey receive;
};

}  // namespace interconnect
