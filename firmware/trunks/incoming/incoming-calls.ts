import { isCrosspointError, messageOf } from '../../base/errors.ts';
import type { ProjectId, SessionId } from '../../base/ids.ts';
import type { CallDestination } from '../../calls/answer-call.ts';
import { builtinNumber } from '../../calls/builtin-numbers.ts';
import { type CallRefusal, callRefusalOf } from '../../calls/call-refusal.ts';
import type { Calls } from '../../calls/calls.ts';
import type { Destination, NumberRoute } from '../../config/number-schema.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { BridgeContext } from '../bridge/bridge-context.ts';
import { bridgeIncoming } from '../bridge/incoming-bridge.ts';
import { SideBook } from '../bridge/side-book.ts';
import { takePlace } from '../bridge/take-place.ts';
import { type Caller, callerOf } from '../caller.ts';
import type { Accounts } from '../logins/accounts.ts';
import type { TrunkLogins } from '../logins/trunk-logins.ts';
import type { ReadNumber } from '../number-format.ts';
import { msisdnOf } from '../own-numbers/msisdn.ts';
import type { OwnNumber, OwnNumbers } from '../own-numbers/own-number.ts';
import type { Admitted, CallingPolicyPort, TrunkPort, TrunksPort } from '../trunk-port.ts';
import { calledNumber, statusOfUnknown } from './called-number.ts';
import { NumberRoutes, projectOf } from './number-routes.ts';
import { OwnNumberCalls } from './own-number-calls.ts';
import { type RefusalCause, Refusals } from './refusals.ts';
import { shownCaller } from './shown-caller.ts';

export interface IncomingCallsOptions {
  readonly calls: Calls;
  readonly trunks: TrunksPort;
  readonly policy: CallingPolicyPort;
  /** `numbers` of the configuration. */
  readonly numbers: readonly NumberRoute[];
  /** Those that scripts answer: after the exact ones of `numbers`, before its prefixes. */
  readonly owned: OwnNumbers;
  /** Numbers that were led elsewhere at run time: before all others. */
  readonly forwards: { find(msisdn: string): NumberRoute | null };
  /** Answers `to: { pins: true }` of a tenant's route, or of the box's own. */
  readonly pins: (project: ProjectId) => OwnNumber;
  readonly accounts: Accounts;
  /** Written in SDP to the box itself. */
  readonly innerAddress: string;
  /** Asks sources that were let in for the box's own numbers who they are, when they call others. */
  readonly logins: Pick<TrunkLogins, 'check'>;
  /** Whether that IP address may call tone, echo and room-<name>. */
  isBuiltinSource(address: string): boolean;
  /** Host part of our addresses towards peers that are no trunk. */
  readonly domain: string;
}

/** A call of a trunk whose number has been read. */
interface Arrived {
  readonly invite: IncomingInvite;
  readonly trunk: TrunkPort;
  readonly called: ReadNumber;
  readonly route: NumberRoute;
}

/** What is known when a trunk's call is counted. */
type Arriving = Pick<Arrived, 'invite' | 'trunk'> & Partial<Pick<Arrived, 'called'>> & { readonly project?: ProjectId };

const RETRY_AFTER_S = 10;

/**
 * Every call that comes in: whose it is, which number it calls, and where that leads. What cannot be taken is refused
 * with the true reason, and recorded.
 */
export class IncomingCalls {
  readonly refusals: Refusals;
  readonly #options: IncomingCallsOptions;
  #numbers: NumberRoutes;
  #configured: readonly NumberRoute[];
  readonly #ownNumbers: OwnNumberCalls;
  readonly #bridges: BridgeContext;

