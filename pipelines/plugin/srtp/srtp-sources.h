#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "srtp/replay-window.h"

namespace interconnect {

/** Numbers of one source that were seen, of its RTP or its RTCP. */
struct SrtpNumbers {
  ReplayWindow seen;
  /** A new key came, and no packet under it yet: see SrtpReceiver. */
  bool unsettled = false;
};

struct SrtpSource {
  uint32_t ssrc;
  SrtpNumbers rtp;
  SrtpNumbers rtcp;
};

/** The sources of one direction, the latest used in front: what a call has is one or two. */
class SrtpSources {
 public:
  /** A peer that takes a new SSRC with every hold has reason for a dozen; more would only be memory. */
  static constexpr size_t kMax = 32;

  SrtpSource* find(uint32_t ssrc) {
    if (!sources_.empty() && sources_.front().ssrc == ssrc) return &sources_.front();
    const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const SrtpSource& source) { return source.ssrc == ssrc; });
    if (found == sources_.end()) return nullptr;
    std::rotate(sources_.begin(), found, found + 1);
    return &sources_.front();
  }

  bool full() const { return sources_.size() == kMax; }

  /** One that is not there; when the table is full it takes the place of the one that was not used for longest. */
  SrtpSource& add(uint32_t ssrc) {
    if (full()) sources_.pop_back();
    return *sources_.insert(sources_.begin(), SrtpSource{ssrc, {}, {}});
  }

  /** After a change of keys. */
  void unsettle() {
    for (SrtpSource& source : sources_) source.rtp.unsettled = source.rtcp.unsettled = true;
  }

 private:
  std::vector<SrtpSource> sources_;
};

}  // namespace interconnect
