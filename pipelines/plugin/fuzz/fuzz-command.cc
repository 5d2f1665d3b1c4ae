#include <memory>
#include <string>

#include "clock/manual-clock.h"
#include "engine/engine.h"
#include "fuzz/invariant.h"
#include "net/simulated-network.h"

using namespace interconnect;

namespace {

/** One engine for all inputs, as in life: what one command leaves behind is what the next one meets. */
class Box {
 public:
  Box()
      : network_(clock_, [](const Address&, const Address&, Span) {}),
        engine_(clock_, network_, seededRandom(1), [this](const std::string& line) { take(line); }) {}

  void command(std::string_view line) {
    answers_ = 0;
    engine_.command(line);
    INVARIANT(answers_ == 1);
    clock_.moveTo(clock_.now() + 7 * kMillisecond);
    engine_.run();
  }

 private:
  void take(const std::string& line) {
    if (line.rfind("{\"id\":", 0) == 0) answers_++;
    INVARIANT(line.find('\n') == std::string::npos && line.back() == '}');
  }
  int answers_ = 0;
  ManualClock clock_;
  SimulatedNetwork network_;
  Engine engine_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto box = std::make_unique<Box>();
  // Several lines make an input; descriptions are GStreamer's to parse, and it is not what is tested here.
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find("decode") != std::string::npos) return 0;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    box->command(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  return 0;
}
