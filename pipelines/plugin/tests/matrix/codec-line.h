#pragma once
#include <fstream>
#include <string>
#include <vector>

#include "engine/parse-media.h"
#include "tests/check.h"

namespace interconnect::matrix {

/** A line of codecs.jsonl: one codec in one packet time. */
struct CodecLine {
  /** As leg.update says it, without the leg. */
  std::string text;
  CodecSpec send;
  CodecSpec receive;
  unsigned packetMs;

  /** "L16/16000". */
  std::string name() const { return send.name + "/" + std::to_string(send.sampleRate); }
  /** "L16/16000 of 20 ms". */
  std::string title() const { return name() + " of " + std::to_string(packetMs) + " ms"; }
};

inline std::vector<CodecLine> readCodecs(const char* file) {
  std::vector<CodecLine> codecs;
  std::ifstream in(file);
  for (std::string text; std::getline(in, text);) {
    const JsonDocument document(text);
    Fields fields(document.root(), "line");
    const MediaChange change = parseMediaChange(fields);
    codecs.push_back({text, *change.send, change.receive->front(), *change.packetMs});
  }
  CHECK(!codecs.empty());
  return codecs;
}

}  // namespace interconnect::matrix
