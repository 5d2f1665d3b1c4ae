#pragma once
#include <cstdint>
#include <string>
#include <variant>

namespace interconnect {

struct Pcmu {
  bool operator==(const Pcmu&) const { return true; }
};
struct Pcma {
  bool operator==(const Pcma&) const { return true; }
};

/** ITU-T G.722 at 64 kbit/s. */
struct G722 {
  bool operator==(const G722&) const { return true; }
};

/** ITU-T G.729 Annex A. */
struct G729 {
  bool operator==(const G729&) const { return true; }
};

/** RFC 6716, by libopus: how it is encoded. */
struct OpusParameters {
  int complexity;
  /** Bit/s; variable, with an upper limit, unless `cbr`. */
  int bitrate;
  bool cbr = false;
  /** As much as loss is expected, a packet holds of the one before it (Encoder::expectLoss). */
  bool fec = false;
  /** Silence is not sent. */
  bool dtx = false;

  bool operator==(const OpusParameters& other) const {
    return complexity == other.complexity && bitrate == other.bitrate && cbr == other.cbr &&
           fec == other.fec && dtx == other.dtx;
  }
};

/** RFC 3389: not a codec but what to hear while nothing is said; only received. */
struct ComfortNoiseOnly {
  bool operator==(const ComfortNoiseOnly&) const { return true; }
};

/** Neither decoded nor encoded here: its packets are only sent on to other legs. */
struct RelayOnly {
  bool operator==(const RelayOnly&) const { return true; }
};

/** A codec made of GStreamer elements. */
struct ChainDescriptions {
  /** RTP payload bytes in, S16LE mono at the codec's sample rate out. */
  std::string decode;
  /** Caps of what is pushed into `decode`. */
  std::string decodeCaps;
  /** S16LE mono in, one RTP payload a buffer out. */
  std::string encode;
  /** Payloads of no more bytes say that there is nothing to hear, and are not sent (DTX). */
  unsigned silentBytes = 0;

  bool operator==(const ChainDescriptions& other) const {
    return decode == other.decode && decodeCaps == other.decodeCaps && encode == other.encode &&
           silentBytes == other.silentBytes;
  }
};

/** `Codec` of protocol.ts. */
struct CodecSpec {
  std::string name;
  uint8_t payloadType;
  /** RTP time stamp units per second. */
  uint32_t clockRate;
  /** Of the decoded audio, Hz. */
  uint32_t sampleRate;
  std::variant<Pcmu, Pcma, G722, G729, OpusParameters, ChainDescriptions, ComfortNoiseOnly, RelayOnly> implementation;

  bool operator==(const CodecSpec& other) const {
    return name == other.name && payloadType == other.payloadType && clockRate == other.clockRate &&
           sampleRate == other.sampleRate && implementation == other.implementation;
  }
  bool relayOnly() const { return std::holds_alternative<RelayOnly>(implementation); }
  bool comfortNoise() const { return std::holds_alternative<ComfortNoiseOnly>(implementation); }
};

}  // namespace interconnect
