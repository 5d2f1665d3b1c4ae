import { matches } from './retained.ts';
import { requestTopic } from './topic-names.ts';

/** Who is connected to the embedded broker. */
export type Role =
  | { readonly kind: 'service' }
  /** The operator's: hears everything but what applications ask for, which may hold passwords of far ends. */
  | { readonly kind: 'reader' }
  /** A tenant's: hears its own, and asks for calls. */
  | { readonly kind: 'project'; readonly project: string };

/** The access list of the embedded broker; mosquitto-acl.ts says the same to mosquitto. */
export class BrokerAccess {
  readonly #box: string;

  constructor(box: string) {
    this.#box = box;
  }

  maySubscribe(role: Role, filter: string): boolean {
    if (filter.startsWith('$')) return false;
    return role.kind !== 'project' || filter.startsWith(`crosspoint/${this.#box}/project/${role.project}/`);
  }

  mayPublish(role: Role, topic: string, retain: boolean): boolean {
    if (role.kind !== 'project') return role.kind === 'service';
    return !retain && matches(requestTopic(this.#box, role.project, '+'), topic);
  }

  /** Whether what was published reaches somebody who has subscribed to it. */
  mayHear(role: Role, topic: string): boolean {
    // Most topics are told apart at a glance.
    if (role.kind !== 'reader' || !topic.includes('/request/')) return true;
    return !matches(requestTopic(this.#box, '+', '+'), topic);
  }
}
