#pragma once
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "codec/proof.h"
#include "engine/command.h"
#include "engine/leg.h"
#include "engine/mix.h"
#include "engine/schedule.h"
#include "ice/ice-ports.h"

namespace interconnect {

/** All legs and the mixes that they are in. Every method that refuses throws a Failure and has changed nothing. */
class Legs {
 public:
  Legs(Network& network, Schedule& schedule, const LegContext& context);
  ~Legs();

  /** @throws Failure media.leg-exists, media.leg-unknown (to be heard), media.port-in-use, media.codec-failed, media.security-failed, media.bad-request */
  const Leg& open(const OpenLeg& command);
  /** @throws Failure media.leg-unknown, media.codec-failed, media.security-failed, media.bad-request */
  void update(const UpdateLeg& command);
  /** @throws Failure media.leg-unknown */
  Leg& find(const std::string& leg) const;
  /** Says BYE and closes the ports; `last` sees the leg once more. Who heard it hears silence from now on. @throws Failure media.leg-unknown */
  void close(const std::string& leg, const std::function<void(Leg&)>& last);
  size_t closeAll();

  struct Entry {
    std::unique_ptr<Leg> leg;
    Hears hears;
    Mix* mix;
    /** Its mix while it has no session. */
    std::unique_ptr<Mix> alone;
  };
  /** In the order of their names, so that two dumps compare. */
  const std::map<std::string, Entry>& all() const { return legs_; }
  const std::unordered_map<std::string, std::unique_ptr<Mix>>& sessions() const { return sessions_; }
  const IcePorts& icePorts() const { return icePorts_; }

 private:
  void requireUsable(const MediaChange& change);
  void requireUsable(const CodecSpec& spec);
  void requireHearable(const std::string& leg, const Entry* entry, const MediaChange& change) const;
  std::unique_ptr<Socket> openSocket(const Address& local);
  LegSockets openSockets(const OpenLeg& command);
  void enter(Entry& entry, const Hears& hears);
  void leave(Entry& entry);
  void see(Leg& leg, const MediaChange& change);
  void requireVisible(const std::string& leg, const MediaChange& change) const;
  void silenceListeners(const Leg& leg);

  Network& network_;
  IcePorts icePorts_;
  Schedule& schedule_;
  const LegContext context_;
  CodecProof proof_;
  std::map<std::string, Entry> legs_;
  std::unordered_map<std::string, std::unique_ptr<Mix>> sessions_;
};

}  // namespace interconnect
