import { AsyncLocalStorage } from 'node:async_hooks';
import { test as uvuTest } from 'uvu';
import * as assert from 'uvu/assert';
import { Box } from './box.ts';
import { OwnBox, type OwnBoxOptions } from './own-box.ts';
import { type Target, targetFromEnvironment } from './target.ts';
import { until } from './until.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** What a test may need of a box beyond its APIs. */
const abilities = {
  own: 'it kills, restarts, configures or measures the box',
  webhooks: "the project's monitoring URLs must point to us",
  builtin: 'it calls the built-in numbers',
} as const;
export type Ability = keyof typeof abilities;

export interface RigOptions {
  readonly needs?: readonly Ability[];
  /** For the box that the suite starts itself; with a function once its webhook is there. */
  readonly box?: OwnBoxOptions;
}

/** A call whose BYE was lost for good ends by its media's absence. */
const IDLE_LIMIT_MS = 40_000;

type Body = () => Promise<void> | void;

interface Closeable {
  close(): unknown;
}

/**
 * The set-up of a test file: one box for all its tests (the one just built, or HW_TEST_TARGET), a webhook that hears of
 * its calls, and everything else that a test opens, closed after it.
 */
export class Rig {
  /** Registers a test; skipped, with a printed reason, when the target lacks what the file needs. */
  readonly test: (name: string, body: Body) => void;
  /** Our address as the box sees it. */
  readonly us: string;
  readonly #target: Target | undefined;
  readonly #options: RigOptions;
  readonly #open: Closeable[] = [];
  /** What a test has opened that runs beside others. */
  readonly #openBeside = new AsyncLocalStorage<Closeable[]>();
  #webhook: WebhookReceiver | undefined;
  #box: Box | undefined;

  constructor(options: RigOptions = {}) {
    this.#options = options;
    this.#target = targetFromEnvironment();
    this.us = this.#target?.us ?? '127.0.0.1';
    const lacking = this.#target ? lacks(this.#target, options.needs ?? []) : undefined;
    this.test = lacking ? name => skip(name, lacking) : (name, body) => uvuTest(name, () => this.#withLog(body));
    if (lacking) return;
    uvuTest.before(() =>
      this.#start().catch(error => {
        // uvu counts it, and says nothing of it.
        console.error(error);
        throw error;
      }),
    );
    uvuTest.after.each(() => this.#closeOpened());
    uvuTest.after(() => this.#end());
  }

  get box(): Box {
    if (!this.#box) throw new Error('the box is there only while tests run');
    return this.#box;
  }

  /** The box that the suite started: to kill, restart and measure. Needs 'own'. */
  get own(): OwnBox {
    if (!(this.#box instanceof OwnBox)) throw new Error("this file must say that it needs 'own'");
    return this.#box;
  }

  /** The same when there is one: for a look into its log that an existing box would not allow. */
  get ownIfAny(): OwnBox | undefined {
    return this.#box instanceof OwnBox ? this.#box : undefined;
  }

  get webhook(): WebhookReceiver {
    if (!this.#webhook) throw new Error("this file must say that it needs 'webhooks'");
    return this.#webhook;
  }

  /** Has it closed after the test. */
  keep<T extends Closeable>(thing: T): T {
    (this.#openBeside.getStore() ?? this.#open).push(thing);
    return thing;
  }

  /**
   * Registers tests that mostly wait: up to `lanes` run at a time, so each must look at its own calls alone. When they are
   * over the box must have no call.
   */
  together(lanes: number, tests: readonly (readonly [name: string, body: Body])[]): void {
    const waiting: (() => Promise<void>)[] = [];
    const all = tests.map(
      ([name, body]) =>
        [
          name,
          new Promise<void>((resolve, reject) => {
            waiting.push(() => this.#beside(body).then(resolve, reject));
          }),
        ] as const,
    );
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await next();
    };
    let begun = false;
    let failed = false;
    for (const [name, done] of all) {
      // It is told of in its turn.
      done.catch(() => {
        failed = true;
      });
      this.test(name, () => {
        if (!begun) for (let i = 0; i < lanes; i++) void lane();
        begun = true;
        return done;
      });
    }
    this.test(`after ${tests.length} tests beside each other the box has no call`, async () => {
      // One that failed has left its calls as they were.
      if (!failed) await this.box.idle(IDLE_LIMIT_MS);
    });
  }

  #beside(body: Body): Promise<void> {
    const open: Closeable[] = [];
    return this.#openBeside.run(open, async () => {
      try {
        await body();
      } finally {
        await closeAll(open);
      }
    });
  }

  /** Call it once, at the end of the file. */
  run(): void {
    if (!this.#target) {
      uvuTest('in the end the box stops in order, and nothing of it stays', async () => {
        const { code, signal } = await this.own.stop();
        assert.is(code, 0, `it ended with ${code ?? signal}: ${this.own.log().slice(-4000)}`);
        await until('its media workers to end', () => this.own.workers().length === 0, { limitMs: 8_000 });
      });
    }
    uvuTest.run();
  }

  async #start(): Promise<void> {
    const webhooks = this.#options.needs?.includes('webhooks');
    if (webhooks) this.#webhook = await WebhookReceiver.open(this.us, this.#target?.webhookPort);
    this.#box = this.#target
      ? new Box(this.#target)
      : await OwnBox.start({
          ...(this.#webhook && {
            sipMonitoringUrl: this.#webhook.url('/sip'),
            sessionMonitoringUrl: this.#webhook.url('/session'),
          }),
          ...this.#options.box,
        });
  }

  /** What the box had to say is half of what explains a failure. */
  async #withLog(body: Body): Promise<void> {
    const before = this.ownIfAny?.log().length ?? 0;
    try {
      await body();
    } catch (error) {
      const log = this.ownIfAny?.log().slice(before);
      if (log) console.error(`\nthe box's log during the failed test:\n${log.slice(-4_000)}`);
      throw error;
    }
  }

  #closeOpened(): Promise<void> {
    return closeAll(this.#open);
  }

  async #end(): Promise<void> {
    await this.#closeOpened();
    if (this.#box instanceof OwnBox) await this.#box.close();
    await this.#webhook?.close();
  }
}

/** The last one first. */
async function closeAll(open: Closeable[]): Promise<void> {
  for (let thing = open.pop(); thing; thing = open.pop()) await thing.close();
}

/** `test` for files that start boxes themselves: skipped when an existing box is to be tested. */
export const localTest: (name: string, body: () => Promise<void> | void) => void = targetFromEnvironment()
  ? name => skip(name, 'it starts boxes of its own')
  : uvuTest;

function lacks(target: Target, needs: readonly Ability[]): string | undefined {
  const has: Record<Ability, boolean> = {
    own: false,
    webhooks: target.webhookPort !== undefined,
    builtin: target.builtinNumbers,
  };
  const missing = needs.filter(need => !has[need]);
  return missing.length === 0 ? undefined : missing.map(need => abilities[need]).join('; ');
}

function skip(name: string, reason: string): void {
  console.log(`skipped: ${name} (${reason})`);
  uvuTest.skip();
}
