#include <algorithm>
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
  }
  bool mayBeShown() const override { return true; }
  Nanos now() const override { return kSecond; }
  size_t sent = 0;
};

}  // namespace

/** Each datagram: bit 0 of the first byte: from the camera, or from the viewer; how long it is (two bytes); its bytes. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Sink toCamera;
  Sink toViewer;
  LegVideo camera(toCamera, 1);
  LegVideo viewer(toViewer, 2);
  camera.receive(VideoReceiveSpec{{{"VP8", 96, uint8_t{97}}, {"H264", 98, {}}}, 2'000'000, uint8_t{4}});
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
      viewer.feedback(span, compound ? compound->sender : std::nullopt, now);
      camera.feedback(span, compound ? compound->sender : std::nullopt, now);
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
  return 0;
}