  constructor(options: IncomingCallsOptions) {
    const { calls, trunks, policy, numbers, domain, owned, accounts, innerAddress, logins } = options;
    const { services } = calls.context;
    this.#options = options;
    this.refusals = new Refusals(services);
    this.#numbers = this.#routes(numbers);
    this.#configured = numbers;
    this.#ownNumbers = new OwnNumberCalls({
      context: calls.context,
      numbers: owned,
      accounts,
      logins,
      innerAddress,
      refuse: (...refused) => this.#refuse(...refused),
    });
    this.#bridges = {
      calls: calls.context,
      trunks,
      policy,
      domain,
      onwards: { find: (called, trunk) => this.#numbers.find(called, trunk) },
      sides: new SideBook(),
    };
  }

  /** `numbers` of the configuration, as they count now. */
  get numbers(): readonly NumberRoute[] {
    return this.#configured;
  }

  /** Calls that come from now on go where those numbers lead. */
  routeBy(numbers: readonly NumberRoute[]): void {
    this.#numbers = this.#routes(numbers);
    this.#configured = numbers;
  }

  /** For `userAgent.onInvite`. */
  take(invite: IncomingInvite): void {
    this.#watched(invite, this.#take(invite));
  }

  /** For `innerAgent.onInvite`: calls of the box to itself. */
  takeInner(invite: IncomingInvite): void {
    this.#watched(invite, this.#ownNumbers.inner(invite));
  }

  #watched(invite: IncomingInvite, taken: Promise<void>): void {
    taken.catch(error => {
      const { log } = this.#options.calls.context.services;
      log.error({ problem: messageOf(error), sipCallId: invite.callId }, 'an incoming call could not be taken');
      this.#refuse(invite, 'broken', 500, 'The call could not be taken');
    });
  }

  #routes(numbers: readonly NumberRoute[]): NumberRoutes {
    const { trunks, calls } = this.#options;
    return new NumberRoutes(numbers, { trunks, terms: calls.context.settings.terms });
  }

  async #take(invite: IncomingInvite): Promise<void> {
    const trunk = this.#options.trunks.forIncoming(invite.source, invite.user);
    if (trunk) await this.#ofTrunk(invite, trunk);
    else if (this.#isAccount(invite.user)) await this.#ownNumbers.ofAccount(invite, invite.user);
    else await this.#strange(invite);
  }

  async #ofTrunk(invite: IncomingInvite, trunk: TrunkPort): Promise<void> {
    if (invite.replaces) return this.#replace(invite, trunk);
    const called = calledNumber(invite.request.uri, trunk.config.numbers.in);
    if (called.kind === 'none') {
      this.#refuse(invite, 'no-number', called.status, 'No number is called', { trunk: trunk.name });
      return;
    }
    const led = this.#options.forwards.find(msisdnOf(called.number));
    if (led) return this.#admitted({ invite, trunk, called: called.number, route: led });
    const match = this.#numbers.match(called.number, trunk);
    const own = match?.by === 'number' ? null : this.#options.owned.find(msisdnOf(called.number));
    if (own) return this.#toOwner({ invite, trunk, called: called.number }, own);
    if (match) return this.#admitted({ invite, trunk, called: called.number, route: match.route });
    if (this.#isForTheBox(invite)) return this.#options.calls.answerBuiltin(invite);
    const status = statusOfUnknown(called.number);
    const what = { trunk: trunk.name, to: called.number.text };
    if (status === 484) this.#refuse(invite, 'incomplete-number', status, 'Digits are missing in the number', what);
    else this.#refuse(invite, 'unknown-number', status, 'No such number', what);
  }

  /** Of no trunk by its address: the box's own numbers are for it, and whatever its login opens. */
  async #strange(invite: IncomingInvite): Promise<void> {
    if (this.#isForTheBox(invite)) return this.#options.calls.answerBuiltin(invite);
    const { logins, trunks } = this.#options;
    const verdict = logins.check(invite.request, invite.source);
    if (verdict.kind === 'challenge') return invite.reject(401, undefined, verdict.headers);
    const user = verdict.kind === 'user' ? verdict.user : null;
    const trunk = user === null ? null : trunks.forIncoming(invite.source, user);
    if (trunk) return this.#ofTrunk(invite, trunk);
    if (this.#isAccount(user)) return this.#ownNumbers.ofAccount(invite, user);
    if (verdict.kind === 'nobody' && this.#options.isBuiltinSource(invite.source.address)) {
      this.#refuse(invite, 'unknown-number', 404, 'No such number', { to: invite.calledUser });
      return;
    }
    this.#refuse(invite, 'no-trunk', 403, 'No trunk is called from here');
  }

  #isAccount(user: string | null): user is string {
    return user !== null && this.#options.accounts.has(user);
  }

  async #replace(invite: IncomingInvite, trunk: TrunkPort): Promise<void> {
    const admitted = this.#admit({ invite, trunk });
    if (!admitted) return;
    const refused = await takePlace(this.#bridges, invite, trunk, admitted);
    if (!refused) return;
    admitted.release();
    this.#refuse(invite, 'replaces', refused.status, refused.why, { trunk: trunk.name });
  }

  async #admitted(arrived: Arrived): Promise<void> {
    const { invite, trunk, called, route } = arrived;
    const { reject, forward, pins } = route.to;
    if (pins) return this.#toOwner(arrived, this.#options.pins(projectOf(route)));
    if (reject !== undefined) {
      this.#refuse(invite, 'by-route', reject, 'Calls to this number are refused', {
        trunk: trunk.name,
        to: called.text,
        ...(route.project !== undefined && { project: projectOf(route) }),
      });
      return;
    }
    if (!this.#hasRoom(arrived)) return;
    const project = route.project === undefined ? {} : { project: projectOf(route) };
    const admitted = this.#admit({ ...arrived, ...project });
    if (!admitted) return;
    try {
      const caller = callerOf(invite.request.headers, trunk.config.identity.trustIncoming, trunk.config.numbers.in);
      if (forward) await this.#forward(arrived, caller, admitted);
      else await this.#answer(arrived, caller, admitted);
    } catch (error) {
      admitted.release();
      throw error;
    }
  }

  async #toOwner({ invite, trunk, called }: Omit<Arrived, 'route'>, own: OwnNumber): Promise<void> {
    const about = { trunk: trunk.name, to: called.text, project: own.project };
    const refuse = ({ cause, status, why, ...refusal }: CallRefusal) =>
      this.#refuse(invite, cause, status, why, { ...refusal, ...about });
    try {
      this.#options.calls.context.admission.admit(1);
    } catch (error) {
      return refuse(callRefusalOf(error));
    }
    const admitted = this.#admit({ invite, trunk, called, project: own.project });
    if (!admitted) return;
    const caller = callerOf(invite.request.headers, trunk.config.identity.trustIncoming, trunk.config.numbers.in);
    await own.take(invite, {
      from: shownCaller(caller),
      to: called.e164 ?? called.text,
      trunk: trunk.name,
      media: trunk.terms,
      release: () => admitted.release(),
      refuse,
    });
  }

  /** Of the box itself; without it the call is refused. Calls for help are tried in any case. */
  #hasRoom({ invite, trunk, called, route }: Arrived): boolean {
    const { forward } = route.to;
    try {
      const { admission } = this.#options.calls.context;
      if (forward) admission.admit(2, () => this.#isEmergency(route, called));
      else admission.admit(1);
      return true;
    } catch (error) {
      const { status, ...refusal } = callRefusalOf(error);
      this.#refuse(invite, refusal.cause, status, refusal.why, {
        ...refusal,
        trunk: trunk.name,
        to: called.text,
        ...(route.project !== undefined && { project: projectOf(route) }),
      });
      return false;
    }
  }

  #isEmergency(route: NumberRoute, called: ReadNumber): boolean {
    const { policy } = this.#options;
    const entries = this.#numbers.entries(route, called);
    return entries.some(({ trunk, destination }) => policy.isEmergency(projectOf(route), trunk, destination));
  }

  #admit({ invite, trunk, called, project }: Arriving): Admitted | null {
    try {
      return trunk.admit('in');
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
      const tooFast = error.code === 'trunk.too-many-calls-per-second';
      this.#refuse(invite, tooFast ? 'too-fast' : 'too-many-calls', 503, error.message, {
        trunk: trunk.name,
        retryAfterS: tooFast ? 1 : RETRY_AFTER_S,
        ...(called && { to: called.text }),
        ...(project !== undefined && { project }),
      });
      return null;
    }
  }

  async #answer({ invite, trunk, called, route }: Arrived, caller: Caller, admitted: Admitted): Promise<void> {
    await this.#options.calls.answer(invite, destinationOf(route), {
      from: shownCaller(caller),
      to: called.e164 ?? called.text,
      trunk: trunk.name,
      media: trunk.terms,
      release: () => admitted.release(),
      refuse: ({ status, ...refusal }) =>
        this.#refuse(invite, refusal.cause, status, refusal.why, {
          ...refusal,
          trunk: trunk.name,
          to: called.text,
          project: projectOf(route),
        }),
    });
  }

  async #forward({ invite, trunk, called, route }: Arrived, caller: Caller, admitted: Admitted): Promise<void> {
    const { book } = this.#options.calls.context;
    const project = projectOf(route);
    const what = { trunk: trunk.name, to: called.text, ...(route.project !== undefined && { project }) };
    const entries = this.#numbers.entries(route, called);
    if (entries.every(({ tries }) => tries.length === 0)) {
      admitted.release();
      this.#refuse(invite, 'no-target', 480, 'Nobody is registered to take the call', what);
      return;
    }
    try {
      book.reserve(project);
    } catch (error) {
      admitted.release();
      const more = { ...what, retryAfterS: RETRY_AFTER_S };
      this.#refuse(invite, 'too-many-calls', 503, messageOf(error), more);
      return;
    }
    try {
      await bridgeIncoming(this.#bridges, invite, {
        project,
        trunk,
        entries,
        caller: { caller, headers: invite.request.headers, pass: trunk.config.headers.pass, called },
        from: shownCaller(caller),
        to: called.e164 ?? called.text,
        release: () => admitted.release(),
      });
    } catch (error) {
      admitted.release();
      book.unreserve(project);
      const more = { ...what, retryAfterS: RETRY_AFTER_S };
      this.#refuse(invite, 'no-media', 503, messageOf(error), more);
    }
  }

  /** One of the box's own numbers, called from where that is allowed. */
  #isForTheBox({ source, calledUser }: IncomingInvite): boolean {
    return builtinNumber(calledUser) !== undefined && this.#options.isBuiltinSource(source.address);
  }

  #refuse(
    invite: IncomingInvite,
    cause: RefusalCause,
    status: number,
    why: string,
    more: Omit<Parameters<Refusals['refuse']>[1], 'cause' | 'status' | 'why'> = {},
  ): void {
    this.refusals.refuse(invite, { ...more, cause, status, why });
    if (more.trunk !== undefined) this.#options.trunks.byName(more.trunk)?.countRefusal(`incoming.${cause}`);
  }
}

function destinationOf(route: NumberRoute): CallDestination {
  const { room, session, builtin }: Destination = route.to;
  if (room !== undefined) return { kind: 'room', name: room };
  if (session !== undefined) return { kind: 'session', project: projectOf(route), session: session as SessionId };
  return { kind: builtin ?? 'echo' };
}
