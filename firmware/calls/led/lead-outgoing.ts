import { messageOf } from '../../base/errors.ts';
import { type CallId, newId, type ProjectId } from '../../base/ids.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import { Call } from '../call.ts';
import { type CallContext, forgetCall } from '../call-context.ts';
import { inviteInTurn } from '../invite-in-turn.ts';
import type { Negotiation } from '../negotiation.ts';
import type { OutboundRoute } from '../outbound-routes.ts';
import { notStored } from '../reasons.ts';
import { SessionDialog } from '../session-dialog.ts';
import { SILENT, type SipSide } from '../sip-side.ts';
import { targetOf } from '../target-of.ts';
import { LedCall, legListener } from './led-call.ts';

export interface LedDial {
  /** `sip:` or `sips:` */
  readonly uri: string;
  /** `user@host`; undefined: no identity. */
  readonly from: string | undefined;
  /** Shown as it is, number or not. */
  readonly namedFrom?: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  readonly secure: boolean;
  readonly ringLimitMs: number;
  /** Added to those, of a call of that id. */
  readonly ownHeaders?: (id: CallId) => readonly (readonly [name: string, value: string])[];
  /** The call whose script places it. */
  readonly parent?: CallId;
  /** Beside the limits of the box and the policy. */
  readonly maxDurationMs?: number;
}

/**
 * Calls somebody, to be led once that is answered. Resolves when the call is on its way and its beginning is committed.
 *
 * @param placement where its leg is to lie, among those that it will be with
 * @param begun the call exists; it is told of nothing before
 * @throws CrosspointError call.bad-uri, call.too-many, policy.…, trunk.…, media.…; what `CallAdmission` throws
 */
export async function leadOutgoing(
  context: CallContext,
  project: ProjectId,
  placement: string,
  dial: LedDial,
  begun: (led: LedCall) => void,
): Promise<LedCall> {
  const requestedAt = context.services.clock.monotonic();
  const { from, secure, namedFrom } = dial;
  const wish = { target: targetOf(dial.uri), from, secure, ...(namedFrom && { namedFrom }) };
  context.admission.admit(1, () => context.routes.isEmergency(project, wish));
  context.book.reserve(project);
  let route: OutboundRoute | null = null;
  let started: Started;
  try {
    route = context.routes.admit(project, wish);
    started = await new Outgoing(context, route, dial).start(project, placement, begun);
  } catch (error) {
    route?.release();
    context.book.unreserve(project);
    throw error;
  }
  const { led, recorded } = started;
  led.call.mark('requested', requestedAt);
  await recorded.catch(async error => {
    await led.call.end('box', notStored);
    throw error;
  });
  return led;
}

interface Started {
  readonly led: LedCall;
  /** Its beginning is committed. */
  readonly recorded: Promise<void>;
}

class Outgoing {
  readonly #context: CallContext;
  readonly #route: OutboundRoute;
  readonly #dial: LedDial;
  #led: LedCall | null = null;

  constructor(context: CallContext, route: OutboundRoute, dial: LedDial) {
    this.#context = context;
    this.#route = route;
    this.#dial = dial;
  }

  async start(project: ProjectId, placement: string, begun: (led: LedCall) => void): Promise<Started> {
    const leg = await this.#context.media.openLeg(
      placement,
      legListener(() => this.#led),
    );
    const side: SipSide = { leg, signalling: SILENT };
    try {
      const call = this.#call(project, side);
      const led = new LedCall(this.#context, call);
      this.#led = led;
      const { auth, headers, ownHeaders, ringLimitMs } = this.#dial;
      inviteInTurn({
        context: this.#context,
        call,
        side,
        route: this.#route,
        auth,
        headers: [...headers, ...(ownHeaders?.(call.ref.id) ?? [])],
        ringLimitMs,
        accepted: (negotiation, dialog, body) => this.#accepted(led, side, negotiation, dialog, body),
      });
      this.#context.book.add(call);
      begun(led);
      return { led, recorded: call.created() };
    } catch (error) {
      await leg.close();
      throw error;
    }
  }

  #call(project: ProjectId, side: SipSide): Call {
    const { services } = this.#context;
    const { from, maxDurationMs: allowed = Number.POSITIVE_INFINITY } = this.#route;
    const maxDurationMs = Math.min(allowed, this.#dial.maxDurationMs ?? Number.POSITIVE_INFINITY);
    return new Call(
      {
        ref: {
          id: newId<CallId>(),
          project,
          session: null,
          connection: null,
          createdAt: services.clock.now(),
        },
        direction: 'outbound',
        from: from.uri,
        to: this.#dial.uri,
        ...(this.#dial.parent !== undefined && { parent: this.#dial.parent }),
        ...(Number.isFinite(maxDurationMs) && { maxDurationMs }),
      },
      [side],
      services,
      async (ended, by) => {
        this.#route.release();
        await forgetCall(this.#context, ended, by);
      },
    );
  }

  #accepted(led: LedCall, side: SipSide, negotiation: Negotiation, dialog: Dialog, body: Buffer): void {
    const { call } = led;
    const own = new SessionDialog({ call, dialog, leg: side.leg, negotiation, hears: led.hears, speaks: true });
    own.start();
    side.signalling = own;
    try {
      const agreed = negotiation.readAnswer(body);
      side.leg.update({ ...negotiation.legTerms(agreed), hears: led.hears() }).catch(error => {
        call.log.error({ call: call.ref.id, problem: messageOf(error) }, 'the media leg did not take what was agreed');
        call.fail(error);
      });
      led.speaksBy(own);
      call.active();
      if (agreed.held) call.hold('first-side');
    } catch (error) {
      call.log.warn({ call: call.ref.id, problem: messageOf(error) }, "the far end's answer is of no use");
      call.fail(error);
    }
  }
}
