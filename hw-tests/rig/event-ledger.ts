import * as assert from 'uvu/assert';
import type { Message } from './mqtt-listener.ts';
import { briefly, type Received } from './webhook-receiver.ts';

/** An event as somebody was told of it. */
interface Told {
  readonly id: string;
  readonly call: string;
  /** "callCreated", "RINGING", "callDestroyed 700". */
  readonly word: string;
}

/** What every whole story of a call has, and in which order states come. */
const ORDER = ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed'];
const rankOf = (word: string) => ORDER.indexOf(word.split(' ')[0] ?? '');

/** Counts what a reader of MQTT and a webhook were told of calls: nothing lost, nothing out of order, nothing told twice as another. */
export class EventLedger {
  readonly #mqtt: readonly Message[];
  readonly #webhook: readonly Received[];

  constructor(mqtt: readonly Message[], webhook: readonly Received[]) {
    this.#mqtt = mqtt.filter(({ topic }) => /\/(event|recording|archive)$/.test(topic));
    this.#webhook = webhook.filter(({ body }) => body.call !== undefined);
  }

  /**
   * @param calls that the box has promised: each must be there
   * @returns figures for the report
   */
  check(calls: readonly string[]): { readonly calls: number; readonly events: number; readonly repeated: number } {
    this.#checkSequences();
    const byMqtt = storiesOf('MQTT', this.#mqtt.flatMap(callEvent));
    const byWebhook = storiesOf('the webhook', this.#webhook.map(notice));
    for (const call of calls) assert.ok(byMqtt.has(call) && byWebhook.has(call), `nothing was told of call ${call}`);
    assert.equal([...byMqtt.keys()].sort(), [...byWebhook.keys()].sort());
    for (const [call, story] of byMqtt) {
      checkStory(call, story);
      assert.equal(byWebhook.get(call), story, `both were told the same of call ${call}, under the same ids`);
    }
    const events = [...byMqtt.values()].reduce((sum, story) => sum + story.length, 0);
    const told = this.#mqtt.flatMap(callEvent).length + this.#webhook.length;
    return { calls: byMqtt.size, events, repeated: told - 2 * events };
  }

  /** Calls whose end was not told on both ways so far: promised ones, and those of which anything was told. */
  unfinished(calls: readonly string[]): string[] {
    const ways = [this.#mqtt.flatMap(callEvent), this.#webhook.map(notice)];
    const seen = new Set([...calls, ...ways.flat().map(({ call }) => call)]);
    const ended = ways.map(
      told => new Set(told.filter(({ word }) => word.startsWith('callDestroyed')).map(({ call }) => call)),
    );
    return [...seen].filter(call => ended.some(ends => !ends.has(call)));
  }

  /** Every event of a start of the service has a number: what was stored is there without a gap, and came in order. */
  #checkSequences(): void {
    const seen = new Map<string, number>();
    for (const { payload } of this.#mqtt) {
      const { bootId, sequence } = payload as { bootId: string; sequence: number };
      const last = seen.get(bootId) ?? 0;
      assert.ok(sequence <= last + 1, `after event ${last} of a start came ${sequence}: something is missing`);
      seen.set(bootId, Math.max(last, sequence));
    }
  }
}

function callEvent({ topic, payload }: Message): Told[] {
  const { id, event, state, call, reason } = payload as {
    id: string;
    event: string;
    state?: string;
    call?: { id: string };
    reason?: { code: string };
  };
  if (!topic.endsWith('/event') || !call || rankOf(state ?? event) < 0) return [];
  return [{ id, call: call.id, word: state ?? (reason ? `${event} ${reason.code}` : event) }];
}

function notice({ headers, body }: Received): Told {
  return { id: String(headers['x-crosspoint-event-id']), call: body.call?.id ?? '', word: briefly(body) };
}

/** Each event once, where it came first. @throws when one id stood for two events */
function storiesOf(who: string, told: readonly Told[]): Map<string, Told[]> {
  const words = new Map<string, string>();
  const stories = new Map<string, Told[]>();
  for (const each of told) {
    const before = words.get(each.id);
    if (before !== undefined) {
      assert.is(before, each.word, `${who}: the id ${each.id} stands for one event`);
      continue;
    }
    words.set(each.id, each.word);
    const story = stories.get(each.call);
    if (story) story.push(each);
    else stories.set(each.call, [each]);
  }
  return stories;
}

function checkStory(call: string, story: readonly Told[]): void {
  const words = story.map(({ word }) => word);
  const shown = `call ${call}: ${words.join(', ')}`;
  assert.is(words[0], 'callCreated', shown);
  assert.match(words.at(-1) ?? '', /^callDestroyed \d+$/, shown);
  const ranks = words.map(rankOf);
  for (let at = 1; at < ranks.length; at++)
    assert.ok((ranks[at] ?? 0) > (ranks[at - 1] ?? 0), `each state once and in order; ${shown}`);
}
