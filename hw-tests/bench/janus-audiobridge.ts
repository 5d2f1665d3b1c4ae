import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from '../rig/children.ts';
import { freePort } from '../rig/free-ports.ts';
import { until } from '../rig/until.ts';
import { whyNotInstalled } from './installed.ts';
import { JanusClient } from './janus-client.ts';
import { benchCodecs, codecOfLeg, speaksOnly } from './media-load.ts';
import type { HeldLoad, MediaServer } from './media-server.ts';
import { portRange } from './port-range.ts';

const PLUGIN = 'janus.plugin.audiobridge';
/** RTP and RTCP. */
const PORTS_A_LEG = 4;
const JOINS_A_SECOND = 100;
/** As our Opus legs are encoded (pipelines/codecs/opus.ts). */
const OPUS = { bitrate: 32_000, complexity: 5 };

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
    const folder = mkdtempSync(path.join(os.tmpdir(), 'crosspoint-janus-'));
    const port = await freePort();
    configure(folder, port, portRange(PORTS_A_LEG * load.legs).join('-'));
    const child = await startChild('janus', 'janus', ['-C', path.join(folder, 'janus.jcfg'), '-F', folder]);
    let client: JanusClient | null = null;
    const close = async () => {
      client?.close();
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    try {
      const url = `http://127.0.0.1:${port}/janus`;
      const connected = await until('Janus to answer', () => connect(child, url), { limitMs: 10_000, everyMs: 100 });
      client = connected;
      return {
        mediaPids: [child.pid],
        controlPids: [],
        connectS: load.legs / JOINS_A_SECOND + 1,
        async connect(map) {
          for (let leg = 0; leg < load.legs; leg++) appendFileSync(map, await join(connected, load, leg));
          return null;
        },
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

async function connect(child: Child, url: string): Promise<JanusClient | null> {
  if (child.exit() !== null) throw new Error(`Janus: ${child.output().trim().split('\n').at(-1)}`);
  return JanusClient.connect(url).catch(() => null);
}

/** @returns the leg's line of the map */
async function join(client: JanusClient, load: HeldLoad, leg: number): Promise<string> {
  const handle = await client.attach(PLUGIN);
  const codec = codecOfLeg(load, leg);
  const room = 1 + Math.floor(leg / load.roomSize);
  if (leg % load.roomSize === 0)
    await client.ask(handle, {
      request: 'create',
      room,
      sampling_rate: codec === 'opus' ? 48_000 : 8_000,
      allow_rtp_participants: true,
      default_bitrate: OPUS.bitrate,
      audiolevel_ext: false,
    });
  const local = load.firstPort + 2 * leg;
  const { payloadType } = benchCodecs[codec];
  const joined = await client.askAsync(handle, {
    request: 'join',
    room,
    codec: codec.toLowerCase(),
    quality: OPUS.complexity,
    rtp: { ip: '127.0.0.1', port: local, ...(codec === 'opus' && { payload_type: payloadType }) },
  });
  const { port } = (joined.rtp ?? {}) as { port?: number };
  if (port === undefined) throw new Error('Janus gave a participant no port');
  return `LEG ${local} 127.0.0.1 ${port}\n`;
}

/** Nothing but the AudioBridge and the HTTP API, on loopback. */
function configure(folder: string, port: number, rtpPorts: string): void {
  const write = (name: string, text: string) => writeFileSync(path.join(folder, `${name}.jcfg`), text);
  const modules = (names: string) =>
    names
      .split(' ')
      .map(name => `libjanus_${name}.so`)
      .join(',');
  write(
    'janus',
    `general: { configs_folder = "${folder}", debug_level = 2, log_to_stdout = true }
media: { rtp_port_range = "${rtpPorts}" }
nat: { ice_enforce_list = "lo" }
plugins: { disable = "${modules('duktape echotest lua nosip recordplay sip streaming textroom videocall videoroom voicemail')}" }
transports: { disable = "${modules('mqtt nanomsg pfunix rabbitmq websockets')}" }
`,
  );
  write(
    'janus.transport.http',
    `general: { json = "compact", base_path = "/janus", http = true, port = ${port}, ip = "127.0.0.1", https = false }
admin: { admin_http = false, admin_https = false }
`,
  );
  write('janus.plugin.audiobridge', `general: { local_ip = "127.0.0.1", rtp_port_range = "${rtpPorts}" }\n`);
}
