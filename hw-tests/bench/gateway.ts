import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { startChild } from '../rig/children.ts';
import { freePort, freePortRange } from '../rig/free-ports.ts';
import { until } from '../rig/until.ts';
import { childrenOf } from './processes.ts';
import { inRepository } from './tools.ts';

/** A gateway of our own: fresh state, free ports, one project. */
export interface Gateway {
  readonly pid: number;
  readonly httpUrl: string;
  readonly sipPort: number;
  readonly apiKey: string;
  readonly apiSecret: string;
  workerPids(): number[];
  stop(): Promise<void>;
}

const API_KEY = '46000001';

/** @throws with the gateway's own words when it does not become ready */
export async function startGateway(): Promise<Gateway> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'crosspoint-bench-'));
  const [httpPort, sipPort, mqttPort] = [await freePort(), await freePort(), await freePort()];
  const apiSecret = randomBytes(20).toString('hex');
  const config = {
    box: 'bench',
    logLevel: 'warn',
    http: { port: httpPort },
    sip: { listeners: [{ transport: 'udp', port: sipPort }] },
    media: { ports: freePortRange(4_000) },
    mqtt: { embedded: { port: mqttPort } },
    stateDir: path.join(folder, 'state'),
    projects: [{ opentok: { apiKey: API_KEY, apiSecret } }],
  };
  const file = path.join(folder, 'config.yaml');
  writeFileSync(file, stringify(config), { mode: 0o600 });
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  const child = await startChild('the gateway', process.execPath, [
    inRepository('dist/firmware/main.js'),
    '--config',
    file,
  ]);
  const stop = async () => {
    await child.stop('SIGTERM', 15_000);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until('the gateway to be ready', () => child.exit() !== null || isReady(httpUrl), { limitMs: 20_000 });
    if (child.exit() !== null) throw new Error('the gateway ended');
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${child.output()}`);
  }
  return {
    pid: child.pid,
    httpUrl,
    sipPort,
    apiKey: API_KEY,
    apiSecret,
    workerPids: () => childrenOf(child.pid, /pipelines\/worker\./),
    stop,
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`).catch(() => null);
  await answer?.body?.cancel();
  return answer?.status === 200;
}
