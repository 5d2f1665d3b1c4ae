import type { Dialog } from '../sip/dialog/dialog.ts';
import type { Headers } from '../sip/message/headers.ts';
import { formatUri, parseUri } from '../sip/message/uri.ts';
import type { Call } from './call.ts';
import type { CallContext } from './call-context.ts';
import { answeredTries, failedTries } from './call-tries.ts';
import { farEndSaid } from './far-end-said.ts';
import { Negotiation } from './negotiation.ts';
import type { OutboundRoute } from './outbound-routes.ts';
import { isNobodyThere, reasonOfFailure } from './outcome.ts';
import { reasonHeader } from './reasons.ts';
import { SILENT, type SipSide, unanswered } from './sip-side.ts';

export interface InviteParts {
  readonly context: CallContext;
  readonly call: Call;
  readonly side: SipSide;
  readonly route: OutboundRoute;
  /** Of who calls; the route's own count without. */
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly ringLimitMs: number;
  /** The far end has answered; its description has not been read yet. */
  readonly accepted: (negotiation: Negotiation, dialog: Dialog, body: Buffer, answered: Headers) => void;
}

/** Within the host that was dialled; one that sends a call round and round is not followed for ever. */
const MAX_REDIRECTS = 5;

/**
 * Invites the far end of a call out, at one place of its route after the other while nobody is there; ends the call when
 * it is refused. Early media is off: what comes before the answer is not even looked at.
 */
export function inviteInTurn(parts: InviteParts): void {
  inviteAt(parts, parts.route.attempts);
}

function inviteAt(parts: InviteParts, [attempt, ...others]: OutboundRoute['attempts']): void {
  const { context, call, side, route, ringLimitMs } = parts;
  const { settings } = context;
  const { target, requestUri, terms, firstResponseMs, agent = context.userAgent } = attempt;
  const auth = parts.auth ?? route.auth;
  const negotiation = new Negotiation(side.leg.local, terms);
  side.negotiation = negotiation;
  call.notes.aimAt(requestUri, route.trunk ?? null);
  const invite = agent.invite(
    {
      target,
      requestUri,
      from: route.from,
      to: formatUri({ ...parseUri(requestUri), headers: null, params: new Map() }),
      headers: [...route.headers, ...parts.headers],
      body: negotiation.offer(),
      contentType: 'application/sdp',
      ringLimitMs,
      sessionTimer: settings.sessionTimer,
      followRedirects: MAX_REDIRECTS,
      ...(firstResponseMs !== undefined && { firstResponseMs }),
      ...(auth && { auth }),
    },
    {
      sent: () => call.dialling(),
      heard: () => call.mark('provisional'),
      progress: status => {
        if (status > 100 && status !== 199) call.ringing();
      },
      accepted: (dialog, body, answered, _acknowledge, reached) => {
        call.received(answered);
        call.notes.tried(answeredTries(requestUri, reached));
        parts.accepted(negotiation, dialog, body, answered);
      },
      failed: failure => {
        side.signalling = SILENT;
        call.notes.tried(failedTries(requestUri, failure), farEndSaid(failure.headers, auth));
        const [next, ...last] = others;
        if (isNobodyThere(failure)) attempt.unreachable?.();
        if (next && isNobodyThere(failure)) inviteAt(parts, [next, ...last]);
        else void call.end('far-end', reasonOfFailure(failure));
      },
    },
  );
  call.speaksIn(invite.callId);
  side.signalling = unanswered(reason => invite.cancel([reasonHeader(reason)]));
}
