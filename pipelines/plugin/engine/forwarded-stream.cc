#include "engine/forwarded-stream.h"

#include <algorithm>

namespace interconnect {

uint32_t ForwardedStream::lineAt(Nanos now, uint32_t clockRate) const {
  return begin_ + static_cast<uint32_t>(nanosToUnits(std::max<Nanos>(now - arrival_, 0), clockRate));
}

}  // namespace interconnect
