#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "codec/codec-spec.h"
#include "codec/codec.h"

namespace interconnect {

/**
 * Who says nothing in a session hears what all others hear who say nothing. This holds, for one tick, what encoders made of
 * that common audio, so that senders whose encoders are one and the same encode it once (docs/decisions.md).
 */
class EncodedOnce {
 public:
  /** One packet's audio, encoded: none, one or several payloads. */
  class Packet final : public PayloadSink {
   public:
    Packet();
    void payload(Span bytes, size_t samples) override;
    void replay(PayloadSink& sink) const;

   private:
    friend class EncodedOnce;
    struct Piece {
      size_t begin;
      size_t end;
      size_t samples;
    };
    std::shared_ptr<Encoder> encoder_;
    const CodecSpec* spec_ = nullptr;
    size_t samples_ = 0;
    size_t index_ = 0;
    std::vector<uint8_t> bytes_;
    std::vector<Piece> pieces_;
  };

  /** Which packet of a tick is meant. What it refers to stays until clear(). */
  struct Key {
    const std::shared_ptr<Encoder>& encoder;
    const CodecSpec& spec;
    size_t samples;
    /** Of the packets of this tick, where they are shorter than it. */
    size_t index;
  };

  /** Forgets the tick before. @param pause whether the common audio has been quiet for a while */
  void begin(bool pause);
  void clear();
  /** What this very encoder has made of that packet; nullptr when it has not. */
  const Packet* find(const Key& key) const;
  /** Where it is to be put. Valid until the next call. */
  Packet& add(const Key& key);
  /** Another encoder of the same codec that has made the same packet, and can take this one's place from now on; else nullptr. */
  std::shared_ptr<Encoder> alike(const Key& key) const;

 private:
  // Never shrinks, so that a tick allocates nothing.
  std::vector<Packet> packets_;
  size_t used_ = 0;
  bool pause_ = false;
};

}  // namespace interconnect
