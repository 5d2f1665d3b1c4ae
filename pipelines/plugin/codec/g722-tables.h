#pragma once
#include <array>
#include <cstdint>

// The constants of ITU-T G.722, under the recommendation's names.
namespace interconnect::g722 {

/** Decision levels of the lower band's 60-level quantiser, table 14 (Q6). Level 30 and beyond is above every sample. */
inline constexpr std::array<int32_t, 32> kLowerDecisions = {
    0,   35,  72,  110, 150,  190,  233,  276,  323,  370,  422,  473,  530,  587,  650,     714,
    786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919, 1 << 23, 1 << 23};

/** Code words by interval, table 16 (ILN, ILP); there is no interval 0. */
inline constexpr std::array<uint8_t, 32> kLowerNegative = {0,  63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19,
                                                           18, 17, 16, 15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4,  0};
inline constexpr std::array<uint8_t, 32> kLowerPositive = {0,  61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47,
                                                           46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 0};

/** What a code word of the lower band stands for: its 6 bits for the listener (QM6), the upper 4 for the predictor (QM4). */
inline constexpr std::array<int16_t, 64> kLower6 = {
    -136,   -136,   -136,  -136,  -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
    -7192,  -6576,  -6000, -5456, -4944,  -4464,  -4008,  -3576,  -3168,  -2776,  -2400,  -2032,  -1688,  -1360, -1040, -728,
    24808,  21904,  19008, 16704, 14984,  13512,  12280,  11192,  10232,  9360,   8576,   7856,   7192,   6576,  6000,  5456,
    4944,   4464,   4008,  3576,  3168,   2776,   2400,   2032,   1688,   1360,   1040,   728,    432,    136,   -432,  -136};
inline constexpr std::array<int16_t, 16> kLower4 = {0,     -20456, -12896, -8968, -6288, -4240, -2584, -1200,
                                                    20456, 12896,  8968,   6288,  4240,  2584,  1200,  0};
/** The higher band (QM2). */
inline constexpr std::array<int16_t, 4> kHigher2 = {-7408, -1616, 7408, 1616};

/** Steps of the logarithmic scale factors, by code word: WL of RL42, WH of RH2. */
inline constexpr std::array<int16_t, 16> kLowerSteps = {-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60};
inline constexpr std::array<int16_t, 4> kHigherSteps = {798, -214, 798, -214};
/** 2^11 times 2^(i / 32), table 20 (ILB). */
inline constexpr std::array<int16_t, 32> kAntilog = {2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543,
                                                     2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228,
                                                     3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008};

/** Both filters of the pair, table 11 (H), in units of 2^-13. */
inline constexpr std::array<int16_t, 24> kQmf = {3,    -11, -11,  53,   12,  -156, 32,  362, -210, -805, 951, 3876,
                                                 3876, 951, -805, -210, 362, 32,   -156, 12, 53,   -11,  -11, 3};

}  // namespace interconnect::g722
