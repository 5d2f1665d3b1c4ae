import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import type { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import { serialise } from '../message/serialise.ts';
import type { Hop } from './hop.ts';
import type { ListenerOptions, LocalAddress } from './listener.ts';
import type { StreamConnection } from './stream-connection.ts';
import { STREAM_LIMITS, type StreamLimits } from './stream-limits.ts';
import { StreamPool } from './stream-pool.ts';
import { type TlsClient, VERIFIED } from './tls-identity.ts';

export const TCP: ListenerOptions = { transport: 'tcp', host: '127.0.0.1', port: 0 };

export function message(callId: string, body = ''): Buffer {
  const headers = Headers.of([['Call-ID', callId]]);
  return serialise({ kind: 'request', method: 'OPTIONS', uri: 'sip:a@b', headers, body: Buffer.from(body) });
}

export interface PoolOptions {
  readonly listener?: ListenerOptions;
  readonly limits?: Partial<StreamLimits>;
  readonly trusted?: boolean;
  tlsClientFor?(serverName: string): TlsClient;
}

/** A pool that takes every message but those that hold "stranger" or "challenge". */
export async function startPool({
  listener = TCP,
  limits,
  trusted = false,
  tlsClientFor = () => VERIFIED,
}: PoolOptions = {}) {
  const clock = new ManualClock();
  const taken: { text: string; from: StreamConnection }[] = [];
  const broken: { beginning: string; error: SipParseError }[] = [];
  const unreachable: Hop[] = [];
  const pool = new StreamPool({
    clock,
    limits: { ...STREAM_LIMITS, ...limits },
    log: silentLog,
    tlsClientFor,
    isTrusted: () => trusted,
    message: (bytes, from) => {
      if (bytes.includes('stranger')) return 'refused';
      if (bytes.includes('challenge')) return 'challenged';
      taken.push({ text: bytes.toString(), from });
      return 'admitted';
    },
    broken: (bytes, error) => void broken.push({ beginning: bytes.toString(), error }),
    unreachable: hop => void unreachable.push(hop),
  });
  const local = await pool.listen(listener);
  const next = (count: number) => until(() => taken.length >= count);
  return { clock, pool, local, taken, broken, unreachable, next };
}

export async function dial(local: LocalAddress): Promise<Socket> {
  const socket = connect(local.port, local.address);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Not `once`: a reset instead of an orderly end is as good, and no failure of the test. */
export function closed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise(done => socket.once('close', () => done()));
}

/** Looks again after each turn of the event loop; the limit is far longer than loopback takes. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('what was waited for did not come');
    await new Promise<void>(again => setImmediate(again));
  }
}

/** A peer that keeps what it hears, and its connections. */
export async function startPeer(host = '127.0.0.1') {
  const sockets: Socket[] = [];
  const heard: string[] = [];
  const server: Server = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', chunk => void heard.push(chunk.toString()));
  });
  await new Promise<void>(bound => server.listen(0, host, bound));
  const hop: Hop = { transport: 'tcp', address: host, port: (server.address() as AddressInfo).port };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>(done => server.close(() => done()));
  };
  return { hop, sockets, heard, close };
}
