#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "clock/nanos.h"
#include "codec/codec-spec.h"
#include "dtls/dtls-terms.h"
#include "engine/voice-processing.h"
#include "ice/ice-credentials.h"
#include "net/address.h"
#include "srtp/srtp-key.h"
#include "video/key-frame.h"
#include "video/video-spec.h"

namespace interconnect {

enum class RemotePolicy {
  /** Take packets from the signalled address only. */
  Signalled,
  /** Symmetric RTP: follow the first valid packet, then stay (RFC 4961). */
  LearnOnce,
  /** The same, and after it to another address from which the same far end sends on. */
  Follow,
};

struct Remote {
  Address rtp;
  Address rtcp;
  RemotePolicy policy;

  bool operator==(const Remote& other) const {
    return rtp == other.rtp && rtcp == other.rtcp && policy == other.policy;
  }
};

struct RemoteChange {
  /** Nothing: nothing is sent until there is one again. */
  std::optional<Remote> remote;
  bool isOf(int family) const { return !remote || remote->rtp.family() == family; }
};

struct TelephoneEventSpec {
  uint8_t payloadType;
  uint32_t clockRate;
};

/** Digits in the audio that a leg receives. */
struct InbandDigits {
  /** They are told. */
  bool detect = false;
  /** What was detected, and the audio beside RFC 4733 events, is not heard by others. */
  bool remove = false;
};

/** From our side. */
enum class Direction { SendReceive, SendOnly, ReceiveOnly, Inactive };

inline bool sends(Direction d) { return d == Direction::SendReceive || d == Direction::SendOnly; }
inline bool receives(Direction d) { return d == Direction::SendReceive || d == Direction::ReceiveOnly; }
const char* nameOf(Direction direction);

struct HearsSilence {};
/** Some of a session's legs, in the order of their names: these alone, or all but these. */
struct HeardLegs {
  enum class Kind { Only, Except };
  Kind kind;
  std::vector<std::string> legs;

  bool operator==(const HeardLegs& other) const { return kind == other.kind && legs == other.legs; }
};
struct HearsSession {
  std::string session;
  /** Nothing: everybody. */
  std::optional<HeardLegs> part;

  bool operator==(const HearsSession& other) const { return session == other.session && part == other.part; }
};
struct HearsEcho {};
struct HearsTone {
  double frequencyHz;
  std::optional<double> secondFrequencyHz;
  double levelDbov;
  /** On, off, on, off …; empty: steady. */
  std::vector<unsigned> cadenceMs;
};
/** What another leg receives, undecoded. */
struct HearsLeg {
  std::string leg;
};
/** What a leg's far end is given to hear. */
using Hears = std::variant<HearsSilence, HearsSession, HearsEcho, HearsTone, HearsLeg>;

/** Plain RTP, keys of SDES, or what DTLS is to be shaken hands by. */
using SecurityChange = std::variant<std::monostate, SrtpKeys, DtlsTerms>;

/** What leg.open and leg.update may say of a leg's media; what is absent stays as it is. */
struct MediaChange {
  std::optional<RemoteChange> remote;
  std::optional<Nanos> keepAlive;
  std::optional<std::vector<CodecSpec>> receive;
  std::optional<std::vector<TelephoneEventSpec>> receiveTelephoneEvents;
  std::optional<CodecSpec> send;
  std::optional<InbandDigits> inbandDigits;
  std::optional<TelephoneEventSpec> sendTelephoneEvent;
  std::optional<unsigned> packetMs;
  std::optional<Direction> direction;
  std::optional<bool> muted;
  /** What is said in a pair of such legs may go on as it comes. */
  std::optional<bool> forward;
  /** Of what it says, and of what it hears, dB. */
  std::optional<double> receiveGainDb;
  std::optional<double> sendGainDb;
  std::optional<ProcessingSpec> processing;
  std::optional<Hears> hears;
  std::optional<SecurityChange> security;
  /** Each: nothing inside, none any more. */
  std::optional<std::optional<VideoReceiveSpec>> receiveVideo;
  std::optional<std::optional<VideoSendSpec>> sendVideo;
  /** The leg whose video is seen. */
  std::optional<std::optional<std::string>> sees;
  /** The size that it is wanted in. */
  std::optional<std::optional<VideoSize>> seesSize;
};

/** Of the leg that had the ports before. */
struct FormerFarEnd {
  Address address;
  /** Nothing: whatever comes from there. */
  std::optional<uint32_t> ssrc;
  /** For how long it is not learned as this leg's. */
  Nanos drop;
};

struct LocalPorts {
  Address rtp;
  Address rtcp;
};

/** A port that the leg shares with others, and how it is found there. */
struct IceLocal {
  /** The same port on one or several addresses. */
  std::vector<Address> locals;
  /** On the same addresses; nothing: no TCP. */
  std::optional<uint16_t> tcpPort;
  IceCredentials credentials;
};

}  // namespace interconnect
