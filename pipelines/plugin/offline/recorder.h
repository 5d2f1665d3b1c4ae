#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "codec/codec.h"
#include "engine/command.h"
#include "net/address.h"
#include "offline/wav-writer.h"

namespace interconnect {

/** Writes what each leg sends as `<leg>.wav`, decoded, in its own time: where nothing was sent there is silence. */
class Recorder {
 public:
  /** An empty folder records nothing. */
  explicit Recorder(std::string folder) : folder_(std::move(folder)) {}

  /** To see every command: leg.open and leg.update say which leg sends what from where. */
  void command(std::string_view line);
  void sent(const Address& from, Span datagram);

 private:
  struct Track {
    std::map<uint8_t, CodecSpec> codecs;
    std::map<uint8_t, std::unique_ptr<Decoder>> decoders;
    std::unique_ptr<WavWriter> wav;
    uint32_t lastTimestamp = 0;
    /** RTP units since the first packet. */
    int64_t position = 0;
    bool started = false;
  };
  void learn(const std::string& leg, const MediaChange& media);
  void write(Track& track, const std::string& leg, uint32_t timestamp, Span payload, const CodecSpec& spec);

  const std::string folder_;
  std::map<Address, std::string> legs_;
  std::map<std::string, Track> tracks_;
};

}  // namespace interconnect
