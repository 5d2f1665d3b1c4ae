import { parseUri } from '../../../firmware/sip/message/uri.ts';
import type { IncomingInvite } from '../../../firmware/sip/user-agent/incoming-invite.ts';
import { ANSWER } from '../../../firmware/sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../../../firmware/sip/user-agent/user-agent.ts';

/** What the owner of the calls that come in has seen, each ending counted. */
export interface Seen {
  readonly counts: Map<string, number>;
  add(what: string): void;
}

export function newSeen(): Seen {
  const counts = new Map<string, number>();
  return { counts, add: what => void counts.set(what, (counts.get(what) ?? 0) + 1) };
}

/** Lets `agent` take every call as the called user says. */
export function answerBy(agent: UserAgent, seen: Seen): void {
  agent.onInvite = invite => {
    const user = parseUri(invite.request.uri).user ?? '';
    invite.listener = {
      confirmed: dialog => {
        if (user === 'hangs-up') void dialog.bye().then(({ status }) => seen.add(`our BYE ${status}`));
      },
      ackTimeout: () => seen.add('ack-timeout'),
      cancelled: ({ cause }) => seen.add(`cancelled: ${cause}`),
    };
    take(invite, user, seen);
  };
}

function take(invite: IncomingInvite, user: string, seen: Seen): void {
  switch (user) {
    case 'busy':
      invite.reject(486);
      return;
    case 'nobody':
      invite.reject(404);
      return;
    case 'moved':
      invite.redirect([`sip:talk@${/@([^;>]+)/.exec(invite.request.uri)?.[1]}`]);
      return;
    case 'rings':
      invite.ring();
      return;
    case 'waits':
      return;
    case 'reliable':
      // Its ANSWER is in the 183; the 200 waits for the PRACK.
      invite.progress(183, ANSWER, [], true);
      break;
    default:
      invite.ring();
  }
  const dialog = invite.accept(ANSWER);
  if (!dialog) return;
  dialog.listener = {
    ended: ({ by }) => seen.add(`ended: ${by}`),
    change: change => change.accept(ANSWER),
  };
}
