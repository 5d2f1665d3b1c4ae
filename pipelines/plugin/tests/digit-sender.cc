#include <algorithm>
#include <string>
#include <vector>

#include "dtmf/digit-receiver.h"
#include "dtmf/digit-sender.h"
#include "dtmf/telephone-event.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

constexpr Nanos kTick = 20 * kMillisecond;

/** What a sender puts out in `steps` packet times of 20 ms. */
struct Sent {
  std::vector<DigitStep> steps;
  size_t digits = 0;
  size_t done = 0;
};

Sent run(DigitSender& sender, size_t steps, uint32_t timestamp = 1000, uint32_t clockRate = 8000, Nanos packetTime = kTick) {
  Sent sent;
  for (size_t i = 0; i < steps; ++i) {
    const auto now = timestamp + static_cast<uint32_t>(i) * static_cast<uint32_t>(nanosToUnits(packetTime, clockRate));
    sent.steps.push_back(sender.step(now, packetTime));
    sent.digits += sent.steps.back().digitSent ? 1 : 0;
    sent.done += sent.steps.back().done ? 1 : 0;
  }
  return sent;
}

TelephoneEvent eventOf(const DigitStep& step) {
  return parseTelephoneEvent({step.payload.data(), step.payload.size()}).value_or(TelephoneEvent{});
}

TEST("a digit goes out as updates with growing duration and three end packets, all stamped with its start") {
  DigitSender sender(8000);
  CHECK(sender.queue("5", 100, 100));
  const Sent sent = run(sender, 20);
  for (size_t i = 0; i < 7; ++i) {
    const DigitStep& step = sent.steps[i];
    CHECK(step.event);
    CHECK_EQUAL(step.marker, i == 0);
    CHECK_EQUAL(step.timestamp, 1000u);
    CHECK_EQUAL(eventOf(step).event, 5);
    CHECK_EQUAL(eventOf(step).volume, 10);
    CHECK_EQUAL(eventOf(step).end, i >= 4);
    CHECK_EQUAL(eventOf(step).duration, std::min<size_t>(i + 1, 5) * 160);
    CHECK_EQUAL(step.digitSent, i == 4);
    CHECK_EQUAL(step.done, i == 6);
  }
  for (size_t i = 7; i < 20; ++i) CHECK(!sent.steps[i].event);
  CHECK(!sender.active());
}

TEST("between two digits there is the gap, counted from the first one's end") {
  DigitSender sender(8000);
  CHECK(sender.queue("12", 100, 100));
  const Sent sent = run(sender, 30);
  CHECK(!sent.steps[9].event);
  CHECK(sent.steps[10].event && sent.steps[10].marker);
  CHECK_EQUAL(sent.steps[10].timestamp, 1000u + 10 * 160);
  CHECK_EQUAL(sent.digits, size_t{2});
  CHECK_EQUAL(sent.done, size_t{1});
}

TEST("p is a pause of half a second in which audio goes on") {
  DigitSender sender(8000);
  CHECK(sender.queue("1p2", 100, 100));
  const Sent sent = run(sender, 60);
  for (size_t i = 7; i < 35; ++i) CHECK(!sent.steps[i].event);
  CHECK(sent.steps[35].event && sent.steps[35].marker);
  CHECK_EQUAL(sent.digits, size_t{2});
  CHECK_EQUAL(sent.done, size_t{1});
}

TEST("a pause at the end is waited for before the queue is done") {
  DigitSender sender(8000);
  CHECK(sender.queue("1p", 100, 100));
  const Sent sent = run(sender, 60);
  CHECK(sent.steps[34].done);
  CHECK_EQUAL(sent.done, size_t{1});
}

TEST("packet times longer than the tone still give a whole press") {
  DigitSender sender(8000);
  CHECK(sender.queue("12", 40, 40));
  const Sent sent = run(sender, 10, 1000, 8000, 60 * kMillisecond);
  for (size_t i = 0; i < 6; ++i) {
    CHECK(sent.steps[i].event && eventOf(sent.steps[i]).end);
    CHECK_EQUAL(eventOf(sent.steps[i]).duration, 320);
    CHECK_EQUAL(sent.steps[i].marker, i % 3 == 0);
  }
  CHECK_EQUAL(sent.digits, size_t{2});
}

TEST("what is sent is heard, over every digit and clock, events longer than the field included") {
  for (const uint32_t clockRate : {8000u, 48000u}) {
    for (const uint32_t digitMs : {40u, 100u, 5000u}) {
      const std::string digits = "1122*#0ABCD";
      DigitSender sender(clockRate);
      CHECK(sender.queue(digits, digitMs, 60));
      DigitReceiver receiver(clockRate);
      std::string heard;
      uint32_t timestamp = 0xffff0000u;
      uint16_t sequence = 65000;
      Nanos now = 0;
      while (sender.active()) {
        const DigitStep step = sender.step(timestamp, kTick);
        ++sequence;
        if (step.event) {
          RtpPacket rtp;
          rtp.marker = step.marker;
          rtp.sequence = sequence;
          rtp.timestamp = step.timestamp;
          rtp.payload = {step.payload.data(), step.payload.size()};
          receiver.receive(rtp, now);
        }
        timestamp += clockRate / 50;
        now += kTick;
        receiver.tick(now);
        while (const auto digit = receiver.next()) {
          heard += digit->digit;
          CHECK_EQUAL(digit->durationMs, digitMs);
        }
      }
      CHECK_EQUAL(heard, digits);
    }
  }
}

TEST("the time that the queue needs is known before and while it is sent") {
  DigitSender sender(8000);
  CHECK_EQUAL(sender.queuedMs(), 0u);
  CHECK(sender.queue("12p3", 100, 60));
  CHECK_EQUAL(sender.queuedMs(), 100u + 60 + 100 + 60 + 500 + 100);
  run(sender, 3);
  CHECK_EQUAL(sender.queuedMs(), 860u);
}

TEST("other characters and more than the queue holds are refused as a whole") {
  DigitSender sender(8000);
  CHECK(!sender.queue("12x", 100, 100));
  CHECK(!sender.active());
  CHECK(sender.queue(std::string(DigitQueue::kMaxQueued, '1'), 100, 100));
  CHECK(!sender.queue("1", 100, 100));
}

}  // namespace

int main() { return check::run(); }
