import { CrosspointError } from '../../base/errors.ts';
import { sessionTimerOffer } from '../dialog/session-timer.ts';
import { ALLOW } from '../message/capabilities.ts';
import { formatCSeq } from '../message/cseq.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { formatNameAddr } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import type { LocalAddress } from '../transport/listener.ts';
import { contactValue } from './contact.ts';
import type { InviteOptions } from './invite-listener.ts';
import type { InviteFeatures } from './outgoing/invite-features.ts';

/** Headers that the stack writes itself: a second one would make two readers see two messages. */
const RESERVED = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Max-Forwards',
  'Route',
  'Record-Route',
  'Require',
  'Proxy-Require',
  'Allow',
  'Supported',
  'Session-Expires',
  'Min-SE',
  'Authorization',
  'Proxy-Authorization',
  'Content-Type',
  'Content-Length',
  'Content-Encoding',
];

/** What differs from one try of a call to the next. */
export interface InviteRequestParts {
  readonly cseq: number;
  readonly local: LocalAddress;
  /** Request-URI. */
  readonly uri: string;
  readonly features: InviteFeatures;
}

/** An INVITE, checked once, from which each try is made. */
export class InviteDraft {
  readonly callId: string;
  readonly #options: InviteOptions;
  readonly #from: string;
  readonly #to: string;
  readonly #user: string | null;
  readonly #extra: Headers;

  /** @throws SipParseError, CrosspointError sip.bad-uri, sip.header-name, sip.line-break, sip.reserved-header */
  constructor(options: InviteOptions, callId: string, fromTag: string, agentName: string) {
    const { from, to, requestUri, headers } = options;
    parseUri(requestUri);
    parseUri(to);
    this.callId = callId;
    this.#options = options;
    this.#user = parseUri(from.uri).user;
    const displayName = from.displayName ?? null;
    this.#from = formatNameAddr({ displayName, uri: from.uri, params: new Map([['tag', fromTag]]) });
    this.#to = formatNameAddr({ displayName: null, uri: to, params: new Map() });
    this.#extra = Headers.of(headers);
    for (const name of RESERVED) {
      if (this.#extra.has(name)) throw new CrosspointError('sip.reserved-header', `the header ${name} cannot be set`);
    }
    if (!this.#extra.has('User-Agent')) this.#extra.add('User-Agent', agentName);
    // Whatever could not be written is refused now, before anything is under way.
    Headers.of([
      ['From', this.#from],
      ['To', this.#to],
    ]);
  }

  request(parts: InviteRequestParts): SipRequest {
    const { cseq, local, uri, features } = parts;
    const { body, contentType, maxForwards = 70 } = this.#options;
    const headers = Headers.of([
      ['Max-Forwards', String(maxForwards)],
      ['From', this.#from],
      ['To', this.#to],
      ['Call-ID', this.callId],
      ['CSeq', formatCSeq(cseq, 'INVITE')],
      ['Contact', contactValue(local, this.#user, /^sips:/i.test(uri))],
      ALLOW,
      ['Supported', features.supported.join(', ')],
    ]);
    if (features.required.length > 0) headers.add('Require', features.required.join(', '));
    const timer = features.sessionTimer ? sessionTimerOffer(features.sessionTimer) : [];
    for (const [name, value] of timer) headers.add(name, value);
    for (const [name, value] of this.#extra) headers.add(name, value);
    if (body.length > 0) headers.add('Content-Type', contentType);
    return { kind: 'request', method: 'INVITE', uri, headers, body };
  }
}
