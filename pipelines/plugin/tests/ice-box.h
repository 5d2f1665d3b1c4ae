#pragma once
#include "tests/engine-rig.h"
#include "tests/ice-browser.h"

namespace interconnect::rig {

inline const DtlsContext& ours() {
  static const DtlsContext context(DtlsIdentity::make());
  return context;
}

inline const DtlsContext& theirs() {
  static const DtlsContext context(DtlsIdentity::make());
  return context;
}

constexpr const char* kPassword = "0123456789abcdefghijkl";
inline const Address kPort = *Address::parse("192.0.2.1", 3480);

inline std::string number(size_t i) { return std::to_string(i); }
inline std::string credentials(const std::string& ufrag, const std::string& password = kPassword) {
  return R"({"ufrag":")" + ufrag + R"(","password":")" + password + "\"}";
}

/** A box whose port 3480 is everybody's, and phones with ports of their own. */
class IceBox {
 public:
  IceBox()
      : network(clock, [this](const Address& from, const Address& to, Span d) { onSent(from, to, d); }),
        engine(clock, network, seededRandom(7), [this](std::string line) { lines.push_back(std::move(line)); }, &ours()) {}
  ~IceBox() {
    // They say close_notify, while there is somebody to say it to.
    for (const auto& b : browsers) b->association.reset();
  }
  IceBox(const IceBox&) = delete;
  IceBox& operator=(const IceBox&) = delete;

  std::string openParams(size_t i, const std::string& hears, const std::string& direction, const std::string& more = "") const {
    return R"({"leg":"b)" + number(i) + R"(","local":{"ice":{"hosts":["192.0.2.1"],"port":3480,)" + tcp + R"("credentials":)" + credentials("ufr" + number(i)) +
           R"(}},"security":{"dtls":{"role":"server","fingerprints":[{"hash":"sha-256","value":")" +
           theirs().identity().fingerprint().value() + R"("}]}},"receive":[)" + kPcmu + R"(],"send":)" + kPcmu + R"(,"direction":")" +
           direction + R"(","hears":)" + hears + more + "}";
  }

  Browser& browser(const std::string& hears, double toneHz, const std::string& direction = "sendrecv") {
    const Json answer = ask("leg.open", openParams(browsers.size(), hears, direction));
    if (!CHECK(answer.has("result.ssrc"))) std::printf("  %s\n", answer.text().c_str());
    return attach(toneHz);
  }

  /** A browser that says nothing and hears nothing, connected. @param more of its leg */
  Browser& silentBrowser(const std::string& direction, const std::string& more) {
    const Json answer = ask("leg.open", openParams(browsers.size(), kSilence, direction, more));
    if (!CHECK(answer.has("result.ssrc"))) std::printf("  %s\n", answer.text().c_str());
    Browser& b = attach(0);
    connect(b);
    return b;
  }

  /** The browser of a leg that was opened by openParams(). */
  Browser& attach(double toneHz) {
    const size_t i = browsers.size();
    const auto self = *Address::parse("198.51.100.7", static_cast<uint16_t>(50000 + i));
    browsers.push_back(std::make_unique<Browser>(theirs(), network, clock, self, kPort));
    Browser& b = *browsers.back();
    b.username = "ufr" + number(i) + ":them";
    b.password = kPassword;
    b.toneHz = toneHz;
    b.ssrc += static_cast<uint32_t>(i);
    return b;
  }

  Browser& connected(const std::string& hears, double toneHz, const std::string& direction = "sendrecv") {
    Browser& b = browser(hears, toneHz, direction);
    connect(b);
    return b;
  }

  void connect(Browser& b) {
    b.check();
    runFor(10 * kMillisecond);
    b.shakeHands(ours().identity().fingerprint());
    runFor(100 * kMillisecond);
    CHECK(b.secured());
  }

  /** Checks go on every two seconds, unless `silent`. */
  void runFor(Nanos duration, bool checks = true) {
    const Nanos end = clock.now() + duration;
    for (; clock.now() < end; clock.moveTo(clock.now() + kMillisecond)) {
      for (const auto& b : browsers) {
        b->turn();
        if (checks && b->association && clock.now() % (2 * kSecond) == 0) b->check();
      }
      engine.run();
    }
  }

  Json ask(const std::string& method, const std::string& params) {
    const size_t before = lines.size();
    engine.command(R"({"id":1,"method":")" + method + R"(","params":)" + params + "}");
    for (size_t i = before; i < lines.size(); i++) {
      if (lines[i].rfind("{\"id\":", 0) == 0) return Json(lines[i]);
    }
    return Json("{}");
  }
  Json stats(size_t i) { return ask("leg.stats", R"({"leg":"b)" + number(i) + "\"}"); }

  std::vector<Json> events(const std::string& name) const {
    std::vector<Json> found;
    for (const std::string& line : lines) {
      if (line.rfind("{\"event\":\"" + name + "\"", 0) == 0) found.emplace_back(line);
    }
    return found;
  }

  /** Of a box that takes TCP as well: `"tcpPort":3480,`. */
  std::string tcp;
  ManualClock clock;
  std::vector<std::string> lines;
  std::vector<std::unique_ptr<Browser>> browsers;
  /** Sent to somebody whom nobody knows. */
  size_t astray = 0;
  SimulatedNetwork network;
  Engine engine;

 private:
  void onSent(const Address& from, const Address& to, Span datagram) {
    CHECK(from == kPort);
    for (const auto& b : browsers) {
      if (b->address == to) return b->take(datagram);
    }
    astray++;
  }
};

}  // namespace interconnect::rig
