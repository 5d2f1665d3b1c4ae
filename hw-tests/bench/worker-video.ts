import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../firmware/base/clock.ts';
import { silentLog } from '../../firmware/base/log.ts';
import type { IceLeg, LegConfig } from '../../firmware/media/media.ts';
import { WorkerPool } from '../../firmware/media/worker-pool.ts';
import { freePort, freePortRange } from '../rig/free-ports.ts';
import { processesWith } from '../rig/processes.ts';
import { type OwnTransport, type ServerTransport, VIDEO_TYPE } from './browser-sdp.ts';
import type { Crowd, EndMedia } from './crowd.ts';
import { newSsrc, seen, sent } from './end-media.ts';
import type { WebrtcRoom, WebrtcServer } from './webrtc-server.ts';

const HOST = '127.0.0.1';
const VP8 = { name: 'VP8', payloadType: VIDEO_TYPE };
const MAX_BITRATE = 2_500_000;

/** Our media worker, told of video by its protocol: no signalling is in its figures, nor has it any part in Janus's. */
export const workerVideo: WebrtcServer = {
  name: 'crosspoint',
  missing: () => null,
  async open(crowd) {
    const stateDir = mkdtempSync(path.join(os.tmpdir(), 'v-'));
    const listening = { port: await freePort(), hosts: () => [HOST], advertise: undefined };
    const pool = new WorkerPool({
      ...{ workers: 1, host: HOST, advertise: undefined, ports: freePortRange(10), ice: listening, recordings: null },
      ...{ stateDir, bootId: 'bench', clock: systemClock, log: silentLog },
    });
    await pool.start();
    return {
      mediaPids: processesWith(`${stateDir}${path.sep}`),
      controlPids: [],
      room: async () => roomOf(pool, crowd),
      async close() {
        await pool.close();
        rmSync(stateDir, { recursive: true, force: true });
      },
    };
  },
};

function roomOf(pool: WorkerPool, crowd: Crowd): WebrtcRoom {
  /** @returns the end, and the leg that it reaches */
  async function connect(config: LegConfig, media: EndMedia) {
    const { end, own } = crowd.newEnd();
    const leg = await pool.openIceLeg(null, {}, () => ({
      security: dtlsOf(own),
      hears: { kind: 'silence' },
      ...config,
    }));
    await crowd.browser(end, own, transportOf(leg), media);
    return { end, stream: leg.id };
  }
  return {
    browser: null,
    phone: null,
    publish: kind =>
      connect(
        { direction: 'recvonly', receiveVideo: { codecs: [VP8], maxBitrate: MAX_BITRATE } },
        sent(kind, newSsrc()),
      ),
    subscribe: async ({ stream }, kind) => {
      const sendVideo = { codec: VP8, ssrc: newSsrc() };
      return (await connect({ direction: 'sendonly', sendVideo, sees: String(stream) }, seen(kind))).end;
    },
  };
}

const dtlsOf = ({ fingerprint }: OwnTransport): LegConfig['security'] => ({
  dtls: { role: 'server', fingerprints: [{ hash: 'sha-256', value: fingerprint }] },
});

function transportOf({ ice: { candidates, credentials, fingerprint } }: IceLeg): ServerTransport {
  const { host = '', port = 0 } = candidates[0] ?? {};
  return {
    ...{ host, port, ...credentials, hash: fingerprint.hash, fingerprint: fingerprint.value },
    ...{ role: 'client', offers: false, media: [] },
  };
}
