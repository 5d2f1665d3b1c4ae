import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import type { LegId, SessionId } from '../base/ids.ts';
import { streamsOf } from '../sessions/views.ts';
import type { CallContext } from './call-context.ts';
import type { CallRef } from './events.ts';

export interface HeardStreamsParts {
  readonly context: Pick<CallContext, 'sessions' | 'book' | 'clientLeg'>;
  readonly call: CallRef;
  readonly session: SessionId;
  /** Ids; those of nobody are ignored until somebody publishes one. Undefined: all, without the own one. */
  readonly streams: readonly string[] | undefined;
}

/** What a far end hears of its session: everybody, or the streams that it was dialled with (CONTRACT §1.4). */
export class HeardStreams {
  readonly #parts: HeardStreamsParts;
  #told = '';

  constructor(parts: HeardStreamsParts) {
    this.#parts = parts;
  }

  get hears(): Hears {
    const { session, streams } = this.#parts;
    const hears = { kind: 'session', session, ...(streams && { only: this.#legsOf(streams) }) } as const;
    this.#told = JSON.stringify(hears);
    return hears;
  }

  /** Calls when that is another because streams came or went; until the far end has left the session. */
  watch(changed: () => void): void {
    const { context, call, session, streams } = this.#parts;
    if (streams === undefined || call.connection === null) return;
    const { connections } = context.sessions;
    connections.listen(context.sessions.live(call.project, session), call.connection, ({ type }) => {
      if (type !== 'streamCreated' && type !== 'streamDestroyed') return;
      const before = this.#told;
      void this.hears;
      if (this.#told !== before) changed();
    });
  }

  #legsOf(named: readonly string[]): LegId[] {
    const { context, call, session } = this.#parts;
    const published = streamsOf(context.sessions.live(call.project, session));
    return published.flatMap(({ id, connectionId }) => {
      if (!named.includes(id) || connectionId === call.connection) return [];
      const phone = context.book.byConnection(call.project, session, connectionId);
      return phone?.sides[0].leg.id ?? context.clientLeg(session, id) ?? [];
    });
  }
}
