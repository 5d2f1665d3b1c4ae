// Legs that share one port and are found by ICE: who proves what, who is heard, who is not.
#include "tests/ice-box.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

double heard(const Browser& browser, double hz) { return amplitude(browser.pcm, hz, kSettled); }

}  // namespace

TEST("two browsers on one port check, shake hands, are told of, and hear each other") {
  IceBox box;
  Browser& a = box.connected(session("s"), 440);
  Browser& b = box.connected(session("s"), 700);
  box.runFor(3 * kSecond);
  CHECK_NEAR(heard(a, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(heard(a, 440) < kNothing);
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(a.unopened == 0 && b.unopened == 0);
  CHECK_EQUAL(box.network.openSockets(), size_t{1});
  const auto told = box.events("leg.ice");
  if (CHECK_EQUAL(told.size(), size_t{2})) {
    CHECK_EQUAL(told[0].string("params.state"), std::string("connected"));
    CHECK_EQUAL(told[0].string("params.remote.host"), std::string("198.51.100.7"));
    CHECK_EQUAL(told[1].number("params.remote.port"), 50001.0);
  }
  CHECK_EQUAL(box.stats(1).number("result.received.from.port"), 50001.0);
  CHECK_EQUAL(box.stats(0).number("result.received.unauthenticated"), 0.0);
}

TEST("the port is bound with the first leg and given back with the last") {
  IceBox box;
  box.browser(session("s"), 0);
  box.browser(session("s"), 0);
  box.ask("leg.close", R"({"leg":"b0"})");
  CHECK_EQUAL(box.network.openSockets(), size_t{1});
  box.ask("leg.close", R"({"leg":"b1"})");
  CHECK_EQUAL(box.network.openSockets(), size_t{0});
}

TEST("who knows no password is not answered, whatever he sends, and nothing goes to him") {
  IceBox box;
  Browser& b = box.browser(session("s"), 440);
  const std::vector<std::vector<uint8_t>> strangers = {
      StunRequest::check("ufr0:them", "0123456789abcdefghijkX"),
      StunRequest::check("ufr9:them", kPassword),
      StunRequest::check("ufr0", kPassword),
      StunRequest().username("ufr0:them").fingerprint().bytes,
      StunRequest().integrity(kPassword).fingerprint().bytes,
      StunRequest(kStunBindingSuccess).username("ufr0:them").integrity(kPassword).bytes,
      {0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff},
      {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0},
      {},
  };
  for (const auto& datagram : strangers) b.deliver(datagram);
  b.shakeHands(ours().identity().fingerprint());
  box.runFor(2 * kSecond, false);
  CHECK(b.answers.empty() && !b.secured() && box.astray == 0);
  CHECK(box.events("leg.ice").empty() && box.events("leg.secured").empty());
}

TEST("before it is secured a leg neither says nor takes anything") {
  IceBox box;
  box.connected(session("s"), 440);
  Browser& b = box.browser(session("s"), 0);
  b.check();
  box.runFor(kSecond);
  CHECK(!b.answers.empty());
  CHECK(b.packets == 0 && b.unopened == 0);
}

TEST("a check that thinks itself controlled is told of the conflict, and changes nothing") {
  IceBox box;
  Browser& b = box.browser(session("s"), 0);
  b.deliver(StunRequest().username("ufr0:them").add(kStunIceControlled, std::vector<uint8_t>(8)).integrity(kPassword).fingerprint().bytes);
  box.runFor(100 * kMillisecond);
  CHECK(b.answers.size() == 1 && b.answers[0].type == kStunBindingError);
  CHECK(box.events("leg.ice").empty());
}

TEST("a browser that goes to another network is followed when it nominates from there, and not before") {
  IceBox box;
  Browser& a = box.connected(session("s"), 440);
  Browser& b = box.connected(session("s"), 700);
  const Address former = b.address;
  const Address moved = *Address::parse("203.0.113.9", 1234);
  b.address = moved;
  b.check(false);
  box.runFor(50 * kMillisecond, false);
  b.address = former;
  const size_t before = b.packets;
  box.runFor(kSecond, false);
  CHECK(b.packets >= before + 45);
  b.address = moved;
  b.check();
  box.runFor(2 * kSecond);
  CHECK_EQUAL(box.events("leg.ice").back().string("params.remote.host"), std::string("203.0.113.9"));
  a.pcm.clear();
  const size_t then = b.packets;
  box.runFor(2 * kSecond);
  CHECK(b.packets >= then + 95);
  CHECK_NEAR(heard(a, 700), kToneAmplitude, 0.1 * kToneAmplitude);
}

TEST("a check that was recorded moves nobody when it comes from elsewhere, and keeps nobody alive when it comes again") {
  IceBox box;
  Browser& a = box.connected(session("s"), 440);
  a.toneHz = 0;
  const Address home = a.address;
  const auto recorded = StunRequest::check("ufr0:them", kPassword);
  a.deliver(recorded);
  box.runFor(50 * kMillisecond, false);
  const size_t answered = a.answers.size();
  const auto strangers = [&] { return box.ask("ping", "{}").number("result.iceStrangers"); };
  CHECK_EQUAL(strangers(), 0.0);
  a.address = *Address::parse("203.0.113.9", 1234);
  a.deliver(recorded);
  box.runFor(50 * kMillisecond, false);
  CHECK_EQUAL(a.answers.size(), answered);
  CHECK_EQUAL(strangers(), 1.0);
  CHECK_EQUAL(box.events("leg.ice").size(), size_t{1});
  a.address = home;
  for (int second = 0; second < 16; second++) {
    a.deliver(recorded);
    box.runFor(kSecond, false);
  }
  CHECK_EQUAL(a.answers.size(), answered + 16);
  CHECK_EQUAL(box.events("leg.ice").back().string("params.state"), std::string("disconnected"));
}

TEST("the newest checks of a leg are remembered with their path, and no more than there is room for") {
  CheckHistory history;
  const IcePath home{0, *Address::parse("198.51.100.7", 50000)};
  const IcePath elsewhere{0, *Address::parse("198.51.100.7", 50001)};
  const auto transaction = [](uint32_t i) {
    StunTransaction id{};
    write32(id.data(), i);
    return id;
  };
  for (uint32_t i = 0; i <= CheckHistory::kMaxChecks; i++) CHECK(history.take(transaction(i), home) == CheckHistory::Check::New);
  for (uint32_t i = 1; i <= CheckHistory::kMaxChecks; i++) {
    CHECK(history.take(transaction(i), home) == CheckHistory::Check::Repeated);
    CHECK(history.take(transaction(i), elsewhere) == CheckHistory::Check::Replayed);
  }
  CHECK(history.take(transaction(0), elsewhere) == CheckHistory::Check::New);
  history.clear();
  CHECK(history.take(transaction(1), elsewhere) == CheckHistory::Check::New);
}

TEST("a browser that is gone is told of after fifteen seconds, and once more when it is back") {
  IceBox box;
  Browser& a = box.connected(session("s"), 440);
  a.toneHz = 0;
  box.runFor(14 * kSecond, false);
  CHECK_EQUAL(box.events("leg.ice").size(), size_t{1});
  box.runFor(2 * kSecond, false);
  const auto told = box.events("leg.ice");
  if (CHECK_EQUAL(told.size(), size_t{2})) {
    CHECK_EQUAL(told[1].string("params.state"), std::string("disconnected"));
    CHECK(told[1].isNull("params.remote"));
  }
  a.check();
  box.runFor(100 * kMillisecond);
  CHECK_EQUAL(box.events("leg.ice").back().string("params.state"), std::string("connected"));
}

TEST("a browser that ends its DTLS in order is told of at once, once") {
  IceBox box;
  Browser& a = box.connected(session("s"), 440);
  a.association.reset();
  box.runFor(100 * kMillisecond, false);
  CHECK_EQUAL(box.events("leg.dtls-closed").size(), size_t{1});
  box.runFor(kSecond, false);
  CHECK_EQUAL(box.events("leg.dtls-closed").size(), size_t{1});
}

TEST("an ICE restart goes over to the new credentials with their first check; the former count until then") {
  IceBox box;
  Browser& a = box.connected(session("s"), 440);
  Browser& b = box.connected(session("s"), 700);
  const std::string fresh = "freshfreshfreshfreshfresh";
  CHECK(!box.ask("leg.update", R"({"leg":"b1","ice":)" + credentials("new1", fresh) + "}").has("error"));
  const size_t answered = b.answers.size();
  b.check();
  box.runFor(50 * kMillisecond);
  CHECK(b.answers.size() > answered);
  b.username = "new1:them";
  b.password = fresh;
  b.address = *Address::parse("203.0.113.9", 4321);
  b.check();
  box.runFor(3 * kSecond);
  CHECK_EQUAL(box.events("leg.ice").back().number("params.remote.port"), 4321.0);
  const size_t then = b.answers.size();
  b.username = "ufr1:them";
  b.password = kPassword;
  b.deliver(StunRequest::check("ufr1:them", kPassword));
  box.runFor(100 * kMillisecond, false);
  CHECK_EQUAL(b.answers.size(), then);
  CHECK_NEAR(heard(a, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{2});
}

TEST("a leg that is told to be somebody it is not, or unsecured, is refused") {
  IceBox box;
  box.browser(session("s"), 0);
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"leg.open", box.openParams(0, session("s"), "sendrecv")},
      {"leg.open", R"({"leg":"x","local":{"ice":{"hosts":["192.0.2.1"],"port":3480,"credentials":)" + credentials("ufr0") + R"(}}})"},
      {"leg.open", R"({"leg":"x","local":{"ice":{"hosts":[],"port":3480,"credentials":)" + credentials("ufrx") + R"(}}})"},
      {"leg.open", R"({"leg":"x","local":{"ice":{"hosts":["box.local"],"port":3480,"credentials":)" + credentials("ufrx") + R"(}}})"},
      {"leg.open", R"({"leg":"x","local":{"ice":{"hosts":["192.0.2.1"],"port":3480,"credentials":)" + credentials("uf") + R"(}}})"},
      {"leg.open", R"({"leg":"x","local":{"ice":{"hosts":["192.0.2.1"],"port":3480,"credentials":)" + credentials("ufr:x") + R"(}}})"},
      {"leg.update", R"({"leg":"b0","security":null})"},
      {"leg.update", R"({"leg":"b0","remote":null})"},
  };
  for (const auto& [method, params] : refused) {
    const Json answer = box.ask(method, params);
    if (!CHECK(answer.has("error.code"))) std::printf("  %s\n", params.c_str());
    CHECK(answer.text().find(kPassword) == std::string::npos);
  }
  // Its ufrag is another leg's; the rest would do.
  std::string twin = box.openParams(0, session("s"), "sendrecv");
  twin.replace(twin.find("\"b0\""), 4, "\"b7\"");
  CHECK_EQUAL(box.ask("leg.open", twin).string("error.code"), std::string("media.bad-request"));
  CHECK_EQUAL(box.network.openSockets(), size_t{1});
}

TEST("a leg hears of its session the legs that it names, and those who hear the same are encoded once") {
  IceBox box;
  box.connected(session("s"), 440, "recvonly");
  box.connected(session("s"), 700, "recvonly");
  const auto only = [](const std::string& legs) { return R"({"kind":"session","session":"s","only":[)" + legs + "]}"; };
  Browser& one = box.connected(only(R"("b0")"), 0, "sendonly");
  Browser& same = box.connected(only(R"("b0")"), 0, "sendonly");
  Browser& other = box.connected(only(R"("b1")"), 0, "sendonly");
  Browser& both = box.connected(only(R"("b1","b0","nobody")"), 0, "sendonly");
  Browser& none = box.connected(only(""), 0, "sendonly");
  box.runFor(3 * kSecond);
  for (const Browser* each : {&one, &same}) {
    CHECK_NEAR(heard(*each, 440), kToneAmplitude, 0.1 * kToneAmplitude);
    CHECK(heard(*each, 700) < kNothing);
  }
  CHECK(heard(other, 440) < kNothing);
  CHECK_NEAR(heard(other, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(both, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(both, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(heard(none, 440) < kNothing && heard(none, 700) < kNothing);

  box.ask("leg.update", R"({"leg":"b2","hears":)" + only(R"("b1")") + "}");
  box.ask("leg.close", R"({"leg":"b0"})");
  one.pcm.clear();
  same.pcm.clear();
  box.runFor(3 * kSecond);
  CHECK_NEAR(heard(one, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(heard(same, 440) < kNothing);
  CHECK_EQUAL(box.ask("dump", "{}").string("result.legs.1.hears.only.0"), std::string("b1"));
}

TEST("a leg hears of its session everybody but the legs that it names") {
  IceBox box;
  box.connected(session("s"), 440, "recvonly");
  box.connected(session("s"), 700, "recvonly");
  const auto except = [](const std::string& legs) { return R"({"kind":"session","session":"s","except":[)" + legs + "]}"; };
  Browser& one = box.connected(except(R"("b0")"), 0, "sendonly");
  Browser& both = box.connected(except(R"("b1","nobody","b0")"), 0, "sendonly");
  Browser& all = box.connected(except(""), 0, "sendonly");
  // Who speaks itself is no echo to itself either.
  Browser& speaking = box.connected(except(R"("b1")"), 1000);
  box.runFor(3 * kSecond);
  CHECK(heard(one, 440) < kNothing);
  CHECK_NEAR(heard(one, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(one, 1000), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(heard(both, 440) < kNothing && heard(both, 700) < kNothing);
  CHECK_NEAR(heard(both, 1000), kToneAmplitude, 0.1 * kToneAmplitude);
  for (const double hz : {440.0, 700.0, 1000.0}) CHECK_NEAR(heard(all, hz), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(speaking, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(heard(speaking, 700) < kNothing && heard(speaking, 1000) < kNothing);

  // Another leg than before, while it goes on.
  box.ask("leg.update", R"({"leg":"b2","hears":)" + except(R"("b1")") + "}");
  CHECK_EQUAL(box.ask("dump", "{}").string("result.legs.2.hears.except.0"), std::string("b1"));
  one.pcm.clear();
  box.runFor(3 * kSecond);
  CHECK_NEAR(heard(one, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(heard(one, 700) < kNothing);
  const std::string twice = R"({"leg":"b2","hears":{"kind":"session","session":"s","only":[],"except":[]}})";
  CHECK_EQUAL(box.ask("leg.update", twice).string("error.code"), std::string("media.bad-request"));
}

TEST("a stream that is only sent on as it came is not decoded; whoever comes to hear the mix hears it at once") {
  IceBox box;
  box.connected(session("s"), 440, "recvonly");
  Browser& sentOn = box.connected(R"({"kind":"leg","leg":"b0"})", 0, "sendonly");
  box.runFor(2 * kSecond);
  CHECK_NEAR(heard(sentOn, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK(box.stats(0).isNull("result.received.levelDbov"));
  CHECK_EQUAL(box.stats(0).number("result.received.lost"), 0.0);

  Browser& mixed = box.connected(session("s"), 0, "sendonly");
  box.runFor(2 * kSecond);
  // From 100 ms on.
  CHECK_NEAR(amplitude(mixed.pcm, 440, 800), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(box.stats(0).number("result.received.levelDbov"), -12.0, 0.5);

  // Who hears it alone has it decoded, too.
  box.ask("leg.update", R"({"leg":"b2","hears":{"kind":"session","session":"s","only":["b0"]}})");
  mixed.pcm.clear();
  box.runFor(2 * kSecond);
  CHECK_NEAR(heard(mixed, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  box.ask("leg.close", R"({"leg":"b2"})");
  box.runFor(kSecond);
  CHECK(box.stats(0).isNull("result.received.levelDbov"));
}

TEST("a flood from strangers keeps nobody from being heard") {
  IceBox box;
  Browser& a = box.connected(session("s"), 440);
  Browser& b = box.connected(session("s"), 700);
  const std::vector<uint8_t> junk(200, 0x80);
  for (int ms = 0; ms < 2000; ms++) {
    for (uint16_t i = 0; i < 20; i++) box.network.deliver(*Address::parse("203.0.113.1", static_cast<uint16_t>(1000 + i)), kPort, {junk.data(), junk.size()});
    box.runFor(kMillisecond);
  }
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(a, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_EQUAL(box.astray, size_t{0});
}

int main() { return check::run(); }
