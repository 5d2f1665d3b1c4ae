#pragma once
#include <memory>

#include "codec/codec-spec.h"
#include "codec/codec.h"

namespace interconnect {

/** Never null; a codec that could not be made says so in its failure(). Not for what is only relayed, nor for comfort noise. */
std::unique_ptr<Decoder> makeDecoder(const CodecSpec& spec);
std::unique_ptr<Encoder> makeEncoder(const CodecSpec& spec);

}  // namespace interconnect
