import { CrosspointError, isCrosspointError, messageOf } from '../base/errors.ts';
import type { CallId, SessionId } from '../base/ids.ts';
import type { Call, EndedBy } from '../calls/call.ts';
import type { Waiting } from '../calls/led/lead-incoming.ts';
import type { LedCall } from '../calls/led/led-call.ts';
import type { Verdict } from '../calls/verdict.ts';
import { type Acting, type After, type Child, type ChildTerms, HANG_UP } from './acting.ts';
import type { Action, Conference, ConnectTarget, Continuation, Prompt, Script } from './action.ts';
import { recordCall } from './actions/record.ts';
import { hear } from './hear-waiting.ts';
import { Keys } from './keys.ts';
import type { Happening, Leader, ScriptSource, Telling } from './leader.ts';
import type { Outcome } from './outcome.ts';
import { perform } from './perform.ts';
import { playPrompt, playPrompts, prepare } from './play-prompt.ts';
import type { Rooms } from './rooms.ts';
import { scriptLimits } from './script-limits.ts';
import { ScriptReader } from './script-reader.ts';
import type { ScriptServices } from './script-services.ts';
import type { Arrival, ScriptedCall } from './scripted-call.ts';
import { within } from './waiting.ts';

export interface RunParts {
  readonly services: ScriptServices;
  readonly rooms: Rooms;
  readonly led: LedCall;
  /** Of an incoming call: answers it. */
  readonly waiting: Pick<Waiting, 'ring' | 'answer'> | null;
  readonly arrival: Arrival | null;
  /** The session that its far end is in, where that is a call of the box's own. */
  readonly cameFrom: SessionId | null;
  readonly parent: ScriptedCall | null;
  readonly depth: number;
  readonly lead: (call: ScriptedCall) => Leader;
  /** Sent when a call out is answered, before its script begins. */
  readonly sendDigits: string | null;
  /** Its script is over and the call is not; absent: it is hung up. */
  readonly done?: () => void;
  readonly placeChild: (parent: Run, target: ConnectTarget, terms: ChildTerms) => Promise<Child>;
  /** The call has ended. */
  readonly over: (run: Run) => void;
}

/** What a call is led to instead of what it does. */
class Redirected {
  readonly source: ScriptSource;

  constructor(source: ScriptSource) {
    this.source = source;
  }
}

/**
 * One call and the script that leads it.
 *
 *     begun ──▶ loading ◀──▶ acting ──▶ over
 *                  ▲            │
 *                  └ redirected ┘
 *
 * A redirection, or the end of the call, aborts what is being done at whatever point it is.
 */
