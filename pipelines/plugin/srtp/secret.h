#pragma once
#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace interconnect {

/** Bytes that are wiped when they go. */
template <size_t N>
class Secret {
 public:
  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { OPENSSL_cleanse(bytes_.data(), N); }

  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }
  static constexpr size_t size() { return N; }
  bool operator==(const Secret& other) const { return CRYPTO_memcmp(data(), other.data(), N) == 0; }

 private:
  std::array<uint8_t, N> bytes_{};
};

}  // namespace interconnect
