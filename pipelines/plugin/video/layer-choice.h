#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "clock/nanos.h"
#include "video/key-frame.h"

namespace interconnect {

/** A layer of simulcast that comes. */
struct LayerState {
  /** Names it. */
  size_t layer;
  /** Bit/s, of a while; 0 while that is not known. */
  uint64_t bitrate;
  /** Nothing before its first key frame. */
  std::optional<VideoSize> size;
};

/**
 * Which layer a viewer is sent: the smallest that is as large as he wants it, or one below it where his way carries no more. By his
 * estimate (REMB) alone that cannot be known: it follows what he is sent, slowly. So an estimate that is too low counts when it falls, or
 * does not grow; and after that the next layer is tried again, ever more rarely as long as that comes to nothing.
 */
class LayerChoice {
 public:
  /** Nothing: the largest there is. Takes effect at once. */
  void prefer(std::optional<VideoSize> size);
  /** Another source: nothing is known of its layers. */
  void restart();
  /**
   * @param layers those that come, the smallest first
   * @param estimate bit/s that the viewer says he can take; nothing: he has not said
   * @returns LayerState::layer; nothing when none comes
   */
  std::optional<size_t> choose(const std::vector<LayerState>& layers, std::optional<uint64_t> estimate, Nanos now);

 private:
  struct Doubt {
    uint64_t estimate;
    Nanos judgedAt;
  };

  size_t wanted(const std::vector<LayerState>& layers) const;
  size_t step(const std::vector<LayerState>& layers, size_t place, size_t cap, std::optional<uint64_t> estimate, Nanos now);
  size_t fitting(const std::vector<LayerState>& layers, size_t cap, std::optional<uint64_t> estimate) const;
  bool failed(uint64_t needed, uint64_t estimate, Nanos now);

  std::optional<VideoSize> preferred_;
  std::optional<size_t> chosen_;
  /** The estimate is too low for what is sent. */
  std::optional<Doubt> doubt_;
  uint64_t lastEstimate_ = 0;
  Nanos changedAt_ = 0;
  Nanos raisableAt_ = 0;
  /** After the last failure; 0: there was none for long. */
  Nanos wait_ = 0;
};

}  // namespace interconnect
