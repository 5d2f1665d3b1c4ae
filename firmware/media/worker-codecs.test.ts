import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePortRange } from '../../hw-tests/rig/free-ports.ts';
import { until } from '../../hw-tests/rig/until.ts';
import { type AudioCodec, formatParameters, PACKET_TIMES, type PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import { AUDIO_CODECS } from '../../pipelines/codecs/codecs.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import type { LegStats } from '../../pipelines/protocol/figures.ts';
import type { Codec } from '../../pipelines/protocol/leg-media.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { LegAddress, LegConfig, MediaLeg } from './media.ts';
import { WorkerPool } from './worker-pool.ts';

/** Two legs of a real worker are each other's far ends: the one says a tone, the other measures it. */
const test = suite<{ pool: WorkerPool; stateDir: string }>('codecs, as the real worker codes and decodes them');
const [FIRST_PORT] = freePortRange(100);

test.before(async context => {
  context.stateDir = mkdtempSync(path.join(tmpdir(), 'crosspoint-codecs-'));
  context.pool = new WorkerPool({
    workers: 1,
    host: '127.0.0.1',
    advertise: undefined,
    ports: [FIRST_PORT, FIRST_PORT + 99],
    stateDir: context.stateDir,
    recordings: null,
    bootId: 'codecs',
    clock: systemClock,
    log: silentLog,
  });
  await context.pool.start();
});

test.after(async context => {
  await context.pool.close();
  rmSync(context.stateDir, { recursive: true, force: true });
});

const TONE_HZ = 1000;
const TONE_DBOV = -20;

function towards({ address, rtpPort, rtcpPort }: LegAddress): LegConfig {
  const end = (port: number) => ({ host: address, port });
  return { remote: { rtp: end(rtpPort), rtcp: end(rtcpPort), policy: 'signalled' } };
}

function coded(codec: AudioCodec, packetMs: PacketMs, fmtp: string | null): { send: Codec; receive: Codec } {
  const { name, clockRate, payloadType, sampleRate, implementation } = codec;
  const theirs = formatParameters(fmtp);
  const plain = { name, clockRate, payloadType, sampleRate, implementation };
  return {
    send: { ...plain, ...codec.sending?.(theirs, packetMs) },
    receive: { ...plain, ...codec.receiving?.(theirs) },
  };
}

interface Figures {
  before: LegStats;
  sent: LegStats;
  heard: LegStats;
}

/** On a machine that is busy the worker may take no leg for a moment. */
function firstLeg(pool: WorkerPool): Promise<MediaLeg> {
  const opened = async () =>
    pool.openLeg(null, {}).catch(error => {
      if (error.code === 'media.overloaded') return null;
      throw error;
    });
  return until('the worker to take a leg', opened, { limitMs: 20_000 });
}

/** After two seconds and more. */
async function toneBy(pool: WorkerPool, codec: AudioCodec, packetMs: PacketMs, fmtp: string | null): Promise<Figures> {
  const { send, receive } = coded(codec, packetMs, fmtp);
  const mouth: MediaLeg = await firstLeg(pool);
  const ear = await pool.openLeg(null, {}, () => ({
    ...towards(mouth.local),
    receive: [receive],
    direction: 'recvonly',
  }));
  await mouth.update({
    ...towards(ear.local),
    send,
    packetMs,
    receive: [receive],
    hears: { kind: 'tone', frequencyHz: TONE_HZ, levelDbov: TONE_DBOV },
  });
  await until('the first packet', async () => (await mouth.stats()).sent.packets > 0);
  const before = await mouth.stats();
  await until('two seconds of sound', async () => (await mouth.stats()).openMs > before.openMs + 2_000);
  const [sent, heard] = await Promise.all([mouth.stats(), ear.stats()]);
  await Promise.all([mouth.close(), ear.close()]);
  return { before, sent, heard };
}

function carriesTheTone({ before, sent, heard }: Figures, packetMs: PacketMs, toleranceDb = 1.5): void {
  const { packets, lost, discarded, concealedMs, frequencyHz, levelDbov } = heard.received;
  assert.is(lost + discarded, 0);
  const [packetsSent, ms] = [sent.sent.packets - before.sent.packets, sent.openMs - before.openMs];
  assert.ok(Math.abs(packetsSent - ms / packetMs) <= 3, `${packetsSent} packets in ${ms} ms`);
  // Those of the last tick are still in the socket.
  assert.ok(packets >= sent.sent.packets - 20 / packetMs - 1, `${packets} of ${sent.sent.packets} came`);
  assert.ok(concealedMs <= 120, `${concealedMs} ms were made up`);
  assert.ok(Math.abs((frequencyHz ?? 0) - TONE_HZ) < 5, `${frequencyHz} Hz`);
  assert.ok(Math.abs((levelDbov ?? 0) - TONE_DBOV) < toleranceDb, `${levelDbov} dBov`);
}

for (const codec of AUDIO_CODECS) {
  const times = codec.packetTimes ?? PACKET_TIMES;
  test(`${codec.name}/${codec.clockRate} carries a tone, in packets of ${times.join(', ')} ms`, async ({ pool }) => {
    const figures = await Promise.all(times.map(each => toneBy(pool, codec, each, codec.fmtp)));
    for (const [index, each] of figures.entries()) carriesTheTone(each, times[index] as PacketMs);
  });
}

const OPUS_TERMS: [fmtp: string, sampleRate: number, encoder: object, toleranceDb?: number][] = [
  ['', 48_000, { bitrate: 48_000 }],
  ['maxplaybackrate=8000; sprop-maxcapturerate=8000', 8000, { bitrate: 16_000 }],
  ['maxplaybackrate=16000;sprop-maxcapturerate=16000;maxaveragebitrate=12000', 16_000, { bitrate: 12_000 }],
  ['maxaveragebitrate=510000;cbr=1', 48_000, { bitrate: 48_000, cbr: true }],
  // At so few bits a tone is not what it is made for: -22.7 dBov.
  ['maxaveragebitrate=1;useinbandfec=1', 48_000, { bitrate: 6_000, fec: true }, 3.5],
  ['maxaveragebitrate=lots;maxplaybackrate;stereo=1', 48_000, { bitrate: 48_000 }],
];

test('Opus is coded as the far end wishes, and heard', async ({ pool }) => {
  for (const [fmtp, sampleRate, encoder] of OPUS_TERMS) {
    const { send } = coded(OPUS, 20, fmtp);
    assert.is(send.sampleRate, sampleRate);
    assert.equal(send.implementation, { codec: 'opus', complexity: 5, ...encoder });
  }
  const figures = await Promise.all(OPUS_TERMS.map(([fmtp]) => toneBy(pool, OPUS, 20, fmtp)));
  for (const [index, each] of figures.entries()) carriesTheTone(each, 20, OPUS_TERMS[index]?.[3]);
});

test('Opus for a far end that wants silence left out (usedtx) sends next to nothing of it', async ({ pool }) => {
  const { send, receive } = coded(OPUS, 20, 'usedtx=1');
  const ear = await pool.openLeg(null, {}, () => ({ receive: [receive] }));
  const mute = await pool.openLeg(null, {}, () => ({ ...towards(ear.local), send, receive: [receive] }));
  await until('three seconds of silence', async () => (await mute.stats()).openMs > 3_000);
  const { sent } = await mute.stats();
  assert.ok(sent.packets > 5 && sent.packets < 60, `${sent.packets} packets of 150`);
  await Promise.all([mute.close(), ear.close()]);
});

test.run();
