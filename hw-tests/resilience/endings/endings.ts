import { systemClock } from '../../../firmware/base/clock.ts';
import type { Dialog } from '../../../firmware/sip/dialog/dialog.ts';
import { parseUri } from '../../../firmware/sip/message/uri.ts';
import type { InviteOptions } from '../../../firmware/sip/user-agent/invite-listener.ts';
import { accepted, failed, OFFER, type Placed, place } from '../../../firmware/sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../../../firmware/sip/user-agent/user-agent.ts';
import { freePort } from '../../rig/free-ports.ts';
import type { OddPeer } from './odd-peer.ts';

export interface World {
  readonly caller: UserAgent;
  readonly callee: UserAgent;
  readonly odd: OddPeer;
}

export interface Ending {
  readonly name: string;
  /** What `run` gives when the call ends as it must. */
  readonly expected: string;
  run(world: World): Promise<string>;
}

const AUTH = { username: 'alice', password: 'secret' };
const portOf = (agent: UserAgent) => agent.listening[0]?.port ?? 0;

/** Calls a user of the callee, or an oddity. */
const toCallee = ({ caller, callee }: World, user: string, options: Partial<InviteOptions> = {}) =>
  place(caller, portOf(callee), options, user);
const toOdd = ({ caller, odd }: World, user: string, options: Partial<InviteOptions> = {}) =>
  place(caller, odd.port, options, user);

/** How a call failed, in a few words: "response 486", "timeout B", "cancelled". */
async function failureOf(placed: Placed): Promise<string> {
  const { cause, status, timer } = await failed(placed);
  return [cause, status ?? timer].filter(part => part !== null && part !== undefined).join(' ');
}

const byeOf = async (dialog: Dialog) => `BYE ${(await dialog.bye()).status}`;
const talked = async (placed: Placed) => byeOf((await accepted(placed)).dialog);

/** Cancels once the far end has said something. */
async function cancelRinging(placed: Placed): Promise<string> {
  while (placed.progress.length === 0) await pause(2);
  placed.invite.cancel();
  return failureOf(placed);
}

const pause = (ms: number) => new Promise<void>(wake => void systemClock.after(ms, wake));

async function eventually(what: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 500; waited++) {
    if (what()) return true;
    await pause(10);
  }
  return false;
}

const closedPort = await freePort();

/** Every way in which a call ends, as a user agent lives it in either role. */
export const endings: readonly Ending[] = [
  { name: 'refused: busy', expected: 'response 486', run: world => failureOf(toCallee(world, 'busy')) },
  { name: 'refused: nobody', expected: 'response 404', run: world => failureOf(toCallee(world, 'nobody')) },
  { name: 'ended by us', expected: 'BYE 200', run: world => talked(toCallee(world, 'talk')) },
  {
    name: 'ended by them',
    expected: 'remote',
    async run(world) {
      const { dialog } = await accepted(toCallee(world, 'hangs-up'));
      return new Promise(done => {
        dialog.listener = { ended: ({ by }) => done(by) };
      });
    },
  },
  {
    name: 'cancelled before any response',
    expected: 'cancelled',
    run(world) {
      const placed = toCallee(world, 'waits');
      placed.invite.cancel();
      return failureOf(placed);
    },
  },
  { name: 'cancelled while ringing', expected: 'cancelled', run: world => cancelRinging(toCallee(world, 'rings')) },
  {
    name: 'nobody picks up',
    expected: 'ring-limit',
    run: world => failureOf(toCallee(world, 'rings', { ringLimitMs: 60 })),
  },
  {
    name: '200 crosses CANCEL: acknowledged and ended',
    expected: 'cancelled, acknowledged, ended',
    async run(world) {
      const placed = toOdd(world, 'crossing');
      const failure = await cancelRinging(placed);
      const tag = `late-${placed.invite.callId}`;
      const over = await eventually(() => world.odd.ended.delete(tag));
      return [failure, world.odd.acknowledged.delete(tag) && 'acknowledged', over && 'ended'].join(', ');
    },
  },
  {
    name: 'two phones answer: the second is ended',
    expected: 'BYE 200, second acknowledged and ended',
    async run(world) {
      const placed = toOdd(world, 'fork');
      const bye = await talked(placed);
      const [first, second] = ['first', 'second'].map(each => `${each}-${placed.invite.callId}`) as [string, string];
      const over = await eventually(() => world.odd.ended.delete(second));
      const heard = world.odd.acknowledged.delete(second);
      world.odd.acknowledged.delete(first);
      world.odd.ended.delete(first);
      return `${bye}, second ${heard ? 'acknowledged' : 'unacknowledged'} and ${over ? 'ended' : 'left'}`;
    },
  },
  { name: 'no response at all', expected: 'timeout B', run: world => failureOf(toOdd(world, 'silent')) },
  {
    name: 'nothing but 100',
    expected: 'timeout first-response',
    run: world => failureOf(toOdd(world, 'mute', { firstResponseMs: 100 })),
  },
  { name: 'the peer dies in mid-call', expected: 'BYE null', run: world => talked(toOdd(world, 'dead')) },
  {
    name: 'the ACK never comes',
    expected: 'ended by the callee',
    async run({ callee, odd }) {
      await odd.callWithoutAck(portOf(callee));
      return 'ended by the callee';
    },
  },
  {
    name: 'a wrong password',
    expected: 'response 401',
    run: world => failureOf(toOdd(world, 'wrong', { auth: AUTH })),
  },
  { name: 'a redirect, not followed', expected: 'response 302', run: world => failureOf(toCallee(world, 'moved')) },
  {
    name: 'a redirect, followed',
    expected: 'BYE 200',
    run: world => talked(toCallee(world, 'moved', { followRedirects: 1 })),
  },
  {
    name: 'no connection',
    expected: 'transport',
    run: world =>
      failureOf(place(world.caller, closedPort, { target: parseUri(`sip:127.0.0.1:${closedPort};transport=tcp`) })),
  },
  { name: 'a reliable 183, then BYE', expected: 'BYE 200', run: world => talked(toCallee(world, 'reliable')) },
  {
    name: 're-INVITE, then BYE',
    expected: 'accepted, BYE 200',
    async run(world) {
      const { dialog } = await accepted(toCallee(world, 'talk'));
      const { kind } = await dialog.change(OFFER);
      return `${kind}, ${await byeOf(dialog)}`;
    },
  },
];
