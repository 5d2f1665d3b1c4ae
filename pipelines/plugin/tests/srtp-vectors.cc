// The examples of the RFCs.
#include <algorithm>

#include "srtp/counter-mode-transform.h"
#include "srtp/gcm-transform.h"
#include "tests/srtp-packets.h"

using namespace interconnect;
using namespace interconnect::srtp_test;

namespace {

Packet bytes(const std::string& hex) {
  Packet all;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) all.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return all;
}

std::string hexOf(const uint8_t* data, size_t size) {
  static const char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (size_t i = 0; i < size; i++) {
    hex += kDigits[data[i] >> 4];
    hex += kDigits[data[i] & 15];
  }
  return hex;
}

std::string hexOf(const Packet& packet) { return hexOf(packet.data(), packet.size()); }

SrtpKey keyOf(SrtpSuite suite, const std::string& hex) {
  const Packet master = bytes(hex);
  const auto key = SrtpKey::of(suite, {master.data(), master.size()});
  if (!CHECK(key.has_value())) std::exit(EXIT_FAILURE);
  return *key;
}

template <size_t N>
Secret<N> secret(const std::string& hex) {
  const Packet from = bytes(hex);
  Secret<N> to;
  std::memcpy(to.data(), from.data(), std::min(N, from.size()));
  return to;
}

/** The key stream of one block, for SSRC and index of zero. */
std::string block(const std::string& key, uint16_t number) {
  const Packet raw = bytes(key);
  AesCounter cipher(raw.data(), raw.size());
  uint8_t counter[16] = {0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd};
  write16(counter + 14, number);
  uint8_t stream[16] = {};
  CHECK(cipher.apply(counter, stream, stream, sizeof stream));
  return hexOf(stream, sizeof stream);
}

const std::string kRtp = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
/** As §17.1 has it: what §17 itself prints is another one. */
const std::string kRtcp =
    "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
constexpr uint32_t kRtcpNumber = 0x5d4;

/** RFC 7714 §16 and §17 give session keys. */
void gcm(SrtpSuite suite, const std::string& key, const std::string& rtp, const std::string& rtcp) {
  SessionKeys keys;
  keys.cipher = secret<32>(key);
  keys.salt = secret<14>("517569642070726f2071756f");
  GcmTransform protects(keys, keys, factsOf(suite), {}, SrtpDirection::Protect);
  GcmTransform opens(keys, keys, factsOf(suite), {}, SrtpDirection::Open);
  Packet room(200);

  Packet packet = bytes(kRtp);
  const size_t size = packet.size();
  const auto header = parseSrtpHeader({packet.data(), size});
  packet.resize(size + kSrtpTrailerBytes);
  packet.resize(protects.protectRtp(packet.data(), size, *header, header->sequence));
  CHECK_EQUAL(hexOf(packet), rtp);
  CHECK(opens.openRtp({packet.data(), packet.size()}, *header, header->sequence, room.data()) == size);
  CHECK_EQUAL(hexOf(room.data(), size), kRtp);

  packet = bytes(kRtcp);
  const size_t reportSize = packet.size();
  packet.resize(reportSize + kSrtpTrailerBytes);
  packet.resize(protects.protectRtcp(packet.data(), reportSize, kRtcpNumber));
  CHECK_EQUAL(hexOf(packet), rtcp);
  CHECK(opens.rtcpIndex({packet.data(), packet.size()}) == kRtcpNumber);
  CHECK(opens.openRtcp({packet.data(), packet.size()}, room.data()) == reportSize);
  CHECK_EQUAL(hexOf(room.data(), reportSize), kRtcp);
}

}  // namespace

TEST("RFC 3711 B.2: AES-128 in counter mode") {
  const std::string key = "2b7e151628aed2a6abf7158809cf4f3c";
  CHECK_EQUAL(block(key, 0), std::string("e03ead0935c95e80e166b16dd92b4eb4"));
  CHECK_EQUAL(block(key, 1), std::string("d23513162b02d0f72a43a2fe4a5f97ab"));
  CHECK_EQUAL(block(key, 2), std::string("41e95b3bb0a2e8dd477901e4fca894c0"));
  CHECK_EQUAL(block(key, 0xfeff), std::string("ec8cdf7398607cb0f2d21675ea9ea1e4"));
  CHECK_EQUAL(block(key, 0xff00), std::string("362b7c3c6773516318a077d7fc5073ae"));
  CHECK_EQUAL(block(key, 0xff01), std::string("6a2cc3787889374fbeb4c81b17ba6c44"));
}

