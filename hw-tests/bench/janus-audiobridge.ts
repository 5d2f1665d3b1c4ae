import { appendFileSync } from 'node:fs';
import { whyNotInstalled } from './installed.ts';
import type { JanusClient } from './janus-client.ts';
import { startJanus } from './janus-process.ts';
import { benchCodecs, codecOfLeg, speaksOnly } from './media-load.ts';
import type { HeldLoad, MediaServer } from './media-server.ts';
import { portRange } from './port-range.ts';

export const AUDIOBRIDGE = 'janus.plugin.audiobridge';
/** RTP and RTCP. */
const PORTS_A_LEG = 4;
const JOINS_A_SECOND = 100;
/** As our Opus legs are encoded (pipelines/codecs/opus.ts). */
export const OPUS = { bitrate: 32_000, complexity: 5 };

/**
 * Janus AudioBridge with plain-RTP participants, in rooms of the rate that its codec has, Opus encoded as ours, otherwise
 * as it comes (a buffer of six packets). It does not secure plain RTP.
 */
export const janusAudiobridge: MediaServer = {
  name: 'Janus AudioBridge',
  option: 'janus',
  missing: () => whyNotInstalled('janus', 'janus'),
  carries: load => !load.secured && (speaksOnly(load, 'PCMU') || speaksOnly(load, 'opus')),
  securedShare: 0,
  async open(load) {
    const rtpPorts = portRange(PORTS_A_LEG * load.legs).join('-');
    const { pid, client, close } = await startJanus({ plugin: 'audiobridge', rtpPorts, address: null });
    return {
      mediaPids: [pid],
      controlPids: [],
      connectS: load.legs / JOINS_A_SECOND + 1,
      async connect(map) {
        for (let leg = 0; leg < load.legs; leg++) appendFileSync(map, await join(client, load, leg));
        return null;
      },
      close,
    };
  },
};

/** @returns the leg's line of the map */
async function join(client: JanusClient, load: HeldLoad, leg: number): Promise<string> {
  const handle = await client.attach(AUDIOBRIDGE);
  const codec = codecOfLeg(load, leg);
  const room = 1 + Math.floor(leg / load.roomSize);
  if (leg % load.roomSize === 0) await client.ask(handle, roomOf(room, codec === 'opus' ? 48_000 : 8_000));
  const local = load.firstPort + 2 * leg;
  const { payloadType } = benchCodecs[codec];
  const { data } = await client.ask(handle, {
    request: 'join',
    room,
    codec: codec.toLowerCase(),
    quality: OPUS.complexity,
    rtp: { ip: '127.0.0.1', port: local, ...(codec === 'opus' && { payload_type: payloadType }) },
  });
  return `LEG ${local} 127.0.0.1 ${rtpPortOf(data)}\n`;
}

/** A request for a room that mixes at `rate`, Hz. */
export function roomOf(room: number, rate: number): object {
  return {
    ...{ request: 'create', room, sampling_rate: rate, allow_rtp_participants: true },
    ...{ default_bitrate: OPUS.bitrate, audiolevel_ext: false },
  };
}

/** Where a plain-RTP participant has to send to. */
export function rtpPortOf({ rtp }: Readonly<Record<string, unknown>>): number {
  const { port } = (rtp ?? {}) as { port?: number };
  if (port === undefined) throw new Error('Janus gave a participant no port');
  return port;
}
