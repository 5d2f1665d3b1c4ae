import { CrosspointError } from '../base/errors.ts';
import { type Acting, type After, GO_ON, HANG_UP } from './acting.ts';
import type { Continuation, Script } from './action.ts';
import type { Leader, ScriptSource } from './leader.ts';
import { type Loaded, type LoadParts, loadScript } from './load-script.ts';
import type { Outcome } from './outcome.ts';
import { playPrompt } from './play-prompt.ts';
import { scriptLimits } from './script-limits.ts';
import type { WebTarget } from './web.ts';

/** Gets the documents of one call's scripts, says what is wrong with them, and stops those that lead round and round. */
export class ScriptReader {
  readonly #run: Acting;
  readonly #leader: Leader;
  #hasRead = false;
  /** Documents in a row that did nothing but lead to the next. */
  #hollow = 0;

  constructor(run: Acting, leader: Leader) {
    this.#run = run;
    this.#leader = leader;
  }

  /** Something was done that takes time. */
  acted(): void {
    this.#hollow = 0;
  }

  async begin(source: ScriptSource, signal: AbortSignal): Promise<After> {
    if (source.kind === 'script') return this.#take(source.script, null);
    const outcome: Outcome = this.#hasRead ? { kind: 'redirected' } : { kind: 'begun' };
    const after = await this.#load({ target: source.target }, outcome, source.fallback, signal);
    return after.kind === 'go-on' ? HANG_UP : after;
  }

  /** What the answer says takes the place of the rest; one that says nothing lets it go on. */
  continue(continuation: Continuation, outcome: Outcome, signal: AbortSignal): Promise<After> {
    return this.#load(continuation, outcome, this.#leader.fallback, signal);
  }

  async #load(
    continuation: Continuation,
    outcome: Outcome,
    fallback: WebTarget | null,
    signal: AbortSignal,
  ): Promise<After> {
    this.#hollow += 1;
    if (this.#hollow > scriptLimits.hollowDocuments) {
      const message = `${scriptLimits.hollowDocuments} documents have only led to the next one`;
      this.#run.actionFailed(new CrosspointError('script.endless', message));
      return HANG_UP;
    }
    const failed: LoadParts['failed'] = (failure, next) =>
      this.#run.happened({ kind: 'document-failed', failure, next });
    const { documents } = this.#run.services;
    const { project } = this.#run.call.ref;
    const parts = { leader: this.#leader, documents, project, failed };
    const loaded = await loadScript(parts, continuation, outcome, fallback, signal);
    if (!loaded) return this.#apologise(signal);
    return this.#taken(loaded);
  }

  #taken({ script, url }: Loaded): After {
    return script ? this.#take(script, url) : GO_ON;
  }

  #take(script: Script, url: string | null): After {
    this.#hasRead = true;
    const { warnings } = script;
    if (warnings.length > 0) {
      this.#run.happened({ kind: 'warned', url, warnings });
      void this.#run.services.tell.warned(this.#run.call.ref, url, warnings);
    }
    return { kind: 'script', script };
  }

  /** The caller hears that something is wrong, and is not left in silence. */
  async #apologise(signal: AbortSignal): Promise<After> {
    const { apology } = this.#leader;
    if (apology)
      await playPrompt(this.#run, { kind: 'say', ...apology, voice: null, loops: 1, levelDb: 0 }, signal).catch(error =>
        this.#run.actionFailed(error),
      );
    return HANG_UP;
  }
}
