import { Allowance } from '../../base/allowance.ts';
import type { Clock } from '../../base/clock.ts';
import { CrosspointError, isCrosspointError, messageOf } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Project, Projects } from '../../config/projects.ts';
import type { MessageHeaders } from '../../monitoring/message-headers.ts';
import type { MqttHearing } from '../../monitoring/mqtt.ts';
import type { MqttIncoming, MqttPacket } from '../../monitoring/mqtt-link.ts';
import { requestTopic, responseTopic } from '../../monitoring/topic-names.ts';
import { type Verb, verbs } from '../../monitoring/topics-request.ts';
import { answerTo } from '../error-body.ts';
import type { IdempotencyKeys } from '../idempotency.ts';
import { Refusals } from '../refusals.ts';
import { type AnyRequest, readRequest } from './read-request.ts';
import { type VerbDeps, Verbs } from './verbs.ts';

export interface MqttRequestsDeps extends VerbDeps {
  readonly projects: Projects;
  readonly idempotency: IdempotencyKeys;
  readonly headers: MessageHeaders;
  readonly tell: (packet: MqttPacket) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const MAX_BYTES = 16 * 1024;
/** Of a project at a time. */
const MAX_UNDER_WAY = 16;
const BURST = 40;
const PER_SECOND = 20;

interface Load {
  readonly allowance: Allowance;
  underWay: number;
}

/**
 * Takes what applications ask for over MQTT: as much as over HTTP, with the same checks, for whoever the broker lets publish
 * on the topics of a project. A transaction that comes again has the first one's answer.
 */
export class MqttRequests {
  readonly #deps: MqttRequestsDeps;
  readonly #verbs: Verbs;
  readonly #loads = new Map<ProjectId, Load>();
  readonly #ignored: Refusals;

  constructor(deps: MqttRequestsDeps) {
    this.#deps = deps;
    this.#verbs = new Verbs(deps);
    this.#ignored = new Refusals(deps.clock, deps.log, 'MQTT requests were ignored');
  }

  get hearing(): MqttHearing {
    return {
      filters: [requestTopic(this.#deps.headers.box, '+', '+')],
      take: message => void this.take(message),
    };
  }

  close(): void {
    this.#ignored.close();
  }

  /** Resolves when it was answered. Never rejects. */
  async take({ topic, payload, retain }: MqttIncoming): Promise<void> {
    const [, , , id, , verb] = topic.split('/');
    const project = this.#deps.projects.get(id as ProjectId);
    if (!project) return this.#ignored.count('unknown project');
    if (!isVerb(verb)) return this.#ignored.count('unknown verb');
    // It would be done again with every connection.
    if (retain) return this.#ignored.count('retained');
    if (payload.length > MAX_BYTES) return this.#ignored.count('too large');
    const load = this.#loadOf(project);
    if (!load.allowance.take()) return this.#ignored.count('too many');
    const read = readRequest(verb, payload);
    if ('error' in read) return this.#refuse(project, verb, read.transaction, read.error);
    if (load.underWay >= MAX_UNDER_WAY)
      return this.#refuse(project, verb, read.transaction, tooMany(`${MAX_UNDER_WAY} requests are under way`));
    load.underWay += 1;
    try {
      const result = await this.#once(project, read.transaction, read.request);
      this.#answer(project, verb, { transaction: read.transaction, ok: true, result });
    } catch (error) {
      this.#refuse(project, verb, read.transaction, error);
    } finally {
      load.underWay -= 1;
    }
  }

  async #once(project: Project, transaction: string, request: AnyRequest): Promise<unknown> {
    if (request.verb === 'status') return this.#verbs.run(project, request);
    return this.#deps.idempotency.once(`mqtt ${project.id}`, `${request.verb}:${transaction}`, request.body, () =>
      this.#verbs.run(project, request),
    );
  }

  #refuse(project: Project, verb: Verb, transaction: string | null, error: unknown): void {
    if (!isCrosspointError(error))
      this.#deps.log.error({ request: verb, problem: messageOf(error) }, 'an MQTT request failed');
    const { status, body } = answerTo(error);
    const { error: code, message, retriable } = body;
    this.#answer(project, verb, { transaction, ok: false, error: { code, status, message, retriable } });
  }

  #answer(project: Project, verb: Verb, answer: Readonly<Record<string, unknown>>): void {
    const { headers, tell } = this.#deps;
    const payload = JSON.stringify({ ...headers.next('response', project.id), ...answer });
    tell({ topic: responseTopic(headers.box, project.id, verb), payload, qos: 1 });
  }

  #loadOf({ id }: Project): Load {
    const known = this.#loads.get(id);
    if (known) return known;
    const load = { allowance: new Allowance(this.#deps.clock, BURST, PER_SECOND), underWay: 0 };
    this.#loads.set(id, load);
    return load;
  }
}

function isVerb(text: string | undefined): text is Verb {
  return verbs.includes(text as Verb);
}

function tooMany(why: string): CrosspointError {
  return new CrosspointError('http.too-many-requests', `Too many requests at a time: ${why}`, { retriable: true });
}
