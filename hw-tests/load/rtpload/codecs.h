/* Each in a file of its own. */
#pragma once
#include "codec.h"

extern const struct codec pcmu, pcma, g722, opus;
