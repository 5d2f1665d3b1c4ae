#pragma once
#include <array>
#include <vector>

#include "player/player-listener.h"

namespace interconnect {

/** All players of one place, a leg or a session: their sum, over what is heard there anyway. */
class PlayerSet {
 public:
  explicit PlayerSet(PlayerListener& listener) : listener_(listener) {}
  /** Those that still play are told to have ended with what they played into. */
  ~PlayerSet();
  PlayerSet(const PlayerSet&) = delete;
  PlayerSet& operator=(const PlayerSet&) = delete;

  /** @throws Failure media.player-exists, media.too-many-players */
  void requireRoomFor(const std::string& player) const;
  /** There is room for it. */
  void add(std::unique_ptr<Player> player);
  /** False when there is no such player. */
  bool stop(const std::string& player, unsigned fadeOutMs);

  bool empty() const { return players_.empty(); }
  /** The highest rate of a player, Hz. */
  uint32_t rate() const;

  /** Everything goes on by one tick, which is heard at `rate`. @param flows media flows there: players may begin */
  void tick(bool flows, uint32_t rate);
  /** The same tick once more, at a rate at which it will go on. */
  void tickAgain(uint32_t rate);
  /** A tick in which nothing can be heard. */
  void pause();
  /** One tick over what is heard anyway. Valid until the next call for that rate. @param rate that of tick() or tickAgain() */
  int16_t* over(const int16_t* under, uint32_t rate);

 private:
  static constexpr size_t kMaxPlayers = 4;
  static constexpr size_t kMaxSamples = Resampler::kMaxInput;

  /** One tick at one rate. */
  struct Rendered {
    uint32_t rate = 0;
    std::array<int32_t, kMaxSamples> sum;
    std::array<int16_t, kMaxSamples> out;
  };

  void render(Rendered& rendered, uint32_t rate, bool again);
  void forgetEnded();

  PlayerListener& listener_;
  std::vector<std::unique_ptr<Player>> players_;
  std::array<Rendered, 2> rendered_;
  /** What is left of that which is heard anyway, before and after this tick. */
  float underBefore_ = 1;
  float underAfter_ = 1;
};

}  // namespace interconnect
