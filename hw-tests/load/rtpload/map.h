/* Follows the file in which legs' remote addresses are announced while we run (by SIPp's log action). */
#pragma once
#include "leg.h"

/* Reads what was appended since the last call: lines holding "LEG localport ip remoteport", loopback only. */
void poll_map(struct leg *legs, const struct options *o);
