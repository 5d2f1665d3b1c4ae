#pragma once
#include <optional>
#include <string>

#include "dtmf/digit-receiver.h"
#include "net/address.h"
#include "player/player-listener.h"
#include "srtp/srtp-key.h"

namespace interconnect {

/** What a leg (and what plays in it) has to tell: the events of protocol.ts. Called in the loop's thread, in the middle of a tick. */
class LegListener : public PlayerListener {
 public:
  virtual void rtpStarted(const std::string& leg, const Address& from, uint32_t ssrc, uint8_t payloadType) = 0;
  virtual void digit(const std::string& leg, const Digit& digit) = 0;
  virtual void digitsSent(const std::string& leg) = 0;
  virtual void secured(const std::string& leg, SrtpSuite suite) = 0;
  virtual void dtlsClosed(const std::string& leg) = 0;
  /** @param remote nothing: nothing is heard of it any more */
  virtual void iceChanged(const std::string& leg, const std::optional<Address>& remote) = 0;
  virtual void failed(const std::string& leg, const char* code, const std::string& message) = 0;

 protected:
  ~LegListener() = default;
};

}  // namespace interconnect
