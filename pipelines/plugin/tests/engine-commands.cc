#include <gst/gst.h>

#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

struct BadLine {
  const char* line;
  /** What the sentence must name. */
  const char* names;
};

std::string only(Rig& rig, const std::string& line) {
  const size_t before = rig.lines.size();
  rig.engine.command(line);
  CHECK_EQUAL(rig.lines.size(), before + 1);
  return rig.lines.back();
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const size_t at = text.find(what);
  if (!CHECK(at != std::string::npos)) return text;
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST("a line that is no command is answered with an error that names what is wrong") {
  Rig rig;
  const BadLine lines[] = {
      {"", "JSON"},
      {"nonsense", "JSON"},
      {"[1,2]", "JSON"},
      {"{\"id\":1,", "JSON"},
      {"{} {}", "JSON"},
      {"{\"id\":1,\"method\":\"ping\",\"params\":{}}x", "JSON"},
      {"{\"method\":\"ping\",\"params\":{}}", "id is missing"},
      {R"({"id":"7","method":"ping","params":{}})", "id must be"},
      {R"({"id":1.5,"method":"ping","params":{}})", "id must be"},
      {R"({"id":1,"params":{}})", "method is missing"},
      {R"({"id":1,"method":7,"params":{}})", "method must be a string"},
      {R"({"id":1,"method":"hello","params":{}})", "method"},
      {R"({"id":1,"method":"leg.fly","params":{}})", "method"},
      {R"({"id":1,"method":"ping"})", "params is missing"},
      {R"({"id":1,"method":"ping","params":[]})", "params must be an object"},
      {R"({"id":1,"method":"ping","params":{"now":true}})", "params.now"},
      {R"({"id":1,"method":"ping","params":{},"extra":1})", "extra"},
      {R"({"id":1,"method":"leg.stats","params":{}})", "params.leg is missing"},
      {R"({"id":1,"method":"leg.stats","params":{"leg":""}})", "params.leg"},
      {R"({"id":1,"method":"leg.stats","params":{"leg":null}})", "params.leg"},
  };
  for (const BadLine& bad : lines) {
    const Json answer(only(rig, bad.line));
    CHECK_EQUAL(answer.string("error.code"), std::string("media.bad-request"));
    if (!CHECK(answer.string("error.message").find(bad.names) != std::string::npos)) {
      std::printf("  %s -> %s\n", bad.line, answer.text().c_str());
    }
    CHECK(answer.has("id"));
  }
}

TEST("parameters of a wrong type or out of range are refused, and the key is named") {
  Rig rig;
  const std::string good = Rig::openParams(0, kSilence);
  const std::pair<std::pair<const char*, const char*>, const char*> changes[] = {
      {{"\"rtpPort\":10000", "\"rtpPort\":0"}, "params.local.rtpPort"},
      {{"\"rtpPort\":10000", "\"rtpPort\":65536"}, "params.local.rtpPort"},
      {{"\"rtpPort\":10000", "\"rtpPort\":\"10000\""}, "params.local.rtpPort"},
      {{"\"rtcpPort\":10001", "\"rtcpPort\":10000"}, "params.local.rtcpPort"},
      {{"\"host\":\"192.0.2.1\"", "\"host\":\"localhost\""}, "params.local.host"},
      {{"\"host\":\"198.51.100.1\"", "\"host\":\"300.1.1.1\""}, "params.remote.rtp.host"},
      {{"\"host\":\"198.51.100.1\"", "\"host\":\"2001:db8::1\""}, "params.remote"},
      {{"signalled", "guess"}, "params.remote.policy"},
      {{"\"payloadType\":0", "\"payloadType\":128"}, "params.receive[0].payloadType"},
      {{"\"payloadType\":0", "\"payloadType\":-1"}, "params.receive[0].payloadType"},
      {{"\"clockRate\":8000", "\"clockRate\":0"}, "params.receive[0].clockRate"},
      {{"\"implementation\":\"pcmu\"", "\"implementation\":\"mp3\""}, "params.receive[0].implementation"},
      {{"\"implementation\":\"pcmu\"", "\"implementation\":{\"decode\":\"x\"}"}, "params.receive[0].implementation.decodeCaps"},
      {{"\"kind\":\"silence\"", "\"kind\":\"noise\""}, "params.hears.kind"},
      {{"\"kind\":\"silence\"", "\"kind\":\"session\""}, "params.hears.session"},
      {{"\"kind\":\"silence\"", "\"kind\":\"tone\",\"frequencyHz\":5000,\"levelDbov\":-10"}, "params.hears.frequencyHz"},
      {{"\"kind\":\"silence\"", "\"kind\":\"tone\",\"frequencyHz\":500,\"levelDbov\":1"}, "params.hears.levelDbov"},
      {{"\"kind\":\"silence\"", "\"kind\":\"echo\",\"delay\":3"}, "params.hears.delay"},
      {{"\"hears\"", "\"packetMs\":50,\"hears\""}, "params.packetMs"},
      {{"\"hears\"", "\"packetMs\":25,\"hears\""}, "params.packetMs"},
      {{"\"hears\"", "\"direction\":\"both\",\"hears\""}, "params.direction"},
      {{"\"hears\"", "\"sendTelephoneEvent\":{\"payloadType\":101},\"hears\""}, "params.sendTelephoneEvent.clockRate"},
      {{"\"hears\"", "\"heard\":1,\"hears\""}, "params.heard"},
      {{"\"receive\":[", "\"receive\":[1,"}, "params.receive[0]"},
  };
  for (const auto& [change, key] : changes) {
    const Json answer = rig.ask("leg.open", replaced(good, change.first, change.second));
    CHECK_EQUAL(answer.string("error.code"), std::string("media.bad-request"));
    if (!CHECK(answer.string("error.message").find(key) != std::string::npos)) std::printf("  %s\n", answer.text().c_str());
  }
  CHECK_EQUAL(rig.network.openSockets(), size_t{0});
  CHECK(rig.ask("leg.open", good).has("result"));
}

TEST("oversize, deeply nested and binary lines are refused") {
  Rig rig;
  const std::string lines[] = {
      R"({"id":1,"method":"leg.stats","params":{"leg":")" + std::string(70'000, 'x') + "\"}}",
      "{\"id\":1,\"method\":" + std::string(30'000, '[') + std::string(30'000, ']') + "}",
      "{\"id\":" + std::string(60'000, '{'),
      std::string("{\"id\":1,\"method\":\"p") + '\0' + "ng\",\"params\":{}}",
      "{\"id\":1,\"method\":\"\xff\xfe\",\"params\":{}}",
      R"({"id":1,"method":"ping","params":{")" + std::string(50'000, 'k') + "\":1}}",
  };
  for (const std::string& line : lines) {
    const std::string answer = only(rig, line);
    CHECK_EQUAL(Json(answer).string("error.code"), std::string("media.bad-request"));
    CHECK(answer.size() < 500);
  }
  CHECK(rig.ask("ping", "{}").has("result.legs"));
}

TEST("unknown legs, legs that exist and ports in use have errors of their own") {
  Rig rig;
  for (const char* method : {"leg.stats", "leg.close", "leg.update"}) {
    CHECK_EQUAL(rig.ask(method, R"({"leg":"nobody"})").string("error.code"), std::string("media.leg-unknown"));
  }
  CHECK_EQUAL(rig.ask("leg.send-digits", R"({"leg":"nobody","digits":"1"})").string("error.code"), std::string("media.leg-unknown"));
  CHECK(rig.ask("leg.open", Rig::openParams(0, kSilence)).has("result"));
  CHECK_EQUAL(rig.ask("leg.open", Rig::openParams(0, kSilence)).string("error.code"), std::string("media.leg-exists"));
  const std::string samePort = replaced(Rig::openParams(1, kSilence), "\"rtpPort\":10002", "\"rtpPort\":10000");
  CHECK_EQUAL(rig.ask("leg.open", samePort).string("error.code"), std::string("media.port-in-use"));
  const std::string sameRtcp = replaced(Rig::openParams(1, kSilence), "\"rtcpPort\":10003", "\"rtcpPort\":10001");
  CHECK_EQUAL(rig.ask("leg.open", sameRtcp).string("error.code"), std::string("media.port-in-use"));
  CHECK_EQUAL(rig.network.openSockets(), size_t{2});
}

TEST("digits are refused without telephone-event, with wrong characters and when too many wait") {
  Rig rig;
  rig.call(kSilence, 0);
  CHECK_EQUAL(rig.ask("leg.send-digits", R"({"leg":"leg0","digits":"1"})").string("error.code"), std::string("media.no-telephone-event"));
  rig.ask("leg.update", std::string(R"({"leg":"leg0","sendTelephoneEvent":)") + kTelephoneEvent + "}");
  for (const char* digits : {R"("")", R"("12e")", R"("1 2")", R"(12)", R"("12a")"}) {
    const Json answer = rig.ask("leg.send-digits", std::string(R"({"leg":"leg0","digits":)") + digits + "}");
    CHECK_EQUAL(answer.string("error.code"), std::string("media.bad-request"));
  }
  CHECK_EQUAL(rig.ask("leg.send-digits", R"({"leg":"leg0","digits":"1","digitMs":39})").string("error.code"), std::string("media.bad-request"));
  const std::string many = R"({"leg":"leg0","digits":")" + std::string(64, '5') + "\"}";
  for (int i = 0; i < 4; i++) CHECK(rig.ask("leg.send-digits", many).has("result.queuedMs"));
  CHECK_EQUAL(rig.ask("leg.send-digits", many).string("error.code"), std::string("media.bad-request"));
}

TEST("an update that is refused changes nothing") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  const std::string broken = R"({"name":"X","payloadType":99,"clockRate":8000,"sampleRate":8000,"implementation":{"decode":"nosuchelement","decodeCaps":"audio/x-alaw,rate=8000,channels=1","encode":"nosuchelement"}})";
  const Json answer = rig.ask("leg.update", R"({"leg":"leg0","direction":"inactive","send":)" + broken + "}");
  CHECK_EQUAL(answer.string("error.code"), std::string("media.codec-failed"));
  rig.runFor(2 * kSecond);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
}

