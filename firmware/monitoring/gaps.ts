import type { StoredGap } from '../store/rows.ts';
import type { MessageHeaders } from './message-headers.ts';
import type { MqttLink } from './mqtt-link.ts';
import { MQTT_TARGET } from './targets.ts';
import { gapTopic } from './topic-names.ts';
import type { GapMessage } from './topics-box.ts';

/** Where it is written which events were dropped, one stretch a project. */
export interface GapStore {
  gaps(target: string): Promise<readonly StoredGap[]>;
  /** That stretch was told; one that has grown since stays. */
  gapTold(gap: StoredGap): Promise<unknown>;
}

/** Says in the stream which events are missing, and forgets that once the broker has it. */
export class Gaps {
  readonly #store: Partial<GapStore>;
  readonly #headers: MessageHeaders;
  #telling: Promise<void> | null = null;

  /** @param store one that drops nothing has no gaps */
  constructor(store: Partial<GapStore>, headers: MessageHeaders) {
    this.#store = store;
    this.#headers = headers;
  }

  /** Resolves when they are on their way. Never rejects: the store reports itself, and what was not told stays. */
  tell(link: MqttLink): Promise<void> {
    this.#telling ??= this.#tell(link)
      .catch(() => {})
      .finally(() => {
        this.#telling = null;
      });
    return this.#telling;
  }

  async #tell(link: MqttLink): Promise<void> {
    for (const gap of (await this.#store.gaps?.(MQTT_TARGET)) ?? []) {
      const { project, first, last, count } = gap;
      const message: GapMessage = {
        ...this.#headers.next('gap', project),
        event: 'eventsMissing',
        from: { bootId: first.bootId, sequence: first.sequence },
        to: { bootId: last.bootId, sequence: last.sequence },
        count,
        firstTime: first.time,
        lastTime: last.time,
      };
      const topic = gapTopic(this.#headers.box, project);
      link.publish({ topic, payload: JSON.stringify(message), qos: 1 }, error => {
        if (!error) void this.#store.gapTold?.(gap);
      });
    }
  }
}
