import { CrosspointError } from '../../base/errors.ts';
import type { ExtraHeaders } from '../dialog/dialog-listener.ts';
import type { DialogState } from '../dialog/dialog-state.ts';
import type { SessionTimerAnswer } from '../dialog/session-timer.ts';
import { ALLOW, SUPPORTED } from '../message/capabilities.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { createResponse } from '../transaction/response.ts';

const NO_BODY = Buffer.alloc(0);

/** Writes the responses to one INVITE (RFC 3261 §12.1.1, §13.3.1); all of them carry our tag. */
export class InviteResponses {
  readonly #request: SipRequest;
  readonly #state: DialogState;
  readonly #contact: string;

  constructor(request: SipRequest, state: DialogState, contact: string) {
    this.#request = request;
    this.#state = state;
    this.#contact = contact;
  }

  /** @throws CrosspointError sip.bad-status, sip.header-name, sip.line-break */
  provisional(status: number, headers: ExtraHeaders, body: Buffer): SipResponse {
    if (!(status > 100 && status < 200))
      throw new CrosspointError('sip.bad-status', 'a provisional status is from 101 to 199');
    return this.#response(status, [...this.#dialogHeaders(), ...headers], body);
  }

  /** @throws CrosspointError sip.header-name, sip.line-break */
  success(timer: SessionTimerAnswer, headers: ExtraHeaders, body: Buffer): SipResponse {
    const timerHeaders = timer.kind === 'agreed' ? timer.headers : [];
    return this.#response(200, [...this.#dialogHeaders(), SUPPORTED, ...timerHeaders, ...headers], body);
  }

  /** @throws CrosspointError sip.bad-status, sip.header-name, sip.line-break */
  failure(status: number, phrase?: string, headers: ExtraHeaders = []): SipResponse {
    if (!(status >= 300 && status < 700)) throw new CrosspointError('sip.bad-status', 'a failure is from 300 to 699');
    return this.#response(status, headers, NO_BODY, phrase);
  }

  /** Record-Route is copied, all of it and in order. */
  #dialogHeaders(): (readonly [name: string, value: string])[] {
    const routes = this.#state.routeSet.map(route => ['Record-Route', route] as const);
    return [...routes, ['Contact', this.#contact], ALLOW];
  }

  #response(status: number, headers: ExtraHeaders, body: Buffer, phrase?: string): SipResponse {
    const reason = phrase === undefined ? {} : { reason: phrase };
    const response = createResponse(this.#request, status, { toTag: this.#state.localTag, headers, body, ...reason });
    if (body.length > 0) response.headers.set('Content-Type', 'application/sdp');
    return response;
  }
}
