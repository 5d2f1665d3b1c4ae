import * as assert from 'uvu/assert';
import type { SipResponse } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { IncomingInviteListener, InviteEnd } from './incoming-invite-listener.ts';
import { RawPeer, type RequestText } from './raw-peer.fixture.ts';
import { emptied, NOTHING, nextInvite, startAgent } from './user-agent.fixture.ts';
import type { UserAgent, UserAgentOptions } from './user-agent.ts';

/** A raw caller and a user agent that is called; nothing may be left in it at the end. */
export interface Callee {
  readonly agent: UserAgent;
  readonly caller: RawPeer;
  readonly port: number;
}

export async function withCallee(
  run: (callee: Callee) => Promise<void>,
  options: Partial<UserAgentOptions> = {},
): Promise<void> {
  const agent = await startAgent(options);
  const caller = await new RawPeer().start();
  try {
    await run({ agent, caller, port: agent.listening[0]!.port });
    assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([agent.close(), caller.close()]);
  }
}

const INVITE_BRANCH = 'z9hG4bKINVITE1';

/** An INVITE, as its owner sees it. */
export async function call({ agent, caller, port }: Callee, text: RequestText = {}): Promise<IncomingInvite> {
  const incoming = nextInvite(agent);
  caller.send(caller.requestText('INVITE', text), port);
  return await incoming;
}

/** Sends one more request of the caller's. */
export function say({ caller, port }: Callee, method: string, text: RequestText): void {
  caller.send(caller.requestText(method, text), port);
}

/** ACK of a 2xx. */
export function acknowledge(callee: Callee, toTag: string, body = ''): void {
  say(callee, 'ACK', { toTag, branch: 'z9hG4bKack', body });
}

/** ACK of a failure, which belongs to the INVITE's transaction. */
export function acknowledgeFailure(callee: Callee): void {
  say(callee, 'ACK', { branch: INVITE_BRANCH });
}

export function cancel(callee: Callee, extra: string[] = []): void {
  say(callee, 'CANCEL', { branch: INVITE_BRANCH, extra });
}

export function toTagOf(response: SipResponse): string {
  return tagOf(response.headers.get('To') ?? '') ?? '';
}

/** What the owner of an INVITE hears, in order. */
export interface Heard {
  readonly listener: IncomingInviteListener;
  readonly said: string[];
  readonly ends: InviteEnd[];
  /** Resolves when something was said that begins so. */
  until(start: string): Promise<string>;
}

export function hear(invite: IncomingInvite): Heard {
  const said: string[] = [];
  const ends: InviteEnd[] = [];
  const waiting = new Set<() => void>();
  const add = (text: string) => {
    said.push(text);
    for (const wake of waiting) wake();
  };
  const listener: IncomingInviteListener = {
    confirmed: () => add('confirmed'),
    ackTimeout: () => add('ackTimeout'),
    cancelled: end => {
      ends.push(end);
      add(`cancelled ${end.cause}`);
    },
    answered: body => add(`answered ${body}`),
  };
  invite.listener = listener;
  const until = async (start: string): Promise<string> => {
    for (;;) {
      const found = said.find(each => each.startsWith(start));
      if (found !== undefined) return found;
      await new Promise<void>(wake => waiting.add(wake));
    }
  };
  return { listener, said, ends, until };
}

/** Ends an answered call as the caller, and waits for the 200. */
export async function hangUp(callee: Callee, toTag: string, cseq = 90): Promise<void> {
  say(callee, 'BYE', { toTag, cseq });
  await callee.caller.next(
    each => each.kind === 'response' && each.status === 200 && each.headers.get('CSeq') === `${cseq} BYE`,
  );
}
