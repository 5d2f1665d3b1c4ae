import type { Clock } from '../../base/clock.ts';
import { isCrosspointError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { parseCSeq } from '../../sip/message/cseq.ts';
import { SipParseError } from '../../sip/message/errors.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { Source } from '../../sip/transport/hop.ts';
import type { WatchedTarget } from '../health/watched-target.ts';
import type { Bindings } from './bindings.ts';
import { MIN_EXPIRES_S, registerWish, type WantedContact } from './register-contacts.ts';

/** What the registrar needs of a REGISTER; `IncomingRequest` is one. */
export interface IncomingRegister {
  readonly request: SipRequest;
  readonly source: Source;
  respond(status: number, phrase?: string, headers?: Iterable<readonly [name: string, value: string]>): void;
}

/** The trunk whose peer registers. */
export interface RegisteringTrunk {
  readonly name: string;
  /** Its address of record is this user, at whatever name of ours. */
  readonly user: string;
  readonly bindings: Bindings;
  /** A target for that Contact of a REGISTER from there; null when `before` leads there already. */
  targetFrom(contact: WantedContact, source: Source, before: WatchedTarget | null): WatchedTarget | null;
}

/** Answers a REGISTER of a peer that has proved who it is (RFC 3261 §10.3). Never throws for what it holds. */
export function answerRegister(trunk: RegisteringTrunk, register: IncomingRegister, clock: Clock, log: Log): void {
  try {
    answer(trunk, register, clock, log);
  } catch (error) {
    if (!isCrosspointError(error)) throw error;
    register.respond(error instanceof SipParseError ? 400 : 500, undefined, [
      ['Warning', `399 crosspoint "${error.message.replace(/["\\]/g, "'")}"`],
    ]);
  }
}

function answer(trunk: RegisteringTrunk, register: IncomingRegister, clock: Clock, log: Log): void {
  const { request, source } = register;
  const { headers } = request;
  if (parseUri(parseNameAddr(headers.get('To') ?? '').uri).user !== trunk.user) {
    // Step 5: somebody else's address of record.
    register.respond(403, 'Register As The Login User');
    return;
  }
  const wish = registerWish(headers);
  if (wish.kind === 'too-brief') {
    register.respond(423, undefined, [['Min-Expires', String(MIN_EXPIRES_S)]]);
    return;
  }
  if (wish.kind !== 'query') {
    const done = trunk.bindings.update({
      callId: headers.get('Call-ID') ?? '',
      cseq: parseCSeq(headers.get('CSeq') ?? '').number,
      contacts: wish.kind === 'remove-all' ? null : wish.contacts,
      targetOf: (contact, before) => trunk.targetFrom(contact, source, before),
    });
    if (!done) {
      register.respond(500, 'A Later REGISTER Came Before');
      return;
    }
    log.debug({ trunk: trunk.name, contacts: trunk.bindings.current.length }, 'the peer of a trunk registered');
  }
  register.respond(
    200,
    undefined,
    trunk.bindings.current.map(binding => contactOf(binding, clock)),
  );
}

function contactOf({ key, expiresAt }: { key: string; expiresAt: number }, clock: Clock): [string, string] {
  const seconds = Math.max(0, Math.ceil((expiresAt - clock.monotonic()) / 1000));
  return ['Contact', `<${key}>;expires=${seconds}`];
}
