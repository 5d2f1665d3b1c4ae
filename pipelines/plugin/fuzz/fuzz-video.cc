#include <algorithm>
#include <set>
#include <vector>

#include "fuzz/invariant.h"
#include "rtp/rtcp.h"
#include "video/leg-video.h"

using namespace interconnect;

namespace {

/** Whatever comes, what goes out is RTP with the types and the streams that were agreed on, and no number twice. */
class Sink final : public VideoOutput {
 public:
  void sendVideo(uint8_t* datagram, size_t size) override {
    const auto packet = parseRtp({datagram, size});
    INVARIANT(packet && size <= 1504);
    INVARIANT((packet->payloadType == 120 && packet->ssrc == 9) || (packet->payloadType == 121 && packet->ssrc == 10));
    sent++;
    if (packet->ssrc != 9) return;
    // As SRTP counts (RFC 3711 §3.3.1).
    const int64_t index = numbers.empty() ? packet->sequence : highest + static_cast<int16_t>(packet->sequence - static_cast<uint16_t>(highest));
    highest = numbers.empty() ? index : std::max(highest, index);
    INVARIANT(numbers.insert(index).second);
  }
  bool mayBeShown() const override { return true; }
  Nanos now() const override { return kSecond; }
  size_t sent = 0;

 private:
  std::set<int64_t> numbers;
  int64_t highest = 0;
};

void run(const uint8_t* data, size_t size, std::optional<SimulcastSpec> simulcast) {
  Sink toCamera;
  Sink toViewer;
  LegVideo camera(toCamera, 1);
  LegVideo viewer(toViewer, 2);
  camera.receive(VideoReceiveSpec{{{"VP8", 96, uint8_t{97}}, {"H264", 98, {}}}, 2'000'000, uint8_t{4}, std::move(simulcast)});
  viewer.send(VideoSendSpec{{"VP8", 120, uint8_t{121}}, 9, 10, uint8_t{3}});
  viewer.see(&camera);
  Nanos now = kSecond;
  size_t datagrams = 0;
  for (size_t at = 0; at + 3 <= size; datagrams++) {
    const size_t length = std::min<size_t>((data[at + 1] & 0x07u) << 8 | data[at + 2], size - at - 3);
    const std::vector<uint8_t> datagram(data + at + 3, data + at + 3 + length);
    const Span span{datagram.data(), datagram.size()};
    if ((data[at] & 1) == 0) {
      const auto packet = parseRtp(span);
      if (packet && camera.takes(packet->payloadType)) camera.put(*packet, span, now);
    } else {
      const auto compound = parseRtcp(span);
      if (length == 0) viewer.prefer(VideoSize{data[at] * 4u, 200});
      viewer.feedback(span, compound, now);
      camera.feedback(span, compound, now);
    }
    std::array<uint8_t, 1200> out;
    for (LegVideo* each : {&camera, &viewer}) {
      const size_t bytes = each->writeFeedback(out.data(), out.size(), 5, 0, now);
      INVARIANT(bytes <= out.size() && parseRtcpFeedback({out.data(), bytes}, 9).has_value());
    }
    now += (data[at] >> 1) * kMillisecond;
    at += 3 + length;
  }
  INVARIANT(toCamera.sent == 0);
  INVARIANT(toViewer.sent <= datagrams * (1 + RtcpFeedback::kMaxLost));
}

}  // namespace

/**
 * Each datagram: bit 0 of the first byte: from the camera, or from the viewer, who wants another size with an empty one; how long it is
 * (two bytes); its bytes. Once as one stream, and once as layers.
 */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  run(data, size, std::nullopt);
  run(data, size, SimulcastSpec{{"q", "h", "f"}, 5, uint8_t{6}});
  return 0;
}
