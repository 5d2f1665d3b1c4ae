#pragma once
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

/**
 * ITU-T G.722 as clause 6.2 writes it down: a function for each of its sub-blocks, a variable for each of its signals, values
 * of 16 bits, and the transmit and receive filters tap by tap. It shares nothing with the codec that it judges, tables
 * included (those of decision and output values are built from the recommendation's intervals).
 */
namespace g722model {

/** The arithmetic of table 10: everything ends in 16 bits; ADD and SUB saturate, * is (a × b) >> 15. */
inline int sat(int v) { return v > 32767 ? 32767 : v < -32768 ? -32768 : v; }
inline int ADD(int a, int b) { return sat(a + b); }
inline int SUB(int a, int b) { return sat(a - b); }
inline int MUL(int a, int b) { return sat((a * b) >> 15); }
inline int SHR(int a, int n) { return a >> n; }
inline bool negative(int a) { return SHR(a, 15) != 0; }

/** Table 14: upper ends of the lower band's intervals, in multiples of the scale factor, times 8. */
inline const std::vector<int> Q6 = {0,   35,  72,  110,  150,  190,  233,  276,  323,  370,  422,  473,  530,  587,  650,
                                    714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919};
/** Output values for the magnitude of the 15 and 30 intervals that are counted outwards (tables 15 and 17). */
inline const std::vector<int> OUT4 = {0, 1200, 2584, 4240, 6288, 8968, 12896, 20456};
inline const std::vector<int> OUT6 = {136,  432,  728,  1040, 1360, 1688, 2032, 2400,  2776,  3168,  3576,  4008,  4464,  4944,  5456,
                                      6000, 6576, 7192, 7856, 8576, 9360, 10232, 11192, 12280, 13512, 14984, 16704, 19008, 21904, 24808};
inline const std::vector<int> WL = {-60, -30, 58, 172, 334, 538, 1198, 3042};

/** Table 16: interval 1…30 to a code word of 6 bits: they count down from 61 (positive), or from 31 below two special ones. */
inline int codeOf(int interval, bool isNegative) {
  if (!isNegative) return 62 - interval;
  return interval == 1 ? 63 : interval == 2 ? 62 : 34 - interval;
}

/** The 15-level quantiser's magnitude index and sign of a code word's upper four bits. */
inline int index4(int ril) { return ril == 0 || ril == 15 ? 0 : ril < 8 ? 8 - ril : 15 - ril; }
inline int value4(int ril) { return ril == 0 || ril == 15 ? 0 : ril < 8 ? -OUT4[static_cast<size_t>(8 - ril)] : OUT4[static_cast<size_t>(15 - ril)]; }
inline int value6(int il) {
  for (int interval = 1; interval <= 30; interval++) {
    if (codeOf(interval, false) == il) return OUT6[static_cast<size_t>(interval - 1)];
    if (codeOf(interval, true) == il) return -OUT6[static_cast<size_t>(interval - 1)];
  }
  // Four code words that no encoder sends: table 17 gives them the smallest value.
  return -136;
}

/** Table 20: 2^11 × 2^(i/32). */
inline const std::vector<int> ILB = {2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
                                     2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008};

/** Block 4 of one band. */
struct Predictor {
  int S = 0, SP = 0, SZ = 0;
  std::array<int, 3> R{}, P{}, A{};
  std::array<int, 7> D{}, B{};

  void update(int difference) {
    D[0] = difference;
    R[0] = ADD(S, D[0]);   // RECONS
    P[0] = ADD(D[0], SZ);  // PARREC
    const std::array<int, 3> A0 = A;
    {  // UPPOL2
      const int WD1 = ADD(ADD(A0[1], A0[1]), ADD(A0[1], A0[1]));
      int WD2 = negative(P[0]) == negative(P[1]) ? SUB(0, WD1) : WD1;
      WD2 = SHR(WD2, 7);
      const int WD3 = negative(P[0]) == negative(P[2]) ? 128 : -128;
      A[2] = ADD(ADD(WD2, WD3), MUL(A0[2], 32512));
      if (A[2] > 12288) A[2] = 12288;
      if (A[2] < -12288) A[2] = -12288;
    }
    {  // UPPOL1
      const int WD1 = negative(P[0]) == negative(P[1]) ? 192 : -192;
      A[1] = ADD(WD1, MUL(A0[1], 32640));
      const int WD3 = SUB(15360, A[2]);
      if (A[1] > WD3) A[1] = WD3;
      if (A[1] < -WD3) A[1] = -WD3;
    }
    for (size_t i = 1; i <= 6; i++) {  // UPZERO
      const int WD1 = D[0] == 0 ? 0 : 128;
      const int WD2 = negative(D[0]) == negative(D[i]) ? WD1 : -WD1;
      B[i] = ADD(WD2, MUL(B[i], 32640));
    }
    for (size_t i = 6; i >= 1; i--) D[i] = D[i - 1];  // DELAYA
    R[2] = R[1], R[1] = R[0], P[2] = P[1], P[1] = P[0];
    SP = ADD(MUL(A[1], ADD(R[1], R[1])), MUL(A[2], ADD(R[2], R[2])));  // FILTEP
    SZ = 0;                                                            // FILTEZ
    for (size_t i = 6; i >= 1; i--) SZ = ADD(SZ, MUL(B[i], ADD(D[i], D[i])));
    S = ADD(SP, SZ);  // PREDIC
  }
};

/** LOGSCL, SCALEL and their like of the higher band. */
struct Scale {
  int NB = 0, DET;
  void update(int step, int highest, int shift) {
    NB = ADD(MUL(NB, 32512), step);
    if (NB < 0) NB = 0;
    if (NB > highest) NB = highest;
    const int WD1 = SHR(NB, 6) & 31;
    const int WD2 = shift - SHR(NB, 11);
    const int WD3 = WD2 < 0 ? ILB[static_cast<size_t>(WD1)] << -WD2 : SHR(ILB[static_cast<size_t>(WD1)], WD2);
    DET = WD3 << 2;
  }
};

struct Lower {
  Predictor predictor;
  Scale scale{0, 32};

