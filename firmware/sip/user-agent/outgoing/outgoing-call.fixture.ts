import * as assert from 'uvu/assert';
import { ManualClock } from '../../../base/manual-clock.ts';
import type { Dialog } from '../../dialog/dialog.ts';
import type { Headers } from '../../message/headers.ts';
import type { SipRequest } from '../../message/message.ts';
import { parseUri } from '../../message/uri.ts';
import { DnsServer } from '../../resolver/dns-server.fixture.ts';
import { RFC_TIMERS, type SipTimers } from '../../transaction/timers.ts';
import type { InviteFailure, InviteListener, InviteOptions, OutgoingInvite, Reached } from '../invite-listener.ts';
import { RawPeer } from '../raw-peer.fixture.ts';
import { emptied, NOTHING, OFFER, startAgent } from '../user-agent.fixture.ts';
import type { UserAgent, UserAgentOptions } from '../user-agent.ts';

/** Three far ends that are one name, in the order of their priority, and the agent that calls them. */
export interface Rig {
  readonly agent: UserAgent;
  readonly port: number;
  readonly peers: readonly [RawPeer, RawPeer, RawPeer];
  call(options?: Partial<InviteOptions>, listener?: Partial<InviteListener>): Heard;
}

/** All that a listener heard of one call. */
export interface Heard {
  readonly invite: OutgoingInvite;
  readonly progress: { status: number; body: string; dialog: Dialog | null }[];
  readonly accepted: Promise<Accepted>;
  readonly failed: Promise<InviteFailure>;
  /** 'accepted', 'failed': each as often as it was told. */
  readonly ends: string[];
}

export interface Accepted {
  readonly dialog: Dialog;
  readonly body: string;
  readonly headers: Headers;
  readonly acknowledge: ((answer: Buffer) => void) | undefined;
  readonly reached: Reached;
}

const NAME = 'carrier.test';
/** RFC 3261's proportions, a hundred times as fast: 64·T1 is 320 ms. */
const TIMERS: SipTimers = { t1: 5, t2: 40, t4: 50, trying: 4 };

/** Runs a test on such a rig, and looks that nothing of it is left in the agent. */
export async function onRig(run: (rig: Rig) => Promise<void>, more: Partial<UserAgentOptions> = {}): Promise<void> {
  const peers = [await new RawPeer().start(), await new RawPeer().start(), await new RawPeer().start()] as const;
  const records = peers.map(({ port }, priority) => ({ priority, weight: 1, port, target: 'host.test' }));
  const dns = await new DnsServer({
    srv: { [`_sip._udp.${NAME}`]: records },
    a: { 'host.test': ['127.0.0.1'] },
  }).start();
  const agent = await startAgent({ dnsServers: [dns.address], timers: TIMERS, ...more });
  const port = agent.listening[0]?.port ?? 0;
  try {
    await run({ agent, port, peers, call: (options, listener) => call(agent, options, listener) });
    assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([agent.close(), dns.close(), ...peers.map(peer => peer.close())]);
  }
}

/** The same by the RFC's own timers, on a clock that moves only when the test says so. */
export async function onClock(run: (rig: Rig, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock();
  await onRig(
    async rig => {
      await run(rig, clock);
      // The last message may still be on its way.
      for (let waits = 0; waits < 5; waits++) {
        await new Promise<void>(arrived => setImmediate(arrived));
        clock.advance(32_000);
      }
    },
    { clock, timers: RFC_TIMERS },
  );
}

/** A call to one far end alone. */
export function to(port: number, more = ''): Pick<InviteOptions, 'target' | 'requestUri'> {
  const uri = `sip:bob@127.0.0.1:${port}${more}`;
  return { target: parseUri(uri), requestUri: uri };
}

function call(agent: UserAgent, options: Partial<InviteOptions> = {}, more: Partial<InviteListener> = {}): Heard {
  const progress: Heard['progress'] = [];
  const ends: string[] = [];
  let onAccepted: (accepted: Accepted) => void = () => {};
  let onFailed: (failure: InviteFailure) => void = () => {};
  const accepted = new Promise<Accepted>(done => {
    onAccepted = done;
  });
  const failed = new Promise<InviteFailure>(done => {
    onFailed = done;
  });
  const uri = `sip:bob@${NAME}`;
  const invite = agent.invite(
    {
      target: parseUri(uri),
      requestUri: uri,
      from: { uri: 'sip:alice@example.com' },
      to: uri,
      headers: [],
      body: OFFER,
      contentType: 'application/sdp',
      ringLimitMs: 60_000,
      ...options,
    },
    {
      progress: (status, _reason, _headers, body, dialog) => {
        progress.push({ status, body: body.toString(), dialog });
      },
      accepted: (dialog, body, headers, acknowledge, reached) => {
        ends.push('accepted');
        onAccepted({ dialog, body: body.toString(), headers, acknowledge, reached });
      },
      failed: failure => {
        ends.push('failed');
        onFailed(failure);
      },
      ...more,
    },
  );
  return { invite, progress, accepted, failed, ends };
}

/** Lets what has arrived be read, until `true`. */
export async function until(reached: () => boolean): Promise<void> {
  const deadline = performance.now() + 3000;
  while (!reached()) {
    if (performance.now() > deadline) throw new Error('it did not come to that');
    await new Promise<void>(done => setImmediate(done));
  }
}

/** Ends an answered call from our side. */
export async function hangUp(dialog: Dialog, peer: RawPeer, port: number): Promise<void> {
  const bye = dialog.bye();
  peer.answer(await fresh(peer, 'BYE'), 200, port);
  assert.equal(await bye, { status: 200 });
}

const seen = new WeakMap<RawPeer, Set<string>>();

/** The next request of that method that is not the repetition of one which this has given already. */
export async function fresh(peer: RawPeer, method: string): Promise<SipRequest> {
  const branches = seen.get(peer) ?? new Set();
  seen.set(peer, branches);
  for (;;) {
    const request = await peer.request(method);
    const branch = `${method} ${request.headers.get('Via')}`;
    if (branches.has(branch)) continue;
    branches.add(branch);
    return request;
  }
}

export const methods = (peer: RawPeer) =>
  peer.received.map(each => (each.kind === 'request' ? each.method : String(each.status)));

/** How many requests of that method came, repetitions left out. */
export function distinct(peer: RawPeer, method: string): number {
  const requests = peer.received.filter(each => each.kind === 'request' && each.method === method);
  return new Set(requests.map(each => each.headers.get('Via'))).size;
}
