import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { DialogListener } from '../dialog/dialog-listener.ts';
import type { Headers } from '../message/headers.ts';
import { parseUri } from '../message/uri.ts';
import type { SipTimers } from '../transaction/timers.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { InviteFailure, InviteListener, InviteOptions, OutgoingInvite } from './invite-listener.ts';
import { type SipDump, UserAgent, type UserAgentOptions } from './user-agent.ts';

/** RFC 3261's proportions, fifty times as fast: 64·T1 is 640 ms. */
export const FAST_TIMERS: SipTimers = { t1: 10, t2: 80, t4: 100, trying: 4 };

export const OFFER = Buffer.from('v=0\r\n');
export const ANSWER = Buffer.from('v=0\r\ns=answer\r\n');

export const NOTHING: SipDump = {
  clientTransactions: 0,
  serverTransactions: 0,
  dialogs: 0,
  connections: 0,
  timers: 0,
  callIds: 0,
};

/** A user agent on a free port of 127.0.0.1 that trusts everybody, unless told otherwise. */
export async function startAgent(options: Partial<UserAgentOptions> = {}): Promise<UserAgent> {
  const agent = new UserAgent({
    listeners: [{ transport: 'udp', host: '127.0.0.1', port: 0 }],
    clock: systemClock,
    log: silentLog,
    isTrusted: () => true,
    allowTarget: () => true,
    name: 'test',
    timers: FAST_TIMERS,
    ...options,
  });
  await agent.start();
  return agent;
}

/**
 * Resolves when nothing is held any more, looking again after each T1. A TCP connection stays for the next call, with
 * its idle timer: those are not counted.
 */
export async function emptied(agent: UserAgent): Promise<SipDump> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const { connections, timers, ...rest } = agent.dump();
    const dump = { ...rest, timers: timers - connections, connections: 0 };
    const idle = Object.values(dump).every(count => count === 0);
    if (idle || performance.now() > deadline) return dump;
    await new Promise<void>(again => systemClock.after(10, again));
  }
}

export type Outcome =
  | { kind: 'accepted'; dialog: Dialog; body: Buffer; headers: Headers }
  | { kind: 'failed'; failure: InviteFailure };

/** An INVITE of ours with all that its listener heard. */
export interface Placed {
  readonly invite: OutgoingInvite;
  readonly progress: number[];
  readonly outcome: Promise<Outcome>;
  readonly outcomes: Outcome[];
}

export function place(agent: UserAgent, port: number, options: Partial<InviteOptions> = {}, user = 'bob'): Placed {
  const progress: number[] = [];
  const outcomes: Outcome[] = [];
  let settle: (outcome: Outcome) => void = () => {};
  const outcome = new Promise<Outcome>(done => {
    settle = done;
  });
  const heard = (each: Outcome) => {
    outcomes.push(each);
    settle(each);
  };
  const listener: InviteListener = {
    progress: status => void progress.push(status),
    accepted: (dialog, body, headers) => heard({ kind: 'accepted', dialog, body, headers }),
    failed: failure => heard({ kind: 'failed', failure }),
  };
  const uri = `sip:${user}@127.0.0.1:${port}`;
  const invite = agent.invite(
    {
      target: parseUri(uri),
      requestUri: uri,
      from: { uri: 'sip:alice@example.com' },
      to: uri,
      headers: [['X-Test', 'yes']],
      body: OFFER,
      contentType: 'application/sdp',
      ringLimitMs: 60_000,
      ...options,
    },
    listener,
  );
  return { invite, progress, outcome, outcomes };
}

export async function accepted(placed: Placed): Promise<Extract<Outcome, { kind: 'accepted' }>> {
  const outcome = await placed.outcome;
  if (outcome.kind === 'accepted') return outcome;
  throw new Error(`the call failed: ${outcome.failure.cause} ${outcome.failure.status} ${outcome.failure.phrase}`);
}

export async function failed(placed: Placed): Promise<InviteFailure> {
  const outcome = await placed.outcome;
  if (outcome.kind === 'failed') return outcome.failure;
  throw new Error('the call was answered');
}

/** Resolves with the next INVITE that comes in. */
export function nextInvite(agent: UserAgent): Promise<IncomingInvite> {
  return new Promise(came => {
    agent.onInvite = came;
  });
}

/** What happens to an INVITE that was accepted. */
export function settled(invite: IncomingInvite): Promise<'confirmed' | 'ack-timeout' | 'cancelled'> {
  return new Promise(done => {
    invite.listener = {
      confirmed: () => done('confirmed'),
      ackTimeout: () => done('ack-timeout'),
      cancelled: () => done('cancelled'),
    };
  });
}

export function remoteEnd(dialog: Dialog): Promise<Parameters<DialogListener['ended']>[0]> {
  return new Promise(done => {
    dialog.listener = { ended: done };
  });
}
