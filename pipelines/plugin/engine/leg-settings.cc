#include "engine/leg-settings.h"

namespace interconnect {

const char* nameOf(Direction direction) {
  switch (direction) {
    case Direction::SendReceive: return "sendrecv";
    case Direction::SendOnly: return "sendonly";
    case Direction::ReceiveOnly: return "recvonly";
    case Direction::Inactive: break;
  }
  return "inactive";
}

}  // namespace interconnect
