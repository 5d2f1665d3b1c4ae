import type { Clock, Timer } from '../base/clock.ts';
import type { CallEvent, CallRef } from '../calls/events.ts';
import type { CallState } from '../calls/state.ts';
import type { MessageHeaders } from './message-headers.ts';
import type { Retained } from './retained.ts';
import { callStateTopic } from './topic-names.ts';
import type { CallStateMessage } from './topics-call.ts';

/** Who talks. */
export interface Parties {
  readonly direction: 'outbound' | 'inbound';
  readonly from: string;
  readonly to: string;
}

export interface CallStatesOptions {
  readonly headers: MessageHeaders;
  readonly retained: Retained;
  /** Null of a call that is not known any more. */
  readonly parties: (call: string) => Parties | null;
  readonly clock: Clock;
}

/** A call that goes through several states in so short a time is told of once. */
const GATHER_MS = 50;

interface Known {
  readonly call: CallRef;
  readonly state: CallState;
  readonly since: number;
  readonly muted: boolean;
}

/** What each live call is, as a retained message that follows the events of the call once they are stored. */
export class CallStates {
  readonly #options: CallStatesOptions;
  readonly #known = new Map<string, Known>();
  readonly #changed = new Set<string>();
  #timer: Timer | null = null;

  constructor(options: CallStatesOptions) {
    this.#options = options;
  }

  take(event: CallEvent): void {
    switch (event.type) {
      case 'callCreated':
        this.#change({ call: event.call, state: 'DIALING', since: event.time, muted: false });
        break;
      case 'callUpdated': {
        const known = this.#known.get(event.call.id);
        if (known && event.state !== 'HANGUP') this.#change({ ...known, state: event.state, since: event.time });
        break;
      }
      case 'callMuteChanged': {
        const known = this.#known.get(event.call.id);
        if (known) this.#change({ ...known, muted: event.muted });
        break;
      }
      case 'callDestroyed':
        this.#end(event.call);
        break;
      default:
      // Says nothing of what a call is.
    }
  }

  close(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  #change(known: Known): void {
    this.#known.set(known.call.id, known);
    this.#changed.add(known.call.id);
    this.#timer ??= this.#options.clock.after(GATHER_MS, () => this.#tell());
  }

  #end({ id, project }: CallRef): void {
    const { headers, retained } = this.#options;
    const ofFormerProcess = !this.#known.delete(id);
    this.#changed.delete(id);
    retained.clear(callStateTopic(headers.box, project, id), ofFormerProcess);
  }

  #tell(): void {
    const { headers, retained, parties } = this.#options;
    this.#timer = null;
    for (const changed of this.#changed) {
      const known = this.#known.get(changed);
      if (!known) continue;
      const { call, state, since, muted } = known;
      const { id, project, session, connection, createdAt } = call;
      const message: CallStateMessage = {
        ...headers.next('call state', project),
        call: { id, session, connection, createdAt },
        state,
        since,
        parties: told(parties(id)),
        muted,
      };
      retained.set(callStateTopic(headers.box, project, id), JSON.stringify(message));
    }
    this.#changed.clear();
  }
}

/** Nothing else of what knows them. */
function told(parties: Parties | null): Parties | null {
  return parties && { direction: parties.direction, from: parties.from, to: parties.to };
}
