#pragma once

#include <cstdio>
#include <cstdlib>

/** A broken promise of the code under test ends the process as a sanitizer's finding does. */
#define INVARIANT(condition)                                                             \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
