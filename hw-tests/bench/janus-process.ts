import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from '../rig/children.ts';
import { freePort } from '../rig/free-ports.ts';
import { until } from '../rig/until.ts';
import { JanusClient } from './janus-client.ts';

export interface JanusProcess {
  readonly pid: number;
  readonly client: JanusClient;
  close(): Promise<void>;
}

export interface JanusOptions {
  /** The one that is loaded: audiobridge, videoroom. */
  readonly plugin: string;
  /** For RTP, "first-last". */
  readonly rtpPorts: string;
  /** Of the network on which browsers reach it; null: none does. */
  readonly address: string | null;
}

/** A fresh Janus with one plugin and nothing but its WebSocket API, on loopback. */
export async function startJanus(options: JanusOptions): Promise<JanusProcess> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'crosspoint-janus-'));
  const port = await freePort();
  configure(folder, port, options);
  const child = await startChild('janus', 'janus', ['-C', path.join(folder, 'janus.jcfg'), '-F', folder]);
  let client: JanusClient | null = null;
  const close = async () => {
    client?.close();
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = `ws://127.0.0.1:${port}`;
    client = await until('Janus to answer', () => connect(child, url), { limitMs: 10_000, everyMs: 100 });
    return { pid: child.pid, client, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(child: Child, url: string): Promise<JanusClient | null> {
  if (child.exit() !== null) throw new Error(`Janus: ${child.output().trim().split('\n').at(-1)}`);
  return JanusClient.connect(url).catch(() => null);
}

const PLUGINS =
  'audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall videoroom voicemail';
const TRANSPORTS = 'http mqtt nanomsg pfunix rabbitmq';

function configure(folder: string, port: number, { plugin, rtpPorts, address }: JanusOptions): void {
  const write = (name: string, text: string) => writeFileSync(path.join(folder, `${name}.jcfg`), text);
  const modules = (names: readonly string[]) => names.map(name => `libjanus_${name}.so`).join(',');
  const others = PLUGINS.split(' ').filter(name => name !== plugin);
  write(
    'janus',
    `general: { configs_folder = "${folder}", debug_level = 2, log_to_stdout = true, session_timeout = 0 }
media: { rtp_port_range = "${rtpPorts}" }
nat: { ice_enforce_list = "${address ?? 'lo'}" }
plugins: { disable = "${modules(others)}" }
transports: { disable = "${modules(TRANSPORTS.split(' '))}" }
`,
  );
  write(
    'janus.transport.websockets',
    `general: { json = "compact", ws = true, ws_port = ${port}, ws_ip = "127.0.0.1", wss = false }
admin: { admin_ws = false, admin_wss = false }
`,
  );
  write('janus.plugin.audiobridge', `general: { local_ip = "127.0.0.1", rtp_port_range = "${rtpPorts}" }\n`);
}
