import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { formatHostPort } from '../../sip/message/host-port.ts';
import type { Hop } from '../../sip/transport/hop.ts';
import { MIN_TLS, type TlsClient } from '../../sip/transport/tls-identity.ts';
import { nameFault } from '../../sip/transport/tls-peer.ts';
import { adviceForTls } from './advice.ts';
import { failed, ok, type Step } from './step.ts';

const CONNECT_MS = 5_000;
const SPEECHLESS = Object.assign(new Error(`connected, but no TLS handshake within ${CONNECT_MS} ms`), {
  code: 'EPROTO',
});

/** Whether there is a connection, and of TLS who is at its other end. Null for UDP, which has none. */
export async function connectStep(hop: Hop, client: TlsClient): Promise<Step | null> {
  if (hop.transport === 'udp') return null;
  const place = `${hop.transport} ${formatHostPort(hop.address, hop.port)}`;
  const startedAt = performance.now();
  try {
    const { saw, refusal } = hop.transport === 'tcp' ? await overTcp(hop) : await overTls(hop, client);
    const ms = Math.round(performance.now() - startedAt);
    if (refusal === null) return ok('connect', `${place} in ${ms} ms`, ...saw);
    return failed('connect', [`${place}: ${refusal.what}`, ...saw], refusal.advice);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return failed('connect', [`${place}: ${message}`], adviceForTls(code));
  }
}

interface Seen {
  readonly saw: readonly string[];
  readonly refusal: { readonly what: string; readonly advice: readonly string[] } | null;
}

async function overTcp({ address, port }: Hop): Promise<Seen> {
  const socket = connect({ host: address, port });
  try {
    await opened(socket, 'connect');
  } finally {
    socket.destroy();
  }
  return { saw: [], refusal: null };
}

/** Connects whatever the certificate says, so that it can be shown, and judges it as a call would. */
async function overTls({ address, port, serverName }: Hop, client: TlsClient): Promise<Seen> {
  const { ca, key, cert, pins, verify } = client;
  const name = serverName ?? address;
  const socket = connectTls({
    host: address,
    port,
    ...(serverName !== undefined && { servername: serverName }),
    ...(ca !== undefined && { ca }),
    ...(key !== undefined && { key }),
    ...(cert !== undefined && { cert }),
    minVersion: MIN_TLS,
    checkServerIdentity: (_, certificate) => nameFault(name, certificate),
    rejectUnauthorized: false,
  });
  let reached = false;
  socket.once('connect', () => {
    reached = true;
  });
  try {
    await opened(socket, 'secureConnect').catch(error => {
      // Whoever took the connection and says nothing is no firewall.
      throw error.code === 'ETIMEDOUT' && reached ? SPEECHLESS : error;
    });
    const certificate = socket.getPeerCertificate();
    const pin = createHash('sha256')
      .update(socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' }) ?? '')
      .digest('base64');
    const saw = [...describe(certificate, socket), `pin of its key: ${pin}`];
    const problem = verify ? problemOf(socket, name, certificate) : null;
    if (problem) return { saw, refusal: problem };
    if (pins && !pins.includes(pin)) {
      const advice = [`if this is the peer, its pin is ${pin}`];
      return { saw, refusal: { what: 'its key is none of tls.pins', advice } };
    }
    return { saw: [...saw, trustOf(client)], refusal: null };
  } finally {
    socket.destroy();
  }
}

function trustOf({ verify, pins }: TlsClient): string {
  if (verify) return 'trusted';
  return pins ? 'not verified (verify: false), but its key is pinned' : 'not verified (verify: false)';
}

function problemOf(socket: TLSSocket, name: string, certificate: PeerCertificate): Seen['refusal'] {
  // Node has checked chain and name even where it was told to go on.
  const error = socket.authorizationError as Error | string | null | undefined;
  if (socket.authorized || !error) return null;
  const code = typeof error === 'string' ? error : ((error as NodeJS.ErrnoException).code ?? error.message);
  const fault = code === 'sip.tls-name' ? nameFault(name, certificate) : null;
  const words = fault?.message ?? (typeof error === 'string' ? error : error.message);
  return { what: `the certificate is not trusted for ${name}: ${words}`, advice: adviceForTls(code) };
}

function describe(
  { subject, issuer, subjectaltname, valid_from, valid_to }: PeerCertificate,
  socket: TLSSocket,
): string[] {
  return [
    `${socket.getProtocol()}, ${socket.getCipher().name}`,
    `certificate of ${text(subject?.CN)}${subjectaltname ? ` (${subjectaltname.slice(0, 200)})` : ''}, issued by ${text(issuer?.CN ?? issuer?.O)}`,
    `valid from ${valid_from} to ${valid_to}`,
  ];
}

function text(name: string | string[] | undefined): string {
  return name === undefined ? 'nobody' : String(name);
}

/** Resolves with the event; rejects with the socket's error, or ETIMEDOUT. */
function opened(socket: ReturnType<typeof connect>, event: string): Promise<void> {
  return new Promise((done, fail) => {
    socket.setTimeout(CONNECT_MS, () =>
      socket.destroy(Object.assign(new Error(`no connection within ${CONNECT_MS} ms`), { code: 'ETIMEDOUT' })),
    );
    socket.once(event, () => done());
    socket.on('error', fail);
  });
}
