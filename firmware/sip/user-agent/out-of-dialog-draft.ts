import { CrosspointError } from '../../base/errors.ts';
import { ACCEPT, SUPPORTED } from '../message/capabilities.ts';
import { isToken } from '../message/chars.ts';
import { formatCSeq } from '../message/cseq.ts';
import { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { formatNameAddr } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import { newCallId, newTag } from '../transaction/random-token.ts';
import type { LocalAddress } from '../transport/listener.ts';
import { contactValue } from './contact.ts';
import type { RequestOptions } from './out-of-dialog.ts';

/** Headers that the stack writes itself: a second one would make two readers see two messages. */
const RESERVED = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Max-Forwards',
  'Record-Route',
  'Authorization',
  'Proxy-Authorization',
  'Content-Type',
  'Content-Length',
];
/** INVITE makes dialogs, BYE ends them; ACK and CANCEL belong to an INVITE. */
const NOT_HERE = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE']);
const MAX_CSEQ = 2 ** 31 - 1;
const NO_BODY = Buffer.alloc(0);

/** A request outside of dialogs, checked once, from which each try is made. */
export class OutOfDialogDraft {
  readonly callId: string;
  readonly #options: RequestOptions;
  readonly #from: string;
  readonly #to: string;
  readonly #user: string | null;
  readonly #extra: Headers;

  /** @throws SipParseError, CrosspointError: the codes of `RequestOutcome` */
  constructor(options: RequestOptions, agentName: string) {
    const { method, from, to, requestUri, headers, callId, cseq = 1, body, contentType } = options;
    if (!isToken(method) || NOT_HERE.has(method)) {
      throw new CrosspointError('sip.bad-method', `${method.slice(0, 20)} cannot be sent outside of a dialog`);
    }
    if (body && body.length > 0 && contentType === undefined) {
      throw new CrosspointError('sip.no-content-type', 'a body needs a content type');
    }
    // Each try counts one on: some room is left.
    if (!Number.isInteger(cseq) || cseq < 0 || cseq > MAX_CSEQ - 1_000)
      throw new SipParseError('the CSeq is no number');
    parseUri(requestUri);
    parseUri(to);
    this.callId = callId ?? newCallId();
    this.#options = options;
    this.#user = parseUri(from.uri).user;
    const displayName = from.displayName ?? null;
    this.#from = formatNameAddr({ displayName, uri: from.uri, params: new Map([['tag', newTag()]]) });
    this.#to = formatNameAddr({ displayName: null, uri: to, params: new Map() });
    this.#extra = Headers.of(headers);
    for (const name of RESERVED) {
      if (this.#extra.has(name)) throw new CrosspointError('sip.reserved-header', `the header ${name} cannot be set`);
    }
    if (!this.#extra.has('Supported')) this.#extra.add(...SUPPORTED);
    if (method === 'OPTIONS' && !this.#extra.has('Accept')) this.#extra.add(...ACCEPT);
    if (!this.#extra.has('User-Agent')) this.#extra.add('User-Agent', agentName);
    // Whatever could not be written is refused now, before anything is under way.
    Headers.of([
      ['From', this.#from],
      ['To', this.#to],
      ['Call-ID', this.callId],
      ['Content-Type', contentType ?? ''],
    ]);
  }

  request(cseq: number, local: LocalAddress): SipRequest {
    const { method, target, requestUri, body = NO_BODY, contentType, contact } = this.#options;
    const secure = target.scheme === 'sips' || /^sips:/i.test(requestUri);
    const headers = Headers.of([
      ['Max-Forwards', '70'],
      ['From', this.#from],
      ['To', this.#to],
      ['Call-ID', this.callId],
      ['CSeq', formatCSeq(cseq, method)],
    ]);
    if (contact) headers.add('Contact', contactValue(local, this.#user, secure));
    for (const [name, value] of this.#extra) headers.add(name, value);
    if (body.length > 0 && contentType !== undefined) headers.add('Content-Type', contentType);
    return { kind: 'request', method, uri: requestUri, headers, body };
  }
}
