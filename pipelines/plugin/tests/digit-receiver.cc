#include <algorithm>
#include <string>
#include <vector>

#include "dtmf/digit-receiver.h"
#include "dtmf/telephone-event.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

constexpr Nanos kTick = 20 * kMillisecond;

struct Packet {
  TelephoneEvent event;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = false;
};

/** A receiver that gets a packet (or none) every 20 ms and keeps what it heard. */
struct Listener {
  DigitReceiver receiver{8000};
  std::string heard;
  std::vector<uint32_t> durations;
  Nanos now = kSecond;

  void get(const Packet& packet) {
    const auto payload = writeTelephoneEvent(packet.event);
    RtpPacket rtp;
    rtp.marker = packet.marker;
    rtp.sequence = packet.sequence;
    rtp.timestamp = packet.timestamp;
    rtp.payload = {payload.data(), payload.size()};
    receiver.receive(rtp, now);
    collect();
  }

  void pass(Nanos time) {
    for (const Nanos end = now + time; now < end;) {
      now += kTick;
      receiver.tick(now);
      collect();
    }
  }

  void collect() {
    while (const auto digit = receiver.next()) {
      heard += digit->digit;
      durations.push_back(digit->durationMs);
    }
  }
};

/** RFC 4733 packets of one press: updates of 20 ms, then three end packets. */
std::vector<Packet> press(char digit, uint16_t sequence, uint32_t timestamp, int updates = 5) {
  std::vector<Packet> packets;
  for (int i = 1; i <= updates + 2; ++i) {
    Packet packet;
    packet.event.event = eventOfDigit(digit).value_or(0);
    packet.event.end = i >= updates;
    packet.event.duration = static_cast<uint16_t>(160 * std::min(i, updates));
    packet.sequence = static_cast<uint16_t>(sequence + i - 1);
    packet.timestamp = timestamp;
    packet.marker = i == 1;
    packets.push_back(packet);
  }
  return packets;
}

void play(Listener& listener, const std::vector<Packet>& packets) {
  for (const Packet& packet : packets) {
    listener.get(packet);
    listener.pass(kTick);
  }
}

TEST("an event payload reads back as it was written") {
  const auto payload = writeTelephoneEvent({11, true, 10, 0x1234});
  CHECK_EQUAL(payload[0], 11);
  CHECK_EQUAL(payload[1], 0x8a);
  CHECK_EQUAL(payload[2], 0x12);
  CHECK_EQUAL(payload[3], 0x34);
  const auto event = parseTelephoneEvent({payload.data(), payload.size()});
  CHECK(event && event->event == 11 && event->end && event->volume == 10 && event->duration == 0x1234);
}

TEST("short payloads and events that are no DTMF digits are refused") {
  const uint8_t flash[] = {16, 0, 0, 160};
  CHECK(!parseTelephoneEvent({flash, 4}));
  const uint8_t digit[] = {15, 0, 0, 160, 1, 2, 3, 4};
  for (size_t size = 0; size < 4; ++size) CHECK(!parseTelephoneEvent({digit, size}));
  CHECK(parseTelephoneEvent({digit, 8}).has_value());
}

TEST("digits and events are the same sixteen, both ways") {
  const std::string digits = "0123456789*#ABCD";
  for (uint8_t event = 0; event < 16; ++event) {
    CHECK_EQUAL(digitOfEvent(event), digits[event]);
    CHECK_EQUAL(eventOfDigit(digits[event]).value_or(99), event);
  }
  for (const char other : std::string("pa E\n")) CHECK(!eventOfDigit(other));
}

TEST("a press is one digit, reported at its first end packet with its duration") {
  Listener listener;
  const auto packets = press('5', 10, 8000);
  for (size_t i = 0; i < 4; ++i) listener.get(packets[i]);
  CHECK_EQUAL(listener.heard, std::string());
  listener.get(packets[4]);
  CHECK_EQUAL(listener.heard, std::string("5"));
  play(listener, {packets[5], packets[6]});
  listener.pass(kSecond);
  CHECK_EQUAL(listener.heard, std::string("5"));
  CHECK_EQUAL(listener.durations[0], 100u);
}

