import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePortRange } from '../../hw-tests/rig/free-ports.ts';
import { LineSplitter, MAX_ANSWER_BYTES } from '../../pipelines/line-splitter.ts';
import type { LegOpen } from '../../pipelines/protocol/leg-media.ts';
import { commands, PROTOCOL_VERSION, type Result } from '../../pipelines/protocol.ts';
import { spawnWorker } from './worker-process.ts';

/** One connection to a real worker, speaking lines. */
export interface Context {
  folder: string;
  socketPath: string;
  exited: Promise<unknown>;
  ask(line: string): Promise<Reply>;
  events: Reply[];
}

export interface Reply {
  id?: number;
  result?: unknown;
  error?: { code: string; message: string };
  event?: string;
  params?: unknown;
}

let nextId = 100;
/** The first of six hundred ports that are free. */
export const [BASE] = freePortRange(600);
export const RECORDINGS = mkdtempSync(path.join(tmpdir(), 'crosspoint-recordings-'));
export const recordingStart = {
  recording: 'r',
  session: 's',
  mode: 'mixed',
  format: 'ogg',
  sampleRate: 16_000,
  directory: RECORDINGS,
} as const;

/** Tests that share one worker, which ends after them. */
export function workerSuite(name: string): Test<Context> {
  const test = suite<Context>(name);
  test.before(async context => {
    context.folder = mkdtempSync(path.join(tmpdir(), 'crosspoint-protocol-'));
    context.socketPath = path.join(context.folder, 'worker.sock');
    const child = spawnWorker(
      context.socketPath,
      path.join(context.folder, 'dtls.pem'),
      path.join(context.folder, 'log'),
      RECORDINGS,
    );
    context.exited = new Promise(resolve => child.once('exit', resolve));
    context.events = [];
    const socket = await connected(context.socketPath);
    const waiting: ((reply: Reply) => void)[] = [];
    const splitter = new LineSplitter(line => {
      const reply = JSON.parse(line) as Reply;
      if (reply.event === undefined) waiting.shift()?.(reply);
      else context.events.push(reply);
    }, MAX_ANSWER_BYTES);
    socket.on('data', chunk => splitter.push(chunk as Buffer));
    context.ask = line =>
      new Promise(resolve => {
        waiting.push(resolve);
        socket.write(`${line}\n`);
      });
    const hello = await context.ask(request('hello', { protocol: PROTOCOL_VERSION, client: 'test', leaseMs: 30_000 }));
    assert.ok(Compile(commands.hello.result).Check(hello.result), JSON.stringify(hello));
    assert.ok((hello.result as Result<'hello'>).dtls, 'it has made itself a certificate');
  });

  test.after(async context => {
    await context.ask(request('stop', {}));
    await context.exited;
    rmSync(context.folder, { recursive: true, force: true });
    rmSync(RECORDINGS, { recursive: true, force: true });
  });
  return test;
}

export async function connected(socketPath: string): Promise<net.Socket> {
  for (;;) {
    const socket = net.connect(socketPath);
    const open = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (open) return socket;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

export function request(method: string, params: unknown): string {
  return JSON.stringify({ id: nextId++, method, params });
}

export const pcmu = {
  name: 'PCMU',
  payloadType: 0,
  clockRate: 8000,
  sampleRate: 8000,
  implementation: 'pcmu',
} as const;
export const security = {
  send: { suite: 'AES_CM_128_HMAC_SHA1_80', key: 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj' },
  receive: { suite: 'AEAD_AES_128_GCM', key: `${'k'.repeat(38)}==`, mki: { value: 1, bytes: 4 } },
};
export const telephoneEvent = { payloadType: 101, clockRate: 8000 };
export const openLeg: Static<typeof LegOpen> = {
  leg: 'a',
  local: { host: '127.0.0.1', rtpPort: BASE, rtcpPort: BASE + 1 },
  remote: {
    rtp: { host: '127.0.0.1', port: BASE + 500 },
    rtcp: { host: '127.0.0.1', port: BASE + 501 },
    policy: 'learn-once',
  },
  receive: [pcmu],
  send: pcmu,
  receiveTelephoneEvent: telephoneEvent,
  sendTelephoneEvent: telephoneEvent,
  packetMs: 20,
  direction: 'sendrecv',
  muted: false,
  hears: { kind: 'session', session: 's' },
};

/** Until an event of that name has come. */
export async function come({ events }: Context, name: string): Promise<void> {
  while (!events.some(({ event }) => event === name)) await new Promise(resolve => setTimeout(resolve, 10));
}
