import type { ProjectId } from '../base/ids.ts';
import type { CallContext } from '../calls/call-context.ts';
import type { CallRef } from '../calls/events.ts';
import type { Recordings } from '../sessions/recordings/recordings.ts';
import type { ScriptWarning } from './action.ts';
import type { Telling } from './leader.ts';
import type { Documents, Sounds, Speech } from './ports.ts';

/** What every scripted call needs of the box. */
export interface ScriptServices {
  readonly context: CallContext;
  readonly speech: Speech;
  readonly sounds: Sounds;
  readonly documents: Documents;
  readonly recordings: Pick<Recordings, 'begin' | 'stop'>;
  readonly tell: TellApplication;
  /** Ids by which the same tenant is known, its own first. */
  readonly tenant: (project: ProjectId) => readonly ProjectId[];
  /** The SIP URI by which a number is called. @throws CrosspointError trunk.none-for-numbers */
  readonly numberUri: (project: ProjectId, number: string) => string;
}

/** Where what scripts tell goes: through the outbox, in order per call. */
export interface TellApplication {
  /** Never rejects. */
  tell(call: CallRef, tellings: readonly Telling[]): Promise<void>;
  /** Never rejects. */
  keep(call: CallRef, tellings: readonly Telling[]): Promise<void>;
  /** For the operator. */
  warned(call: CallRef, url: string | null, warnings: readonly ScriptWarning[]): Promise<void>;
}