TEST("any one packet that arrives is enough, and each digit comes once, whichever are lost or doubled") {
  for (unsigned lost = 0; lost < (1u << 7) - 1; ++lost) {
    Listener listener;
    const auto first = press('1', 65533, 0xffffff00u);
    const auto second = press('1', 4, 0xffffff00u + 1600);
    for (size_t i = 0; i < first.size(); ++i) {
      if ((lost & (1u << i)) == 0) {
        listener.get(first[i]);
        if (lost % 3 == 0) listener.get(first[i]);
      }
      listener.pass(kTick);
    }
    listener.pass(60 * kMillisecond);
    play(listener, second);
    listener.pass(kSecond);
    CHECK_EQUAL(listener.heard, std::string("11"));
  }
}

TEST("any order of a press's packets makes one digit") {
  std::vector<Packet> packets = press('7', 100, 5000, 3);
  std::vector<size_t> order = {0, 1, 2, 3, 4};
  do {
    Listener listener;
    for (const size_t i : order) listener.get(packets[i]);
    listener.pass(kSecond);
    CHECK_EQUAL(listener.heard, std::string("7"));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST("a digit whose end is lost ends with the next one") {
  Listener listener;
  auto first = press('3', 10, 8000);
  first.resize(4);
  for (const Packet& packet : first) listener.get(packet);
  listener.get(press('4', 18, 9600)[0]);
  CHECK_EQUAL(listener.heard, std::string("3"));
  CHECK_EQUAL(listener.durations[0], 80u);
}

TEST("a digit whose end is lost ends after three packet times of silence") {
  Listener listener;
  auto packets = press('3', 10, 8000);
  packets.resize(3);
  play(listener, packets);
  listener.pass(20 * kMillisecond);
  CHECK_EQUAL(listener.heard, std::string());
  listener.pass(20 * kMillisecond);
  CHECK_EQUAL(listener.heard, std::string("3"));
  CHECK_EQUAL(listener.durations[0], 60u);
}

TEST("a straggler of the digit before is not heard again while the next one is pressed") {
  Listener listener;
  const auto first = press('1', 10, 8000);
  const auto second = press('2', 17, 9600);
  play(listener, {first.begin(), first.begin() + 5});
  listener.get(second[0]);
  listener.get(first[6]);
  listener.get(first[2]);
  play(listener, {second.begin() + 1, second.end()});
  CHECK_EQUAL(listener.heard, std::string("12"));
}

TEST("markers that are missing or set on every packet change nothing") {
  for (const bool always : {false, true}) {
    Listener listener;
    for (int i = 0; i < 4; ++i) {
      auto packets = press('8', static_cast<uint16_t>(10 + 7 * i), static_cast<uint32_t>(8000 + 1600 * i));
      for (Packet& packet : packets) packet.marker = always;
      if (!always) {
        play(listener, packets);
      } else {
        // Ends that are marked could as well be new presses of a sender whose time stamp stands still.
        play(listener, {packets.begin(), packets.begin() + 5});
      }
      listener.pass(60 * kMillisecond);
    }
    CHECK_EQUAL(listener.heard, std::string("8888"));
  }
}

TEST("a sender whose time stamp moves on within an event still presses once") {
  Listener listener;
  for (int n = 0; n < 3; ++n) {
    auto packets = press('6', static_cast<uint16_t>(10 + 7 * n), static_cast<uint32_t>(8000 + 4000 * n));
    for (size_t i = 0; i < packets.size(); ++i) packets[i].timestamp += static_cast<uint32_t>(i) * 100;
    play(listener, packets);
    listener.pass(100 * kMillisecond);
  }
  CHECK_EQUAL(listener.heard, std::string("666"));
}

TEST("a sender whose time stamp stands still or began anew is heard by its markers") {
  Listener listener;
  play(listener, press('1', 10, 8000));
  play(listener, press('1', 17, 8000));
  play(listener, press('2', 24, 8000));
  play(listener, press('3', 31, 100));
  CHECK_EQUAL(listener.heard, std::string("1123"));
}

TEST("wrong durations neither split nor join digits") {
  for (const uint16_t wrong : {uint16_t{0}, uint16_t{1}, uint16_t{0xffff}}) {
    Listener listener;
    for (int n = 0; n < 3; ++n) {
      auto packets = press('9', static_cast<uint16_t>(10 + 7 * n), static_cast<uint32_t>(8000 + 2400 * n));
      for (Packet& packet : packets) packet.event.duration = wrong;
      play(listener, packets);
      listener.pass(100 * kMillisecond);
    }
    CHECK_EQUAL(listener.heard, std::string("999"));
  }
}

TEST("a duration that the sender leaves at zero is measured") {
  Listener listener;
  auto packets = press('9', 10, 8000);
  for (Packet& packet : packets) packet.event.duration = 0;
  play(listener, packets);
  CHECK_EQUAL(listener.durations.size(), size_t{1});
  CHECK_NEAR(listener.durations[0], 80, 1);
}

TEST("a key held beyond what the duration field counts is one digit, however its segments are cut") {
  for (const bool lastUpdateLost : {false, true}) {
    Listener listener;
    uint16_t sequence = 10;
    for (uint32_t segment = 0; segment < 3; ++segment) {
      const uint32_t length = segment == 2 ? 16000 : 0xffff;
      for (uint32_t duration = 8000; duration < length + 8000; duration += 8000) {
        if (lastUpdateLost && segment < 2 && duration >= length) continue;
        Packet packet;
        packet.event.event = 0;
        packet.event.duration = static_cast<uint16_t>(std::min(duration, length));
        packet.event.end = segment == 2 && duration >= length;
        packet.sequence = sequence++;
        packet.timestamp = 8000 + segment * 0xffff;
        packet.marker = segment == 0 && duration == 8000;
        listener.get(packet);
        listener.pass(kTick);
      }
    }
    CHECK_EQUAL(listener.heard, std::string("0"));
    CHECK_NEAR(listener.durations[0], (2 * 65535 + 16000) / 8, 1);
  }
}

TEST("when the stream is replaced, an open digit ends and numbers count anew") {
  Listener listener;
  auto packets = press('1', 60000, 0x70000000);
  packets.resize(3);
  play(listener, packets);
  listener.receiver.restart();
  listener.collect();
  CHECK_EQUAL(listener.heard, std::string("1"));
  play(listener, press('1', 10, 100));
  CHECK_EQUAL(listener.heard, std::string("11"));
}

TEST("events that share a packet are told one after the other, also when the packet is repeated (RFC 4733 §2.5.1.5)") {
  Listener listener;
  const auto give = [&](uint16_t sequence, uint32_t timestamp, std::initializer_list<TelephoneEvent> events, bool marker = true) {
    std::vector<uint8_t> payload;
    for (const TelephoneEvent& event : events) {
      const auto bytes = writeTelephoneEvent(event);
      payload.insert(payload.end(), bytes.begin(), bytes.end());
    }
    RtpPacket rtp;
    rtp.marker = marker;
    rtp.sequence = sequence;
    rtp.timestamp = timestamp;
    rtp.payload = {payload.data(), payload.size()};
    listener.receiver.receive(rtp, listener.now);
    listener.pass(kTick);
  };
  for (uint16_t i = 0; i < 3; i++) {
    give(static_cast<uint16_t>(10 + i), 8000, {{1, true, 10, 400}, {1, true, 10, 480}, {2, true, 10, 800}}, i == 0);
  }
  CHECK_EQUAL(listener.heard, std::string("112"));
  // The last one of a packet may go on in the next.
  give(13, 16'000, {{3, true, 10, 400}, {4, false, 10, 160}});
  give(14, 16'400, {{4, true, 10, 560}});
  CHECK_EQUAL(listener.heard, std::string("11234"));
  CHECK_EQUAL(listener.durations.back(), 70u);
  CHECK_EQUAL(listener.durations[1], 60u);
  // Zeros behind an event are no key 0, and nothing follows on an event that has not ended.
  give(15, 32'000, {{5, true, 10, 400}, {0, false, 0, 0}});
  give(16, 40'000, {{6, false, 10, 400}, {7, true, 10, 400}});
  listener.pass(kSecond);
  CHECK_EQUAL(listener.heard, std::string("1123456"));
}

TEST("a duration that shrinks or jumps within an event, or a time stamp that goes back a little, presses no key twice") {
  Listener listener;
  auto packets = press('4', 10, 8000);
  packets[2].event.duration = 80;
  packets[3].event.duration = 60'000;
  play(listener, packets);
  auto late = press('7', 17, 20'000);
  late[3].timestamp = 19'900;
  play(listener, late);
  CHECK_EQUAL(listener.heard, std::string("47"));
}

TEST("presses at 16 and 48 kHz last as long as at 8") {
  for (const uint32_t clockRate : {8000u, 16000u, 48000u}) {
    DigitReceiver receiver(clockRate);
    std::vector<uint32_t> durations;
    const uint32_t scale = clockRate / 8000;
    for (uint32_t n = 0; n < 3; n++) {
      for (const Packet& packet : press('5', static_cast<uint16_t>(65'530 + 7 * n), 8000 + 2400 * n)) {
        TelephoneEvent event = packet.event;
        event.duration = static_cast<uint16_t>(event.duration * scale);
        const auto payload = writeTelephoneEvent(event);
        RtpPacket rtp;
        rtp.sequence = packet.sequence;
        rtp.timestamp = packet.timestamp * scale;
        rtp.payload = {payload.data(), payload.size()};
        receiver.receive(rtp, kSecond);
      }
    }
    while (const auto digit = receiver.next()) durations.push_back(digit->durationMs);
    CHECK_EQUAL(durations.size(), size_t{3});
    for (const uint32_t ms : durations) CHECK_EQUAL(ms, 100u);
  }
}

TEST("it is known which audio lies beside an event: from its beginning, and to its end once that is known") {
  Listener listener;
  const auto packets = press('1', 10, 8000);
  CHECK(!listener.receiver.covers(8000));
  listener.get(packets[0]);
  CHECK(!listener.receiver.covers(7840) && listener.receiver.covers(8000) && listener.receiver.covers(9600));
  play(listener, packets);
  CHECK(!listener.receiver.covers(7840) && listener.receiver.covers(8000) && listener.receiver.covers(8799));
  CHECK(!listener.receiver.covers(8800));
  play(listener, press('2', 17, 9600));
  CHECK(listener.receiver.covers(8000) && !listener.receiver.covers(9000) && listener.receiver.covers(9600));
  listener.receiver.restart();
  CHECK(!listener.receiver.covers(8000) && !listener.receiver.covers(9600));
}

TEST("digits that nobody fetches do not pile up") {
  DigitReceiver receiver(8000);
  for (int i = 0; i < 1000; ++i) {
    const auto payload = writeTelephoneEvent({1, true, 10, 800});
    RtpPacket rtp;
    rtp.sequence = static_cast<uint16_t>(i);
    rtp.timestamp = static_cast<uint32_t>(i) * 1600;
    rtp.payload = {payload.data(), payload.size()};
    receiver.receive(rtp, i * kSecond);
  }
  size_t fetched = 0;
  while (receiver.next()) ++fetched;
  CHECK_EQUAL(fetched, size_t{16});
}

}  // namespace

int main() { return check::run(); }
