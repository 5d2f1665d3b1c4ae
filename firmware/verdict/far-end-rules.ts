import type { CallTry } from '../records/call-record.ts';
import { evidenceOf } from './call-verdict.ts';
import { type Judged, lastTry, placeOf, type Rule, triedPlaces } from './judged.ts';

/** Calls out that nobody took: by what came of the last place that was tried. */
export const reachRules: readonly Rule[] = [
  {
    rule: 'name-not-resolved',
    layer: 'names',
    judge: call =>
      ofLastTry(call, 'dns', ({ target, detail }) => ({
        side: 'box',
        sentence: `The name in ${target} could not be resolved (${detail}): correct the target, or see that the box's name servers know it (sip.dnsServers).`,
      })),
  },
  {
    rule: 'tls-failed',
    layer: 'transport',
    judge: call =>
      ofLastTry(call, 'tls', attempt => ({
        side: 'callee',
        sentence: `The connection to ${placeOf(attempt)} could not be secured (${attempt.detail}): see the certificate there, and tls.caFile, serverName and pins of the trunk here.`,
      })),
  },
  {
    rule: 'connection-refused',
    layer: 'transport',
    judge: call =>
      ofLastTry(call, 'refused', attempt => ({
        side: 'callee',
        sentence: `Nobody listens at ${placeOf(attempt)} (${attempt.detail}): see whether its SIP service runs, and whether address, port and transport of the target are right.`,
      })),
  },
  {
    rule: 'not-sent',
    layer: 'transport',
    judge: call =>
      ofLastTry(call, 'network', attempt => ({
        side: 'network',
        sentence: `The call could not be sent to ${placeOf(attempt)} (${attempt.detail}): see the route there, the firewall, and that sip.listeners has that transport.`,
      })),
  },
  {
    rule: 'no-response',
    layer: 'transport',
    judge: call =>
      ofLastTry(call, 'timeout', attempt => ({
        side: 'network',
        sentence: `${placeOf(attempt)} did not answer (${attempt.detail}): see whether it is up and lets the box's address in; over UDP a closed port looks the same.`,
      })),
  },
  {
    rule: 'rang-too-long',
    layer: 'signalling',
    judge: call => {
      const attempt = lastTry(call);
      const gaveUp = call.end?.detail === RING_LIMIT || (call.end?.code === '408' && attempt?.outcome === 'given-up');
      if (!gaveUp) return null;
      return {
        side: 'callee',
        sentence:
          call.facts.ringingAt === null
            ? 'The call was taken by its next server and never rang: ask there where it got to; limits.ringSeconds says how long is waited.'
            : 'It rang and nobody answered: limits.ringSeconds says how long is waited.',
        evidence: evidenceOf({ tried: triedPlaces(call), detail: call.end?.detail }),
      };
    },
  },
];

/** As outcome.ts says it. */
const RING_LIMIT = 'nobody answered within the ring limit';

