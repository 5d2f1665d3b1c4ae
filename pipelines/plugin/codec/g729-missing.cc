#include "codec/g729-codec.h"

/** For a plugin that is built without libbcg729. */
namespace interconnect {
namespace {

const std::string kMissing = "this plugin was built without G.729";

}  // namespace

void G729Decoder::Close::operator()(bcg729DecoderChannelContextStruct_struct*) const {}
void G729Encoder::Close::operator()(bcg729EncoderChannelContextStruct_struct*) const {}
G729Decoder::G729Decoder() : failure_(kMissing) {}
size_t G729Decoder::decode(Span, int16_t*, size_t) { return 0; }
size_t G729Decoder::conceal(size_t, int16_t*, size_t) { return 0; }
G729Encoder::G729Encoder() : failure_(kMissing) {}
void G729Encoder::encode(const int16_t*, size_t, PayloadSink&) {}

}  // namespace interconnect
