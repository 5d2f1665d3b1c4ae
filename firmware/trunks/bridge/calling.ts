import { messageOf } from '../../base/errors.ts';
import type { CallId, ProjectId } from '../../base/ids.ts';
import { answeredTries, failedTries } from '../../calls/call-tries.ts';
import { farEndSaid } from '../../calls/far-end-said.ts';
import type { CallTry, FarEndSaid } from '../../records/call-record.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { Headers } from '../../sip/message/headers.ts';
import { formatUri, parseUri } from '../../sip/message/uri.ts';
import type { InviteFailure, OutgoingInvite } from '../../sip/user-agent/invite-listener.ts';
import type { HeaderLines } from '../header-lines.ts';
import type { AdmittedOut } from '../trunk-port.ts';
import type { BridgeContext } from './bridge-context.ts';
import type { BridgeSide } from './bridge-side.ts';
import { type CallingFailure, failureOf, failureOfError, nobodyThere } from './calling-failure.ts';
import { type ForwardedCaller, forwardIdentity } from './forward-identity.ts';
import type { ForwardEntry, ForwardTry } from './forward-list.ts';

export interface CallingParts {
  readonly context: BridgeContext;
  /** For whose sake somebody is called. */
  readonly call: CallId;
  readonly project: ProjectId;
  /** Who is looked for; takes the terms of each target that is tried. */
  readonly side: BridgeSide;
  readonly entries: readonly ForwardEntry[];
  readonly caller: ForwardedCaller;
  /** Of the INVITE that goes out. */
  readonly maxForwards: number;
  /** More headers: Replaces, Referred-By. */
  readonly headers?: HeaderLines;
  readonly listener: CallingListener;
}

export interface CallingListener {
  /** The offer for the side as it is now. @throws CrosspointError sdp.… */
  offer(): Buffer;
  /** An INVITE goes out under that Call-ID. */
  trying(callId: string, to: { readonly requestUri: string; readonly trunk: string | null }): void;
  /** What came of it at each hop. */
  tried?(tries: readonly CallTry[], said: FarEndSaid | null): void;
  /** 101–198. */
  progress(status: number, headers: Headers, body: Buffer, dialog: Dialog | null): void;
  /** Once, or `failed`. The admission is from now on the listener's to release. */
  accepted(dialog: Dialog, body: Buffer, headers: Headers, admitted: AdmittedOut): void;
  failed(failure: CallingFailure): void;
}

/**
 * Looks for somebody who answers: the tries of a forward list, one after the other, each counted by the policy. The
 * next one follows a time-out, a transport failure, 5xx, or a rule that does not let the call pass there; any other
 * answer is final (CONTRACT §5).
 */
export class Calling {
  readonly #parts: CallingParts;
  readonly #waiting: { entry: ForwardEntry; tries: ForwardTry[] }[];
  readonly #until: number;
  #admitted: { entry: ForwardEntry; by: AdmittedOut } | null = null;
  #invite: OutgoingInvite | null = null;
  #over = false;
  #last: CallingFailure;

  constructor(parts: CallingParts) {
    const { clock } = parts.context.calls.services;
    this.#parts = parts;
    this.#waiting = parts.entries.map(entry => ({ entry, tries: [...entry.tries] }));
    this.#until = clock.monotonic() + parts.context.calls.settings.ringLimitMs;
    this.#last = nobodyThere('There is no target to call');
  }

  start(): void {
    this.#next();
  }

