#pragma once
#include <json-glib/json-glib.h>

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "audio/g711.h"
#include "audio/tone.h"
#include "clock/manual-clock.h"
#include "engine/engine.h"
#include "net/simulated-network.h"
#include "rtp/packet.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"
#include "tests/check.h"

namespace interconnect::rig {

/** A line of JSON, read by a path: "result.received.packets", "result.legs.0.leg". Absent and null are both NaN or "". */
class Json {
 public:
  explicit Json(const std::string& text) : parser_(json_parser_new(), &g_object_unref), text_(text) {
    json_parser_load_from_data(parser_.get(), text.c_str(), -1, nullptr);
  }
  double number(const std::string& path) const {
    JsonNode* node = find(path);
    return node != nullptr && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : NAN;
  }
  std::string string(const std::string& path) const {
    JsonNode* node = find(path);
    const char* value = node != nullptr && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : nullptr;
    return value != nullptr ? value : "";
  }
  bool has(const std::string& path) const { return find(path) != nullptr; }
  bool isNull(const std::string& path) const {
    JsonNode* node = find(path);
    return node != nullptr && JSON_NODE_HOLDS_NULL(node);
  }
  const std::string& text() const { return text_; }

 private:
  JsonNode* find(const std::string& path) const {
    JsonNode* node = json_parser_get_root(parser_.get());
    for (size_t at = 0; node != nullptr && at <= path.size();) {
      const size_t dot = std::min(path.find('.', at), path.size());
      const std::string key = path.substr(at, dot - at);
      at = dot + 1;
      if (JSON_NODE_HOLDS_ARRAY(node)) {
        const auto index = static_cast<guint>(std::stoul(key));
        JsonArray* array = json_node_get_array(node);
        node = index < json_array_get_length(array) ? json_array_get_element(array, index) : nullptr;
      } else if (JSON_NODE_HOLDS_OBJECT(node)) {
        node = json_object_get_member(json_node_get_object(node), key.c_str());
      } else {
        node = nullptr;
      }
    }
    return node;
  }
  std::shared_ptr<JsonParser> parser_;
  std::string text_;
};

constexpr const char* kPcmu = R"({"name":"PCMU","payloadType":0,"clockRate":8000,"sampleRate":8000,"implementation":"pcmu"})";
constexpr const char* kPcma = R"({"name":"PCMA","payloadType":8,"clockRate":8000,"sampleRate":8000,"implementation":"pcma"})";
constexpr const char* kTelephoneEvent = R"({"payloadType":101,"clockRate":8000})";

/** Amplitude (0–32767) of one frequency in a signal at 8 kHz (Goertzel). */
inline double amplitude(const std::vector<int16_t>& pcm, double hz, size_t from = 0) {
  const double c = 2 * std::cos(2 * M_PI * hz / 8000);
  double a = 0;
  double b = 0;
  for (size_t i = from; i < pcm.size(); i++) {
    const double t = pcm[i] + c * a - b;
    b = a;
    a = t;
  }
  const auto n = static_cast<double>(pcm.size() - from);
  return std::sqrt(std::max(0.0, a * a + b * b - c * a * b)) * 2 / n;
}

/** A far end: sends a tone in PCMU, keeps what it gets. */
class Phone {
 public:
  Phone(const Address& ours, const Address& theirs) : self(ours), box(theirs) {}

  Address self;
  Address box;
  double toneHz = 0;
  /** What it says in the place of its tone. */
  std::function<void(int16_t* pcm, size_t samples)> voice;
  unsigned packetMs = 20;
  Nanos phase = 3 * kMillisecond;
  bool sending = true;
  uint8_t payloadType = 0;
  /** Which packets do not arrive. */
  std::function<bool(uint16_t sequence)> lost = [](uint16_t) { return false; };

  std::vector<RtpPacket> heard;
  /** Decoded from PCMU, one packet after the other. */
  std::vector<int16_t> pcm;
  std::vector<std::vector<uint8_t>> rtcp;
  std::vector<Nanos> heardAt;

