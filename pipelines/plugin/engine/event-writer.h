#pragma once
#include <functional>

#include "engine/leg-listener.h"

namespace interconnect {

/** Takes complete wire lines, without the newline. */
using LineOutput = std::function<void(std::string line)>;

/** What legs tell, as the events of protocol.ts. */
class EventWriter final : public LegListener {
 public:
  explicit EventWriter(const LineOutput& output) : output_(output) {}
  void rtpStarted(const std::string& leg, const Address& from, uint32_t ssrc, uint8_t payloadType) override;
  void digit(const std::string& leg, const Digit& digit) override;
  void digitsSent(const std::string& leg) override;
  void secured(const std::string& leg, SrtpSuite suite) override;
  void dtlsClosed(const std::string& leg) override;
  void iceChanged(const std::string& leg, const std::optional<Address>& remote) override;
  void playerStarted(const std::string& player) override;
  void playerEnded(const std::string& player, PlayerEndReason reason, double playedMs, const SourceFailure* failure) override;
  void failed(const std::string& leg, const char* code, const std::string& message) override;

 private:
  const LineOutput& output_;
};

}  // namespace interconnect