TEST("dump shows every leg and session, reset closes them all, and nothing is left") {
  Rig rig;
  rig.call(session("a"), 400);
  rig.call(session("a"), 500);
  rig.call(R"({"kind":"tone","frequencyHz":440.5,"levelDbov":-20})", 0, R"(,"direction":"sendonly")");
  rig.runFor(kSecond);
  const Json dump = rig.ask("dump", "{}");
  CHECK_EQUAL(dump.string("result.legs.0.leg"), std::string("leg0"));
  CHECK_EQUAL(dump.number("result.legs.1.local.rtpPort"), 10002.0);
  CHECK_EQUAL(dump.string("result.legs.1.hears.session"), std::string("a"));
  CHECK_EQUAL(dump.number("result.legs.2.hears.frequencyHz"), 440.5);
  CHECK_EQUAL(dump.string("result.legs.2.direction"), std::string("sendonly"));
  CHECK(dump.number("result.legs.0.stats.received.packets") >= 49);
  CHECK_EQUAL(dump.string("result.sessions.0.session"), std::string("a"));
  CHECK_EQUAL(dump.number("result.sessions.0.sampleRate"), 8000.0);
  CHECK_EQUAL(dump.string("result.sessions.0.legs.1"), std::string("leg1"));
  CHECK_EQUAL(rig.ask("ping", "{}").number("result.legs"), 3.0);

  CHECK_EQUAL(rig.ask("reset", "{}").number("result.closed"), 3.0);
  CHECK_EQUAL(rig.network.openSockets(), size_t{0});
  CHECK(!rig.engine.next().has_value());
  const Json load = rig.ask("ping", "{}");
  CHECK_EQUAL(load.number("result.legs"), 0.0);
  CHECK_EQUAL(load.number("result.sessions"), 0.0);
  CHECK(rig.ask("dump", "{}").text().find("\"result\":{\"legs\":[],\"sessions\":[],\"recordings\":[]}}") != std::string::npos);
}