  /** With both set the phone speaks SRTP; what it cannot open is counted. */
  std::unique_ptr<SrtpSender> protector;
  std::unique_ptr<SrtpReceiver> opener;
  size_t unopened = 0;

  void take(Span datagram, Nanos now) {
    std::array<uint8_t, 2048> room;
    if (opener) {
      const auto opened = isRtcp(datagram) ? opener->openRtcp(datagram, room.data(), room.size())
                                           : opener->openRtp(datagram, room.data(), room.size());
      if (opened.verdict != SrtpVerdict::Good) {
        unopened++;
        return;
      }
      datagram = opened.plain;
    }
    if (isRtcp(datagram)) {
      rtcp.emplace_back(datagram.data, datagram.data + datagram.size);
      return;
    }
    const auto packet = parseRtp(datagram);
    if (!CHECK(packet.has_value())) return;
    payloads_.emplace_back(packet->payload.data, packet->payload.data + packet->payload.size);
    heard.push_back(*packet);
    heard.back().payload = {payloads_.back().data(), payloads_.back().size()};
    heardAt.push_back(now);
    if (packet->payloadType != 0) return;
    pcm.resize(pcm.size() + packet->payload.size);
    ulawDecode(packet->payload.data, pcm.data() + pcm.size() - packet->payload.size, packet->payload.size);
  }

  void forget() {
    heard.clear();
    heardAt.clear();
    pcm.clear();
    rtcp.clear();
    payloads_.clear();
  }

  /** The next packet's datagram; nothing when it is lost on the way. */
  std::vector<uint8_t> nextPacket() {
    const size_t samples = packetMs * 8;
    std::vector<int16_t> audio(samples);
    if (!tone_) tone_ = std::make_unique<Tone>(8000, toneHz, -12.0);
    if (voice) voice(audio.data(), samples);
    else if (toneHz > 0) tone_->generate(audio.data(), samples);
    std::vector<uint8_t> datagram(kRtpHeaderBytes + samples);
    writeRtpHeader(datagram.data(), {sequence == 0, payloadType, sequence, timestamp, ssrc, {}});
    ulawEncode(audio.data(), datagram.data() + kRtpHeaderBytes, samples);
    timestamp += static_cast<uint32_t>(samples);
    if (protector) protect(datagram);
    if (lost(sequence++)) datagram.clear();
    return datagram;
  }

  void protect(std::vector<uint8_t>& datagram) {
    const size_t size = datagram.size();
    datagram.resize(size + kSrtpTrailerBytes);
    datagram.resize(isRtcp({datagram.data(), size}) ? protector->protectRtcp(datagram.data(), size)
                                                    : protector->protectRtp(datagram.data(), size));
  }

  uint16_t sequence = 0;
  uint32_t timestamp = 1000;
  uint32_t ssrc = 0xabcd0000;

 private:
  std::unique_ptr<Tone> tone_;
  std::vector<std::vector<uint8_t>> payloads_;
};

/** The engine with simulated time and network, and phones around it. */
class Rig {
 public:
  explicit Rig(std::string recordingRoot = "")
      : network(clock, [this](const Address& from, const Address& to, Span d) { onSent(from, to, d); }),
        engine(clock, network, seededRandom(7), [this](std::string line) { lines.push_back(std::move(line)); }, nullptr,
               FilePace::DrivenTime, std::move(recordingRoot)) {}

  ManualClock clock;
  /** Every answer and event so far. */
  std::vector<std::string> lines;
  std::vector<std::unique_ptr<Phone>> phones;
  SimulatedNetwork network;
  // Last: it says BYE to the phones when it goes.
  Engine engine;

  /** Sends a command, gives its answer. */
  Json ask(const std::string& method, const std::string& params) {
    const size_t before = lines.size();
    const std::string id = std::to_string(++lastId_);
    engine.command("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}");
    for (size_t i = before; i < lines.size(); i++) {
      if (lines[i].rfind("{\"id\":" + id + ",", 0) == 0) return Json(lines[i]);
    }
    CHECK(!"the command was answered");
    return Json("{}");
  }

