/*
 * Runs a fuzz target without libFuzzer (GCC has none): seeds from a folder, mutated at random; a fault ends the process
 * through the sanitizer. The same seed gives the same inputs.
 *
 *     fuzz-rtp --seconds 5 --seed 1 fuzz/corpus/rtp      or      fuzz-rtp --input FILE   (one input, to repeat a fault)
 */
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __sanitizer_set_death_callback(void (*callback)());
#endif

// UBSan's runtime is one of its own and knows no death callback: it is to abort, which the driver sees.
extern "C" __attribute__((visibility("default"))) const char* __ubsan_default_options();
const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace {

using Input = std::vector<uint8_t>;
using Random = std::mt19937_64;

constexpr size_t kMaxInput = 4096;
constexpr size_t kMaxPool = 512;
constexpr size_t kPerClockCheck = 256;

struct Options {
  double seconds = 5;
  uint64_t seed = 1;
  std::string corpus;
  std::string input;
};

/** What was being tried, for the report when the process dies. */
const Input* current = nullptr;

void saveCurrent() {
  if (current == nullptr) return;
  std::FILE* file = std::fopen("fuzz-fault.bin", "wb");
  if (file == nullptr) return;
  std::fwrite(current->data(), 1, current->size(), file);
  std::fclose(file);
  std::fprintf(stderr, "the input is in fuzz-fault.bin (%zu bytes)\n", current->size());
}

Input readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Input(std::istreambuf_iterator<char>(file), {});
}

size_t below(Random& random, size_t bound) { return bound == 0 ? 0 : static_cast<size_t>(random() % bound); }

void flipBit(Input& input, Random& random) {
  if (!input.empty()) input[below(random, input.size())] ^= static_cast<uint8_t>(1u << below(random, 8));
}

void setByte(Input& input, Random& random) {
  constexpr uint8_t kInteresting[] = {0, 1, 4, 0x7f, 0x80, 0x81, 0xfe, 0xff};
  if (input.empty()) return;
  const bool interesting = below(random, 2) == 0;
  input[below(random, input.size())] =
      interesting ? kInteresting[below(random, sizeof kInteresting)] : static_cast<uint8_t>(random());
}

void cut(Input& input, Random& random) {
  if (input.empty()) return;
  const size_t begin = below(random, input.size());
  const size_t length = 1 + below(random, input.size() - begin);
  input.erase(input.begin() + static_cast<std::ptrdiff_t>(begin),
              input.begin() + static_cast<std::ptrdiff_t>(begin + length));
}

void grow(Input& input, Random& random) {
  Input added(1 + below(random, 16));
  for (uint8_t& byte : added) byte = static_cast<uint8_t>(random());
  const auto place = input.begin() + static_cast<std::ptrdiff_t>(below(random, input.size() + 1));
  input.insert(place, added.begin(), added.end());
}

void repeat(Input& input, Random& random) {
  if (input.empty()) return;
  const size_t begin = below(random, input.size());
  const size_t length = 1 + below(random, input.size() - begin);
  const Input part(input.begin() + static_cast<std::ptrdiff_t>(begin),
                   input.begin() + static_cast<std::ptrdiff_t>(begin + length));
  for (size_t times = 1 + below(random, 8); times > 0; --times) input.insert(input.end(), part.begin(), part.end());
}

void splice(Input& input, const std::vector<Input>& pool, Random& random) {
  const Input& other = pool[below(random, pool.size())];
  input.resize(below(random, input.size() + 1));
  const size_t from = below(random, other.size() + 1);
  input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
}

Input mutate(const std::vector<Input>& pool, Random& random) {
  Input input = pool[below(random, pool.size())];
  for (size_t times = 1 + below(random, 6); times > 0; --times) {
    switch (below(random, 7)) {
      case 0:
      case 1:
        flipBit(input, random);
        break;
      case 2:
        setByte(input, random);
        break;
      case 3:
        cut(input, random);
        break;
      case 4:
        grow(input, random);
        break;
      case 5:
        repeat(input, random);
        break;
      default:
        splice(input, pool, random);
    }
  }
  if (input.size() > kMaxInput) input.resize(kMaxInput);
  return input;
}

void tryInput(const Input& input) {
  current = &input;
  // A copy of exactly its size, so that AddressSanitizer sees a read one past the end.
  const Input exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

uint64_t run(std::vector<Input> pool, const Options& options) {
  Random random(options.seed);
  uint64_t executions = 0;
  for (const Input& input : pool) {
    tryInput(input);
    ++executions;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.seconds);
  while (std::chrono::steady_clock::now() < end) {
    for (size_t i = 0; i < kPerClockCheck; ++i) {
      Input input = mutate(pool, random);
      tryInput(input);
      ++executions;
      // Mutations of mutations reach further; without coverage to go by, some are kept at random.
      if (below(random, 64) == 0) {
        if (pool.size() < kMaxPool) {
          pool.push_back(std::move(input));
        } else {
          pool[kMaxPool / 2 + below(random, kMaxPool / 2)] = std::move(input);
        }
      }
    }
  }
  current = nullptr;
  return executions;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool takesValue = argument == "--seconds" || argument == "--seed" || argument == "--input";
    if (takesValue && i + 1 == argc) return false;
    if (argument == "--seconds") {
      options.seconds = std::atof(argv[++i]);
    } else if (argument == "--seed") {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--input") {
      options.input = argv[++i];
    } else if (argument.rfind("--", 0) != 0 && options.corpus.empty()) {
      options.corpus = argument;
    } else {
      return false;
    }
  }
  return options.corpus.empty() != options.input.empty();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "usage: %s [--seconds N] [--seed S] CORPUS-FOLDER | --input FILE\n", argv[0]);
    return EXIT_FAILURE;
  }
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(saveCurrent);
#endif
  // A broken invariant aborts (fuzz/invariant.h).
  std::signal(SIGABRT, [](int) { saveCurrent(); });
  if (!options.input.empty()) {
    tryInput(readFile(options.input));
    return EXIT_SUCCESS;
  }
  std::vector<Input> pool;
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(options.corpus)) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) pool.push_back(readFile(file));
  if (pool.empty()) {
    std::fprintf(stderr, "no seeds in %s\n", options.corpus.c_str());
    return EXIT_FAILURE;
  }
  const uint64_t executions = run(pool, options);
  std::printf("%llu executions, %zu seeds, seed %llu\n", static_cast<unsigned long long>(executions), pool.size(),
              static_cast<unsigned long long>(options.seed));
  return EXIT_SUCCESS;
}
