import type { Impairment, Scale } from './impairments.ts';

/*
 * The E-model: ITU-T G.107 (narrowband), G.107.1 (wideband) and G.107.2 (fullband), with the default values of their
 * tables for all that a gateway cannot measure: loudness, room and circuit noise, echo of well-made telephones.
 */

// G.107 Table 2.
const SLR = 8;
const RLR = 2;
const STMR = 15;
const DR = 3;
const DS = 3;
const TELR = 65;
const WEPL = 110;
const QDU = 1;
const NC = -70;
const NFOR = -64;
const PS = 35;
const PR = 35;

const decibel = (...levels: number[]) => 10 * Math.log10(levels.reduce((sum, level) => sum + 10 ** (level / 10), 0));

/** §7.2: the sum of all noise at the receiving end, and the signal's distance from it. */
const NO = noise();
const RO = 15 - 1.5 * (SLR + NO);
/** §7.4, Roe: the same of the talker's own echo. */
const ROE = -1.5 * (NO - RLR);

/** Ratings without any impairment by delay, codec or loss: G.107 Table 2, G.107.1 §7.2, G.107.2 §7.2. */
const best: Readonly<Record<Scale, (ta: number) => number>> = {
  narrowband: ta => RO - simultaneous(ta),
  wideband: () => 129,
  fullband: () => 148,
};

/** How the scales stretch beyond the narrowband one: G.107.1 Annex A, G.107.2 Annex A. */
const stretch: Readonly<Record<Scale, number>> = { narrowband: 1, wideband: 1.29, fullband: 1.48 };

/** What the loss of every packet takes away: 95 in G.107 and G.107.1, 132 in G.107.2. */
const ALL_LOST: Readonly<Record<Scale, number>> = { narrowband: 95, wideband: 95, fullband: 132 };

export interface Connection {
  readonly impairment: Impairment;
  /** Of packets that are not played, 0–1. */
  readonly lossRatio: number;
  /** 1: losses are independent of each other. */
  readonly burstRatio: number;
  /** One way, from mouth to ear. */
  readonly delayMs: number;
}

export interface Rating {
  readonly r: number;
  /** MOS-CQE of the scale, 1–4.5. */
  readonly mos: number;
  /** Impairment by delay and echo, Id. */
  readonly id: number;
  /** Impairment by codec and loss, Ie,eff. */
  readonly ieEff: number;
}

export function rate({ impairment, lossRatio, burstRatio, delayMs }: Connection): Rating {
  const { scale, ie, bpl } = impairment;
  const id = delayImpairment(scale, delayMs);
  const ieEff = effectiveImpairment(scale, ie, bpl, lossRatio * 100, burstRatio);
  const r = best[scale](delayMs) - id - ieEff;
  return { r, mos: mosOf(r / stretch[scale]), id, ieEff };
}

/** G.107 Annex B. */
export function mosOf(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  // Below 6.5 the polynomial dips under 1.
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

/** G.107 (7-29), G.107.1 (7-15), G.107.2 (7-16). @param ppl percent */
function effectiveImpairment(scale: Scale, ie: number, bpl: number, ppl: number, burstRatio: number): number {
  if (ppl <= 0) return ie;
  return ie + ((ALL_LOST[scale] - ie) * ppl) / (ppl / burstRatio + bpl);
}

function delayImpairment(scale: Scale, ta: number): number {
  return scale === 'narrowband'
    ? talkerEcho(ta) + listenerEcho(2 * ta) + absoluteDelay(ta)
    : stretch[scale] * absoluteDelay(ta);
}

/** G.107 (7-27) with the default delay sensitivity: what delay alone does to a conversation. */
function absoluteDelay(ta: number): number {
  if (ta <= 100) return 0;
  const x = Math.log2(ta / 100);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** G.107 (7-18) to (7-22). */
function talkerEcho(t: number): number {
  if (t < 1) return 0;
  const terv = TELR - 40 * Math.log10((1 + t / 10) / (1 + t / 150)) + 6 * Math.exp(-0.3 * t ** 2);
  const half = (ROE - (80 + 2.5 * (terv - 14))) / 2;
  return (half + Math.sqrt(half ** 2 + 100) - 1) * (1 - Math.exp(-t));
}

/** G.107 (7-25), (7-26). */
function listenerEcho(tr: number): number {
  const half = (RO - 10.5 * (WEPL + 7) * (tr + 1) ** -0.25) / 2;
  return half + Math.sqrt(half ** 2 + 169);
}

/** G.107 §7.2. */
function noise(): number {
  const olr = SLR + RLR;
  const sendRoom = PS - SLR - DS - 100 + 0.004 * (PS - olr - DS - 14) ** 2;
  const pre = PR + 10 * Math.log10(1 + 10 ** ((10 - (STMR + DR)) / 10));
  const receiveRoom = RLR - 121 + pre + 0.008 * (pre - 35) ** 2;
  return decibel(NC, sendRoom, receiveRoom, NFOR + RLR);
}

/** G.107 §7.3: too loud, sidetone, quantizing. */
function simultaneous(t: number): number {
  const xolr = SLR + RLR + 0.2 * (64 + NO - RLR);
  const loudness = 20 * ((1 + (xolr / 8) ** 8) ** (1 / 8) - xolr / 8);
  const stmro = -10 * Math.log10(10 ** (-STMR / 10) + Math.exp(-t / 4) * 10 ** (-TELR / 10));
  const sidetone =
    12 * (1 + ((stmro - 13) / 6) ** 8) ** (1 / 8) -
    28 * (1 + ((stmro + 1) / 19.4) ** 35) ** (1 / 35) -
    13 * (1 + ((stmro - 3) / 33) ** 13) ** (1 / 13) +
    29;
  const q = 37 - 15 * Math.log10(QDU);
  const g = 1.07 + 0.258 * q + 0.0602 * q ** 2;
  const quantizing = 15 * Math.log10(1 + 10 ** ((RO - 100) / 15 + 46 / 8.4 - g / 9) + 10 ** (46 / 30 - g / 40));
  return loudness + sidetone + quantizing;
}
