import { setTimeout as sleep } from 'node:timers/promises';
import type { Application } from './application.ts';

/** An application that dials so many calls a second, evenly, whatever becomes of them. */
export class Dialling {
  /** Calls that the box has answered for: their events must come. */
  readonly promised: string[] = [];
  refused = 0;
  readonly #application: Application;
  readonly #under = new Set<Promise<void>>();
  #running = true;

  /** @param uri whom it calls */
  static start(application: Application, session: string, uri: string, perSecond: number): Dialling {
    const dialling = new Dialling(application);
    void dialling.#run(session, uri, 1000 / perSecond);
    return dialling;
  }

  private constructor(application: Application) {
    this.#application = application;
  }

  async #run(session: string, uri: string, everyMs: number): Promise<void> {
    const json = { sessionId: session, token: this.#application.token(session), sip: { uri } };
    for (let next = performance.now(); this.#running; next += everyMs) {
      await sleep(Math.max(0, next - performance.now()));
      const one = this.#dial(json).finally(() => this.#under.delete(one));
      this.#under.add(one);
    }
  }

  async #dial(json: unknown): Promise<void> {
    try {
      const path = this.#application.projectPath('dial');
      const { status, body } = await this.#application.request('POST', path, { json });
      if (status === 200) this.promised.push(String(body.id));
      else this.refused += 1;
    } catch {
      this.refused += 1;
    }
  }

  /** No more; resolves when the last one is answered. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#under);
  }
}
