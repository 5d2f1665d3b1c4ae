#pragma once
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace interconnect {

/** Which legs of its session a recording is of: all, or those that were named, there or not. */
class ChosenLegs {
 public:
  /** As many as one command may name. */
  static constexpr size_t kMax = 64;

  /** @param legs nothing: all */
  explicit ChosenLegs(const std::optional<std::vector<std::string>>& legs) {
    if (legs) named_.emplace(legs->begin(), legs->end());
  }

  bool all() const { return !named_; }
  bool has(const std::string& leg) const { return !named_ || named_->count(leg) != 0; }

 private:
  std::optional<std::unordered_set<std::string>> named_;
};

}  // namespace interconnect
