import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { isPrivateAddress } from '../../base/private-address.ts';
import { projectOf } from '../envelope.ts';
import type { DomainEvent } from '../event-recorder.ts';
import { type Callback, callbackTarget, happeningOf } from './callback.ts';
import type { WebhookAddress } from './webhook-address.ts';

const MAX_PER_PROJECT = 100;
const MAX_URL = 2048;

export interface CallbacksOptions {
  /** Where they outlive the process. */
  readonly store: {
    save(callback: Callback): Promise<void>;
    all(): Promise<readonly Callback[]>;
    delete(id: string): Promise<void>;
  };
  readonly projects: ReadonlyMap<ProjectId, { readonly webhookSecret?: string | null | undefined }>;
  readonly allowPrivateTargets: boolean;
  /** From now on it is told of events. */
  readonly added: (target: string, address: WebhookAddress) => void;
  /** From now on it is not; resolves with how many events were dropped. */
  readonly removed: (target: string) => Promise<number>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The URLs that projects have registered themselves (CONTRACT §1.11). */
export class Callbacks {
  readonly #options: CallbacksOptions;
  readonly #byProject = new Map<string, Map<string, Callback>>();

  constructor(options: CallbacksOptions) {
    this.#options = options;
  }

  /** Brings back those of before; those of projects that are configured no more are forgotten. */
  async start(): Promise<void> {
    const { store, projects, log } = this.#options;
    for (const callback of await store.all()) {
      if (projects.has(callback.project as ProjectId)) this.#add(callback);
      else {
        log.warn(
          { callback: callback.id, project: callback.project },
          'a callback of a project that is no more is forgotten',
        );
        await store.delete(callback.id).catch(() => undefined);
      }
    }
  }

  /**
   * Resolves when it is kept.
   * @throws CrosspointError http.bad-request, session.too-many-callbacks, and those of the store
   */
  async register(project: ProjectId, request: Pick<Callback, 'group' | 'event' | 'url'>): Promise<Callback> {
    const { group, event, url } = request;
    if (happeningOf(request) === null)
      throw new CrosspointError('http.bad-request', `There is no event ${event} of group ${group}`);
    this.#refuseUrl(url);
    if (this.list(project).length >= MAX_PER_PROJECT)
      throw new CrosspointError(
        'session.too-many-callbacks',
        `The project has its ${MAX_PER_PROJECT} callbacks already`,
      );
    const callback = { id: randomUUID(), project, group, event, url, createdAt: this.#options.clock.now() };
    // It takes its place before the store answers, so that a burst of requests cannot pass the limit.
    this.#add(callback);
    try {
      await this.#options.store.save(callback);
    } catch (error) {
      await this.#remove(callback);
      throw error;
    }
    return callback;
  }

  /** Oldest first. */
  list(project: ProjectId): Callback[] {
    return [...(this.#byProject.get(project)?.values() ?? [])];
  }

  /** What waits for it is dropped. @throws CrosspointError session.callback-unknown, also for another project's */
  async delete(project: ProjectId, id: string): Promise<void> {
    const callback = this.#byProject.get(project)?.get(id);
    if (!callback) throw new CrosspointError('session.callback-unknown', 'There is no such callback in the project');
    await this.#options.store.delete(id);
    await this.#remove(callback);
  }

  /** Which of them are told of an event, by their names in the outbox. */
  targetsOf(event: DomainEvent): string[] {
    const callbacks = this.#byProject.get(projectOf(event));
    if (!callbacks) return [];
    return [...callbacks.values()].filter(callback => happeningOf(callback) === event.type).map(callbackTarget);
  }

  #add(callback: Callback): void {
    const { added, projects } = this.#options;
    const project = callback.project as ProjectId;
    const callbacks = this.#byProject.get(project) ?? new Map<string, Callback>();
    this.#byProject.set(project, callbacks.set(callback.id, callback));
    const secret = projects.get(project)?.webhookSecret ?? null;
    added(callbackTarget(callback), { project, kind: 'callback', url: new URL(callback.url), secret });
  }

  async #remove({ project, id }: Callback): Promise<void> {
    this.#byProject.get(project)?.delete(id);
    const events = await this.#options.removed(callbackTarget({ id }));
    if (events > 0)
      this.#options.log.warn(
        { callback: id, project, events },
        'undelivered events dropped: their callback was deleted',
      );
  }

  /** What a name leads to is looked at when it is used (HttpPost). */
  #refuseUrl(text: string): void {
    const url = text.length <= MAX_URL && URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
      throw new CrosspointError(
        'http.bad-request',
        `url must be an http:// or https:// URL of at most ${MAX_URL} characters`,
      );
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!this.#options.allowPrivateTargets && isIP(host) !== 0 && isPrivateAddress(host))
      throw new CrosspointError(
        'http.bad-request',
        'url must not lead to a private address: allowPrivateTargets is off',
      );
  }
}
