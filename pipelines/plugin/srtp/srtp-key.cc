#include "srtp/srtp-key.h"

#include <cstring>

namespace interconnect {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::optional<SrtpKey> SrtpKey::parse(SrtpSuite suite, std::string_view base64, SrtpMki mki) {
  const size_t length = factsOf(suite).masterBytes();
  const size_t characters = (length * 8 + 5) / 6;
  // Some leave the padding away.
  const std::string_view padding = std::string_view("==").substr(0, (length + 2) / 3 * 4 - characters);
  if (base64.size() > characters && base64.substr(characters) == padding) base64.remove_suffix(padding.size());
  if (base64.size() != characters) return std::nullopt;
  SrtpKey key(suite, mki);
  uint32_t bits = 0;
  unsigned count = 0;
  size_t written = 0;
  for (const char c : base64) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    key.bytes_.data()[written++] = static_cast<uint8_t>(bits >> count);
  }
  return key;
}

std::optional<SrtpKey> SrtpKey::of(SrtpSuite suite, Span master) {
  if (master.size != factsOf(suite).masterBytes()) return std::nullopt;
  SrtpKey key(suite, {});
  std::memcpy(key.bytes_.data(), master.data, master.size);
  return key;
}

}  // namespace interconnect
