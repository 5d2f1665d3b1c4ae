#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "rtp/bytes.h"

namespace bench {

/** VP8 pictures for whoever looks at RTP alone: valid payload descriptors and picture headers, noise behind them. */
class Camera {
 public:
  static constexpr unsigned kPicturesPerSecond = 25;
  /** As browsers do. */
  static constexpr size_t kMostPayload = 1150;

  explicit Camera(unsigned bitsPerSecond) : pictureBytes_(bitsPerSecond / 8 / kPicturesPerSecond), noise_(kMostPayload) {
    std::mt19937 random(1);
    for (uint8_t& byte : noise_) byte = static_cast<uint8_t>(random());
  }

  /** The next picture is one that needs no other. */
  void askKeyFrame() { key_ = true; }

  /** The next picture: calls `send(payload, last)` for each packet. A key frame is twice as large as others. */
  template <class Send>
  void picture(const Send& send) {
    const size_t bytes = pictureBytes_ * (key_ ? 2 : 1);
    for (size_t at = 0; at < bytes; at += kRoom) {
      const size_t size = std::min(kRoom, bytes - at);
      payload_.assign(kDescriptor, 0);
      describe(at == 0);
      if (at == 0) begin(bytes);
      const size_t rest = size - std::min(size, payload_.size() - kDescriptor);
      payload_.insert(payload_.end(), noise_.begin(), noise_.begin() + static_cast<std::ptrdiff_t>(rest));
      send(payload_, at + kRoom >= bytes);
    }
    id_ = (id_ + 1) & 0x7fff;
    tl0_++;
    key_ = false;
  }

 private:
  /** RFC 7741 §4.2: with a picture id of 15 bits, TL0PICIDX and TID, as Chromium writes it. */
  static constexpr size_t kDescriptor = 6;
  static constexpr size_t kRoom = kMostPayload - kDescriptor;

  void describe(bool first) {
    payload_[0] = static_cast<uint8_t>(0x80 | (first ? 0x10 : 0));
    payload_[1] = 0xe0;
    write16_(payload_.data() + 2, static_cast<uint16_t>(0x8000 | id_));
    payload_[4] = tl0_;
    payload_[5] = 0x20;
  }
  /** RFC 6386 §9.1: P = 0 and the start code, with 640 × 360, of a key frame. */
  void begin(size_t bytes) {
    const uint32_t tag = static_cast<uint32_t>(bytes << 5) | 0x10 | (key_ ? 0 : 1);
    for (int i = 0; i < 3; i++) payload_.push_back(static_cast<uint8_t>(tag >> (8 * i)));
    if (key_) payload_.insert(payload_.end(), {0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01});
  }
  static void write16_(uint8_t* at, uint16_t value) { interconnect::write16(at, value); }

  const size_t pictureBytes_;
  std::vector<uint8_t> noise_;
  std::vector<uint8_t> payload_;
  uint32_t id_ = 0;
  uint8_t tl0_ = 0;
  bool key_ = true;
};

}  // namespace bench