  std::vector<Json> events(const std::string& name) const {
    std::vector<Json> found;
    for (const std::string& line : lines) {
      if (line.rfind("{\"event\":\"" + name + "\"", 0) == 0) found.emplace_back(line);
    }
    return found;
  }

  static Address boxAddress(size_t i) { return *Address::parse("192.0.2.1", static_cast<uint16_t>(10000 + 2 * i)); }
  static Address phoneAddress(size_t i) { return *Address::parse("198.51.100.1", static_cast<uint16_t>(20000 + 2 * i)); }

  /** leg.open's parameters for the i-th leg, PCMU both ways; `more` adds keys. */
  static std::string openParams(size_t i, const std::string& hears, const std::string& more = "") {
    const std::string n = std::to_string(i);
    const std::string rtp = std::to_string(phoneAddress(i).port());
    const std::string rtcp = std::to_string(phoneAddress(i).port() + 1);
    return "{\"leg\":\"leg" + n + "\",\"local\":{\"host\":\"192.0.2.1\",\"rtpPort\":" + std::to_string(10000 + 2 * i) +
           ",\"rtcpPort\":" + std::to_string(10001 + 2 * i) + "},\"remote\":{\"rtp\":{\"host\":\"198.51.100.1\",\"port\":" + rtp +
           "},\"rtcp\":{\"host\":\"198.51.100.1\",\"port\":" + rtcp + "},\"policy\":\"signalled\"},\"receive\":[" + kPcmu +
           "],\"send\":" + kPcmu + ",\"hears\":" + hears + more + "}";
  }

  /** Opens the next leg with a phone at its far end. */
  Phone& call(const std::string& hears, double toneHz, const std::string& more = "") {
    const size_t i = phones.size();
    const Json answer = ask("leg.open", openParams(i, hears, more));
    if (!CHECK(answer.has("result.ssrc"))) std::printf("  %s\n", answer.text().c_str());
    phones.push_back(std::make_unique<Phone>(phoneAddress(i), boxAddress(i)));
    phones.back()->toneHz = toneHz;
    phones.back()->ssrc += static_cast<uint32_t>(i);
    // Spread over the tick, as real phones are.
    phones.back()->phase = static_cast<Nanos>(i * 7 % 20) * kMillisecond;
    return *phones.back();
  }

  Json stats(size_t i) { return ask("leg.stats", "{\"leg\":\"leg" + std::to_string(i) + "\"}"); }

  /** Lets time pass: phones send, the engine does what is due. */
  void runFor(Nanos duration) {
    const Nanos end = clock.now() + duration;
    for (; clock.now() < end; clock.moveTo(clock.now() + kMillisecond)) {
      for (const auto& phone : phones) sendIfDue(*phone);
      engine.run();
    }
  }

 private:
  void sendIfDue(Phone& phone) {
    if (!phone.sending || clock.now() % (phone.packetMs * kMillisecond) != phone.phase % (phone.packetMs * kMillisecond)) return;
    const auto datagram = phone.nextPacket();
    if (!datagram.empty()) network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
  }

  void onSent(const Address& from, const Address& to, Span datagram) {
    for (const auto& phone : phones) {
      const bool rtp = to == phone->self && from == phone->box;
      const bool rtcp = to == phone->self.withPort(static_cast<uint16_t>(phone->self.port() + 1));
      if (rtp || rtcp) phone->take(datagram, clock.now());
    }
  }

  int lastId_ = 0;
};

inline std::string leg(size_t i) { return R"({"kind":"leg","leg":"leg)" + std::to_string(i) + "\"}"; }
inline std::string session(const std::string& name) { return R"({"kind":"session","session":")" + name + "\"}"; }
constexpr const char* kEcho = R"({"kind":"echo"})";
constexpr const char* kSilence = R"({"kind":"silence"})";

/** Leaves out the first second, in which streams start. */
constexpr size_t kSettled = 8000;
/** What a tone of −12 dBov amounts to, and what counts as not there. */
constexpr double kToneAmplitude = 11640;
constexpr double kNothing = 100;

}  // namespace interconnect::rig