TEST("stop closes every leg, and its answer is the last line") {
  Rig rig;
  rig.call(session("a"), 400);
  rig.runFor(kSecond);
  CHECK_EQUAL(only(rig, R"({"id":-3,"method":"stop","params":{}})"), std::string(R"({"id":-3,"result":{}})"));
  CHECK_EQUAL(rig.network.openSockets(), size_t{0});
  rig.runFor(kSecond);
  CHECK_EQUAL(rig.lines.back(), std::string(R"({"id":-3,"result":{}})"));
}

TEST("closing a leg gives its last figures, and what was measured never is null while the rest is") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  const Json fresh = rig.stats(0);
  for (const char* path : {"received.jitterMs", "received.ssrc", "received.from", "received.sinceLastMs", "received.levelDbov",
                           "received.frequencyHz", "sent.levelDbov", "rtcp.roundTripMs", "rtcp.remoteLossRatio",
                           "rtcp.remoteJitterMs", "buffer.targetMs", "buffer.delayMs", "delayAddedMs"}) {
    CHECK(fresh.isNull(std::string("result.") + path));
  }
  rig.runFor(3 * kSecond);
  const Json last = rig.ask("leg.close", R"({"leg":"leg0"})");
  CHECK_EQUAL(last.string("result.leg"), std::string("leg0"));
  CHECK_NEAR(last.number("result.openMs"), 3000, 1);
  CHECK_NEAR(last.number("result.received.packets"), 150, 1);
  CHECK_EQUAL(last.number("result.received.bytes"), last.number("result.received.packets") * 160);
  // One more than the phone got: the first packet left before it was there (see engine-start).
  CHECK_EQUAL(last.number("result.sent.packets"), static_cast<double>(phone.heard.size() + 1));
  CHECK_NEAR(last.number("result.sent.bytes"), static_cast<double>(phone.heard.size()) * 160 + 80, 80);
  CHECK_EQUAL(last.number("result.received.from.port"), 20000.0);
  CHECK(last.number("result.received.jitterMs") < 0.1);
  CHECK(last.number("result.buffer.delayMs") > 0);
  CHECK(last.number("result.delayAddedMs.p99") > 0);
  CHECK_EQUAL(rig.stats(0).string("error.code"), std::string("media.leg-unknown"));
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