  int quantise(int XL) const {  // SUBTRA, QUANTL
    const int EL = SUB(XL, predictor.S);
    const int WD = negative(EL) ? 32767 - (EL & 32767) : EL;
    int interval = 1;
    while (interval < 30 && WD >= MUL(Q6[static_cast<size_t>(interval)] << 3, scale.DET)) interval++;
    return codeOf(interval, negative(EL));
  }
  int hear(int IL) const { return ADD(predictor.S, MUL(scale.DET, value6(IL))); }  // INVQBL
  void update(int IL) {
    const int RIL = SHR(IL, 2);
    const int DLT = MUL(scale.DET, value4(RIL));
    scale.update(WL[static_cast<size_t>(index4(RIL))], 18432, 8);
    predictor.update(DLT);
  }
};

struct Higher {
  Predictor predictor;
  Scale scale{0, 8};

  int quantise(int XH) const {  // SUBTRA, QUANTH
    const int EH = SUB(XH, predictor.S);
    const int WD = negative(EH) ? 32767 - (EH & 32767) : EH;
    const bool outer = WD >= MUL(564 << 3, scale.DET);
    if (negative(EH)) return outer ? 0 : 1;
    return outer ? 2 : 3;
  }
  int difference(int IH) const { return MUL(scale.DET, (IH < 2 ? -1 : 1) * (IH % 2 == 0 ? 7408 : 1616)); }  // INVQAH
  int hear(int IH) const { return ADD(predictor.S, difference(IH)); }
  void update(int IH) {
    const int DH = difference(IH);
    scale.update(IH % 2 == 0 ? 798 : -214, 22528, 10);
    predictor.update(DH);
  }
};

/** Table 11. */
inline int H(size_t i) {
  constexpr std::array<int, 12> first = {3, -11, -11, 53, 12, -156, 32, 362, -210, -805, 951, 3876};
  return i < 12 ? first[i] : first[23 - i];
}

struct Coder {
  Lower lower;
  Higher higher;
  std::array<int, 24> X{};  // newest first

  uint8_t encode(int first, int second) {
    for (size_t i = 23; i >= 2; i--) X[i] = X[i - 2];
    X[1] = first, X[0] = second;
    int XA = 0, XB = 0;
    for (size_t i = 0; i < 12; i++) XA += X[2 * i] * H(2 * i), XB += X[2 * i + 1] * H(2 * i + 1);
    const int IL = lower.quantise((XA + XB) >> 14);
    const int IH = higher.quantise((XA - XB) >> 14);
    lower.update(IL);
    higher.update(IH);
    return static_cast<uint8_t>(IH << 6 | IL);
  }
};

struct Decoder {
  Lower lower;
  Higher higher;
  std::array<int, 12> XD{}, XS{};

  static int LIMIT(int v) { return v > 16383 ? 16383 : v < -16384 ? -16384 : v; }
  void decode(uint8_t code, std::vector<int16_t>& out) {
    const int IL = code & 63, IH = code >> 6;
    const int RL = LIMIT(lower.hear(IL));
    const int RH = LIMIT(higher.hear(IH));
    lower.update(IL);
    higher.update(IH);
    for (size_t i = 11; i >= 1; i--) XD[i] = XD[i - 1], XS[i] = XS[i - 1];
    XD[0] = RL - RH, XS[0] = RL + RH;
    int XOUT1 = 0, XOUT2 = 0;
    for (size_t i = 0; i < 12; i++) XOUT1 += XD[i] * H(2 * i), XOUT2 += XS[i] * H(2 * i + 1);
    out.push_back(static_cast<int16_t>(sat(XOUT1 >> 11)));
    out.push_back(static_cast<int16_t>(sat(XOUT2 >> 11)));
  }
};

}  // namespace g722model
