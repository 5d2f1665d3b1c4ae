#pragma once
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

/** What both benchmarks measure: legs of one codec in sessions of one size, and far ends for them. */
namespace bench {

struct Options {
  int legs = 100;
  int session = 2;
  int seconds = 10;
  int warmUpSeconds = 4;
  int packetMs = 20;
  /** pcmu, pcma, g722, opus. */
  std::string codec = "pcmu";
  /** Of a hundred far ends: how many send packets of silence, send nothing at all, may not be heard (we send only). */
  int silent = 0;
  int quiet = 0;
  int muted = 0;
  /** Not 0: who speaks pauses for 400 ms after so many. */
  int talkMs = 0;
  /** Legs hear each other in pairs, undecoded. */
  bool relay = false;
  /** Legs of a pair are forwarded while they may be. */
  bool forward = false;
  /** 0: RTP; 80, 32 or 128: SRTP by that suite. */
  int srtp = 0;
  /** Whether this process plays the far ends, too. */
  bool far = true;
};

/** Numbers of options whose names are their keys; false, with a word on stderr, for anything else. */
inline bool parse(int count, char** values, Options& options) {
  int relay = 0;
  int forward = 0;
  int far = 1;
  const std::map<std::string, int*> numbers = {
      {"--legs", &options.legs},     {"--session", &options.session},       {"--seconds", &options.seconds},
      {"--silent", &options.silent}, {"--warm-up", &options.warmUpSeconds}, {"--packet-ms", &options.packetMs},
      {"--quiet", &options.quiet},   {"--muted", &options.muted},           {"--relay", &relay},
      {"--srtp", &options.srtp},     {"--talk-ms", &options.talkMs},             {"--forward", &forward}, {"--far", &far}};
  for (int i = 1; i < count; i += 2) {
    const auto number = numbers.find(values[i]);
    if (i + 1 < count && std::strcmp(values[i], "--codec") == 0) {
      options.codec = values[i + 1];
    } else if (i + 1 < count && number != numbers.end()) {
      *number->second = std::atoi(values[i + 1]);
    } else {
      std::fprintf(stderr, "%s: there is no such option, or it has no value\n", values[i]);
      return false;
    }
  }
  options.relay = relay != 0;
  options.forward = forward != 0;
  options.far = far != 0;
  return true;
}

inline std::string number(int n) { return std::to_string(n); }

inline std::string codec(const Options& options) {
  if (options.codec == "pcma") {
    return R"({"name":"PCMA","payloadType":8,"clockRate":8000,"sampleRate":8000,"implementation":"pcma"})";
  }
  if (options.codec == "g722") {
    return R"({"name":"G722","payloadType":9,"clockRate":8000,"sampleRate":16000,"implementation":"g722"})";
  }
  if (options.codec == "opus") {
    // As codecs/opus.ts has it.
    return R"({"name":"opus","payloadType":111,"clockRate":48000,"sampleRate":48000,)"
           R"("implementation":{"codec":"opus","complexity":5,"bitrate":48000,"fec":true}})";
  }
  return R"({"name":"PCMU","payloadType":0,"clockRate":8000,"sampleRate":8000,"implementation":"pcmu"})";
}

/** Spread evenly over the legs, so that sessions are alike. */
inline bool among(int i, int percent) { return (i + 1) * percent / 100 > i * percent / 100; }

inline std::string security(const Options& options) {
  if (options.srtp == 0) return "";
  const bool gcm = options.srtp == 128;
  const std::string suite = gcm ? "AEAD_AES_128_GCM" : "AES_CM_128_HMAC_SHA1_" + number(options.srtp);
  const std::string key = R"({"suite":")" + suite + R"(","key":")" + std::string(gcm ? 38 : 40, 'A') + "\"}";
  return R"(,"security":{"send":)" + key + R"(,"receive":)" + key + "}";
}

inline std::string openLeg(int i, int local, int remote, const std::string& hears, const std::string& direction, const Options& options) {
  return R"({"id":1,"method":"leg.open","params":{"leg":"l)" + number(i) + R"(","local":{"host":"127.0.0.1","rtpPort":)" +
         number(local) + R"(,"rtcpPort":)" + number(local + 1) + R"(},"remote":{"rtp":{"host":"127.0.0.1","port":)" +
         number(remote) + R"(},"rtcp":{"host":"127.0.0.1","port":)" + number(remote + 1) +
         R"(},"policy":"signalled"},"receive":[)" + codec(options) + R"(],"send":)" + codec(options) + R"(,"packetMs":)" +
         number(options.packetMs) + R"(,"direction":")" + direction + R"(","forward":)" +
         (options.forward ? "true" : "false") + R"(,"hears":)" + hears + security(options) + "}}";
}

constexpr int kBoxPort = 10000;
constexpr int kFarPort = 40000;

/** The leg that is measured. */
inline std::string openBoxLeg(int i, const Options& options) {
  std::string hears = R"({"kind":"session","session":"s)" + number(i / options.session) + "\"}";
  // The other leg must be there: the first of a pair is told when the second has come.
  if (options.relay) hears = i % 2 == 0 ? R"({"kind":"silence"})" : R"({"kind":"leg","leg":"l)" + number(i - 1) + "\"}";
  return openLeg(i, kBoxPort + 2 * i, kFarPort + 2 * i, hears, among(i, options.muted) ? "sendonly" : "sendrecv", options);
}

/** Says the second leg of a pair to the first. */
inline std::string relayBack(int i) {
  return R"({"id":1,"method":"leg.update","params":{"leg":"l)" + number(i - 1) + R"(","hears":{"kind":"leg","leg":"l)" + number(i) + R"("}}})";
}

/** Its far end, which says a tone of its own. */
inline std::string openFarLeg(int i, const Options& options) {
  const std::string tone = R"({"kind":"tone","frequencyHz":)" + number(300 + 37 * (i % 80)) + R"(,"levelDbov":-18)" +
                           (options.talkMs > 0 ? R"(,"cadenceMs":[)" + number(options.talkMs) + ",400]}" : "}");
  const std::string hears = among(i, options.silent) ? R"({"kind":"silence"})" : tone;
  return openLeg(i, kFarPort + 2 * i, kBoxPort + 2 * i, hears, among(i, options.quiet) ? "recvonly" : "sendrecv", options);
}

}  // namespace bench
