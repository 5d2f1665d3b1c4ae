/* Follows the file in which legs' remote addresses are announced while we run (by SIPp's log action). */
#pragma once
#include "leg.h"

/* Reads what was appended since the last call: lines holding "LEG localport ip remoteport [key|- [payloadtype]]", loopback
   only. With a key, the one with which that far end sends, the leg is secured; the payload type counts both ways. */
void poll_map(struct leg *legs, const struct options *o);
