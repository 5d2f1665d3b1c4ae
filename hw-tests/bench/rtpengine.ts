import { appendFileSync } from 'node:fs';
import { type Child, startChild } from '../rig/children.ts';
import { freePort } from '../rig/free-ports.ts';
import { until } from '../rig/until.ts';
import { whyNotInstalled } from './installed.ts';
import { type BenchCodec, benchCodecs, codecsOf } from './media-load.ts';
import type { HeldLoad, MediaServer } from './media-server.ts';
import { NgClient } from './ng-client.ts';
import { portRange } from './port-range.ts';

/** It takes more than it uses. */
const PORTS_A_LEG = 10;
const CALLS_A_SECOND = 300;
/** What our Opus legs are encoded with: mono speech at 32 kbit/s. */
const OPUS = 'opus/48000/2/32000';

/**
 * Sipwise rtpengine without its kernel module: two-party calls, relayed or transcoded; it does not mix. Secured, the first
 * leg of a call is: it would hand SRTP through unopened where both are.
 */
export const rtpengine: MediaServer = {
  name: 'rtpengine',
  option: 'rtpengine',
  missing: () => whyNotInstalled('rtpengine', 'rtpengine-daemon'),
  carries: ({ roomSize, codecs: [even, odd], secured }) =>
    roomSize === 2 && even === 'PCMU' && !(secured && even !== odd),
  securedShare: 0.5,
  async open(load) {
    const [first, last] = portRange(PORTS_A_LEG * load.legs);
    const control = await freePort();
    const named = { n: `127.0.0.1:${control}`, i: '127.0.0.1', t: -1, m: first, M: last, L: 4 };
    const child = await startChild('rtpengine', 'rtpengine', [
      ...['-f', '-E', '--config-file=none'],
      ...Object.entries(named).flatMap(([name, value]) => [`-${name}`, String(value)]),
    ]);
    const client = await NgClient.connect(control);
    const close = async () => {
      client.close();
      await child.stop();
    };
    try {
      await until('rtpengine to answer', () => isUp(child, client), { limitMs: 10_000, everyMs: 100 });
    } catch (error) {
      await close();
      throw error;
    }
    return {
      mediaPids: [child.pid],
      controlPids: [],
      connectS: load.legs / CALLS_A_SECOND + 1,
      async connect(map) {
        for (let leg = 0; leg + 1 < load.legs; leg += 2) appendFileSync(map, await connectCall(client, load, leg));
        return null;
      },
      close,
    };
  },
};

async function isUp(child: Child, client: NgClient): Promise<boolean> {
  if (child.exit() !== null) throw new Error(`rtpengine: ${child.output().trim()}`);
  // Until it listens, its port is refused.
  return client.ask({ command: 'ping' }).then(
    () => true,
    () => false,
  );
}

/** Offer and answer of the call of two neighbouring legs. @returns its lines of the map */
async function connectCall(client: NgClient, load: HeldLoad, leg: number): Promise<string> {
  const [even, odd] = load.codecs;
  const [ours, theirs] = [load.firstPort + 2 * leg, load.firstPort + 2 * leg + 2];
  const common = { 'call-id': `bench-${leg}`, 'from-tag': 'a', ICE: 'remove', replace: ['origin'] };
  const offered = await client.ask({
    ...common,
    command: 'offer',
    sdp: sdp(ours, even, benchCodecs[even].payloadType, load.srtpKey),
    'transport-protocol': 'RTP/AVP',
    ...(even !== odd && { codec: { mask: [even], transcode: [odd === 'opus' ? OPUS : odd] } }),
  });
  const offer = facts(String(offered.sdp), odd);
  const answered = await client.ask({
    ...common,
    command: 'answer',
    'to-tag': 'b',
    sdp: sdp(theirs, odd, offer.payloadType, null),
  });
  const answer = facts(String(answered.sdp), even);
  if (load.secured && answer.key === null) throw new Error(`rtpengine answered ${codecsOf(load)} in the clear`);
  return [
    `LEG ${ours} 127.0.0.1 ${answer.port} ${answer.key ?? '-'}\n`,
    `LEG ${theirs} 127.0.0.1 ${offer.port} - ${offer.payloadType}\n`,
  ].join('');
}

function sdp(port: number, codec: BenchCodec, payloadType: number, srtpKey: string | null): string {
  return [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
    `m=audio ${port} RTP/${srtpKey === null ? 'AVP' : 'SAVP'} ${payloadType}`,
    ...(srtpKey === null ? [] : [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${srtpKey}`]),
    `a=rtpmap:${payloadType} ${benchCodecs[codec].rtpmap}`,
    'a=ptime:20',
    '',
  ].join('\r\n');
}

function facts(text: string, codec: BenchCodec): { port: number; payloadType: number; key: string | null } {
  const port = /^m=audio (\d+) /m.exec(text)?.[1];
  const payloadType = new RegExp(`^a=rtpmap:(\\d+) ${benchCodecs[codec].rtpmap}`, 'im').exec(text)?.[1];
  if (port === undefined || payloadType === undefined) throw new Error(`rtpengine left ${codec} out of its SDP`);
  return {
    port: Number(port),
    payloadType: Number(payloadType),
    key: /^a=crypto:\d+ AES_CM_128_HMAC_SHA1_80 inline:([^|\s]+)/m.exec(text)?.[1] ?? null,
  };
}
