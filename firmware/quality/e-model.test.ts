import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mosOf, rate } from './e-model.ts';
import { type Impairment, impairmentOf } from './impairments.ts';

const test = suite('the E-model');

const ideal: Omit<Impairment, 'scale'> = { ie: 0, bpl: 25.1, basis: 'published', lookaheadMs: 0 };
const of = (codec: string) => {
  const impairment = impairmentOf(codec);
  assert.ok(impairment, codec);
  return impairment;
};
const near = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, not ${expected} ± ${tolerance}`);
const clean = { lossRatio: 0, burstRatio: 1, delayMs: 0 };

test('its default values give the ratings that the recommendations name', () => {
  // G.107 Table 2 and §7.7: R = 93.2; G.107.1 §7.7: 129; G.107.2 §7.7: 148.
  for (const [scale, r] of [
    ['narrowband', 93.2],
    ['wideband', 129],
    ['fullband', 148],
  ] as const)
    near(rate({ impairment: { ...ideal, scale }, ...clean }).r, r, 0.05, scale);
});

test('ratings become MOS as G.107 Annex B has it', () => {
  // G.107 Table B.1: lower limits of user satisfaction.
  for (const [r, mos] of [
    [90, 4.34],
    [80, 4.03],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
  ] as const)
    near(mosOf(r), mos, 0.01, `R ${r}`);
  assert.equal([mosOf(-5), mosOf(0), mosOf(100), mosOf(120)], [1, 1, 4.5, 4.5]);
  near(rate({ impairment: of('PCMU'), ...clean }).mos, 4.41, 0.005, 'G.711');
});

test('MOS never falls when the rating rises', () => {
  for (let r = 0; r < 100; r++) assert.ok(mosOf(r + 1) >= mosOf(r), `R ${r}`);
});

test('wideband and fullband ratings are put on the scale of their annexes', () => {
  // G.107.1 Annex A: Ie,WB 13 is a rating of 116, and a MOS of 4.34.
  const g722 = rate({ impairment: of('G722'), ...clean });
  near(g722.r, 116, 0.001, 'R of G.722');
  near(g722.mos, 4.34, 0.005, 'MOS of G.722');
  near(rate({ impairment: { ...ideal, scale: 'fullband' }, ...clean }).mos, 4.5, 0.001, 'ideal fullband');
});

test('G.729A falls with loss as G.113 Appendix I has it', () => {
  // G.113 (02/2001) Table I.2, G.729A with VAD: percent of random loss → Ie.
  for (const [percent, ie] of [
    [0, 11],
    [0.5, 13],
    [1, 15],
    [1.5, 17],
    [2, 19],
    [3, 23],
    [4, 26],
    [8, 36],
    [16, 49],
  ] as const) {
    const { ieEff } = rate({ impairment: of('G729'), ...clean, lossRatio: percent / 100 });
    near(ieEff, ie, 0.6, `${percent} %`);
  }
});

test('G.711 with concealment falls with loss as G.113 Appendix I has it, within the tolerance of that table', () => {
  // G.113 (02/2001) Table I.3, random loss: the later formula (G.113 of 2007 and its Bpl) was fitted to it.
  for (const [percent, ie] of [
    [0, 0],
    [1, 5],
    [2, 7],
    [3, 10],
    [5, 15],
    [7, 20],
    [10, 25],
    [15, 35],
    [20, 45],
  ] as const) {
    const { ieEff } = rate({ impairment: of('PCMA'), ...clean, lossRatio: percent / 100 });
    near(ieEff, ie, 3.1, `${percent} %`);
  }
});

test('losses that come in bursts do more harm than the same share of random ones', () => {
  const at = (burstRatio: number) => rate({ impairment: of('PCMU'), lossRatio: 0.05, burstRatio, delayMs: 0 }).ieEff;
  // G.107 (7-29) by hand: 95 · 5 / (5/B + 25.1).
  near(at(1), 475 / 30.1, 1e-9, 'B 1');
  near(at(2), 475 / 27.6, 1e-9, 'B 2');
  near(at(4), 475 / 26.35, 1e-9, 'B 4');
});

test('delay does next to nothing up to 150 ms and much from 200 ms on', () => {
  // G.107 (7-27) by hand: Idd of 200 ms is 25 · (2^(1/6) − 3 · (1 + 3^−6)^(1/6) + 2) = 3.0; with the echo of good
  // telephones (TELR 65 dB) G.107's reference gives these ratings (the curve of G.114 Figure 1).
  for (const [delayMs, r, tolerance] of [
    [100, 91, 1],
    [150, 90, 1],
    [200, 87, 1.5],
    [300, 73, 1.5],
    [400, 62, 1.5],
  ] as const)
    near(rate({ impairment: of('PCMU'), ...clean, delayMs }).r, r, tolerance, `${delayMs} ms`);
  near(rate({ impairment: of('G722'), ...clean, delayMs: 200 }).id, 1.29 * 3.044, 0.01, 'wideband');
});

test('the loss of everything leaves nothing', () => {
  for (const codec of ['PCMU', 'G729', 'G722', 'opus'])
    assert.ok(rate({ impairment: of(codec), lossRatio: 1, burstRatio: 1, delayMs: 500 }).mos < 2, codec);
});

test('a codec that nobody has rated has no figure', () => {
  assert.equal([impairmentOf('speex'), impairmentOf('')], [null, null]);
});

test.run();
