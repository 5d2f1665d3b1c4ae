#pragma once
#include <set>
#include <tuple>
#include <vector>

namespace interconnect::matrix {

/** One value of each factor, by its number. */
using Cell = std::vector<size_t>;

/** Every combination. @param sizes how many values each factor has */
inline std::vector<Cell> everyCell(const std::vector<size_t>& sizes) {
  std::vector<Cell> cells{{}};
  for (const size_t size : sizes) {
    std::vector<Cell> longer;
    for (const Cell& cell : cells) {
      for (size_t value = 0; value < size; value++) {
        longer.push_back(cell);
        longer.back().push_back(value);
      }
    }
    cells = std::move(longer);
  }
  return cells;
}

/** Combinations among which each pair of values of two factors comes at least once: the greedy choice out of all. */
inline std::vector<Cell> pairwise(const std::vector<Cell>& all) {
  struct Pair {
    size_t a, va, b, vb;
    bool operator<(const Pair& o) const { return std::tie(a, va, b, vb) < std::tie(o.a, o.va, o.b, o.vb); }
  };
  std::set<Pair> uncovered;
  const auto each = [](const Cell& cell, auto visit) {
    for (size_t a = 0; a < cell.size(); a++) {
      for (size_t b = a + 1; b < cell.size(); b++) visit(Pair{a, cell[a], b, cell[b]});
    }
  };
  for (const Cell& cell : all) each(cell, [&](const Pair& pair) { uncovered.insert(pair); });
  std::vector<Cell> chosen;
  while (!uncovered.empty()) {
    const Cell* best = nullptr;
    size_t most = 0;
    for (const Cell& cell : all) {
      size_t gain = 0;
      each(cell, [&](const Pair& pair) { gain += uncovered.count(pair); });
      if (gain > most) {
        most = gain;
        best = &cell;
      }
    }
    each(*best, [&](const Pair& pair) { uncovered.erase(pair); });
    chosen.push_back(*best);
  }
  return chosen;
}

}  // namespace interconnect::matrix
