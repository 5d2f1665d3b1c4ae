#pragma once
#include <cstdio>
#include <memory>
#include <string>

#include "clock/nanos.h"

namespace interconnect {

/** A mono 16-bit WAV file; its header is put right when it is closed. */
class WavWriter {
 public:
  WavWriter(const std::string& path, uint32_t sampleRate);
  ~WavWriter();
  WavWriter(const WavWriter&) = delete;
  WavWriter& operator=(const WavWriter&) = delete;

  bool usable() const { return file_ != nullptr; }
  /** Appends at sample `position`; what lies between the end and there becomes silence, what lies before is left out. */
  void write(uint64_t position, const int16_t* pcm, size_t n);

 private:
  void put(const void* bytes, size_t n);
  void header();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  const uint32_t sampleRate_;
  uint64_t samples_ = 0;
};

}  // namespace interconnect
