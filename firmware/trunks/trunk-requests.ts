import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Source } from '../sip/transport/hop.ts';
import type { IncomingRequest } from '../sip/user-agent/incoming-request.ts';
import type { TrunkLogins } from './logins/trunk-logins.ts';
import { answerRegister } from './registrar/registrar.ts';
import type { Trunk } from './trunk.ts';

export interface TrunkRequestsParts {
  readonly logins: TrunkLogins;
  readonly forIncoming: (source: Source, user: string | null) => Trunk | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Of a state that is published to us and that nobody reads; RFC 3903 §6 wants a time and a tag all the same. */
const PUBLISH_EXPIRES_S = 3_600;

/** What peers ask outside of dialogs (the methods table of CONTRACT §5): `take` is a user agent's `onRequest`. */
export class TrunkRequests {
  readonly #parts: TrunkRequestsParts;

  constructor(parts: TrunkRequestsParts) {
    this.#parts = parts;
  }

  take(incoming: IncomingRequest): void {
    switch (incoming.method) {
      case 'REGISTER':
        this.#register(incoming);
        return;
      case 'MESSAGE':
      case 'PUBLISH':
        this.#message(incoming);
        return;
      case 'NOTIFY':
        // Keep-alives that want any answer; a subscription of ours would be a dialog's (RFC 6665 §4.1.3).
        if (incoming.request.headers.get('Event')?.trim().toLowerCase() === 'keep-alive') incoming.respond(200);
        else incoming.respond(481);
        return;
      case 'SUBSCRIBE':
        incoming.respond(489, undefined, [['Allow-Events', 'refer']]);
        return;
      default:
        // REFER and INFO: of a call, or of nothing.
        incoming.respond(incoming.method === 'REFER' ? 403 : 481);
    }
  }

  #register(incoming: IncomingRequest): void {
    const { clock, log } = this.#parts;
    const user = incoming.user ?? this.#userOf(incoming);
    if (user === null) return;
    const trunk = this.#parts.forIncoming(incoming.source, user);
    if (trunk?.bindings) {
      const { name, bindings } = trunk;
      answerRegister(
        { name, user, bindings, targetFrom: (contact, source, before) => trunk.targetFrom(contact, source, before) },
        incoming,
        clock,
        log,
      );
    } else incoming.respond(403, 'Registrations Are Not Taken Here');
  }

  /** A source that is known by its address still has to prove that it may move the calls of a login. */
  #userOf(incoming: IncomingRequest): string | null {
    const verdict = this.#parts.logins.check(incoming.request, incoming.source);
    if (verdict.kind === 'user') return verdict.user;
    if (verdict.kind === 'challenge') incoming.respond(401, undefined, verdict.headers);
    else incoming.respond(403);
    return null;
  }

  #message(incoming: IncomingRequest): void {
    const { method, request, source, user } = incoming;
    const trunk = this.#parts.forIncoming(source, user);
    if (trunk?.config.messages !== 'accept') {
      incoming.respond(403, `${method} Is Not Taken Here`);
      return;
    }
    this.#parts.log.info({ trunk: trunk.name, method, bytes: request.body.length }, 'a message of a trunk');
    if (method === 'MESSAGE') incoming.respond(200);
    else
      incoming.respond(200, undefined, [
        ['SIP-ETag', randomBytes(8).toString('hex')],
        ['Expires', String(PUBLISH_EXPIRES_S)],
      ]);
  }
}
