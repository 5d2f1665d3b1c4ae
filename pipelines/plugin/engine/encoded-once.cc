#include "engine/encoded-once.h"

namespace interconnect {

namespace {

/** As much as fits into a network's packet: none that comes later is larger. */
constexpr size_t kMostBytes = 1500;
constexpr size_t kMostPieces = 8;

}  // namespace

EncodedOnce::Packet::Packet() {
  bytes_.reserve(kMostBytes);
  pieces_.reserve(kMostPieces);
}

void EncodedOnce::Packet::payload(Span bytes, size_t samples) {
  const size_t begin = bytes_.size();
  bytes_.insert(bytes_.end(), bytes.data, bytes.data + bytes.size);
  pieces_.push_back({begin, bytes_.size(), samples});
}

void EncodedOnce::Packet::replay(PayloadSink& sink) const {
  for (const Piece& piece : pieces_) sink.payload({bytes_.data() + piece.begin, piece.end - piece.begin}, piece.samples);
}

void EncodedOnce::begin(bool pause) {
  clear();
  pause_ = pause;
}

void EncodedOnce::clear() {
  for (size_t i = 0; i < used_; i++) packets_[i].encoder_.reset();
  used_ = 0;
}

const EncodedOnce::Packet* EncodedOnce::find(const Key& key) const {
  for (size_t i = 0; i < used_; i++) {
    if (packets_[i].encoder_ == key.encoder && packets_[i].index_ == key.index) return &packets_[i];
  }
  return nullptr;
}

EncodedOnce::Packet& EncodedOnce::add(const Key& key) {
  if (used_ == packets_.size()) packets_.emplace_back();
  Packet& packet = packets_[used_++];
  packet.encoder_ = key.encoder;
  packet.spec_ = &key.spec;
  packet.samples_ = key.samples;
  packet.index_ = key.index;
  packet.bytes_.clear();
  packet.pieces_.clear();
  return packet;
}

std::shared_ptr<Encoder> EncodedOnce::alike(const Key& key) const {
  if (key.encoder->past() != Encoder::Past::None && !pause_) return nullptr;
  for (size_t i = 0; i < used_; i++) {
    const Packet& packet = packets_[i];
    if (packet.encoder_ == key.encoder || packet.samples_ != key.samples || packet.index_ != key.index) continue;
    // The payload type is the header's business.
    if (packet.spec_->sampleRate != key.spec.sampleRate || !(packet.spec_->implementation == key.spec.implementation)) continue;
    if (packet.encoder_->expectedLoss() != key.encoder->expectedLoss()) continue;
    return packet.encoder_;
  }
  return nullptr;
}

}  // namespace interconnect
