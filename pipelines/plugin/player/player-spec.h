#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace interconnect {

struct PlayedFile {
  std::string directory;
  std::string file;
};
/** One or two frequencies, steady or in a cadence. */
struct PlayedTone {
  double frequencyHz;
  std::optional<double> secondFrequencyHz;
  double levelDbov;
  std::vector<unsigned> cadenceMs;
};

/** What becomes of that which is heard anyway. */
enum class Under { Keep, Duck, Replace };

/** What player.start says; what it leaves out has these values. */
struct PlayerSpec {
  std::string player;
  std::variant<PlayedFile, PlayedTone> source;
  double levelDb = 0;
  unsigned fadeInMs = 0;
  unsigned fadeOutMs = 0;
  unsigned loops = 1;
  Under under = Under::Keep;
  double duckDb = -18;
  /** The longest call. */
  unsigned maxMs = 6 * 3600 * 1000;
  unsigned waitMs = 500;
};

}  // namespace interconnect
