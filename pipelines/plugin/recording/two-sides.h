#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace interconnect {

/** What a leg says and what it hears, two streams in the same time: in one file as two channels, or as their sum. */
class TwoSides {
 public:
  using Output = std::function<void(const int16_t* pcm, size_t samples)>;
  /** @param channels 1 or 2 @param output is given what the channels hold by turns */
  TwoSides(unsigned channels, Output output) : channels_(channels), output_(std::move(output)) {}

  void said(const int16_t* pcm, size_t n) { said_.insert(said_.end(), pcm, pcm + n); }
  void heard(const int16_t* pcm, size_t n) { heard_.insert(heard_.end(), pcm, pcm + n); }
  /** Gives the output what is there of both. */
  void join();
  /** And what is there of one alone. */
  void finish();

 private:
  const unsigned channels_;
  const Output output_;
  std::vector<int16_t> said_;
  std::vector<int16_t> heard_;
  std::vector<int16_t> joined_;
};

}  // namespace interconnect
