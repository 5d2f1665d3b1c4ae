import * as assert from 'uvu/assert';
import type { Announcements } from '../../announcements/announcements.ts';
import type { Prompts } from '../../announcements/prompts.ts';
import { systemClock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { LegId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { CallServices } from '../../calls/call.ts';
import { Calls } from '../../calls/calls.ts';
import type { CallEvent } from '../../calls/events.ts';
import type { OutboundRoutes } from '../../calls/outbound-routes.ts';
import { type SideTerms, USUAL_DIGITS } from '../../calls/side-terms.ts';
import { parseConfig } from '../../config/load.ts';
import type { NumberRoute } from '../../config/number-schema.ts';
import type { LegConfig, LegListener, Media, MediaLeg } from '../../media/media.ts';
import { G711 } from '../../sdp/sdp.samples.ts';
import type { Sessions } from '../../sessions/registry.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { SessionChange } from '../../sip/dialog/dialog-listener.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { InviteOptions } from '../../sip/user-agent/invite-listener.ts';
import { emptied, NOTHING, type Placed, place, startAgent } from '../../sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../../sip/user-agent/user-agent.ts';
import { IncomingCalls } from '../incoming/incoming-calls.ts';
import { Accounts } from '../logins/accounts.ts';
import { NO_NUMBERS, type OwnNumbers } from '../own-numbers/own-number.ts';
import { refusal } from '../refusal.ts';
import { termsOf } from '../side-terms-of.ts';
import type { CallingPolicyPort, TrunkPort, TrunksPort, TrunkTarget } from '../trunk-port.ts';

/** A leg that is a list of what it was told. */
export interface TestLeg extends MediaLeg {
  readonly placement: string | null;
  readonly listener: LegListener;
  /** What it is set to: all updates, one over the other. */
  config: LegConfig;
  readonly digits: string[];
  closed: boolean;
}

export class TestMedia implements Media {
  readonly legs: TestLeg[] = [];
  readonly ready = true;
  /** The next leg cannot be opened. */
  full = false;

  async openLeg(placement: string | null, listener: LegListener): Promise<MediaLeg> {
    if (this.full) throw new CrosspointError('media.no-port', 'every media port is in use', { retriable: true });
    const rtpPort = 20_000 + 2 * this.legs.length;
    const leg: TestLeg = {
      id: `leg-${this.legs.length}` as LegId,
      local: { address: '127.0.0.1', rtpPort, rtcpPort: rtpPort + 1 },
      placement,
      listener,
      config: {},
      digits: [],
      closed: false,
      update: async change => {
        leg.config = { ...leg.config, ...change };
      },
      sendDigits: async (digits, how) => {
        leg.digits.push(`${digits} ${how?.digitMs}${how?.way === undefined ? '' : ` ${how.way}`}`);
        return { queuedMs: 0 };
      },
      play: () => Promise.reject(new Error('nothing is played')),
      visit: () => true,
      stats: () => Promise.reject(new Error('no figures')),
      close: async () => {
        leg.closed = true;
        return null;
      },
    };
    this.legs.push(leg);
    return leg;
  }

  async load() {
    return [];
  }

  get open(): TestLeg[] {
    return this.legs.filter(({ closed }) => !closed);
  }
}

const TERMS: SideTerms = {
  codecs: G711,
  security: 'none',
  digits: USUAL_DIGITS,
};

export interface Gateway {
  readonly box: UserAgent;
  readonly port: number;
  readonly media: TestMedia;
  readonly calls: Calls;
  readonly incoming: IncomingCalls;
  readonly events: CallEvent[];
  /** Peers by the names of their trunks; each is one user agent. */
  peer(name: string): UserAgent;
  /** Targets of which it was said that nobody is there. */
  readonly failed: string[];
  /** Calls whose messages are kept, once for each of their dialogs. */
  readonly traced: readonly string[];
  /** Calls that are counted at this moment, by trunk and way. */
  readonly counted: string[];
}

/**
 * A box between peers on loopback, each of them a trunk of its name.
 * @param configuration YAML; `PORT_x` stands for the port of the peer x
 * @param owned numbers that scripts answer; default none
 * @param forwards numbers that were led elsewhere at run time; default none
 */
export async function withGateway(
  configuration: string,
  run: (gateway: Gateway) => Promise<void>,
  owned?: OwnNumbers,
  forwards?: ReadonlyMap<string, NumberRoute>,
): Promise<void> {
  const names = [...new Set(configuration.match(/PORT_\w+/g) ?? [])].map(each => each.slice('PORT_'.length));
  const peers = new Map<string, UserAgent>();
  for (const name of names) peers.set(name, await startAgent());
  const config = parseConfig(
    configuration.replace(/PORT_(\w+)/g, (_, name) => String(peers.get(name)?.listening[0]?.port)),
    'test.yaml',
  );
  const box = await startAgent();
  const media = new TestMedia();
  const events: CallEvent[] = [];
  const failed: string[] = [];
  const counted: string[] = [];
  const traced: string[] = [];
  const trunks = new TestTrunks(config.trunks, peers, failed, counted);
  const services: CallServices = {
    clock: systemClock,
    log: silentLog,
    record: async event => void events.push(event),
    limits: { firstRtpMs: 60_000, inactivityMs: 60_000, durationMs: 60_000 },
    traces: { attach: call => void traced.push(call), ended: () => {} },
    keepMedia: () => {},
    tellDigits: true,
  };
  const calls = new Calls({
    services,
    userAgent: box,
    media,
    admission: { admit: () => {} },
    sessions: {} as Sessions,
    routes: {} as OutboundRoutes,
    prompts: {} as Prompts,
    clientLeg: () => null,
    announcements: {} as Announcements,
    settings: {
      ringLimitMs: 20_000,
      sessionTimer: { intervalS: 1800, minS: 90 },
      terms: TERMS,
      callsPerProject: 10,
    },
  });
  const incoming = new IncomingCalls({
    calls,
    trunks,
    policy: trunks,
    numbers: config.numbers,
    forwards: { find: msisdn => forwards?.get(msisdn) ?? null },
    owned: owned ?? NO_NUMBERS,
    pins: project => ({ project, take: async invite => invite.reject(480) }),
    accounts: new Accounts(new Map()),
    innerAddress: '127.0.0.1',
    logins: { check: () => ({ kind: 'nobody' }) },
    isBuiltinSource: () => false,
    domain: 'box.example.com',
  });
  box.onInvite = invite => incoming.take(invite);
  const port = box.listening[0]?.port ?? 0;
  const peer = (name: string): UserAgent => {
    const found = peers.get(name);
    if (!found) throw new Error(`no peer ${name}`);
    return found;
  };
  try {
    await run({ box, port, media, calls, incoming, events, peer, failed, counted, traced });
    await calls.close();
    const left = await emptied(box);
    assert.equal(
      { left, legs: media.open.length, counted, live: calls.live },
      { left: NOTHING, legs: 0, counted: [], live: 0 },
    );
  } finally {
    await Promise.all([box.close(), ...[...peers.values()].map(each => each.close())]);
  }
}

class TestTrunks implements TrunksPort, CallingPolicyPort {
  readonly #trunks: TrunkPort[];
  readonly #ports: Map<string, number>;
  readonly #counted: string[];

  constructor(
    configs: ReturnType<typeof parseConfig>['trunks'],
    peers: ReadonlyMap<string, UserAgent>,
    failed: string[],
    counted: string[],
  ) {
    this.#counted = counted;
    this.#ports = new Map([...peers].map(([name, agent]) => [name, agent.listening[0]?.port ?? 0]));
    this.#trunks = configs.map(config => ({
      name: config.name,
      config,
      terms: termsOf(config),
      domain: 'box.example.com',
      orderedTargets: () => config.targets.map(targetOf),
      admit: () => {
        if (config.limits.calls === 1 && counted.includes(`${config.name} in`))
          throw refusal('trunk.too-many-calls', 'The trunk has its calls', { retriable: true });
        return count(counted, `${config.name} in`);
      },
      countRefusal: () => {},
      targetFailed: ({ uri }) => void failed.push(`${uri.host}:${uri.port}`),
    }));
  }

  byName(name: string): TrunkPort | null {
    return this.#trunks.find(trunk => trunk.name === name) ?? null;
  }

  forIncoming({ port }: { port: number }): TrunkPort | null {
    return this.#trunks.find(({ name }) => this.#ports.get(name) === port) ?? null;
  }

  forTarget(): TrunkPort | null {
    return null;
  }

  isEmergency(): boolean {
    return false;
  }

  admitOut(_project: string, trunk: TrunkPort | null, { number }: { number: { text: string } | null }) {
    if (number?.text.startsWith('+44900'))
      throw refusal('policy.prefix-denied', 'The policy of the box refuses numbers that start with +44900', {
        retriable: false,
      });
    return { maxSeconds: null, ...count(this.#counted, `${trunk?.name ?? 'nobody'} out`) };
  }
}

function targetOf(text: string): TrunkTarget {
  const [, address = text, timeout = '5000'] = /^(.*?)(?:;timeout=(\d+))?$/.exec(text) ?? [];
  const uri = parseUri(address);
  return { uri, requestUri: uri, timeoutMs: Number(timeout), media: null };
}

function count(counted: string[], what: string): { release(): void } {
  counted.push(what);
  let over = false;
  return {
    release: () => {
      if (!over) counted.splice(counted.indexOf(what), 1);
      over = true;
    },
  };
}

/** A description of a phone. */
export function sdp(...lines: string[]): Buffer {
  const head = ['v=0', 'o=phone 7 9 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return Buffer.from(`${[...head, ...lines].join('\r\n')}\r\n`);
}

export const PHONE = sdp('m=audio 4000 RTP/AVP 0 8 101', 'a=rtpmap:101 telephone-event/8000');
export const ALAW = sdp('m=audio 5000 RTP/AVP 8 101', 'a=rtpmap:101 telephone-event/8000');

export function callFrom(gateway: Gateway, peer: string, number: string, options: Partial<InviteOptions> = {}): Placed {
  return place(gateway.peer(peer), gateway.port, { body: PHONE, ...options }, number);
}

/** Resolves when that is so; looks after every turn of the event loop, for at most three seconds. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 3000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`it never came to this: ${what}`);
    await new Promise<void>(again => systemClock.after(2, again));
  }
}

/** What a far end is asked in its dialog, answered as the test says. */
export function changesOf(dialog: Dialog, answer: (change: SessionChange) => void): SessionChange[] {
  const changes: SessionChange[] = [];
  const { listener } = dialog;
  dialog.listener = {
    ...listener,
    ended: end => listener?.ended(end),
    change: change => {
      changes.push(change);
      answer(change);
    },
  };
  return changes;
}
