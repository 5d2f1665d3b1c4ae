import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { TrunkView } from '../trunks/trunk-view.ts';
import type { MqttPacket } from './mqtt-link.ts';
import { trunkTopic } from './topic-names.ts';
import type { TrunkMessage } from './topics-trunk.ts';

export interface TrunkStatesOptions {
  readonly box: string;
  readonly bootId: string;
  readonly clock: Clock;
}

type State = Pick<TrunkMessage, 'state' | 'since' | 'reason' | 'targets' | 'registration'>;

/** The last state of each trunk as a retained message, to be told when it changes and to every broker that comes. */
export class TrunkStates {
  readonly #options: TrunkStatesOptions;
  readonly #packets = new Map<string, { readonly state: string; readonly packet: MqttPacket }>();
  #sequence = 0;

  constructor(options: TrunkStatesOptions) {
    this.#options = options;
  }

  /** @returns what is to be published; null when it says nothing new */
  take(view: TrunkView): MqttPacket | null {
    const { box, bootId, clock } = this.#options;
    const content = stateOf(view);
    const state = JSON.stringify(content);
    if (this.#packets.get(view.name)?.state === state) return null;
    this.#sequence += 1;
    const message: TrunkMessage = {
      version: 1,
      id: randomUUID(),
      box,
      bootId,
      sequence: this.#sequence,
      project: 'device',
      time: clock.now(),
      trunk: view.name,
      ...content,
    };
    const topic = trunkTopic(box, view.name);
    const packet: MqttPacket = { topic, payload: JSON.stringify(message), qos: 1, retain: true };
    this.#packets.set(view.name, { state, packet });
    return packet;
  }

  get all(): readonly MqttPacket[] {
    return [...this.#packets.values()].map(({ packet }) => packet);
  }
}

/** What stays true until the next message: neither counts nor times that go on. */
function stateOf({ state, since, reason, targets, registration }: TrunkView): State {
  return {
    state,
    since,
    reason,
    targets: targets.map(({ roundTripMs: _, ...target }) => target),
    registration: registration && {
      state: registration.state,
      since: registration.since,
      reason: registration.reason,
    },
  };
}
