#pragma once

#include <cstddef>
#include <cstdint>

namespace interconnect {

/** Bytes that somebody else owns (std::span is C++20). */
struct Span {
  const uint8_t* data = nullptr;
  size_t size = 0;
};

}  // namespace interconnect
