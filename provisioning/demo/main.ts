/**
 * A first call that needs no phone: two built-in numbers are dialled into one session of the running gateway.
 *
 *     npm run demo [-- --config FILE]
 *
 * The tone number plays 440 Hz. The session lets the echo number hear it, which sends it back; so the tone number
 * hears its own tone by way of the other phone, and every leg has 440 Hz in its ear. Exit code 0 only if it has.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../firmware/base/errors.ts';
import { BUILTIN_TONE } from '../../firmware/calls/builtin-numbers.ts';
import { loadConfig } from '../../firmware/config/load.ts';
import { projectsOf } from '../../firmware/config/projects.ts';
import type { Config } from '../../firmware/config/schema.ts';
import { loadSecrets, type Secrets } from '../../firmware/config/secrets.ts';
import { formatHostPort } from '../../firmware/sip/message/host-port.ts';
import { reachable } from './addresses.ts';
import { type BrokerAccess, EventWatch, type SeenEvent } from './event-watch.ts';
import { GatewayClient, type LiveCall } from './gateway-client.ts';

const TALK_MS = 3_000;
const TOLERANCE_HZ = 4;
/** The tone is sent at -20 dBov; the way through two mixes must leave it about there. */
const LEVEL_DBOV = { min: -26, max: -16 };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const config = loadConfig(values.config);
  const secrets = loadSecrets(path.resolve(config.stateDir));
  const project = [...projectsOf(config, secrets).values()].find(({ kind }) => kind === 'opentok');
  const listener = config.sip.listeners.find(({ transport }) => transport === 'udp') ?? config.sip.listeners[0];
  if (project?.kind !== 'opentok' || !listener)
    throw new Error('the configuration has no project of the kind opentok, or no SIP listener');
  const sip = `${formatHostPort(reachable(listener.host), listener.port)}${listener.transport === 'tcp' ? ';transport=tcp' : ''}`;
  const gateway = new GatewayClient({
    baseUrl: `http://${formatHostPort(reachable(config.http.host), config.http.port)}`,
    apiKey: project.id,
    apiSecret: project.secret,
    operatorToken: secrets.operatorToken,
  });

  const sessionId = await gateway.createSession().catch(error => {
    throw new Error(
      `the gateway does not answer (${messageOf(error)}). Start it first, in another terminal: npm start`,
    );
  });
  console.log(`session  ${sessionId}`);
  const events = await EventWatch.open(brokerOf(config, secrets), show);
  try {
    const tone = await dial(gateway, sessionId, `sip:tone@${sip}`);
    const echo = await dial(gateway, sessionId, `sip:echo@${sip}`);
    for (const { id } of [tone, echo]) {
      await events.until(event => event.call.id === id && event.state === 'ACTIVE', `call ${id} answered`);
    }
    console.log(`\nboth talk for ${TALK_MS / 1000} s …`);
    await new Promise(resolve => setTimeout(resolve, TALK_MS));
    const legs = await legsOf(gateway, [tone.id, echo.id]);
    for (const { connectionId } of [tone, echo]) await gateway.hangUp(sessionId, connectionId);
    for (const { id } of [tone, echo]) {
      await events.until(event => event.call.id === id && event.event === 'callDestroyed', `call ${id} ended`);
    }
    const good = report(legs);
    console.log(
      good ? '\nEvery leg heard what it should.' : '\nNot every leg heard what it should: see the lines marked NO.',
    );
    console.log(`\nJoin the session with a browser on this machine:\n${gateway.agentLink(sessionId)}`);
    process.exitCode = good ? 0 : 1;
  } finally {
    await events.close();
  }
}

function brokerOf({ mqtt }: Config, { broker }: Secrets): BrokerAccess {
  if (mqtt.url !== undefined) {
    const url = new URL(mqtt.url);
    const login = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
    url.username = '';
    url.password = '';
    return { url: url.href, ...login };
  }
  const { host = '127.0.0.1', port = 1883 } = mqtt.embedded ?? {};
  return { url: `mqtt://${formatHostPort(reachable(host), port)}`, ...broker.reader };
}

async function dial(
  gateway: GatewayClient,
  sessionId: string,
  uri: string,
): Promise<{ id: string; connectionId: string }> {
  const call = await gateway.dial(sessionId, uri);
  console.log(`dialled  ${uri}  → call ${call.id}`);
  return call;
}

function show(event: SeenEvent): void {
  const detail = event.state ?? (event.reason ? `reason ${event.reason.code}` : '');
  console.log(`  event  ${event.event.padEnd(14)} ${detail.padEnd(10)} call ${event.call.id}`);
}

/** The two calls that were dialled, and the two that they became on the answering side. */
async function legsOf(gateway: GatewayClient, dialled: readonly string[]): Promise<LiveCall[]> {
  const calls = await gateway.calls();
  return calls.filter(
    call => dialled.includes(call.id) || (call.direction === 'inbound' && /^(tone|echo)$/.test(call.to)),
  );
}

function report(legs: readonly LiveCall[]): boolean {
  console.log(`\nleg                        heard          level   packets  lost  jitter   delay added (p50/p95)`);
  let good = legs.length === 4;
  for (const {
    direction,
    to,
    media: [leg],
  } of legs) {
    const name = (direction === 'outbound' ? `session ← ${user(to)}` : `${user(to)} number`).padEnd(24);
    if (!leg) {
      console.log(`${name} no figures  NO`);
      good = false;
      continue;
    }
    const { received, delayAddedMs } = leg;
    const heard =
      received.frequencyHz !== null && Math.abs(received.frequencyHz - BUILTIN_TONE.frequencyHz) <= TOLERANCE_HZ;
    const loud =
      received.levelDbov !== null && received.levelDbov >= LEVEL_DBOV.min && received.levelDbov <= LEVEL_DBOV.max;
    good &&= heard && loud;
    const cells = [
      name,
      `${figure(received.frequencyHz, 1)} Hz`.padStart(11),
      `${figure(received.levelDbov, 1)} dBov`.padStart(12),
      String(received.packets).padStart(8),
      String(received.lost).padStart(5),
      `${figure(received.jitterMs, 1)} ms`.padStart(8),
      `${figure(delayAddedMs?.p50, 1)} / ${figure(delayAddedMs?.p95, 1)} ms`.padStart(17),
      heard && loud ? 'yes' : 'NO',
    ];
    console.log(cells.join(' '));
  }
  return good;
}

function user(address: string): string {
  return address.replace(/^sips?:/, '').replace(/@.*/, '');
}

function figure(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}

main().catch(error => {
  console.error(`demo: ${messageOf(error)}`);
  process.exitCode = 1;
});
