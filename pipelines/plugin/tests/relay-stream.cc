#include "rtp/relay-stream.h"

#include <vector>

#include "tests/check.h"

using namespace interconnect;

namespace {

/** A stretch that began with number 100 and time stamp 5000, sent as 7 and 90000. */
RelayStream begun() {
  RelayStream stream;
  stream.begin(100, 5000, 7, 90000);
  return stream;
}

int sequenceOf(const std::optional<RelayStream::Place>& place) { return place ? place->sequence : -1; }

}  // namespace

TEST("packets keep their distance in number and time") {
  RelayStream stream = begun();
  const auto first = stream.place(100, 5000);
  CHECK_EQUAL(sequenceOf(first), 7);
  CHECK_EQUAL(first->timestamp, 90000u);
  CHECK(first->newest);
  const auto later = stream.place(103, 5480);
  CHECK_EQUAL(sequenceOf(later), 10);
  CHECK_EQUAL(later->timestamp, 90480u);
}

TEST("a late packet gets its own place, a duplicate none, and what the source sent before the stretch none") {
  RelayStream stream = begun();
  stream.place(100, 5000);
  stream.place(102, 5320);
  const auto late = stream.place(101, 5160);
  CHECK_EQUAL(sequenceOf(late), 8);
  CHECK(!late->newest);
  CHECK(!stream.place(101, 5160));
  CHECK(!stream.place(102, 5320));
  CHECK(!stream.place(99, 4840));
  CHECK(!stream.place(-70000, 0));
}

TEST("what lies 64 numbers back is too late, whatever became of its number") {
  RelayStream stream = begun();
  stream.place(100, 5000);
  stream.place(300, 37000);
  CHECK(stream.place(237, 26920).has_value());
  CHECK(!stream.place(236, 26760));
}

TEST("what is left out leaves no gap, and no number is used twice for it") {
  RelayStream stream = begun();
  stream.place(100, 5000);
  stream.leaveOut(101);
  stream.leaveOut(102);
  stream.leaveOut(102);
  CHECK_EQUAL(sequenceOf(stream.place(103, 5480)), 8);
  stream.leaveOut(105);
  CHECK_EQUAL(sequenceOf(stream.place(106, 5960)), 10);
  // 104 came late: the place that it would have had is free; 102 would have that of 100.
  CHECK_EQUAL(sequenceOf(stream.place(105, 5800)), 9);
  CHECK(!stream.place(102, 5320));
}

TEST("numbers and time stamps wrap") {
  RelayStream stream;
  stream.begin(0x1fffe, 0xffffff60, 0xffff, 0xfffffff0);
  CHECK_EQUAL(sequenceOf(stream.place(0x1fffe, 0xffffff60)), 0xffff);
  const auto next = stream.place(0x1ffff, 0);
  CHECK_EQUAL(sequenceOf(next), 0);
  CHECK_EQUAL(next->timestamp, 0x90u);
  CHECK(!stream.setBack(0x20000, 160));
}

TEST("a clock that goes back is seen in the newest packet, and late packets are no reason") {
  RelayStream stream = begun();
  stream.place(100, 5000);
  stream.place(103, 5480);
  CHECK(!stream.setBack(101, 5160));
  CHECK(!stream.setBack(104, 5640));
  CHECK(!stream.setBack(104, 5480));
  CHECK(stream.setBack(104, 17));
}

TEST("a new stretch takes up where it is told, with another source's numbers") {
  RelayStream stream = begun();
  stream.place(100, 5000);
  stream.restart();
  CHECK(!stream.begun());
  stream.begin(60000, 1, 8, 90160);
  CHECK_EQUAL(sequenceOf(stream.place(60000, 1)), 8);
  CHECK(!stream.place(59999, 0));
}

int main() { return check::run(); }
