#include "base/spsc-ring.h"

#include <thread>
#include <vector>

#include "tests/check.h"

using namespace interconnect;

TEST("what is pushed comes out in its order, across the end of the room") {
  SpscRing<int> ring(4);
  const std::vector<int> first{1, 2, 3};
  CHECK_EQUAL(ring.push(first.data(), 3), size_t{3});
  std::vector<int> out(4);
  CHECK_EQUAL(ring.pop(out.data(), 2), size_t{2});
  const std::vector<int> second{4, 5, 6};
  CHECK_EQUAL(ring.push(second.data(), 3), size_t{3});
  CHECK_EQUAL(ring.pop(out.data(), 4), size_t{4});
  CHECK(out == (std::vector<int>{3, 4, 5, 6}));
}

TEST("a full ring takes no more than there is room for") {
  SpscRing<int> ring(3);
  const std::vector<int> items{1, 2, 3, 4, 5, 6};
  CHECK_EQUAL(ring.capacity(), size_t{4});
  CHECK_EQUAL(ring.push(items.data(), 6), size_t{4});
  CHECK_EQUAL(ring.push(items.data(), 1), size_t{0});
  CHECK_EQUAL(ring.size(), size_t{4});
}

TEST("nothing is lost, doubled or torn between two threads") {
  SpscRing<uint64_t> ring(64);
  constexpr uint64_t kItems = 200'000;
  std::thread writer([&ring] {
    for (uint64_t next = 0; next < kItems;) {
      const uint64_t two[] = {next, next + 1};
      const size_t pushed = ring.push(two, 2);
      next += pushed;
      if (pushed == 0) std::this_thread::yield();
    }
  });
  uint64_t expected = 0;
  bool inOrder = true;
  while (expected < kItems) {
    uint64_t out[7];
    const size_t n = ring.pop(out, 7);
    for (size_t i = 0; i < n; i++) inOrder = inOrder && out[i] == expected++;
    if (n == 0) std::this_thread::yield();
  }
  writer.join();
  CHECK(inOrder);
}

int main() { return check::run(); }
