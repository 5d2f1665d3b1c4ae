#include "player/player-set.h"

#include <algorithm>
#include <cmath>

#include "engine/failure.h"

namespace interconnect {

PlayerSet::~PlayerSet() {
  for (const auto& player : players_) {
    listener_.playerEnded(player->id(), PlayerEndReason::Closed, player->playedMs(), nullptr);
  }
}

void PlayerSet::requireRoomFor(const std::string& player) const {
  if (std::any_of(players_.begin(), players_.end(), [&](const auto& p) { return p->id() == player; })) {
    throw Failure("media.player-exists", "a player " + player + " plays there");
  }
  if (players_.size() >= kMaxPlayers) {
    throw Failure("media.too-many-players", "no more than " + std::to_string(kMaxPlayers) + " players play in one place");
  }
}

void PlayerSet::add(std::unique_ptr<Player> player) { players_.push_back(std::move(player)); }

bool PlayerSet::stop(const std::string& player, unsigned fadeOutMs) {
  const auto found = std::find_if(players_.begin(), players_.end(), [&](const auto& p) { return p->id() == player; });
  if (found == players_.end()) return false;
  (*found)->stop(fadeOutMs);
  return true;
}

uint32_t PlayerSet::rate() const {
  uint32_t highest = 0;
  for (const auto& player : players_) highest = std::max(highest, player->rate());
  return highest;
}

void PlayerSet::tick(bool flows, uint32_t rate) {
  float under = 1;
  for (const auto& player : players_) {
    const bool preparing = player->phase() == Player::Phase::Preparing;
    player->tick(flows);
    if (preparing && player->phase() == Player::Phase::Playing) listener_.playerStarted(player->id());
    under = std::min(under, player->under());
  }
  underBefore_ = underAfter_;
  underAfter_ = under;
  rendered_[1].rate = 0;
  render(rendered_[0], rate, false);
  forgetEnded();
}

void PlayerSet::tickAgain(uint32_t rate) { render(rendered_[1], rate, true); }

void PlayerSet::pause() {
  for (const auto& player : players_) player->pause();
  forgetEnded();
}

void PlayerSet::render(Rendered& rendered, uint32_t rate, bool again) {
  const size_t samples = rate / 50;
  rendered.rate = rate;
  std::fill_n(rendered.sum.data(), samples, 0);
  const Frame frame{rendered.out.data(), rate};
  for (const auto& player : players_) {
    if (again) player->writeAgain(frame, samples);
    else player->write(frame, samples);
    for (size_t i = 0; i < samples; i++) rendered.sum[i] += frame.pcm[i];
  }
}

int16_t* PlayerSet::over(const int16_t* under, uint32_t rate) {
  Rendered& rendered = rendered_[rate == rendered_[0].rate ? 0 : 1];
  const size_t samples = rate / 50;
  const bool whole = underBefore_ == 1 && underAfter_ == 1;
  // Ducked or replaced within a tick: neither edge clicks.
  const float step = (underAfter_ - underBefore_) / static_cast<float>(samples);
  for (size_t i = 0; i < samples; i++) {
    const float left = underBefore_ + step * static_cast<float>(i + 1);
    const auto below = whole ? int32_t{under[i]} : static_cast<int32_t>(std::lrint(left * under[i]));
    rendered.out[i] = static_cast<int16_t>(std::clamp(below + rendered.sum[i], -32768, 32767));
  }
  return rendered.out.data();
}

void PlayerSet::forgetEnded() {
  const auto ended = [&](const std::unique_ptr<Player>& player) {
    if (player->phase() != Player::Phase::Ended) return false;
    const bool failed = player->endReason() == PlayerEndReason::Failed;
    listener_.playerEnded(player->id(), player->endReason(), player->playedMs(), failed ? &player->failure() : nullptr);
    return true;
  };
  players_.erase(std::remove_if(players_.begin(), players_.end(), ended), players_.end());
}

}  // namespace interconnect
