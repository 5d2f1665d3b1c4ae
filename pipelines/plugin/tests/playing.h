// What a test of players needs: sounds in a folder, the commands, and what is heard of them.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "audio/g711.h"
#include "tests/engine-rig.h"

namespace interconnect::rig {

/** A directory that is gone after the test. */
class SoundFolder {
 public:
  SoundFolder() { CHECK(mkdtemp(path_.data()) != nullptr); }
  ~SoundFolder() { std::system(("rm -rf " + path_).c_str()); }
  const std::string& path() const { return path_; }
  std::string at(const std::string& name) const { return path_ + "/" + name; }

  void wav(const std::string& name, uint32_t rate, const std::vector<int16_t>& pcm, uint16_t channels = 1) const {
    std::ofstream out(at(name), std::ios::binary);
    const auto bytes = static_cast<uint32_t>(pcm.size() * 2);
    const auto number = [&](auto value) { out.write(reinterpret_cast<const char*>(&value), sizeof value); };
    out << "RIFF";
    number(36 + bytes);
    out << "WAVEfmt ";
    number(uint32_t{16});
    number(uint16_t{1});
    number(channels);
    number(rate);
    number(rate * 2 * channels);
    number(static_cast<uint16_t>(2 * channels));
    number(uint16_t{16});
    out << "data";
    number(bytes);
    out.write(reinterpret_cast<const char*>(pcm.data()), bytes);
  }

 private:
  std::string path_ = "/tmp/players-XXXXXX";
};

inline std::string toLeg(size_t i) { return R"({"leg":"leg)" + std::to_string(i) + "\"}"; }
inline std::string toSession(const std::string& name) { return R"({"session":")" + name + "\"}"; }

inline std::string fileSource(const SoundFolder& folder, const std::string& name) {
  return R"({"kind":"file","directory":")" + folder.path() + R"(","file":")" + name + "\"}";
}
inline std::string toneSource(double hz, double dbov) {
  return R"({"kind":"tone","frequencyHz":)" + std::to_string(hz) + R"(,"levelDbov":)" + std::to_string(dbov) + "}";
}

inline Json start(Rig& rig, const std::string& player, const std::string& to, const std::string& source, const std::string& more = "") {
  return rig.ask("player.start", R"({"player":")" + player + R"(","to":)" + to + R"(,"source":)" + source + more + "}");
}

inline bool runUntil(Rig& rig, const std::string& event, size_t count = 1) {
  for (int i = 0; i < 400 && rig.events(event).size() < count; i++) rig.runFor(20 * kMillisecond);
  return CHECK(rig.events(event).size() >= count);
}

inline std::vector<int16_t> throughG711(std::vector<int16_t> pcm) {
  std::vector<uint8_t> coded(pcm.size());
  ulawEncode(pcm.data(), coded.data(), pcm.size());
  ulawDecode(coded.data(), pcm.data(), pcm.size());
  return pcm;
}

/** Where `part` begins in `pcm`, sample for sample. */
inline std::optional<size_t> placeOf(const std::vector<int16_t>& part, const std::vector<int16_t>& pcm) {
  const auto found = std::search(pcm.begin(), pcm.end(), part.begin(), part.end());
  if (found == pcm.end()) return std::nullopt;
  return static_cast<size_t>(found - pcm.begin());
}

}  // namespace interconnect::rig
