#include <gst/gst.h>
#include <malloc.h>

#include "codec/chain-codec.h"
#include "codec/proof.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

std::string chainCodec(const std::string& name, int payloadType, const std::string& decode, const std::string& caps,
                       const std::string& encode, int sampleRate = 8000) {
  return R"({"name":")" + name + R"(","payloadType":)" + std::to_string(payloadType) + R"(,"clockRate":8000,"sampleRate":)" +
         std::to_string(sampleRate) + R"(,"implementation":{"decode":")" + decode + R"(","decodeCaps":")" + caps +
         R"(","encode":")" + encode + "\"}}";
}

const std::string kAlawChain = chainCodec("PCMA", 8, "alawdec", "audio/x-alaw,rate=8000,channels=1", "alawenc");
const std::string kG722Chain =
    chainCodec("G722", 9, "avdec_g722 ! audioconvert ! audioresample", "audio/G722,rate=16000,channels=1",
               "audioresample ! capsfilter caps=audio/x-raw,rate=16000 ! avenc_g722");

std::string updateCodec(int leg, const std::string& codec) {
  return R"({"leg":"leg)" + std::to_string(leg) + R"(","send":)" + codec + R"(,"receive":[)" + codec + "]}";
}

/** What a phone was sent, decoded with a description. */
std::vector<int16_t> decodedAgain(const Phone& phone, const ChainDescriptions& chain) {
  ChainDecoder decoder(chain, 8000);
  std::vector<int16_t> pcm;
  std::vector<int16_t> frame(kMaxPacketSamples);
  for (const RtpPacket& packet : phone.heard) {
    const size_t n = decoder.decode(packet.payload, frame.data(), frame.size());
    pcm.insert(pcm.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
  }
  return pcm;
}

const ChainDescriptions kG722{"avdec_g722 ! audioconvert ! audioresample", "audio/G722,rate=16000,channels=1", ""};

}  // namespace

TEST("a leg whose codec is a GStreamer description sends and is heard") {
  Rig rig;
  rig.call(session("room"), 440);
  Phone& chain = rig.call(session("room"), 700);
  CHECK(rig.ask("leg.update", updateCodec(1, kAlawChain)).has("result"));
  rig.runFor(2 * kSecond);
  std::vector<int16_t> pcm;
  for (const RtpPacket& packet : chain.heard) {
    CHECK(packet.payload.size == 160);
    if (packet.payloadType != 8) continue;
    pcm.resize(pcm.size() + 160);
    alawDecode(packet.payload.data, pcm.data() + pcm.size() - 160, 160);
  }
  CHECK_NEAR(amplitude(pcm, 440, kSettled), kToneAmplitude, kToneAmplitude * 0.05);
}

TEST("a G.722 leg, resampled to the mix's rate by its description, hears and is heard") {
  Rig rig;
  rig.call(session("room"), 440);
  Phone& wide = rig.call(session("room"), 0);
  CHECK(rig.ask("leg.update", updateCodec(1, kG722Chain)).has("result"));
  wide.sending = false;
  wide.forget();
  // What leg 1's far end is sent, it sends back one packet later: G.722 is then decoded by the engine too.
  const auto sendBack = [&] {
    for (size_t done = 0; rig.clock.now() < 4 * kSecond;) {
      rig.runFor(10 * kMillisecond);
      for (; done < wide.heard.size(); done++) {
        const RtpPacket& packet = wide.heard[done];
        std::vector<uint8_t> datagram(kRtpHeaderBytes + packet.payload.size);
        writeRtpHeader(datagram.data(), {packet.marker, 9, packet.sequence, packet.timestamp, 77, {}});
        std::copy_n(packet.payload.data, packet.payload.size, datagram.begin() + kRtpHeaderBytes);
        rig.network.deliver(wide.self, wide.box, {datagram.data(), datagram.size()});
      }
    }
  };
  sendBack();
  for (size_t i = 1; i < wide.heard.size(); i++) {
    CHECK(wide.heard[i].payloadType == 9 && wide.heard[i].payload.size == 160);
    CHECK_EQUAL(wide.heard[i].timestamp - wide.heard[i - 1].timestamp, 160u);
  }
  const auto pcm = decodedAgain(wide, kG722);
  CHECK(pcm.size() > 20'000);
  CHECK(amplitude(pcm, 440, kSettled) > kToneAmplitude * 0.7);
  // Leg 0 hears its own tone back, as it went round through G.722 twice.
  CHECK(amplitude(rig.phones[0]->pcm, 440, kSettled) > kToneAmplitude * 0.6);
  CHECK_EQUAL(rig.events("leg.failed").size(), size_t{0});
}

TEST("descriptions that cannot work are refused when they come, and the engine goes on") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  const std::string caps = "audio/x-alaw,rate=8000,channels=1";
  const std::string bad[] = {
      chainCodec("X", 99, "nosuchelement", caps, "alawenc"),
      chainCodec("X", 99, "alawdec", caps, "nosuchelement"),
      chainCodec("X", 99, "alawdec ! ! alawdec", caps, "alawenc"),
      chainCodec("X", 99, "alawdec", "not caps at all", "alawenc"),
      chainCodec("X", 99, "alawdec", "audio/x-alaw,rate=[1,8000],channels=1", "alawenc"),
      chainCodec("X", 99, "alawdec", "audio/x-opus", "alawenc"),
      chainCodec("X", 99, "alawdec", "audio/x-alaw,rate=16000,channels=1", "alawenc"),
      chainCodec("X", 99, "alawdec ! fakesink", caps, "alawenc"),
      chainCodec("X", 99, "fakesrc", caps, "alawenc"),
      chainCodec("X", 99, "alawdec", caps, "valve drop=true"),
      chainCodec("X", 99, "queue ! alawdec", caps, "alawenc"),
      chainCodec("X", 99, "alawdec", caps, "alawenc", 16000),
      R"({"name":"PCMU","payloadType":0,"clockRate":8000,"sampleRate":16000,"implementation":"pcmu"})",
      R"({"name":"G722","payloadType":9,"clockRate":8000,"sampleRate":8000,"implementation":"g722"})",
      R"({"name":"G722","payloadType":9,"clockRate":16000,"sampleRate":16000,"implementation":"g722"})",
      R"({"name":"PCMU","payloadType":0,"clockRate":16000,"sampleRate":8000,"implementation":"pcmu"})",
  };
  for (const std::string& codec : bad) {
    for (const bool asSend : {true, false}) {
      const std::string params = std::string(R"({"leg":"leg0",)") + (asSend ? "\"send\":" + codec : "\"receive\":[" + codec + "]") + "}";
      const Json answer = rig.ask("leg.update", params);
      CHECK_EQUAL(answer.string("error.code"), std::string("media.codec-failed"));
      if (!CHECK(!answer.string("error.message").empty())) std::printf("  %s\n", codec.c_str());
    }
    const std::string open = R"({"leg":"other","local":{"host":"192.0.2.1","rtpPort":15000,"rtcpPort":15001},"send":)" + codec + "}";
    CHECK_EQUAL(rig.ask("leg.open", open).string("error.code"), std::string("media.codec-failed"));
  }
  CHECK_EQUAL(rig.network.openSockets(), size_t{2});
  rig.runFor(2 * kSecond);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
}