TEST("RFC 6188 §7.1: AES-256 in counter mode") {
  const std::string key = "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98";
  CHECK_EQUAL(block(key, 0), std::string("92bdd28a93c3f52511c677d08b5515a4"));
  CHECK_EQUAL(block(key, 1), std::string("9da71b2378a854f67050756ded165bac"));
  CHECK_EQUAL(block(key, 2), std::string("63c4868b7096d88421b563b8c94c9a31"));
  CHECK_EQUAL(block(key, 0xfeff), std::string("cea518c90fd91ced9cbb18c078a54711"));
  CHECK_EQUAL(block(key, 0xff00), std::string("3dbc4814f4da5f00a08772b63c6a046d"));
  CHECK_EQUAL(block(key, 0xff01), std::string("6eb246913062a16891433e97dd01a57f"));
}

TEST("RFC 3711 B.3: session keys of a master key of 128 bits") {
  const auto keys = deriveSessionKeys(
      keyOf(SrtpSuite::AesCm128HmacSha1_80, "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6"), SrtpFlow::Rtp);
  CHECK_EQUAL(hexOf(keys.cipher.data(), 16), std::string("c61e7a93744f39ee10734afe3ff7a087"));
  CHECK_EQUAL(hexOf(keys.salt.data(), 14), std::string("30cbbc08863d8c85d49db34a9ae1"));
  CHECK_EQUAL(hexOf(keys.authentication.data(), 20), std::string("cebe321f6ff7716b6fd4ab49af256a156d38baa4"));
}

TEST("RFC 6188 §7.2: session keys of a master key of 256 bits") {
  const auto keys = deriveSessionKeys(
      keyOf(SrtpSuite::AesCm256HmacSha1_80,
            "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b63b04803de51ee7c96423ab5b78d2"),
      SrtpFlow::Rtp);
  CHECK_EQUAL(hexOf(keys.cipher.data(), 32), std::string("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"));
  CHECK_EQUAL(hexOf(keys.salt.data(), 14), std::string("fa31791685ca444a9e07c6c64e93"));
  CHECK_EQUAL(hexOf(keys.authentication.data(), 20), std::string("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"));
}

TEST("RFC 2202: HMAC-SHA1") {
  const Packet key(20, 0x0b);
  const std::string message = "Hi There";
  const auto* text = reinterpret_cast<const uint8_t*>(message.data());
  uint8_t digest[20];
  HmacSha1(Span{key.data(), key.size()}).digest({text, 3}, {text + 3, 5}, digest);
  CHECK_EQUAL(hexOf(digest, 20), std::string("b617318655057264e28bc0b6fb378c8ef146be00"));
}

TEST("RFC 7714 §16.1, §17.1: packets of AEAD_AES_128_GCM") {
  gcm(SrtpSuite::AeadAes128Gcm, "000102030405060708090a0b0c0d0e0f",
      "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
      "899d7f27beb16a9152cf765ee4390cce",
      "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b"
      "c84aa45896cf4d2fc5abf87245d9eade800005d4");
}

TEST("RFC 7714 §16.2, §17.2: packets of AEAD_AES_256_GCM") {
  gcm(SrtpSuite::AeadAes256Gcm, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b"
      "7aa3db36dfffd6b0f9bb7878d7a76c13",
      "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad"
      "1d1eb30c4446839f57ff6f6cb26ac3be800005d4");
}

TEST("the packets that other implementations test with are opened and made") {
  // Packet 0x1234 of SSRC cafebabe, 16 bytes of 0xab, under the master keys of RFC 3711 B.3 and RFC 6188 §7.2.
  struct Case {
    SrtpSuite suite;
    const char* key;
    const char* packet;
  };
  const Case cases[] = {
      {SrtpSuite::AesCm128HmacSha1_80, "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
       "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"},
      {SrtpSuite::AesCm256HmacSha1_80,
       "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b63b04803de51ee7c96423ab5b78d2",
       "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b"},
  };
  const Packet plain = bytes("800f1234decafbadcafebabe" + std::string("abababababababababababababababab"));
  for (const Case& each : cases) {
    SrtpSender sender(keyOf(each.suite, each.key));
    SrtpReceiver receiver(keyOf(each.suite, each.key));
    CHECK_EQUAL(hexOf(protectRtp(sender, plain)), std::string(each.packet));
    CHECK(opening(receiver, bytes(each.packet)).plain == plain);
  }
}

int main() { return check::run(); }