export class Run implements ScriptedCall, Acting {
  readonly id: CallId;
  readonly led: LedCall;
  readonly leader: Leader;
  readonly services: ScriptServices;
  readonly keys = new Keys();
  room: ScriptedCall['room'] = null;
  readonly #parts: RunParts;
  readonly #reader: ScriptReader;
  /** Ends with the call. */
  readonly #life = new AbortController();
  /** What is being done; null: nothing. */
  #task: AbortController | null = null;
  #beside: AbortController | null = null;
  #limit: { stop(): void } | null = null;
  #steps = 0;
  #isAnswered = false;
  #done: (() => void) | undefined;
  #taken = () => {};
  /** Somebody leads it elsewhere. */
  readonly taken = new Promise<void>(resolve => {
    this.#taken = resolve;
  });

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#done = parts.done;
    this.services = parts.services;
    this.led = parts.led;
    this.id = parts.led.call.ref.id;
    this.leader = parts.lead(this);
    this.#reader = new ScriptReader(this, this.leader);
  }

  get project() {
    return this.call.ref.project;
  }

  get call(): Call {
    return this.led.call;
  }

  get parent(): ScriptedCall | null {
    return this.#parts.parent;
  }

  get arrival(): Arrival | null {
    return this.#parts.arrival;
  }

  get cameFrom(): SessionId | null {
    return this.#parts.cameFrom;
  }

  get depth(): number {
    return this.#parts.depth;
  }

  get rooms(): Rooms {
    return this.#parts.rooms;
  }

  get deafened(): boolean {
    return this.led.deafened;
  }

  /** Ends with the call. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  /** From now on the call is followed; an incoming one begins with its script at once, another when it is answered. */
  start(): void {
    let rang = false;
    this.call.watch({
      pressed: key => {
        this.keys.pressed(key);
        this.#tell('pressed', () => this.leader.pressed?.(key) ?? []);
      },
      stateChanged: () => {
        if (this.call.state === 'RINGING' && !rang) {
          rang = true;
          this.happened({ kind: 'ringing' });
        }
        if (this.call.stages.activeAt !== null) this.#answered();
      },
      ended: (verdict, by) => this.#ended(verdict, by),
    });
    this.happened({ kind: 'initiated' });
    if (!this.#parts.waiting) return;
    this.#parts.waiting.ring();
    void this.#lead(this.leader.first);
  }

  answer(): void {
    if (this.led.answered || this.#parts.waiting?.answer()) return;
    throw notActive();
  }

  redirect(source: ScriptSource): void {
    if (!this.led.answered) throw notActive();
    this.happened({ kind: 'transferred', from: this.room?.name ?? null, to: null });
    this.#done = undefined;
    this.#taken();
    if (this.#task) this.#task.abort(new Redirected(source));
    else void this.#lead(source);
  }

  async playBeside(prompt: Prompt): Promise<void> {
    if (!this.led.answered) throw notActive();
    await this.hush();
    const beside = within(this.life);
    this.#beside = beside;
    // What is wrong with it is told to who asks.
    if (prompt.kind === 'say') await this.services.speech.speak(prompt.text, prompt, this.call.ref.project);
    if (prompt.kind === 'play' && 'url' in prompt.what)
      await this.services.sounds.fetch(prompt.what.url, this.life, this.project);
    void playPrompt(this, prompt, beside.signal)
      .catch(error => this.actionFailed(error))
      .finally(() => beside.close());
  }

  async hush(): Promise<void> {
    this.#beside?.abort();
    this.#beside = null;
  }

  async mute(on: boolean): Promise<void> {
    if (!this.led.answered) throw notActive();
    await this.call.mute(on, 'moderator');
  }

  deafen(on: boolean): Promise<void> {
    return this.led.deafen(on);
  }

  sendDigits(digits: string): Promise<void> {
    return this.led.sendDigits(digits);
  }

  limitTo(ms: number): void {
    this.#limit?.stop();
    const { clock, stages } = this.call;
    const left = (stages.activeAt ?? clock.now()) + ms - clock.now();
    this.#limit = clock.after(Math.max(0, left), () => void this.hangUp());
  }

  hangUp(): Promise<void> {
    return this.led.hangUp('application');
  }

  happened(happening: Happening): void {
    this.#tell(happening.kind, () => this.leader.happened(happening));
    if (!CHANGES.includes(happening.kind)) return;
    const lastWords = this.leader.lastWords?.() ?? [];
    if (lastWords.length > 0) void this.services.tell.keep(this.call.ref, lastWords);
  }

  #tell(what: string, tellings: () => readonly Telling[]): void {
    try {
      void this.services.tell.tell(this.call.ref, tellings());
    } catch (error) {
      this.call.log.error({ call: this.id, what, problem: messageOf(error) }, 'a webhook was not made');
    }
  }

  wait({ wait }: Conference, signal: AbortSignal): Promise<void> {
    return hear(this, wait, signal);
  }

  play(prompts: readonly Prompt[], signal: AbortSignal): Promise<void> {
    return playPrompts(this, prompts, signal, error => this.actionFailed(error));
  }

  continue(continuation: Continuation, outcome: Outcome, signal: AbortSignal): Promise<After> {
    return this.#reader.continue(continuation, outcome, signal);
  }

  placeChild(target: ConnectTarget, terms: ChildTerms): Promise<Child> {
    return this.#parts.placeChild(this, target, terms);
  }

  actionFailed(error: unknown): void {
    if (this.led.ended) return;
    const code = isCrosspointError(error) ? error.code : 'script.broken';
    const message = messageOf(error);
    this.happened({ kind: 'action-failed', code, message });
    this.call.log.info({ call: this.id, code, problem: message }, 'an action of a script could not be carried out');
  }

  #answered(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.happened({ kind: 'answered' });
    const { records } = this.leader;
    if (records) recordCall(this, { terms: records, source: 'call' }).catch(error => this.actionFailed(error));
    if (!this.#parts.waiting) void this.#lead(this.leader.first);
  }

  /** From its first document to its last action; never rejects. */
  async #lead(first: ScriptSource | null): Promise<void> {
    try {
      const { sendDigits } = this.#parts;
      if (sendDigits !== null && first === this.leader.first)
        await this.play([{ kind: 'play', what: { digits: sendDigits }, loops: 1, levelDb: 0 }], this.life);
      for (let next = first; next && !this.led.ended; ) next = await this.#follow(next);
      if (this.led.ended) return;
      if (this.#done) this.#done();
      else await this.hangUp();
    } catch (error) {
      this.call.log.error({ call: this.id, problem: messageOf(error) }, 'a script broke');
      this.call.fail(error);
    }
  }

  /** @returns where it goes on, where it is led elsewhere meanwhile */
  async #follow(source: ScriptSource): Promise<ScriptSource | null> {
    const task = within(this.life);
    this.#task = task;
    try {
      let after = await this.#reader.begin(source, task.signal);
      while (after.kind === 'script') after = await this.#act(after.script, task.signal);
      return null;
    } catch (error) {
      if (this.led.ended) return null;
      if (task.signal.reason instanceof Redirected) return task.signal.reason.source;
      throw error;
    } finally {
      this.#task = null;
      task.close();
    }
  }

  async #act({ actions }: Script, signal: AbortSignal): Promise<After> {
    prepare(this, actions.flatMap(promptsOf).slice(0, PREPARED));
    for (const action of actions) {
      if (signal.aborted) throw signal.reason;
      this.#steps += 1;
      if (this.#steps > scriptLimits.steps) {
        this.actionFailed(new CrosspointError('script.endless', `The script has done ${scriptLimits.steps} things`));
        return HANG_UP;
      }
      const after = await this.#perform(action, signal);
      if (signal.aborted) throw signal.reason;
      if (after.kind !== 'go-on') return after;
    }
    return HANG_UP;
  }

  async #perform(action: Action, signal: AbortSignal): Promise<After> {
    if (action.kind !== 'redirect' && action.kind !== 'notify') this.#reader.acted();
    try {
      return await perform(this, action, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!isCrosspointError(error)) throw error;
      this.actionFailed(error);
      return { kind: 'go-on' };
    }
  }

  #ended(verdict: Verdict, by: EndedBy): void {
    const { activeAt, endedAt } = this.call.stages;
    const seconds = activeAt === null || endedAt === null ? null : (endedAt - activeAt) / 1000;
    this.#limit?.stop();
    this.#life.abort(notActive());
    this.happened({ kind: 'ended', verdict, by, seconds });
    this.#parts.over(this);
  }
}

/** What changes how the end of a call would be told. */
const CHANGES: readonly Happening['kind'][] = ['initiated', 'ringing', 'answered'];
/** How many of a script's next prompts are spoken before they are wanted. */
const PREPARED = 3;

function promptsOf(action: Action): readonly Prompt[] {
  if (action.kind === 'gather') return action.prompts;
  return action.kind === 'say' ? [action] : [];
}

function notActive(): CrosspointError {
  return new CrosspointError('call.not-active', 'The call has not been answered yet, or is over');
}
