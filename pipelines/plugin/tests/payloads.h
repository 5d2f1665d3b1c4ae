// Takes what an encoder makes, packet by packet.
#pragma once
#include <cstdint>
#include <vector>

#include "codec/codec.h"

namespace interconnect {

using Payload = std::vector<uint8_t>;

class Payloads final : public PayloadSink {
 public:
  std::vector<Payload> all;

 private:
  void payload(Span bytes, size_t) override { all.emplace_back(bytes.data, bytes.data + bytes.size); }
};

}  // namespace interconnect
