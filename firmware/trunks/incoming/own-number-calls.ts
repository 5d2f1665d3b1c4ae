import type { CallContext } from '../../calls/call-context.ts';
import { callRefusalOf } from '../../calls/call-refusal.ts';
import type { SideTerms } from '../../calls/side-terms.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import { callerOf } from '../caller.ts';
import type { Accounts } from '../logins/accounts.ts';
import type { TrunkLogins } from '../logins/trunk-logins.ts';
import type { ReadNumber } from '../number-format.ts';
import { msisdnOf } from '../own-numbers/msisdn.ts';
import { NUMBERS_HOST } from '../own-numbers/own-domains.ts';
import type { OwnNumber, OwnNumbers } from '../own-numbers/own-number.ts';
import { PLAIN_RULES } from '../policy/destination.ts';
import { calledNumber, statusOfUnknown } from './called-number.ts';
import type { RefusalCause } from './refusals.ts';
import type { Refuse } from './refuse.ts';
import { shownCaller } from './shown-caller.ts';

export interface OwnNumberCallsOptions {
  readonly context: CallContext;
  readonly numbers: OwnNumbers;
  readonly accounts: Accounts;
  readonly logins: Pick<TrunkLogins, 'check'>;
  /** Written in SDP to the box itself. */
  readonly innerAddress: string;
  readonly refuse: Refuse;
}

/**
 * Calls for the numbers of tenants that come over no trunk: of somebody who has shown a tenant's login, and of the box
 * itself. No other number is to be had so: nobody gets out through here.
 */
export class OwnNumberCalls {
  readonly #options: OwnNumberCallsOptions;

  constructor(options: OwnNumberCallsOptions) {
    this.#options = options;
  }

  /** Of a user of `Accounts`. */
  async ofAccount(invite: IncomingInvite, user: string): Promise<void> {
    const called = this.#called(invite);
    if (!called) return;
    const { accounts, context } = this.#options;
    if (!accounts.opens(user, called.own.project))
      return this.#refuse(invite, 'no-trunk', 403, 'That login is for other numbers');
    await this.#take(invite, called, context.settings.terms);
  }

  /** A call of the box's own, at one of its domains: for the inner agent's `onInvite`. */
  async inner(invite: IncomingInvite): Promise<void> {
    const { context, accounts, innerAddress } = this.#options;
    const caller = context.book.outgoing(invite.callId);
    // Somebody else on this machine has found the port.
    if (!caller) return invite.reject(403);
    const called = this.#called(invite);
    if (!called) return;
    const { project } = called.own;
    const isSame = accounts.areOne(caller.ref.project, project);
    if (parseUri(invite.request.uri).host === NUMBERS_HOST) {
      if (!isSame) withoutCustomHeaders(invite);
    } else if (!accounts.guards(project)) {
      if (!isSame) return this.#refuse(invite, 'no-trunk', 403, 'The number is of another tenant, which has no login');
    } else if (!this.#proves(invite, called.own)) return;
    await this.#take(invite, called, { ...context.settings.terms, advertise: innerAddress });
  }

  /** As every call at a vendor's domain has to (CONTRACT §5). */
  #proves(invite: IncomingInvite, { project }: OwnNumber): boolean {
    const { logins, accounts } = this.#options;
    const verdict = logins.check(invite.request, invite.source);
    if (verdict.kind === 'user' && accounts.opens(verdict.user, project)) return true;
    if (verdict.kind === 'challenge') invite.reject(401, undefined, verdict.headers);
    else this.#refuse(invite, 'no-trunk', 403, 'The login is not the one of the number');
    return false;
  }

  /** Null when it has been refused. */
  #called(invite: IncomingInvite): { readonly number: ReadNumber; readonly own: OwnNumber } | null {
    const called = calledNumber(invite.request.uri, PLAIN_RULES);
    if (called.kind === 'none') {
      this.#refuse(invite, 'no-number', called.status, 'No number is called');
      return null;
    }
    const own = this.#options.numbers.find(msisdnOf(called.number));
    if (own) return { number: called.number, own };
    const status = statusOfUnknown(called.number);
    if (status === 484) this.#refuse(invite, 'incomplete-number', status, 'Digits are missing in the number');
    else this.#refuse(invite, 'unknown-number', status, 'No such number');
    return null;
  }

  async #take(
    invite: IncomingInvite,
    { number, own }: { readonly number: ReadNumber; readonly own: OwnNumber },
    media: SideTerms,
  ): Promise<void> {
    const { context, refuse } = this.#options;
    const about = { to: number.text, project: own.project };
    try {
      context.admission.admit(1);
    } catch (error) {
      const { cause, status, why, ...refusal } = callRefusalOf(error);
      return refuse(invite, cause, status, why, { ...refusal, ...about });
    }
    await own.take(invite, {
      from: shownCaller(callerOf(invite.request.headers, false, PLAIN_RULES)),
      to: number.e164 ?? number.text,
      media,
      release: () => {},
      refuse: ({ cause, status, why, ...refusal }) => refuse(invite, cause, status, why, { ...refusal, ...about }),
    });
  }

  #refuse(invite: IncomingInvite, cause: RefusalCause, status: number, why: string): void {
    this.#options.refuse(invite, cause, status, why);
  }
}

/** Another tenant's call comes as from the telephone network, which carries none: they could say what only the tenant may. */
function withoutCustomHeaders({ request: { headers } }: IncomingInvite): void {
  for (const [name] of [...headers]) if (/^x-/i.test(name)) headers.delete(name);
}