/** Calls that somebody, somewhere, has refused: by status. */
export const statusRules: readonly Rule[] = [
  {
    rule: 'credentials-refused',
    layer: 'security',
    judge: call =>
      ofStatus(call, [401, 407], ({ facts: { said } }) => {
        const realm = said?.realm ? `realm "${said.realm}"` : 'a realm that it did not name';
        const asked = `${where(call)} asked for credentials of ${realm}`;
        return said?.username
          ? `${asked} and did not accept those of user "${said.username}": correct name and password of the trunk's auth, or of auth in the dial request.`
          : `${asked}, and none are configured: set auth of the trunk, or give auth with the dial request.`;
      }),
  },
  {
    rule: 'forbidden',
    layer: 'policy',
    judge: call =>
      ofStatus(
        call,
        [403],
        () =>
          `${where(call)} does not allow the call (403): see whether it knows the box's address or login, the caller's number ${call.facts.from}, and the number that was called.`,
      ),
  },
  {
    rule: 'number-unknown',
    layer: 'signalling',
    judge: call =>
      ofStatus(
        call,
        [404, 410, 484, 485, 604],
        status =>
          `${where(call)} does not know the number ${call.facts.to} (${status.end?.code}): see that it exists, and that the trunk writes numbers as that side wants them (numbers.out).`,
      ),
  },
  {
    rule: 'busy',
    layer: 'signalling',
    judge: call => ofStatus(call, [486, 600], () => 'The line that was called is busy: try later.'),
  },
  {
    rule: 'declined',
    layer: 'signalling',
    judge: call =>
      ofStatus(
        call,
        [603, 607, 608],
        () => 'Whoever was called declined the call: nothing is wrong with the way to it.',
      ),
  },
  {
    rule: 'unavailable',
    layer: 'signalling',
    judge: call =>
      ofStatus(
        call,
        [480, 408],
        () =>
          `${where(call)} could not reach who was called (${call.end?.code}): see that the phone is on and registered there.`,
      ),
  },
  {
    rule: 'offer-not-accepted',
    layer: 'media',
    judge: call =>
      ofStatus(call, [415, 488, 606], ({ facts: { sides, said } }) => {
        const offered = sides.findLast(side => side.offered)?.offered;
        const ours = offered
          ? `${offered.codecs.join(', ') || 'no codec'} over ${offered.protocol}`
          : 'what we offered';
        const why = said?.warning ? ` (it says: ${said.warning})` : '';
        return `${where(call)} did not accept the media of the call: we offered ${ours}${why}; switch on one of these codecs there, or change codecs and media of the trunk.`;
      }),
  },
  {
    rule: 'cancelled',
    layer: 'signalling',
    judge: call => (call.end?.code === '487' ? cancelled(call) : null),
  },
  {
    rule: 'redirected',
    layer: 'signalling',
    judge: call =>
      ofClass(
        call,
        3,
        () =>
          `${where(call)} wants the call to go elsewhere (${call.end?.code}), and it was not followed there: make that place the target of the trunk.`,
      ),
  },
  {
    rule: 'far-end-overloaded',
    layer: 'signalling',
    judge: call =>
      ofStatus(
        call,
        [503],
        ({ facts: { said } }) =>
          `${where(call)} takes no calls at the moment (503${said?.retryAfter ? `, again in ${said.retryAfter} s` : ''}): give the trunk another target to turn to, or ask its operator.`,
      ),
  },
  {
    rule: 'far-end-failed',
    layer: 'signalling',
    judge: call =>
      ofClass(
        call,
        5,
        () =>
          `${where(call)} failed with the call (${reasonOf(call)}): ask its operator with the Call-ID; the trace shows what it was sent.`,
      ),
  },
  {
    rule: 'refused',
    layer: 'signalling',
    judge: call =>
      ofClass(
        call,
        4,
        () =>
          `${where(call)} refused the call (${reasonOf(call)}): the trace shows what it was sent, and what it said.`,
      ) ??
      ofClass(
        call,
        6,
        () =>
          `${where(call)} refused the call (${reasonOf(call)}): the trace shows what it was sent, and what it said.`,
      ),
  },
];

function ofLastTry(
  call: Judged,
  outcome: CallTry['outcome'],
  say: (attempt: CallTry) => { side: 'box' | 'callee' | 'network'; sentence: string },
) {
  const attempt = lastTry(call);
  if (!call.end || call.facts.activeAt !== null || attempt?.outcome !== outcome) return null;
  return { ...say(attempt), evidence: evidenceOf({ tried: triedPlaces(call), trunk: call.facts.trunks.out }) };
}

function ofStatus(call: Judged, statuses: readonly number[], say: (call: Judged) => string) {
  const { end, facts } = call;
  if (!end || facts.activeAt !== null || !statuses.includes(Number(end.code))) return null;
  return {
    side: 'callee',
    sentence: say(call),
    evidence: evidenceOf({ status: `${end.code} ${end.message}`, tried: triedPlaces(call), ...saidBy(call) }),
  } as const;
}

function ofClass(call: Judged, hundreds: number, say: (call: Judged) => string) {
  const code = Number(call.end?.code);
  return Math.floor(code / 100) === hundreds ? ofStatus(call, [code], say) : null;
}

function saidBy({ facts: { said, sipCallIds } }: Judged) {
  return {
    warning: said?.warning,
    reason: said?.reason,
    retryAfter: said?.retryAfter,
    server: said?.server,
    realm: said?.realm,
    username: said?.username,
    sipCallIds,
  };
}

function where(call: Judged): string {
  const attempt = lastTry(call);
  return attempt ? placeOf(attempt) : 'The far end';
}

function reasonOf({ end }: Judged): string {
  return `${end?.code} ${end?.message}`;
}

function cancelled(call: Judged) {
  const by = call.end?.endedBy;
  const evidence = evidenceOf({ rang: call.facts.ringingAt === null ? 'no' : 'yes', tried: triedPlaces(call) });
  if (by === 'application')
    return {
      side: 'application',
      sentence: 'The application gave the call up before it was answered.',
      evidence,
    } as const;
  if (by === 'operator' || by === 'box')
    return {
      side: 'box',
      sentence: `The ${by === 'box' ? 'gateway' : 'operator'} gave the call up before it was answered.`,
      evidence,
    } as const;
  return { side: 'caller', sentence: 'The caller gave up before the call was answered.', evidence } as const;
}
