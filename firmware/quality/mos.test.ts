import { Compile } from 'typebox/compile';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { QualityFigures } from '../../pipelines/protocol/figures.ts';
import { Mos, receivedMos, sentMos } from './mos.ts';
import { figures } from './quality.samples.ts';

const test = suite('MOS of what was measured');
const isMos = Compile(Mos);

test('a clean G.711 stream on a short way is as good as G.711 gets, and says what that was made from', () => {
  const mos = receivedMos(figures);
  assert.ok(isMos.Check(mos), JSON.stringify(mos));
  assert.ok(mos.mos > 4.35 && mos.mos <= 4.41, String(mos.mos));
  assert.equal([mos.scale, mos.basis], ['narrowband', 'published']);
  assert.equal(mos.inputs, {
    codec: 'PCMU',
    ie: 0,
    bpl: 25.1,
    lossRatio: 0,
    burstRatio: 1,
    delayMs: 47.5,
    networkMs: 15,
    bufferMs: 12.5,
    packetMs: 20,
  });
});

test('packets that came too late count as lost ones do', () => {
  const late: QualityFigures = { ...figures, received: { ...figures.received, unplayedRatio: 0.05, burstRatio: 1.5 } };
  const mos = receivedMos(late);
  assert.equal([mos?.inputs.lossRatio, mos?.inputs.burstRatio], [0.05, 1.5]);
  assert.ok((mos?.mos ?? 5) < 4);
});

test('what the far end hears is rated by its reports, and not at all without one', () => {
  const mos = sentMos({ ...figures, sent: { ...figures.sent, lossRatio: 0.1 } });
  assert.ok(isMos.Check(mos), JSON.stringify(mos));
  assert.equal([mos.inputs.lossRatio, mos.inputs.bufferMs], [0.1, null]);
  assert.is(sentMos({ ...figures, sent: { ...figures.sent, lossRatio: null } }), null);
});

test('null until measured: no packet, no figure; and none for a codec without values', () => {
  const nothing = { ...figures.received, codec: null, packets: 0, lossRatio: null, unplayedRatio: null };
  assert.is(receivedMos({ ...figures, received: nothing }), null);
  assert.is(receivedMos({ ...figures, received: { ...figures.received, codec: 'speex' } }), null);
});

test('an unknown round trip is told as unknown', () => {
  const mos = receivedMos({ ...figures, roundTripMs: null });
  assert.equal([mos?.inputs.networkMs, mos?.inputs.delayMs], [null, 32.5]);
});

test('values that stand in for unpublished ones are marked so', () => {
  const rated = (codec: string, loss: number) =>
    receivedMos({ ...figures, received: { ...figures.received, codec, unplayedRatio: loss } });
  assert.equal([rated('G722', 0)?.basis, rated('G722', 0.01)?.basis], ['published', 'provisional']);
  assert.equal([rated('opus', 0)?.basis, rated('opus', 0)?.scale], ['provisional', 'fullband']);
});

test.run();
