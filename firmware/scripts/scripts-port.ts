import type { CallId, ProjectId } from '../base/ids.ts';
import type { IncomingTerms } from '../calls/answer-call.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import type { Application } from './leader.ts';
import type { ScriptedCall } from './scripted-call.ts';

/** A call out that a script is to lead. */
export interface PlaceRequest {
  /** `sip:` or `sips:`; or a number: over the trunk that `numbersOut` of the tenant names. */
  readonly to: { readonly kind: 'number'; readonly number: string } | { readonly kind: 'sip'; readonly uri: string };
  /** `user` or `user@host` */
  readonly from: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Added to those, of a call of that id. */
  readonly ownHeaders?: (id: CallId) => readonly (readonly [name: string, value: string])[];
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  readonly secure: boolean;
  readonly ringMs: number;
  readonly limitMs: number;
  /** Sent when it is answered, before the script begins. */
  readonly sendDigits: string | null;
}

/** Every call of the box that a script leads: what the API's dialects, and the numbers, see of it. */
export interface ScriptsPort {
  /** A call for one of an application's numbers. Never rejects: what is impossible is told to the caller. */
  take(invite: IncomingInvite, application: Application, terms: IncomingTerms): Promise<void>;
  /**
   * Resolves when the call is on its way and its first events are committed.
   * @throws CrosspointError call.bad-uri, call.too-many, policy.…, trunk.…, media.…, what admission throws
   */
  place(application: Application, request: PlaceRequest): Promise<ScriptedCall>;
  /** A live one; undefined also for another project's. */
  get(project: ProjectId, id: string): ScriptedCall | undefined;
  list(project: ProjectId): ScriptedCall[];
}