  /** The caller is gone: `failed` does not follow. */
  cancel(headers: HeaderLines): void {
    if (this.#over) return;
    this.#over = true;
    this.#invite?.cancel(headers);
    this.#release();
  }

  #next(): void {
    while (!this.#over) {
      const [row] = this.#waiting;
      const attempt = row?.tries.shift();
      if (!row) {
        this.#fail(this.#last);
      } else if (!attempt) {
        if (row.entry.tries.length === 0) this.#last = nobodyThere('The peer is not registered');
        this.#waiting.shift();
        this.#release();
      } else if (this.#try(row.entry, attempt)) return;
    }
  }

  /** @returns false when the INVITE did not even leave */
  #try(entry: ForwardEntry, attempt: ForwardTry): boolean {
    const { side, context, call, listener } = this.#parts;
    try {
      this.#admit(entry);
      side.turnTo(entry.trunk, attempt.terms);
      this.#send(entry, attempt, listener.offer());
      return true;
    } catch (error) {
      const { log } = context.calls.services;
      log.info(
        { call, target: attempt.requestUri, problem: messageOf(error) },
        'a target of a forward list is passed over',
      );
      this.#last = failureOfError(error);
      // What one target of a trunk may not have, the others may not either.
      if (this.#admitted?.entry !== entry) this.#waiting.shift();
      return false;
    }
  }

  /** @throws CrosspointError policy.…, trunk.… */
  #admit(entry: ForwardEntry): void {
    if (this.#admitted?.entry === entry) return;
    this.#release();
    const { context, project } = this.#parts;
    this.#admitted = { entry, by: context.policy.admitOut(project, entry.trunk, entry.destination) };
  }

  #send(entry: ForwardEntry, attempt: ForwardTry, body: Buffer): void {
    const { context, call, caller, maxForwards, listener, headers = [] } = this.#parts;
    const { userAgent, services, settings } = context.calls;
    const identity = forwardIdentity(caller, entry.trunk, context.domain, entry.diverts);
    if (identity.dropped.length > 0)
      services.log.warn({ call, headers: identity.dropped }, 'no room for these headers in the forwarded call');
    const auth = entry.trunk?.config.auth;
    const invite = userAgent.invite(
      {
        target: attempt.target,
        requestUri: attempt.requestUri,
        from: identity.from,
        to: formatUri({ ...parseUri(attempt.requestUri), headers: null, params: new Map() }),
        headers: [...identity.headers, ...headers],
        body,
        contentType: 'application/sdp',
        maxForwards,
        ringLimitMs: Math.max(1, this.#until - services.clock.monotonic()),
        firstResponseMs: attempt.timeoutMs,
        sessionTimer: settings.sessionTimer,
        ...(auth && { auth }),
      },
      {
        progress: (status, _reason, said, description, dialog) => {
          if (!this.#over && status > 100 && status !== 199) listener.progress(status, said, description, dialog);
        },
        accepted: (dialog, description, said, _acknowledge, reached) => {
          listener.tried?.(answeredTries(attempt.requestUri, reached), null);
          this.#accepted(dialog, description, said);
        },
        failed: failure => {
          listener.tried?.(failedTries(attempt.requestUri, failure), farEndSaid(failure.headers, auth));
          this.#failed(entry, attempt, failure);
        },
      },
    );
    this.#invite = invite;
    listener.trying(invite.callId, { requestUri: attempt.requestUri, trunk: entry.trunk?.name ?? null });
  }

  #accepted(dialog: Dialog, body: Buffer, headers: Headers): void {
    const admitted = this.#admitted?.by;
    if (this.#over || !admitted) {
      void dialog.bye();
      return;
    }
    this.#over = true;
    this.#admitted = null;
    this.#parts.listener.accepted(dialog, body, headers, admitted);
  }

  #failed({ trunk }: ForwardEntry, { trunkTarget }: ForwardTry, failure: InviteFailure): void {
    this.#invite = null;
    if (this.#over) return;
    const { cause, status } = failure;
    const absent = cause === 'timeout' || cause === 'transport' || status === 503;
    if (absent && trunk && trunkTarget) trunk.targetFailed(trunkTarget);
    this.#last = failureOf(failure, trunk);
    if (absent || (cause === 'response' && status !== null && status >= 500 && status < 600)) this.#next();
    else this.#fail(this.#last);
  }

  #fail(failure: CallingFailure): void {
    this.#over = true;
    this.#release();
    this.#parts.listener.failed(failure);
  }

  #release(): void {
    this.#admitted?.by.release();
    this.#admitted = null;
  }
}