TEST("an encoder that breaks in the middle of a call fails its leg, once, and the others go on") {
  Rig rig;
  rig.call(session("room"), 440);
  rig.call(session("room"), 700);
  // Fails after 12 buffers: the proof takes ten.
  const std::string breaking = chainCodec("BAD", 8, "alawdec", "audio/x-alaw,rate=8000,channels=1", "alawenc ! identity error-after=12");
  CHECK(rig.ask("leg.update", updateCodec(1, breaking)).has("result"));
  rig.runFor(2 * kSecond);
  const auto failed = rig.events("leg.failed");
  if (!CHECK_EQUAL(failed.size(), size_t{1})) return;
  CHECK_EQUAL(failed[0].string("params.leg"), std::string("leg1"));
  CHECK_EQUAL(failed[0].string("params.code"), std::string("media.codec-failed"));
  CHECK(failed[0].string("params.message").find("BAD") != std::string::npos);
  CHECK(rig.phones[0]->heard.size() >= 99);
  // A new codec makes it whole again.
  CHECK(rig.ask("leg.update", updateCodec(1, kPcmu)).has("result"));
  rig.phones[1]->forget();
  rig.runFor(2 * kSecond);
  CHECK(amplitude(rig.phones[1]->pcm, 440, kSettled) > 10000);
}

TEST("a decoder that breaks in the middle of a call fails its leg, once") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  phone.payloadType = 8;
  const std::string breaking = chainCodec("BAD", 8, "alawdec ! identity error-after=12", "audio/x-alaw,rate=8000,channels=1", "alawenc");
  CHECK(rig.ask("leg.update", R"({"leg":"leg0","receive":[)" + breaking + "]}").has("result"));
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(rig.events("leg.failed").size(), size_t{1});
  CHECK(phone.heard.size() >= 99);
}

TEST("five hundred chains made and unmade leave no descriptor behind") {
  const auto descriptors = [] {
    GDir* dir = g_dir_open("/proc/self/fd", 0, nullptr);
    size_t count = 0;
    while (g_dir_read_name(dir) != nullptr) count++;
    g_dir_close(dir);
    return count;
  };
  const ChainDescriptions alaw{"alawdec", "audio/x-alaw,rate=8000,channels=1", "alawenc"};
  { const ChainDecoder warmUp(alaw, 8000); }
  const size_t before = descriptors();
  std::vector<std::unique_ptr<ChainDecoder>> decoders;
  for (int i = 0; i < 500; i++) decoders.push_back(std::make_unique<ChainDecoder>(alaw, 8000));
  CHECK_EQUAL(descriptors(), before);
  decoders.clear();
  CHECK_EQUAL(descriptors(), before);
}

TEST("chains that were used and destroyed leave no memory behind") {
  const auto use = [] {
    ChainDecoder decoder(kG722, 8000);
    const std::vector<uint8_t> payload(160, 0xfa);
    std::vector<int16_t> pcm(kMaxPacketSamples);
    decoder.decode({payload.data(), payload.size()}, pcm.data(), pcm.size());
  };
  for (int i = 0; i < 20; i++) use();
  const size_t before = mallinfo2().uordblks;
  for (int i = 0; i < 100; i++) use();
  // One that is not freed keeps more than 20 KB.
  CHECK(mallinfo2().uordblks < before + 100 * 1024);
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
